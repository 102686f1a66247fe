"""The second person: sees the sealed visit, approves, asks back or refuses; never alone in time.

Nobody who served the visit may be the second person, and nobody fails a visit alone: who does not
approve is confirmed by another, or disagreed with, before it counts. Time that runs out never
approves: the review is escalated once; after as long again it lapses and the change is given up.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from . import commands as c
from . import events as e
from .effects import request_effect
from .errors import Refusal
from .guards import in_state, stated
from .repudiation import not_repudiated
from .script import StepKind
from .state import COMPLETED, Effect, Outcome, ReviewState, Visit, VisitState

MAX_RETURNS = 3
UNSTATED_HOURS = 24


def ask_review(visit: Visit, now: datetime) -> e.ReviewAsked:
    """The visit waits for its second person."""
    return e.ReviewAsked(now, now + _time(visit))


def review(visit: Visit, command: c.Review, now: datetime) -> tuple[e.Event, ...]:
    """A second person agrees, asks or refuses; the first person can't be the second."""
    asked = _under_review(visit)
    if command.checker == visit.teller:
        raise Refusal("second_person_needed")
    if command.verdict != "approve":
        stated(command.reason)
    if asked.question:
        raise Refusal("answer_awaited")
    if asked.refusal or command.verdict == "disagree":
        return _second_word(visit, asked, command, now)
    match command.verdict:
        case "return":
            if asked.returned >= MAX_RETURNS:
                raise Refusal("too_many_returns")
            return (e.ReviewReturned(now, command.checker, command.reason),)
        case "refuse":
            return (e.ReviewRefused(now, command.checker, command.reason),)
    return _decided(visit, command, now)


def _second_word(
    visit: Visit, asked: ReviewState, command: c.Review, now: datetime
) -> tuple[e.Event, ...]:
    """On a colleague's refusal: it is confirmed, or set aside and the review goes on."""
    if not asked.refusal:
        raise Refusal("nothing_to_confirm")
    if command.checker in asked.refused_by:
        raise Refusal("second_person_needed")
    match command.verdict:
        case "refuse":
            return _decided(visit, command, now)
        case "disagree":
            return (e.RefusalSetAside(now, command.checker, command.reason),)
    raise Refusal("refusal_unconfirmed")


def _decided(visit: Visit, command: c.Review, now: datetime) -> tuple[e.Event, ...]:
    approved = command.verdict == "approve"
    if approved:
        not_repudiated(visit)
    outcome = _approved_outcome(visit) if approved else Outcome.REFUSED_BANK
    events: list[e.Event] = [
        e.ReviewDecided(now, command.checker, approved, outcome, command.reason)
    ]
    if visit.effect_name and approved:
        events.append(request_effect(visit, visit.manifest or "", now))
    elif visit.effect_name:
        events.append(e.EffectSettled(now, Effect.CANCELLED, "review_refused"))
    code = "" if approved else "review_refused"
    return (*events, e.VisitClosed(now, outcome, code))


def answer_review(visit: Visit, command: c.AnswerReview, now: datetime) -> tuple[e.Event, ...]:
    """The teller of the visit answers; the second person's time begins anew."""
    asked = _under_review(visit)
    if command.teller != visit.teller:
        raise Refusal("not_your_visit")
    if not asked.question:
        raise Refusal("nothing_asked")
    stated(command.answer)
    return (e.ReviewAnswered(now, command.teller, command.answer, now + _time(visit)),)


def hurry_review(visit: Visit, _: c.HurryReview, now: datetime) -> tuple[e.Event, ...]:
    """Nothing before its time; then escalation; then the end without effect."""
    asked = _under_review(visit)
    if now < asked.due_at:
        return ()
    if not asked.escalated:
        return (e.ReviewEscalated(now, now + _time(visit)),)
    closed = e.VisitClosed(now, Outcome.OTHER_CHANNEL, "review_lapsed")
    if not visit.effect_name:
        return (closed,)
    return (e.EffectSettled(now, Effect.CANCELLED, "review_lapsed"), closed)


def _under_review(visit: Visit) -> ReviewState:
    in_state(visit, (VisitState.IN_REVIEW,))
    if visit.under_review is None:
        raise Refusal("not_now", state=visit.state.value)
    return visit.under_review


def _time(visit: Visit) -> timedelta:
    step = visit.last(StepKind.CHECKER_DECISION)
    within = step.plan.within if step else 0
    return timedelta(seconds=within or UNSTATED_HOURS * 3600)


def _approved_outcome(visit: Visit) -> Outcome:
    wanted = visit.reason_code
    lawful = {*COMPLETED, Outcome.SIGN_AT_BRANCH, Outcome.OTHER_CHANNEL}
    return Outcome(wanted) if wanted in lawful else Outcome.DONE
