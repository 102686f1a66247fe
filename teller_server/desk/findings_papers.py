"""A paper as a reviewer reads it: every look at every page, who signed, whether it still holds."""

from datetime import datetime
from typing import Any

from teller_server.desk.findings_visit import Reading
from teller_server.desk.views.step import moment
from teller_server.domain import events as e
from teller_server.domain.events import Event
from teller_server.domain.reading import LONGEST_LOOK
from teller_server.domain.script import Document, Step, StepKind
from teller_server.papers.pades import BANK
from teller_server.papers.report import Report


def paper(reading: Reading, name: str, report: Report | None) -> dict[str, Any]:
    """A paper with every look at every page of it, and what became of its signatures."""
    state, step = reading.visit.papers[name], _shown_in(reading, name)
    reader = reading.visit.step(step.id)
    return {
        "id": name,
        "title": reading.script.papers[name][reading.language],
        "step": step.id,
        "party": step.party,
        "party_title": reading.party(step.party),
        "pages": state.pages,
        "digest": state.digest,
        "read": state.read,
        "answer": reader.answer if reader else None,
        "answered_at": _answered_at(reading, step.id),
        "least_s": step.detail.seconds if isinstance(step.detail, Document) else 0,
        "dwell_ms": list(state.dwell),
        "looks": looks(reading, name, step.party),
        "shown_at": _shown_at(reading, name),
        "signed": _signed(reading, name),
        "set_aside": _set_aside(reading, name),
        "sealed_at": _sealed_at(reading, name) if state.sealed else None,
        "pdf": state.sealed or state.signed or state.kept,
        "check": _checked(reading, report) if report else None,
    }


def looks(reading: Reading, name: str, party: str) -> list[dict[str, Any]]:
    """Each time a page was before the reader's eyes: which, since when, how long.

    Together they are the paper's reading times, which were counted as the visit went on.
    """
    turns = [
        event
        for event in reading.told
        if isinstance(event, e.PageTurned) and event.paper == name and event.by == party
    ]
    ends = [event.at for event in reading.told if _puts_aside(event, name)]
    return [
        {"page": turn.page, "at": turn.at.isoformat(), "ms": _length(turn, turns[n + 1 :], ends)}
        for n, turn in enumerate(turns)
        if turn.page
    ]


def _length(turn: e.PageTurned, later: list[e.PageTurned], ends: list[datetime]) -> int:
    stops = [*(one.at for one in later[:1]), *(at for at in ends if at >= turn.at)]
    until = min(min(stops, default=turn.at), turn.at + LONGEST_LOOK)
    return round((until - turn.at).total_seconds() * 1000)


def _puts_aside(event: Event, name: str) -> bool:
    """What ends a look without a turn: the step's end, a hold, a lost leg, the paper anew."""
    match event:
        case e.StepEnded() | e.HoldBegan() | e.LegLost() | e.ServiceEnded():
            return True
        case e.PaperShown():
            return event.paper == name
    return False


def _shown_in(reading: Reading, name: str) -> Step:
    return next(
        step
        for step in reading.script.of_kind(StepKind.DOCUMENT)
        if isinstance(step.detail, Document) and step.detail.paper == name
    )


def _answered_at(reading: Reading, step: str) -> str | None:
    answers = (event for event in reading.told if isinstance(event, e.StepAnswered))
    times = [event.at for event in answers if event.step == step]
    return moment(times[-1]) if times else None


def _shown_at(reading: Reading, name: str) -> str | None:
    shown = (event for event in reading.told if isinstance(event, e.PaperShown))
    times = [event.at for event in shown if event.paper == name]
    return moment(times[-1]) if times else None


def _signed(reading: Reading, name: str) -> list[dict[str, Any]]:
    """Who signed it and when, in that order; what was set aside is not among them."""
    stand: list[e.PapersSigned] = []
    for event in reading.told:
        if isinstance(event, e.PapersSigned) and name in event.signed:
            stand.append(event)
        elif isinstance(event, e.SignatureSetAside) and name in event.signed:
            stand.pop()
    return [
        {
            "party": event.party,
            "title": reading.party(event.party),
            "at": event.at.isoformat(),
        }
        for event in stand
    ]


def _set_aside(reading: Reading, name: str) -> list[dict[str, Any]]:
    """Signatures that were made anew: whose, why, and the sealed object they are still on."""
    return [
        {
            "party": event.party,
            "title": reading.party(event.party),
            "at": event.at.isoformat(),
            "reason": reading.open("reason", event.reason),
            "pdf": event.signed[name],
        }
        for event in reading.told
        if isinstance(event, e.SignatureSetAside) and name in event.signed
    ]


def _sealed_at(reading: Reading, name: str) -> str | None:
    seals = (event for event in reading.told if isinstance(event, e.PapersSealed))
    times = [event.at for event in seals if name in event.sealed]
    return moment(times[-1]) if times else None


def _checked(reading: Reading, report: Report) -> dict[str, Any]:
    """Whether the signatures hold, as far as this branch's own check goes; problems are codes."""
    return {
        "good": report.good,
        "whole": report.whole,
        "problems": list(report.problems),
        "findings": [
            {
                "field": one.field,
                "title": None if one.field == BANK else reading.party(one.field),
                "subject": one.subject,
                "signed_at": moment(one.signed_at),
                "intact": one.intact,
                "trusted": one.trusted,
                "lasting": one.lasting,
                "changes": one.changes,
                "problems": list(one.problems),
            }
            for one in report.findings
        ],
    }
