"""How a signature looks in its place: the strokes, and below them what ties it to the visit."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Final

from teller_server.papers.paper import Place
from teller_server.papers.press import typeset
from teller_server.papers.strokes import Point, Strokes

_WORDS: Final = {
    "zh": {
        "visit": "业务编号",
        "time": "签署时间",
        "evidence": "录音录像证据摘要",
        "seal": "电子印章",
        "demo": "演示用途，非合格电子认证",
    },
    "en": {
        "visit": "Visit",
        "time": "Signed",
        "evidence": "Recording",
        "seal": "Electronic seal",
        "demo": "Demonstration, not a qualified certificate",
    },
}
_STYLE: Final = """
* { margin: 0; padding: 0; box-sizing: border-box; }
body { font-family: "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", sans-serif;
  font-size: 5.5pt; line-height: 1.3; color: #223; }
.look { position: relative; width: 100%; overflow: hidden; }
svg { display: block; }
.full { font-family: "DejaVu Sans Mono", monospace; font-size: 4.4pt; color: #556; }
.facts { padding: 0 4pt; }
.seal { height: 100%; border: 1.4pt solid #b3261e; border-radius: 4pt; color: #b3261e;
  padding: 2pt 4pt; display: flex; flex-direction: column; justify-content: center; }
.seal b { display: block; font-size: 10pt; line-height: 1.35; padding: 0 4pt; }
.demo { color: #8a4b00; }
"""
_FACTS_HEIGHT: Final = 30.0  # points below the strokes
_AROUND: Final = 8.0  # CSS pixels of the drawing area
_INK: Final = "#101840"


@dataclass(frozen=True, slots=True)
class Said:
    """What stands in a mark. `time` is as shown, with its zone; `evidence` SHA-256 in hex.

    `bank` is the bank's name, only in its own seal; `demo` adds the label.
    """

    language: str
    visit: str
    time: str
    evidence: str
    demo: bool
    bank: str = ""


def drawn_mark(place: Place, strokes: Strokes, said: Said) -> bytes:
    """A party's mark, as large as its place: one PDF page."""
    _, x0, y0, x1, y1 = place
    width, height = x1 - x0, y1 - y0
    room = max(height - _FACTS_HEIGHT, height / 3)
    body = f'<div class="look">{_svg(strokes, width, room)}{_facts(said)}</div>'
    return _page(width, height, body, said)


def sealed_mark(place: Place, said: Said) -> bytes:
    """The bank's mark: its name, that it is a seal, and the same facts."""
    _, x0, y0, x1, y1 = place
    words = _words(said.language)
    body = f'<div class="seal"><b>{escape(said.bank)}</b><b>{words["seal"]}</b>{_facts(said)}</div>'
    return _page(x1 - x0, y1 - y0, body, said)


def _page(width: float, height: float, body: str, said: Said) -> bytes:
    size = f"@page {{ size: {width:.2f}pt {height:.2f}pt; margin: 0 }}"
    frame = f"html, body, .look {{ height: {height:.2f}pt; overflow: hidden }}"
    html = (
        f'<!doctype html><html lang="{escape(said.language)}"><meta charset="utf-8">'
        f"<title>{escape(said.visit)}</title><style>{size}{_STYLE}{frame}</style>{body}</html>"
    )
    return typeset(html, said.visit, said.language).pdf


def _words(language: str) -> dict[str, str]:
    return _WORDS["en" if language.lower().startswith("en") else "zh"]


def _facts(said: Said) -> str:
    words = _words(said.language)
    demo = f' <span class="demo">{words["demo"]}</span>' if said.demo else ""
    return (
        f"<div class='facts'><div>{words['visit']} {escape(said.visit)}{demo}</div>"
        f"<div>{words['time']} {escape(said.time)}</div>"
        f"<div>{words['evidence']} {escape(said.evidence[:16])}</div>"
        f'<div class="full">{escape(said.evidence)}</div></div>'
    )


def _svg(strokes: Strokes, width: float, height: float) -> str:
    lines = "".join(_stroke(stroke) for stroke in strokes.strokes)
    return (
        f'<svg width="{width:.2f}pt" height="{height:.2f}pt" preserveAspectRatio="xMidYMid meet" '
        f'viewBox="{_frame(strokes)}" stroke="{_INK}" fill="{_INK}" '
        f'stroke-linecap="round">{lines}</svg>'
    )


def _frame(strokes: Strokes) -> str:
    """What is drawn fills the place, whatever part of the phone's area it took."""
    xs, ys = [p.x for p in strokes.points], [p.y for p in strokes.points]
    left, top = min(xs) - _AROUND, min(ys) - _AROUND
    return f"{left:g} {top:g} {max(xs) + _AROUND - left:g} {max(ys) + _AROUND - top:g}"


def _stroke(stroke: tuple[Point, ...]) -> str:
    if len(stroke) == 1:
        one = stroke[0]
        return f'<circle cx="{one.x:g}" cy="{one.y:g}" r="{one.thickness / 2:g}" stroke="none"/>'
    return "".join(
        f'<line x1="{a.x:g}" y1="{a.y:g}" x2="{b.x:g}" y2="{b.y:g}" '
        f'stroke-width="{(a.thickness + b.thickness) / 2:.2f}"/>'
        for a, b in pairwise(stroke)
    )
