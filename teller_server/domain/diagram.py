"""A script as a picture of its flow (SVG text): one lane a party, ways around what may not apply.

Read from top to bottom. A condition stands on the way in; who doesn't meet it goes round and meets
the others again below. What happens after the call is set apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape

from .diagram_shapes import FONT, INK, INK_2, INK_3, Canvas, Look, width, wrapped
from .outline import BANK, lane, outline, party_title, said
from .script import AFTER_CALL, CUSTOMER, ServiceScript, StepKind

CARD, GAP, GUTTER, MARGIN = 300.0, 64.0, 40.0, 28.0
PAD, BETWEEN, LOZENGE, LID = 16.0, 30.0, 30.0, 10.0
MONO = "'Noto Sans Mono CJK SC',ui-monospace,monospace"
_ASK = Look("choice", "#f6eedd", "#c9ac72", "#6f501c")
_SPEECH = Look("speech", "#e9f1fa", "#9dbbe0", "#143f7a")
_PAPER = Look("paper", "#ffffff", "#b9b5ab", "#414c5c")
_CHECK = Look("card", "#e5f3eb", "#8fc4a8", "#14603a")
_HAND = Look("pill", "#fcf1dc", "#dcb25e", "#774a00")
_SYSTEM = Look("drum", "#10305c", "#bcd0ea", "#bcd0ea")
_CONDITION = Look("choice", "#ffffff", "#807d75", "#414c5c")
LOOKS: dict[StepKind, Look] = {
    StepKind.NOTICE: _PAPER,
    StepKind.CONSENT: _ASK,
    StepKind.DISCLOSURE: _SPEECH,
    StepKind.QUESTION: _SPEECH,
    StepKind.FORM: _PAPER,
    StepKind.IDENTITY_DOCUMENT: _CHECK,
    StepKind.REGISTRY_CHECK: _CHECK,
    StepKind.FACE_MATCH: _CHECK,
    StepKind.LIVENESS: _CHECK,
    StepKind.ONE_TIME_CODE: _CHECK,
    StepKind.DOCUMENT: _PAPER,
    StepKind.SIGN: _PAPER,
    StepKind.TELLER_DECISION: _ASK,
    StepKind.HAND_OVER: _HAND,
    StepKind.CHECKER_DECISION: _ASK,
    StepKind.COMMIT: _SYSTEM,
}
_WORDS = {
    "yes": {"zh-CN": "是", "en": "yes"},
    "no": {"zh-CN": "否", "en": "no"},
    "start": {"zh-CN": "接通", "en": "Call begins"},
    "over": {
        "zh-CN": "通话结束，以下在通话后进行",
        "en": "The call ends; what follows comes after it",
    },
    "end": {"zh-CN": "办结", "en": "End"},
    "stop": {"zh-CN": "此处可能结束办理", "en": "The visit may end here"},
    "conditions": {"zh-CN": "条件", "en": "Conditions"},
    "version": {"zh-CN": "第 {} 版，{} 步", "en": "version {}, {} steps"},
    "only": {"zh-CN": "仅当 {}", "en": "only if {}"},
}


def diagram(script: ServiceScript, language: str) -> str:
    """The picture as a whole SVG document, UTF-8 text without any style or script."""
    picture = _Picture(script, language)
    picture.draw()
    return picture.svg()


@dataclass(frozen=True, slots=True)
class _Card:
    """One step with its lettering broken into lines, so that its height is known."""

    step: dict[str, Any]
    look: Look
    title: list[str]
    details: list[str]

    @property
    def height(self) -> float:
        lid = LID if self.look is _SYSTEM else 0
        return lid + 40 + 20 * len(self.title) + 17 * len(self.details)


class _Picture:
    """Draws from the top; `y` is where the flow has come to, `at` whence the next line starts."""

    def __init__(self, script: ServiceScript, language: str) -> None:
        self.script = script
        self.language = language
        self.steps = outline(script, language)
        guests = [guest.party for guest in script.guests]
        used = {lane(step) for step in script.steps}
        self.lanes = [party for party in (CUSTOMER, *guests, BANK) if party in used]
        self.width = 2 * MARGIN + GUTTER + len(self.lanes) * (CARD + GAP)
        self.canvas = Canvas()
        self.y = self.lanes_end = 0.0
        self.at: tuple[float, float] = (0.0, 0.0)

    def word(self, name: str) -> str:
        return _WORDS[name][self.language if self.language == "zh-CN" else "en"]

    def left(self, party: str) -> float:
        place = self.lanes.index(party) if party in self.lanes else 0
        return MARGIN + GUTTER + GAP / 2 + place * (CARD + GAP)

    def middle(self, party: str) -> float:
        return self.left(party) + CARD / 2

    def draw(self) -> None:
        """The flow in order: steps of one condition together."""
        self._terminal("start", 128.0)
        over = False
        for when, group in groupby(self.steps, key=lambda step: str(step["when"])):
            steps = list(group)
            if not over and self._after_call(steps[0]):
                over = True
                self._end_of_call()
            if when:
                self._branch(when, steps)
                continue
            for step in steps:
                if not over and self._after_call(step):
                    over = True
                    self._end_of_call()
                self._step(step)
        self._join(self.middle(self._last_lane()))
        self._terminal("end", self.y)
        self._legend()

    def svg(self) -> str:
        """The document around what was drawn: title, description, ground, lanes."""
        name = self.script.service.replace("_", "-")
        title = escape(said(self.script.title, self.language))
        height = self.y + MARGIN
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {height:g}" '
            f'width="{self.width:g}" height="{height:g}" role="img" font-family="{FONT}" '
            f'aria-labelledby="flow-{name}-title flow-{name}-desc" lang="{self.language}">'
            f'<title id="flow-{name}-title">{title}</title>'
            f'<desc id="flow-{name}-desc">{escape(self._told())}</desc>'
        )
        return "\n".join([head, *self._ground(height).parts, *self.canvas.parts, "</svg>\n"])

    def _told(self) -> str:
        """The flow in words, for those who hear it."""
        told = []
        for number, step in enumerate(self.steps, 1):
            only = f"; {self.word('only').format(step['when'])}" if step["when"] else ""
            told.append(
                f"{number}. {step['title']} ({step['kind_title']}, {step['party_title']}{only})"
            )
        return " ".join(told)

    def _ground(self, height: float) -> Canvas:
        ground = Canvas()
        ground.add(f'<rect width="{self.width:g}" height="{height:g}" fill="#f6f5f2"/>')
        ground.text(MARGIN, 44, said(self.script.title, self.language), 24, INK, weight="700")
        version = self.word("version").format(self.script.version, len(self.steps))
        ground.text(MARGIN, 68, f"{self.script.service} · {version}", 13, INK_3)
        for index, party in enumerate(self.lanes):
            x = self.left(party) - GAP / 2 + 6
            fill = "#efede8" if index % 2 == 0 else "#fbfaf8"
            ground.add(
                f'<rect x="{x:g}" y="84" width="{CARD + GAP - 12:g}" '
                f'height="{self.lanes_end - 84:g}" rx="10" fill="{fill}"/>'
            )
            label = party_title(self.script, party, self.language)
            ground.text(self.middle(party), 110, label, 15, INK_2, anchor="middle", weight="600")
        return ground

    # ---- the flow

    def _step(self, step: dict[str, Any]) -> None:
        card = self._card(step)
        x, y = self.left(step["party"]), self.y
        self._arrow_to((x + CARD / 2, y))
        canvas, look = self.canvas, card.look
        canvas.add(f"<g><title>{escape(self._tip(step))}</title>")
        canvas.shape(look, x, y, CARD, card.height)
        ink = "#ffffff" if look is _SYSTEM else INK
        inset = x + PAD + (8 if look.shape == "choice" else 4)
        number = str(self.steps.index(step) + 1)
        line = y + 24 + (LID if look is _SYSTEM else 0)
        canvas.text(inset, line, f"{number} · {step['kind_title']}", 12, look.ink, weight="600")
        canvas.text(x + CARD - PAD - 8, line, " · ".join(step["needs"]), 11, look.ink, anchor="end")
        for text in card.title:
            line += 20
            canvas.text(inset, line, text, 15, ink, weight="600")
        for text in card.details:
            line += 17
            canvas.text(inset, line, text, 12.5, look.ink if look is _SYSTEM else INK_2)
        canvas.add("</g>")
        if step["may_end"]:
            _stop(canvas, x + CARD, y + card.height / 2)
        self.at = (x + CARD / 2, y + card.height)
        self.y = y + card.height + BETWEEN

    def _branch(self, when: str, steps: list[dict[str, Any]]) -> None:
        """A condition, its steps, and the way round them."""
        party = self._spine(steps)
        spine = self.middle(party)
        top, half = self.y, self._condition(when, spine)
        for step in steps:
            self._step(step)
        joint = self._join(spine)
        way = self.left(party) - GAP / 2 - 10
        start = (spine - half, top + LOZENGE / 2)
        self.canvas.line([start, (way, start[1]), (way, joint), (spine, joint)],
                         arrow=False, dashed=True)  # fmt: skip
        self.canvas.text(start[0] - 8, start[1] - 6, self.word("no"), 12, INK_3, anchor="end")
        self.canvas.add(f'<circle cx="{spine:g}" cy="{joint:g}" r="4" fill="#807d75"/>')

    def _condition(self, when: str, x: float) -> float:
        """The condition's lozenge on the way; half of its width."""
        shown = wrapped(when, 12.5, CARD - 40, 1)[0]
        half = max(60.0, width(shown, 13) / 2 + 24)
        self._arrow_to((x, self.y))
        self.canvas.add(f"<g><title>{escape(self._meaning(when))}</title>")
        self.canvas.shape(_CONDITION, x - half, self.y, 2 * half, LOZENGE)
        self.canvas.text(x, self.y + 20, shown, 12.5, INK_2, anchor="middle", family=MONO)
        self.canvas.add("</g>")
        self.canvas.text(x + 8, self.y + LOZENGE + 15, self.word("yes"), 12, INK_3)
        self.at = (x, self.y + LOZENGE)
        self.y += LOZENGE + BETWEEN + 8
        return half

    def _join(self, x: float) -> float:
        """Where ways meet again; how far down it is."""
        y = self.y - BETWEEN / 2
        if self.at[0] != x:
            y += 8
        self._line_to((x, y), arrow=False)
        self.at, self.y = (x, y), y + BETWEEN
        return y

    def _end_of_call(self) -> None:
        y = self.y + 4
        start, end = MARGIN, self.width - MARGIN
        self.canvas.add(f'<path d="M{start:g} {y:g}H{end:g}" stroke="#8d6726" stroke-width="1.2" '
                        'stroke-dasharray="2 5"/>')  # fmt: skip
        self.canvas.text(start, y - 8, self.word("over"), 13, "#6f501c", weight="600")
        self.y = y + BETWEEN

    def _terminal(self, name: str, y: float) -> None:
        label = self.word(name)
        half = width(label, 13) / 2 + 20
        x = self.middle(self.lanes[0]) if name == "start" else self.at[0]
        if name == "end":
            self._arrow_to((x, y))
        self.canvas.shape(Look("pill", "#141c28", "#141c28", "#fff"), x - half, y, 2 * half, 28)
        self.canvas.text(x, y + 19, label, 13, "#ffffff", anchor="middle", weight="600")
        self.at, self.y = (x, y + 28), y + 28 + BETWEEN

    def _legend(self) -> None:
        self.lanes_end = self.y - 8
        self.y += 20
        _stop(self.canvas, MARGIN, self.y - 4)
        self.canvas.text(MARGIN + 34, self.y, self.word("stop"), 12.5, INK_2)
        if not self.script.conditions:
            return
        self.y += 30
        self.canvas.text(MARGIN, self.y, self.word("conditions"), 13, INK, weight="600")
        for name, condition in self.script.conditions.items():
            for index, line in enumerate(
                wrapped(f"{name}: {condition.text}", 12.5, self.width - 2 * MARGIN, 3)
            ):
                self.y += 20
                self.canvas.text(MARGIN + 12 * (index > 0), self.y, line, 12.5, INK_2, family=MONO)

    # ---- lines and lettering

    def _arrow_to(self, end: tuple[float, float]) -> None:
        self._line_to(end, arrow=True)

    def _line_to(self, end: tuple[float, float], *, arrow: bool) -> None:
        """Down, across, down: the way from where the flow is."""
        (x0, y0), (x1, y1) = self.at, end
        bend = y0 + min(21.0, (y1 - y0) / 2)
        points = [self.at, end] if x0 == x1 else [self.at, (x0, bend), (x1, bend), end]
        self.canvas.line(points, arrow=arrow)

    def _card(self, step: dict[str, Any]) -> _Card:
        look = LOOKS[StepKind(step["kind"])]
        room = CARD - 2 * PAD - (18 if look.shape in ("choice", "pill") else 8)
        title = wrapped(step["title"], 15, room, 2)
        details = wrapped(" · ".join(step["details"]), 12.5, room, 2)
        if len(details) > 1 and len(step["details"]) > 1:
            details = [wrapped(text, 12.5, room, 1)[0] for text in step["details"]]
        return _Card(step, look, title, details)

    def _spine(self, steps: list[dict[str, Any]]) -> str:
        """The lane of a branch's condition: the bank's own steps branch in their own lane."""
        parties = {step["party"] for step in steps}
        return BANK if parties == {BANK} else self.lanes[0]

    def _last_lane(self) -> str:
        return str(self.steps[-1]["party"])

    def _after_call(self, step: dict[str, Any]) -> bool:
        return StepKind(step["kind"]) in AFTER_CALL

    def _tip(self, step: dict[str, Any]) -> str:
        return f"{step['id']} ({step['kind_title']})\n{step['say']}".strip()

    def _meaning(self, when: str) -> str:
        names = [name for name in self.script.conditions if name in when.replace("(", " ").split()]
        return "\n".join([when, *(f"{n}: {self.script.conditions[n].text}" for n in names)])


def _stop(canvas: Canvas, x: float, y: float) -> None:
    """A short way out that ends."""
    canvas.add(
        f'<path d="M{x:g} {y:g}H{x + 14:g}" stroke="#b3261e" stroke-width="1.6"/>'
        f'<rect x="{x + 14:g}" y="{y - 5:g}" width="10" height="10" rx="2" fill="#b3261e"/>'
    )
