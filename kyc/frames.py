"""Encoded live video as the server forwarded it: its limits, and which moments to look at. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from kyc.errors import Refusal

EncodedFrame = tuple[bytes, bool, float]
"""One whole VP8 frame, whether it is a keyframe, and when it arrived (any clock, seconds)."""

MAX_FRAMES = 1_500
MAX_BYTES = 32 * 1024 * 1024
MAX_SIDE = 1_920

_START_CODE = b"\x9d\x01\x2a"


def bound(frames: Sequence[EncodedFrame]) -> None:
    """Raise `Refusal("clip_too_large")` for more than one check can need."""
    if len(frames) > MAX_FRAMES or sum(len(data) for data, _, _ in frames) > MAX_BYTES:
        raise Refusal("clip_too_large")


def plausible_keyframe(data: bytes) -> bool:
    """A VP8 keyframe whose declared size (RFC 6386 §9.1) is that of a video call."""
    if len(data) < 10 or data[0] & 1 or data[3:6] != _START_CODE:
        return False
    width = int.from_bytes(data[6:8], "little") & 0x3FFF
    height = int.from_bytes(data[8:10], "little") & 0x3FFF
    return 16 <= width <= MAX_SIDE and 16 <= height <= MAX_SIDE


def moments(frames: Sequence[EncodedFrame], most: int, apart: float) -> list[float]:
    """Up to `most` moments, evenly over the arrivals, at least `apart` seconds from each other."""
    if not frames:
        return []
    first, last = frames[0][2], frames[-1][2]
    step = max(apart, (last - first) / most)
    return [first + step * n for n in range(most) if first + step * n <= last]
