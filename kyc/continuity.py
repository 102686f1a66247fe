"""Is it still the face that passed? One look a second, and a word when two looks running say no.

A single look may be a blink of the network or a turned head; two running are told within three
seconds. What is told ends when a look is good again. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

RUNNING: Final = 2
STILL: Final = 0.9
"""Grey levels by which a face differs from the look before, on average: a living face differs by
more (least of 273 pairs a second apart in three clips: 1.58), a frozen picture by less (most, with
its encoder starved of CPU at 200 and 800 kbit/s: .48; with a camera's noise of 3 levels: .57)."""


class Doubt(StrEnum):
    """What the teller is told, and what is a mark in the recording."""

    ANOTHER_FACE = "another_face"
    SEVERAL_FACES = "several_faces"
    NO_FACE = "no_face"
    STILL_PICTURE = "still_picture"


ENDS: Final = {Doubt.STILL_PICTURE: 3}
"""Looks running that end one, where it is not the first: a keyframe draws a frozen picture anew,
and only change that goes on is life."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found: how many faces of about the largest one's size, how like the largest is
    to the face that passed (None where it was too turned or blurred to say), and by how many grey
    levels it differs from the look before (None for the first)."""

    at: float
    faces: int
    likeness: float | None
    change: float | None


@dataclass(frozen=True, slots=True)
class News:
    """A doubt that began, or ended."""

    at: float
    doubt: Doubt
    began: bool


class Continuity:
    """Takes looks in order of time; says what began and what ended."""

    def __init__(self, least: float) -> None:
        """`least`: the likeness below which it is another face (`Thresholds.referred`)."""
        self._least = least
        self._running: dict[Doubt, int] = dict.fromkeys(Doubt, 0)
        self._clear: dict[Doubt, int] = dict.fromkeys(Doubt, 0)
        self._told: set[Doubt] = set()

    @property
    def doubts(self) -> frozenset[Doubt]:
        """What holds now."""
        return frozenset(self._told)

    def take(self, look: Look) -> tuple[News, ...]:
        """What this look changes."""
        news = []
        for doubt, seen in self._seen(look).items():
            if seen is None:  # this look can't say: what was said stands
                continue
            self._running[doubt] = self._running[doubt] + 1 if seen else 0
            self._clear[doubt] = 0 if seen else self._clear[doubt] + 1
            if doubt not in self._told and self._running[doubt] >= RUNNING:
                self._told.add(doubt)
                news.append(News(look.at, doubt, began=True))
            elif doubt in self._told and self._clear[doubt] >= ENDS.get(doubt, 1):
                self._told.remove(doubt)
                news.append(News(look.at, doubt, began=False))
        return tuple(news)

    def _seen(self, look: Look) -> dict[Doubt, bool | None]:
        unlike = None if look.likeness is None else look.likeness < self._least
        frozen = None if look.change is None else look.change < STILL
        return {
            Doubt.NO_FACE: look.faces == 0,
            Doubt.SEVERAL_FACES: None if look.faces == 0 else look.faces > 1,
            Doubt.ANOTHER_FACE: None if look.faces == 0 else unlike,
            Doubt.STILL_PICTURE: frozen,
        }
