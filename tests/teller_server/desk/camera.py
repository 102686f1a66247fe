"""What the live picture of a challenge shows: clips in the order of the actions, in real time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from kyc.face import Image
from kyc.frames import EncodedFrame
from teller_server.domain import events as e
from teller_server.domain.state import Visit
from tests.kyc import attacks
from tests.kyc.people import RATE, clip, vp8

CALM = 2.7
"""Seconds of rest before a movement begins: longer than a challenge waits before it asks."""
REACTS = 0.2
"""Seconds from an action's showing to its movement, however busy the machine is."""


@dataclass
class Camera:
    """Stands where the call's tap stands: each asking is answered by the next clip, whose movement
    begins when the action is shown."""

    clips: Sequence[Sequence[EncodedFrame]]
    asked: list[float] = field(default_factory=list)
    shown: float | None = None

    def heard(self, _visit: Visit, events: Sequence[e.Event]) -> None:
        if any(isinstance(one, e.ActionShown) for one in events):
            self.shown = time.monotonic()

    async def tap(self, _visit: str, _party: str, seconds: float) -> list[EncodedFrame]:
        began = time.monotonic()
        frames = self.clips[len(self.asked) % len(self.clips)] if self.clips else ()
        self.asked.append(seconds)
        self.shown = None
        await asyncio.sleep(seconds)
        if not frames:
            return []
        zero = (began if self.shown is None else self.shown + REACTS - CALM) - frames[0][2]
        moved = [(data, key, zero + at) for data, key, at in frames]
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
