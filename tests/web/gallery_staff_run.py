"""A branch that advances: ringing, one whole service, wrap-up; for runs by keyboard."""

from __future__ import annotations

from typing import Any

from tests.web.gallery_staff_states import DECIDED
from tests.web.gallery_staff_views import (
    View,
    busy,
    check,
    console,
    current,
    form,
    identity,
    offer,
    visit,
)
from tests.web.gallery_views import iso

ANSWER = {1: "agreed", 4: "seen", 5: "agreed"}
LAST = 6


class Run:
    """What the canned branch knows of its one visit."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.stage = "ring"
        self.number = 1
        self.started = False
        self.drafted: dict[str, str] | None = None
        self.check: str | None = None
        self.decided = False
        self.heard: list[str] = []

    def hear(self, kind: str, body: dict[str, Any]) -> list[View]:
        """Take one message; returns the views that it causes."""
        before = len(self.heard)
        match kind:
            case "pairing.accept":
                self.stage = "visit"
            case "pairing.decline":
                self.stage = "idle"
            case "step.start":
                self.started = True
            case "step.complete":
                self.started = False
                self.number += 1
            case "identity.check":
                self.check = "referred"
            case "identity.decide":
                self.decided = True
            case "form.draft":
                self.drafted = body["fields"]
            case "visit.end":
                self.stage = "wrap_up"
            case "visit.wrap_up":
                self.stage = "idle"
            case _:
                return []
        self.heard.append(kind)
        return [self.view()] if len(self.heard) > before else []

    def view(self) -> View:
        if self.stage == "ring":
            return console(self.language, "offered", offer=offer(self.language, 20))
        if self.stage == "idle":
            return console(self.language)
        if self.stage == "wrap_up":
            shown = visit(
                self.language,
                7,
                state="wrap_up",
                outcome="done",
                wrap_up_deadline=iso(30),
                call=None,
            )
            return console(self.language, "wrap_up", visit=shown)
        return busy(self.language, self._visit())

    def _visit(self) -> View:
        shown = visit(self.language, self.number, "current" if self.started else "todo")
        shown["current"] = self._current()
        shown["identity"] = self._identity()
        shown["form"] = self._form()
        return shown

    def _current(self) -> View | None:
        if self.number > LAST:
            return None
        if not self.started:
            return current(self.language, self.number, can=["start"])
        at = current(self.language, self.number, customer_answer=ANSWER.get(self.number))
        if self.number == 3 and not self.decided:
            at |= {"can": ["refuse", "decide" if self.check else "check"]}
            at |= {"blocked": "identity_undecided"}
        if self.number == 4 and self.drafted is None:
            at |= {"can": ["refuse"], "blocked": "form_not_drafted", "customer_answer": None}
        if self.number == LAST:
            at["decision"] = {"verdicts": ["approve", "refuse"], "flags": [], "raised": []}
        return at

    def _identity(self) -> View:
        if self.number < 2:
            return identity("none")
        return identity(
            check=check(self.language, self.check) if self.check else None,
            decision=DECIDED if self.decided else None,
            may=["accept", "repeat", "refuse", "alternative"]
            if self.check and not self.decided
            else [],
        )

    def _form(self) -> View:
        shown = form(self.language, seen=self.drafted is not None, yes=self.number > 5)
        for field in shown["fields"]:
            field["after"] = (self.drafted or {}).get(field["name"], "")
        return shown
