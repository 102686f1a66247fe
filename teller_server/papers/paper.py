"""What a paper is, before and after it is set. Light: nothing here loads a type setter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Place = tuple[int, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as it is read. `digest`: SHA-256 in hex of the bytes of `pdf`.

    `places`: for each party that signs (page from 0, x0, y0, x1, y1), in whole points from the
    page's lower left corner.
    """

    pdf: bytes
    digest: str
    pages: int
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Order:
    """What to set: a paper's id, its language, the template's values, the visit's number.

    `folders` are searched for the template in this order; the release's own comes last.
    """

    paper: str
    language: str
    values: Mapping[str, Any]
    number: str
    folders: tuple[str, ...] = ()
