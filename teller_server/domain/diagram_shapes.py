"""SVG as text: shapes, lines and lettering of a flow diagram, measured without a font at hand.

Only presentation attributes are used, no styles and no scripts: a strict page may show it inline.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

FONT = (
    "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',system-ui,sans-serif"
)
INK, INK_2, INK_3, LINE = "#141c28", "#414c5c", "#5c6675", "#807d75"
WIDE, NARROW = 1.0, 0.5


@dataclass(frozen=True, slots=True)
class Look:
    """The shape and colours of a family of steps."""

    shape: str
    fill: str
    line: str
    ink: str


@dataclass(slots=True)
class Canvas:
    """Collects the elements of one picture, back to front."""

    parts: list[str] = field(default_factory=list)

    def add(self, element: str) -> None:
        self.parts.append(element)

    def text(self, x: float, y: float, text: str, size: float, fill: str = INK, **how: str) -> None:
        """One line of lettering; `how`: anchor (start, middle, end), weight, family."""
        attributes = f'x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{fill}"'
        attributes += f' text-anchor="{how.get("anchor", "start")}"'
        if "weight" in how:
            attributes += f' font-weight="{how["weight"]}"'
        if "family" in how:
            attributes += f" font-family={quoteattr(how['family'])}"
        self.add(f"<text {attributes}>{escape(text)}</text>")

    def line(self, points: list[tuple[float, float]], *, arrow: bool, dashed: bool = False) -> None:
        """A path along right angles with rounded corners; `arrow` at its end."""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.add(
            f'<path d="{_rounded(points)}" fill="none" stroke="{LINE}" stroke-width="1.6"{dash}/>'
        )
        if arrow:
            x, y = points[-1]
            self.add(f'<path d="M{x - 5:g} {y - 8:g}L{x:g} {y:g}L{x + 5:g} {y - 8:g}Z" '
                     f'fill="{LINE}"/>')  # fmt: skip

    def shape(self, look: Look, x: float, y: float, w: float, h: float) -> None:
        """The outline of a step."""
        paint = f'fill="{look.fill}" stroke="{look.line}" stroke-width="1.4"'
        self.add(_SHAPES[look.shape](x, y, w, h, paint))


def width(text: str, size: float) -> float:
    """About how wide a text is, in the units of `size`."""
    return size * sum(WIDE if unicodedata.east_asian_width(c) in "WF" else NARROW for c in text)


def wrapped(text: str, size: float, room: float, most: int) -> list[str]:
    """The text in at most `most` lines; what doesn't fit ends in an ellipsis."""
    lines: list[str] = []
    line = ""
    for word in _words(text):
        if line and width((line + word).rstrip(), size) > room:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    lines.append(line.rstrip())
    lines = [line for line in lines if line]
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and width(last + "…", size) > room:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + "…"]


def _words(text: str) -> list[str]:
    """Pieces that a line may be broken between: Chinese signs singly, other words with a blank."""
    pieces: list[str] = []
    for character in " ".join(text.split()):
        wide = unicodedata.east_asian_width(character) in "WF"
        closing = unicodedata.category(character) in ("Pe", "Pf", "Po")
        before = pieces[-1][-1] if pieces else " "
        joins = before != " " and unicodedata.east_asian_width(before) not in "WF"
        if pieces and (closing or (not wide and joins) or character == " "):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _rounded(points: list[tuple[float, float]], radius: float = 8) -> str:
    first, *rest = points
    path = f"M{first[0]:g} {first[1]:g}"
    for index, (x, y) in enumerate(rest):
        if index == len(rest) - 1:
            path += f"L{x:g} {y:g}"
            break
        (x0, y0), (x1, y1) = points[index], rest[index + 1]
        r = min(radius, (abs(x - x0) + abs(y - y0)) / 2, (abs(x1 - x) + abs(y1 - y)) / 2)
        into, out = _towards((x, y), (x0, y0), r), _towards((x, y), (x1, y1), r)
        path += f"L{into[0]:g} {into[1]:g}Q{x:g} {y:g} {out[0]:g} {out[1]:g}"
    return path


def _towards(
    start: tuple[float, float], end: tuple[float, float], by: float
) -> tuple[float, float]:
    def step(a: float, b: float) -> float:
        return a + (by if b > a else -by if b < a else 0)

    return step(start[0], end[0]), step(start[1], end[1])


def _card(x: float, y: float, w: float, h: float, paint: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="8" {paint}/>'


def _pill(x: float, y: float, w: float, h: float, paint: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="{h / 2:g}" {paint}/>'


def _choice(x: float, y: float, w: float, h: float, paint: str) -> str:
    cut = min(16.0, h / 2)
    return (
        f'<path d="M{x + cut:g} {y:g}H{x + w - cut:g}L{x + w:g} {y + h / 2:g}L{x + w - cut:g} '
        f'{y + h:g}H{x + cut:g}L{x:g} {y + h / 2:g}Z" {paint} stroke-linejoin="round"/>'
    )


def _paper(x: float, y: float, w: float, h: float, paint: str) -> str:
    fold = 16.0
    return (
        f'<path d="M{x + 3:g} {y:g}H{x + w - fold:g}L{x + w:g} {y + fold:g}V{y + h - 3:g}'
        f"Q{x + w:g} {y + h:g} {x + w - 3:g} {y + h:g}H{x + 3:g}Q{x:g} {y + h:g} {x:g} "
        f'{y + h - 3:g}V{y + 3:g}Q{x:g} {y:g} {x + 3:g} {y:g}Z" {paint}/>'
        f'<path d="M{x + w - fold:g} {y:g}V{y + fold:g}H{x + w:g}" {paint} '
        'stroke-linejoin="round"/>'
    )


def _speech(x: float, y: float, w: float, h: float, paint: str) -> str:
    r, tail = 12.0, y + 26
    return (
        f'<path d="M{x + r:g} {y:g}H{x + w - r:g}Q{x + w:g} {y:g} {x + w:g} {y + r:g}V{y + h - r:g}'
        f"Q{x + w:g} {y + h:g} {x + w - r:g} {y + h:g}H{x + r:g}Q{x:g} {y + h:g} {x:g} "
        f"{y + h - r:g}V{tail + 12:g}L{x - 10:g} {tail:g}L{x:g} {tail - 4:g}V{y + r:g}Q{x:g} {y:g} "
        f'{x + r:g} {y:g}Z" {paint} stroke-linejoin="round"/>'
    )


def _drum(x: float, y: float, w: float, h: float, paint: str) -> str:
    lid = 7.0
    return (
        f'<path d="M{x:g} {y + lid:g}A{w / 2:g} {lid:g} 0 0 1 {x + w:g} {y + lid:g}V{y + h - lid:g}'
        f'A{w / 2:g} {lid:g} 0 0 1 {x:g} {y + h - lid:g}Z" {paint}/>'
        f'<path d="M{x:g} {y + lid:g}A{w / 2:g} {lid:g} 0 0 0 {x + w:g} {y + lid:g}" {paint}/>'
    )


_SHAPES = {
    "card": _card,
    "pill": _pill,
    "choice": _choice,
    "paper": _paper,
    "speech": _speech,
    "drum": _drum,
}
