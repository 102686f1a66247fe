"""What the live picture of a challenge shows: clips in the order of the actions, in real time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from kyc.face import Image
from kyc.frames import EncodedFrame
from tests.kyc import attacks
from tests.kyc.people import RATE, clip, vp8

CALM = 2.7
"""Seconds of rest before a movement begins: longer than a challenge waits before it asks."""


@dataclass
class Camera:
    """Stands where the call's tap stands: each asking is answered by the next clip."""

    clips: Sequence[Sequence[EncodedFrame]]
    asked: list[float] = field(default_factory=list)

    async def tap(self, _visit: str, _party: str, seconds: float) -> list[EncodedFrame]:
        began = time.monotonic()
        frames = self.clips[len(self.asked) % len(self.clips)] if self.clips else ()
        self.asked.append(seconds)
        await asyncio.sleep(seconds)
        if not frames:
            return []
        first = frames[0][2]
        moved = [(data, key, began + at - first) for data, key, at in frames]
        return [one for one in moved if one[2] <= began + seconds]


def living(*, mirrored: bool = False) -> list[EncodedFrame]:
    """A looks ahead, then turns to his left by 17°; in the mirror to his right."""
    pictures = [image[:, ::-1].copy() if mirrored else image for image in clip()[27:]]
    return film([pictures[0]] * round((CALM - 0.9) * RATE) + pictures)


def nearer() -> list[EncodedFrame]:
    """Something comes closer: a face, or a photograph of one."""
    return film([attacks.placed()] * round((CALM - 1) * RATE) + attacks.nearer_photo(4))


def swung(degrees: float = 55.0) -> list[EncodedFrame]:
    """A photograph, swung as a head would turn."""
    return film([attacks.placed()] * round((CALM - 1) * RATE) + attacks.turned_photo(4, degrees))


def film(pictures: list[Image]) -> list[EncodedFrame]:
    """As a browser sends it, with the last picture held to the end."""
    left = round(9.5 * RATE) - len(pictures)
    return vp8([*pictures, *[pictures[-1]] * left])
