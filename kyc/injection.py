"""Hints that a picture does not come from a camera: seen in the encoded frames, without decoding.

A hint proves nothing and decides nothing. Whoever feeds a browser a virtual camera has it encoded
live, so that no frame repeats; only a sender that plays encoded video back is seen. What was
measured stands in docs/identity.md. Pure.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from kyc.frames import EncodedFrame

REMEMBERED: Final = 2_000
"""Frames whose digest is kept: about two minutes of looks."""
LEAST_BYTES: Final = 2_000
"""Frames of a scene that stands still are small and recur: up to 1,400 bytes were seen to."""
REPEATED: Final = 5
"""Frames seen before, among those of one look, that make a hint."""
MOST_RATE: Final = 75.0
"""Frames a second over at least one second: browsers' cameras give 60 at most."""


class Hint(StrEnum):
    """What the teller is told once, and what is a mark in the recording."""

    VIRTUAL_CAMERA = "virtual_camera"
    REPEATED_FRAMES = "repeated_frames"
    IMPOSSIBLE_RATE = "impossible_rate"
    HIDDEN_FRAMES = "hidden_frames"


class Injection:
    """Takes stretches of encoded video in order of time; they may overlap, and frames may lack."""

    def __init__(self) -> None:
        self._newest = float("-inf")
        self._seen: set[bytes] = set()
        self._order: deque[bytes] = deque()

    def take(self, frames: Sequence[EncodedFrame]) -> frozenset[Hint]:
        """The hints that this stretch gives."""
        fresh = [one for one in frames if one[2] > self._newest]
        if not fresh:
            return frozenset()
        self._newest = fresh[-1][2]
        repeated = sum(self._before(data) for data, _, _ in fresh if len(data) >= LEAST_BYTES)
        found = {Hint.REPEATED_FRAMES} if repeated >= REPEATED else set()
        lasted = fresh[-1][2] - fresh[0][2]
        if lasted >= 1.0 and len(fresh) / lasted > MOST_RATE:
            found.add(Hint.IMPOSSIBLE_RATE)
        if any(_hidden(data) for data, _, _ in fresh):
            found.add(Hint.HIDDEN_FRAMES)
        return frozenset(found)

    def _before(self, data: bytes) -> bool:
        digest = hashlib.blake2b(data, digest_size=16).digest()
        if digest in self._seen:
            return True
        self._seen.add(digest)
        self._order.append(digest)
        if len(self._order) > REMEMBERED:
            self._seen.discard(self._order.popleft())
        return False


def _hidden(data: bytes) -> bool:
    """Not to be shown (RFC 6386 §9.1): an encoder that looks ahead made it, which no call can."""
    return bool(data) and not data[0] & 0x10
