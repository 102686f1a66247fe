"""An objection to a decision against the customer, and the bank's answer in time."""

from __future__ import annotations

from datetime import datetime, timedelta

from . import commands as c
from . import events as e
from .errors import Refusal
from .guards import stated
from .state import Outcome, Visit


def objection_until(visit: Visit) -> datetime | None:
    """Until when the customer may object; None when there is nothing to object to."""
    if visit.outcome is not Outcome.REFUSED_BANK or not visit.policy.objection_days:
        return None
    ended = visit.closed_at or visit.ended_at
    return ended + timedelta(days=visit.policy.objection_days) if ended else None


def file_objection(visit: Visit, command: c.Object, now: datetime) -> tuple[e.Event, ...]:
    """Once, with a reason, within the days the rules give; the answer has as many days."""
    until = objection_until(visit)
    if until is None:
        raise Refusal("nothing_to_object_to")
    if visit.objection is not None:
        raise Refusal("already_objected")
    if now > until:
        raise Refusal("objection_too_late")
    stated(command.reason)
    due = now + timedelta(days=visit.policy.objection_days)
    return (e.Objected(now, command.reason, due),)


def answer_objection(
    visit: Visit, command: c.AnswerObjection, now: datetime
) -> tuple[e.Event, ...]:
    """By somebody who did not serve the visit."""
    if visit.objection is None or visit.objection.answer:
        raise Refusal("no_objection_open")
    if command.by == visit.teller:
        raise Refusal("second_person_needed")
    stated(command.answer)
    return (e.ObjectionAnswered(now, command.by, command.answer),)
