"""An objection to a decision against the customer, and the bank's answer in time."""

from __future__ import annotations

from datetime import datetime, timedelta

from . import commands as c
from . import events as e
from .errors import Refusal
from .guards import stated
from .state import Outcome, Visit


def may_object(visit: Visit) -> bool:
    """Whether there is a decision against the customer that the rules let them object to."""
    against = visit.outcome is Outcome.REFUSED_BANK and visit.closed_at is not None
    return against and bool(visit.policy.objection_days)


def file_objection(visit: Visit, command: c.Object, now: datetime) -> tuple[e.Event, ...]:
    """Once, with a reason; the bank has to answer within the days the rules give."""
    if not may_object(visit):
        raise Refusal("nothing_to_object_to")
    if visit.objection is not None:
        raise Refusal("already_objected")
    stated(command.reason)
    due = now + timedelta(days=visit.policy.objection_days)
    return (e.Objected(now, command.reason, due),)


def may_answer(visit: Visit, account: str) -> bool:
    """Whether an objection is heard by fresh ears: nobody is a judge of their own decision."""
    refused = visit.under_review.refused_by if visit.under_review else ()
    return account not in (visit.teller, visit.decided_by, *refused)


def answer_objection(
    visit: Visit, command: c.AnswerObjection, now: datetime
) -> tuple[e.Event, ...]:
    """By somebody who neither served the visit nor refused it."""
    if visit.objection is None or visit.objection.answer:
        raise Refusal("no_objection_open")
    if not may_answer(visit, command.by):
        raise Refusal("second_person_needed")
    stated(command.answer)
    return (e.ObjectionAnswered(now, command.by, command.answer),)
