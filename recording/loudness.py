"""How loud each second of a party is, from the decrypted sound: what a reviewer's timeline draws.

The number is the root mean square of the second's samples in dBFS (0: full scale), all channels
together; it shows where somebody speaks, and is no measurement after ITU-R BS.1770.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import av
import numpy as np

from recording.playback import Media

MOST_SECONDS: Final = 600
"""So much is decoded in one go: a caller's thread is busy for a second or two, not for minutes."""
FLOOR_DB: Final = -96


def loudness(media: Media, from_s: int, seconds: int) -> list[int | None]:
    """One number a second from `from_s`; None where nothing was heard at all. Blocks. Damage."""
    seconds = min(seconds, MOST_SECONDS, max(-(-media.duration_ms // 1000) - from_s, 0))
    if seconds <= 0:
        return []
    power, count = np.zeros(seconds), np.zeros(seconds)
    for at, samples in _sound(media, from_s):
        second = int(at) - from_s
        if second >= seconds:
            break
        if second >= 0:
            power[second] += float(np.square(samples, dtype=np.float64).sum())
            count[second] += samples.size
    return [_decibels(p / n) if n else None for p, n in zip(power, count, strict=True)]


def _sound(media: Media, from_s: int) -> Iterator[tuple[float, np.ndarray]]:
    """Decoded frames with their moment in seconds, from a little before `from_s`."""
    with av.open(media.stream(), mode="r", format="matroska") as container:
        if not container.streams.audio:
            return
        if from_s:
            container.seek(max(from_s - 1, 0) * 1_000_000)
        for frame in container.decode(container.streams.audio[0]):
            if frame.time is not None:
                yield frame.time, _scaled(frame.to_ndarray())


def _scaled(samples: np.ndarray) -> np.ndarray:
    """As fractions of full scale, whatever the decoder gives."""
    if np.issubdtype(samples.dtype, np.integer):
        return samples / float(np.iinfo(samples.dtype).max)
    return samples


def _decibels(power: float) -> int:
    return max(FLOOR_DB, round(10 * float(np.log10(power)))) if power > 0 else FLOOR_DB
