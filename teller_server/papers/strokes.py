"""A signature as it was drawn by hand: points with their times, as a page sent them.

The canonical bytes are kept as evidence and travel inside the signed paper; the picture is only how
they look.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot, isfinite
from typing import Any, Final

import rfc8785

from teller_server.domain.errors import Refusal

MAX_STROKES: Final = 60
MAX_POINTS: Final = 4000
MAX_SIDE: Final = 4000.0  # of the drawing area, in CSS pixels
MAX_TIME: Final = 600_000  # ms
MIN_POINTS: Final = 12
MIN_LENGTH: Final = 0.3  # of the area's width, all strokes together
MIN_SPREAD: Final = 0.02  # of the area's width: less is a dot or one straight line
MIN_TIME: Final = 250  # ms from the first point to the last: nobody writes a name faster
_DECIMALS: Final = 2


@dataclass(frozen=True, slots=True)
class Point:
    """A place in CSS pixels from the area's upper left corner, ms from the beginning, 0..1."""

    x: float
    y: float
    t: int
    pressure: float | None

    @property
    def thickness(self) -> float:
        """Of the ink, in CSS pixels; a device without pressure (or always 0) writes evenly."""
        return 2.0 + 2.5 * (self.pressure or 0.4)


@dataclass(frozen=True, slots=True)
class Strokes:
    """All strokes in the order they were drawn, in an area of `width` × `height` CSS pixels."""

    width: float
    height: float
    strokes: tuple[tuple[Point, ...], ...]

    @property
    def points(self) -> tuple[Point, ...]:
        return tuple(point for stroke in self.strokes for point in stroke)

    @property
    def milliseconds(self) -> int:
        """From the first point to the last."""
        times = [point.t for point in self.points]
        return max(times) - min(times)

    def canonical(self) -> bytes:
        """Canonical JSON (RFC 8785): height, strokes of [x, y, t, pressure], width."""
        drawn = [[[p.x, p.y, p.t, p.pressure] for p in stroke] for stroke in self.strokes]
        return rfc8785.dumps({"height": self.height, "strokes": drawn, "width": self.width})

    def digest(self) -> str:
        """SHA-256 of the canonical bytes, in hex."""
        return hashlib.sha256(self.canonical()).hexdigest()


def read_strokes(given: Any) -> Strokes:
    """Strokes from JSON: `{width, height, strokes: [[[x, y, t_ms, pressure | null], …], …]}`.

    Points slightly outside of the area (a finger leaves it) are moved to its edge.

    Raises:
        Refusal: `signature_malformed`, `signature_too_large`, or `signature_too_short`: empty, a
            dot, one straight line, or drawn faster than a hand writes.
    """
    if not isinstance(given, Mapping) or not isinstance(given.get("strokes"), list):
        raise Refusal("signature_malformed")
    width, height = _number(given.get("width")), _number(given.get("height"))
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        raise Refusal("signature_malformed")
    raw = given["strokes"]
    if not all(isinstance(stroke, list) for stroke in raw):
        raise Refusal("signature_malformed")
    if len(raw) > MAX_STROKES or sum(map(len, raw)) > MAX_POINTS:
        raise Refusal("signature_too_large")
    drawn = tuple(tuple(_point(p, width, height) for p in stroke) for stroke in raw if stroke)
    strokes = Strokes(width, height, drawn)
    _check(strokes)
    return strokes


def _check(strokes: Strokes) -> None:
    points = strokes.points
    if any(later.t < earlier.t for earlier, later in pairwise(points)):
        raise Refusal("signature_malformed")
    if len(points) < MIN_POINTS or strokes.milliseconds < MIN_TIME:
        raise Refusal("signature_too_short")
    if _length(strokes) < MIN_LENGTH * strokes.width:
        raise Refusal("signature_too_short")
    if _spread(points) < MIN_SPREAD * strokes.width:
        raise Refusal("signature_too_short")


def _length(strokes: Strokes) -> float:
    return sum(hypot(b.x - a.x, b.y - a.y) for one in strokes.strokes for a, b in pairwise(one))


def _spread(points: Sequence[Point]) -> float:
    """How far the points lie from the straight line that fits them best, at most (in pixels)."""
    count = len(points)
    mx, my = sum(p.x for p in points) / count, sum(p.y for p in points) / count
    xx = sum((p.x - mx) ** 2 for p in points)
    yy = sum((p.y - my) ** 2 for p in points)
    xy = sum((p.x - mx) * (p.y - my) for p in points)
    # the direction of the greatest spread: the larger eigenvalue's vector
    root = hypot((xx - yy) / 2, xy)
    dx, dy = (xy, (yy - xx) / 2 + root) if xy or yy > xx else (1.0, 0.0)
    norm = hypot(dx, dy) or 1.0
    return max(abs((p.x - mx) * dy - (p.y - my) * dx) / norm for p in points)


def _point(given: Any, width: float, height: float) -> Point:
    if not isinstance(given, list) or len(given) not in (3, 4):
        raise Refusal("signature_malformed")
    x, y, t = (_number(value) for value in given[:3])
    pressure = given[3] if len(given) == 4 else None
    if pressure is not None:
        pressure = _number(pressure)
        if not 0 <= pressure <= 1:
            raise Refusal("signature_malformed")
        pressure = round(pressure, _DECIMALS)
    if not 0 <= t <= MAX_TIME or not (-width <= x <= 2 * width and -height <= y <= 2 * height):
        raise Refusal("signature_malformed")
    inside_x, inside_y = min(max(x, 0.0), width), min(max(y, 0.0), height)
    return Point(round(inside_x, _DECIMALS), round(inside_y, _DECIMALS), round(t), pressure)


def _number(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not isfinite(given):
        raise Refusal("signature_malformed")
    return float(given)
