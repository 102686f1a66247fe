"""What was decided on a visit: by its teller, by the second person, and on an objection."""

from collections.abc import Mapping
from typing import Any

from teller_server.desk.findings_visit import Reading
from teller_server.desk.views.proposal import proposal_line
from teller_server.desk.words import word
from teller_server.domain import events as e
from teller_server.domain.events import Event
from teller_server.domain.review import MAX_RETURNS
from teller_server.domain.script import TellerDecision
from teller_server.domain.state import VisitState

Staff = Mapping[str, str]


def decision(reading: Reading, staff: Staff) -> dict[str, Any] | None:
    """What the teller thought at the end of the call, and why."""
    decided = [event for event in reading.told if isinstance(event, e.TellerDecided)]
    if not decided:
        return None
    last = decided[-1]
    return {
        "verdict": last.verdict,
        "reason": reading.open("note", last.reason),
        "flags": _flags(reading, last),
        "raised": reading.raised(),
        "bank": _bank(reading),
        "who": staff.get(last.teller, ""),
        "at": last.at.isoformat(),
    }


def _bank(reading: Reading) -> dict[str, Any] | None:
    """What the bank's own system said before the teller decided; None: it was not asked."""
    said = reading.visit.proposal
    return proposal_line(said, reading.language) if said is not None else None


def repudiation(reading: Reading) -> dict[str, Any] | None:
    """“This was not me”: who said so, when, what they said, and what the bank did."""
    said = reading.visit.repudiation
    if said is None:
        return None
    return {
        "at": said.at.isoformat(),
        "by": said.by,
        "receiver": said.actor if said.by == "link" else None,
        "note": reading.open("repudiation", said.note),
        "end": said.end,
        "detail": said.detail,
    }


def _flags(reading: Reading, last: e.TellerDecided) -> list[dict[str, Any]]:
    detail = reading.script.step(last.step).detail
    known = {flag.id: flag for flag in detail.flags} if isinstance(detail, TellerDecision) else {}
    return [
        {
            "label": known[flag].label[reading.language] if flag in known else flag,
            "blocking": flag in known and known[flag].blocking,
        }
        for flag in last.flags
    ]


def review(reading: Reading, staff: Staff, account: str) -> dict[str, Any] | None:
    """The second person's work: how it stands, and all that was asked and answered."""
    asked, told = reading.visit.under_review, reading.told
    if asked is None:
        return None
    return {
        "open": reading.visit.state is VisitState.IN_REVIEW,
        "due_at": asked.due_at.isoformat(),
        "escalated": asked.escalated,
        "asked": bool(asked.question),
        "refusal": asked.refusal and reading.visit.state is VisitState.IN_REVIEW,
        "refused_by_me": account in asked.refused_by,
        "returns_left": max(0, MAX_RETURNS - asked.returned),
        "log": [line for event in told if (line := _line(reading, event, staff))],
    }


def _line(reading: Reading, event: Event, staff: Staff) -> dict[str, Any] | None:
    match event:
        case e.ReviewReturned():
            who, text = event.checker, reading.open("question", event.question)
        case e.ReviewAnswered():
            who, text = event.teller, reading.open("answer", event.answer)
        case e.ReviewRefused() | e.RefusalSetAside():
            who, text = event.checker, reading.open("question", event.reason)
        case e.ReviewDecided():
            who, text = event.checker, reading.open("question", event.reason)
        case e.ReviewAsked() | e.ReviewEscalated():
            who, text = "", ""
        case _:
            return None
    kind = type(event).__name__
    return {
        "at": event.at.isoformat(),
        "kind": kind,
        "title": word(f"mark.{kind}", reading.language),
        "who": staff.get(who, ""),
        "text": text,
        "approved": event.approved if isinstance(event, e.ReviewDecided) else None,
    }


def objection(reading: Reading, staff: Staff) -> dict[str, Any] | None:
    """What the customer objected to, and what they were answered."""
    filed = reading.visit.objection
    if filed is None:
        return None
    told = {type(event): event for event in reading.told}
    raised, answered = told.get(e.Objected), told.get(e.ObjectionAnswered)
    return {
        "reason": reading.open("objection", filed.reason),
        "at": raised.at.isoformat() if raised else None,
        "due_at": filed.due_at.isoformat(),
        "answer": reading.open("answer", filed.answer) or None,
        "answered_at": answered.at.isoformat() if answered else None,
        "who": staff.get(answered.by, "") if isinstance(answered, e.ObjectionAnswered) else "",
    }
