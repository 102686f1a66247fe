"""A visit to play with: the real script, a clock that is told, short words for long commands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from teller_server.domain import commands as c
from teller_server.domain import visit as rules
from teller_server.domain.events import Event
from teller_server.domain.ids import UNSAID, SealedText
from teller_server.domain.script import ServiceScript
from teller_server.domain.script_reader import parse_script
from teller_server.domain.state import Outcome, Visit

SCRIPT_FILE = Path(__file__).parent / "scripts" / "simple.yaml"
CHECKER = "  - {id: check, kind: checker_decision, hours: 24, title: *words}"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
OFFER = timedelta(seconds=20)
TELLER = "t-wang"
REASON = SealedText("sealed:because")
STEPS = ("recording_consent", "document", "face", "details", "confirmation", "decision")


@cache
def script(review: str = "none") -> ServiceScript:
    text = SCRIPT_FILE.read_text(encoding="utf-8")
    checker = CHECKER if review == "checker" else ""
    return parse_script(text.replace("  # checker", checker), SCRIPT_FILE.name)


def opening(
    visit: str = "v1", *, face: bool = True, review: str = "none", customer: str = "", **known: bool
) -> c.OpenVisit:
    consents = {"recording": True, "face": face}
    authenticated = known.get("authenticated", False)
    return c.OpenVisit(visit, script(review), "zh-CN", customer or visit, authenticated, consents)


class Walk:
    """Goes through a visit command by command, a second apart, and keeps what happened."""

    def __init__(self, first: c.OpenVisit | None = None) -> None:
        self.now = NOON
        self.visit: Visit | None = None
        self.events: list[Event] = []
        self.do(first or opening())

    @property
    def at(self) -> Visit:
        assert self.visit is not None
        return self.visit

    def do(self, *commands: c.Command) -> tuple[Event, ...]:
        """Carry the commands out and return the events of the last."""
        caused: tuple[Event, ...] = ()
        for command in commands:
            self.now += timedelta(seconds=1)
            self.visit, caused = rules.step_to(self.visit, command, self.now)
            self.events += caused
        return caused

    def offered(self) -> Walk:
        self.do(c.TakeTicket("A001"))
        self.do(c.Offer("p1", TELLER, self.now + OFFER))
        return self

    def connecting(self) -> Walk:
        self.offered().do(c.Accept("p1", TELLER, "r1"))
        return self

    def in_service(self) -> Walk:
        self.connecting()
        for party in ("customer", "teller"):
            self.do(c.LegUp(party, f"{party}-1"), c.RecordingConfirmed(party))
        return self

    def through(self, *steps: str) -> Walk:
        """Pass these steps the usual way."""
        for step in steps:
            self.do(c.StartStep(step, TELLER), *usual(step), c.CompleteStep(step, TELLER, "passed"))
        return self

    def served(self) -> Walk:
        """All steps done, service ended, teller not yet through with the wrap-up."""
        self.in_service().through(*STEPS).do(c.EndService(TELLER, Outcome.DONE))
        return self


def usual(step: str, check: str = "k1") -> Sequence[c.Command]:
    """What happens in a step between its start and its end."""
    between: dict[str, Sequence[c.Command]] = {
        "recording_consent": [c.AnswerStep("recording_consent", "agreed")],
        "document": [c.DocumentReceived("photo-digest", "portrait-digest")],
        "face": [
            c.CheckIdentity(check, TELLER),
            c.IdentityChecked(check, "passed", 0.62, "agrees", ()),
            c.DecideIdentity(TELLER, "accept", check),
        ],
        "details": [
            c.DraftForm("details", TELLER, SealedText("sealed:form"), "form-digest"),
            c.AnswerStep("details", "seen"),
        ],
        "confirmation": [c.AnswerStep("confirmation", "agreed")],
        "decision": [],
    }
    return between[step]


__all__ = ["NOON", "OFFER", "REASON", "STEPS", "TELLER", "UNSAID", "Walk", "opening", "script"]
