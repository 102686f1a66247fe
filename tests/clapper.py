"""The clapper: a flash and a beep at every whole second, and how to find them in a recording.

Both parties clap by one clock, so that a recording can be asked whether every beat is there,
whether sound and picture of one party belong together, and whether both parties share one
timeline. The idea is that of LiveKit Egress' content checks.
"""

from __future__ import annotations

import asyncio
import io
import math
import time
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
from aiortc import MediaStreamTrack

PICTURE_RATE = 25
PICTURE_CLOCK = 90_000
SIZE = (320, 240)
FLASH_FRAMES = 3

SAMPLE_RATE = 48_000
PACKET = SAMPLE_RATE // 50
BEEP_PACKETS = 3
EDGE = SAMPLE_RATE // 500  # 2 ms, so that the beep does not click

DARK, BRIGHT = 60, 160
WINDOW = SAMPLE_RATE // 400  # 2.5 ms
QUIET = 0.03  # of full scale
MOSTLY = 0.25


class Flashes(MediaStreamTrack):
    """25 dark frames a second; the three at each whole second of the clock are white."""

    kind = "video"

    def __init__(self, origin: float) -> None:
        super().__init__()
        self._origin = origin
        self._number: int | None = None

    async def recv(self) -> av.VideoFrame:
        self._number = await _turn(self._origin, PICTURE_RATE, self._number)
        bright = self._number % PICTURE_RATE < FLASH_FRAMES
        width, height = SIZE
        frame = av.VideoFrame.from_ndarray(
            np.full((height * 3 // 2, width), 235 if bright else 16, np.uint8), format="yuv420p"
        )
        for plane in frame.planes[1:]:
            plane.update(bytes([128]) * plane.buffer_size)
        frame.pts = self._number * (PICTURE_CLOCK // PICTURE_RATE)
        frame.time_base = Fraction(1, PICTURE_CLOCK)
        return frame


class Beeps(MediaStreamTrack):
    """Silence in packets of 20 ms; the three at each whole second carry a tone."""

    kind = "audio"

    def __init__(self, origin: float, tone: int) -> None:
        super().__init__()
        self._origin = origin
        self._number: int | None = None
        at = np.arange(PACKET * BEEP_PACKETS)
        edges = np.minimum(1, np.minimum(at, at[::-1]) / EDGE)
        wave = 12_000 * edges * np.sin(2 * np.pi * tone * at / SAMPLE_RATE)
        self._beep = wave.astype(np.int16).reshape(BEEP_PACKETS, PACKET)

    async def recv(self) -> av.AudioFrame:
        self._number = await _turn(self._origin, SAMPLE_RATE // PACKET, self._number)
        place = self._number % (SAMPLE_RATE // PACKET)
        samples = self._beep[place] if place < BEEP_PACKETS else np.zeros(PACKET, np.int16)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        frame.pts = self._number * PACKET
        frame.time_base = Fraction(1, SAMPLE_RATE)
        return frame


async def _turn(origin: float, rate: int, number: int | None) -> int:
    """Wait for the next frame's moment by the shared clock; its number since `origin`."""
    now = (time.monotonic() - origin) * rate
    following = math.ceil(now) if number is None else number + 1
    await asyncio.sleep(max(0.0, (following - now) / rate))
    return following


@dataclass(frozen=True)
class Claps:
    """What was found in one party's recording, in seconds of its timeline."""

    flashes: tuple[float, ...]
    beeps: tuple[float, ...]

    def missing(self) -> int:
        """Beats that lack their flash or their beep, once sound and picture are both there: one may
        connect a moment before the other."""
        if not self.flashes or not self.beeps:
            return len(self.flashes) + len(self.beeps)
        first = max(self.flashes[0], self.beeps[0])
        beats = range(round(max(self.flashes[-1], self.beeps[-1]) - first) + 1)
        return sum(
            not _near(first + beat, self.flashes) or not _near(first + beat, self.beeps)
            for beat in beats
        )

    def lip_sync(self) -> list[float]:
        """Beep minus flash, per beat, in seconds; positive where sound comes late."""
        return _offsets(self.flashes, self.beeps)


def between(one: Claps, other: Claps) -> list[float]:
    """How far the same beats of two parties are apart on the timeline, in seconds."""
    return _offsets(one.flashes, other.flashes) + _offsets(one.beeps, other.beeps)


def find(webm: bytes, tone: int) -> Claps:
    """Decode one party's recording and look for flashes and for beeps of `tone` hertz."""
    return Claps(flashes=_flashes(webm), beeps=_beeps(webm, tone))


def _flashes(webm: bytes) -> tuple[float, ...]:
    found, dark = [], False
    with av.open(io.BytesIO(webm)) as container:
        for frame in container.decode(video=0):
            light = float(frame.to_ndarray(format="gray").mean())
            if dark and light > BRIGHT:
                found.append(float(frame.time))
            if light < DARK or light > BRIGHT:
                dark = light < DARK
    return tuple(found)


def _beeps(webm: bytes, tone: int) -> tuple[float, ...]:
    """Onsets of the tone: 2.5 ms windows that are not quiet and consist mostly of it."""
    times, samples = _sound(webm)
    if not len(samples):
        return ()
    probe = np.exp(-2j * np.pi * tone * np.arange(WINDOW) / SAMPLE_RATE)
    usable = len(samples) // WINDOW * WINDOW
    windows = samples[:usable].reshape(-1, WINDOW)
    power = (windows**2).sum(axis=1)
    share = np.abs(windows @ probe) ** 2 / (WINDOW * np.maximum(power, 1e-9))  # 0.5: a pure tone
    loud = (power > WINDOW * QUIET**2) & (share > MOSTLY)
    onsets = [index for index, (was, now) in enumerate(pairwise(loud), 1) if now and not was]
    found: list[float] = []
    for onset in onsets:
        at = float(times[onset * WINDOW])
        if not found or at - found[-1] > 0.5:
            found.append(at)
    return tuple(found)


def _sound(webm: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Mono samples, each with its own time: packets keep their place, also after a gap."""
    times, samples = [], []
    with av.open(io.BytesIO(webm)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
        for frame in container.decode(audio=0):
            start = float(frame.time)
            for plain in resampler.resample(frame):
                block = plain.to_ndarray().reshape(-1)
                samples.append(block)
                times.append(start + np.arange(len(block)) / SAMPLE_RATE)
    if not samples:
        return np.zeros(0), np.zeros(0)
    return np.concatenate(times), np.concatenate(samples)


def _near(beat: float, found: tuple[float, ...]) -> bool:
    return any(abs(beat - at) < 0.3 for at in found)


def _offsets(of: tuple[float, ...], against: tuple[float, ...]) -> list[float]:
    return [
        nearest - at
        for at in of
        for nearest in [min(against, key=lambda other: abs(other - at), default=math.inf)]
        if abs(nearest - at) < 0.5
    ]
