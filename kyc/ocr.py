"""The port behind which a reader of letters stands, and what it says as text one can search. Pure.

Lines keep where they stood and how sure their reading was, so whoever finds a field in the text
also learns how far to trust it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kyc.face import Image

_SAME_ROW = 0.5  # of a line's height: two middles nearer than this are one row


@dataclass(frozen=True, slots=True)
class Line:
    """A run of letters: what it says, its box in pixels of the page, 0 to 1 how sure."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return self.bottom - self.top


class LetterReader(Protocol):
    """Reads every line of a straight page; of a `dense` one, it may trade sharpness for time."""

    @property
    def name(self) -> str: ...

    @property
    def model_sha256(self) -> str: ...

    def read(self, page: Image, *, dense: bool = False) -> list[Line]: ...


class Text:
    """Lines in the order of reading, without spaces, one after the other with `\\n` between."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = [line for line in in_order(lines) if _bare(line.text)]
        bare = [_bare(line.text) for line in self._lines]
        self._ends = list(accumulate(len(text) + 1 for text in bare))
        self.text = "\n".join(bare)

    def find(self, pattern: str) -> tuple[str, float]:
        """The first group of the first match, its lines joined, and how sure the least sure of
        them was; `("", 0)` where nothing matches."""
        match = re.search(pattern, self.text)
        if match is None or not match[1].strip("\n"):
            return "", 0.0
        return match[1].replace("\n", ""), self._sure(match.start(1), match.end(1))

    def _sure(self, start: int, end: int) -> float:
        begins = [0, *self._ends]
        touched = (
            line.confidence
            for line, begin, past in zip(self._lines, begins, self._ends, strict=False)
            if begin < end and past - 1 > start
        )
        return min(touched, default=0.0)


def in_order(lines: Iterable[Line]) -> list[Line]:
    """Row by row from above, in a row from the left."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: one.middle):
        row = rows[-1] if rows else []
        if row and abs(row[0].middle - line.middle) < _SAME_ROW * min(row[0].height, line.height):
            row.append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda one: one.left)]


def label(words: str) -> str:
    """A pattern for a printed label whose letters may have been taken for separate lines."""
    return "\\n?".join(re.escape(letter) for letter in words)


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)
