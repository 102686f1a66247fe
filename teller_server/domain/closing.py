"""How a visit ends: outcome, wrap-up, seal, review, effect, close.

Nothing reaches the bank's own systems until the call seal of the visit verifies and, where the
script asks for one, a second person has agreed.
"""

from __future__ import annotations

from datetime import datetime

from . import commands as c
from . import events as e
from .errors import Refusal
from .evolution import evolve
from .guards import in_service, in_state, owned_by, stated
from .ids import UNSAID
from .queueing import withdrawn
from .state import CALLING, COMPLETED, QUEUED, Effect, Outcome, Visit, VisitState

_CUSTOMERS_OUTCOMES = (Outcome.REFUSED_CUSTOMER, Outcome.NO_SHOW)


def end_service(visit: Visit, command: c.EndService, now: datetime) -> tuple[e.Event, ...]:
    """Done only when every step is; anything else at any time, with a reason (a no-show is one)."""
    owned_by(visit, command.teller)
    in_state(visit, CALLING)
    outcome, code = command.outcome, command.outcome.value
    if outcome is Outcome.PENDING_CHECK:
        raise Refusal("outcome_not_for_tellers")
    if outcome in COMPLETED:
        in_service(visit)
        if any(step.status != "done" for step in visit.steps):
            raise Refusal("steps_incomplete")
        outcome = Outcome.PENDING_CHECK if visit.review == "checker" else outcome
    elif outcome is Outcome.NO_SHOW:
        if visit.state is not VisitState.CONNECTING:
            raise Refusal("customer_was_there")
    else:
        stated(command.reason)
    return (e.ServiceEnded(now, outcome, command.teller, code, command.reason),)


def abort(visit: Visit, command: c.Abort, now: datetime) -> tuple[e.Event, ...]:
    """In the queue the visit closes at once; in a call it still has evidence to seal."""
    if command.outcome in COMPLETED or command.outcome is Outcome.PENDING_CHECK:
        raise Refusal("not_an_abort", outcome=command.outcome.value)
    if visit.state in QUEUED:
        closed = e.VisitClosed(now, command.outcome, command.reason)
        return (*withdrawn(visit, command.reason, now), closed)
    in_state(visit, CALLING)
    by = "customer" if command.outcome in _CUSTOMERS_OUTCOMES else "branch"
    return (e.ServiceEnded(now, command.outcome, by, command.reason, UNSAID),)


def wrap_up(visit: Visit, command: c.WrapUp, now: datetime) -> tuple[e.Event, ...]:
    """The teller is free again; the visit closes when it is sealed as well."""
    in_state(visit, (VisitState.WRAP_UP,))
    owned_by(visit, command.teller)
    wrapped = e.WrappedUp(now, command.teller, command.disposition, command.note)
    return (wrapped, *_leave_wrap_up(evolve(visit, wrapped), now))


def call_sealed(visit: Visit, command: c.CallSealed, now: datetime) -> tuple[e.Event, ...]:
    """A verified seal lets the effect go; without one the change is cancelled."""
    in_state(visit, (VisitState.WRAP_UP,))
    if visit.sealed:
        raise Refusal("already_sealed")
    events: list[e.Event] = [e.EvidenceSealed(now, command.manifest, command.verified)]
    if visit.effect_name and visit.outcome in COMPLETED:
        if command.verified:
            events.append(_request_effect(visit, command.manifest, now))
        else:
            events.append(e.EffectSettled(now, Effect.CANCELLED, "seal_not_verified"))
    after = visit
    for event in events:
        after = evolve(after, event)
    return (*events, *_leave_wrap_up(after, now))


def review(visit: Visit, command: c.Review, now: datetime) -> tuple[e.Event, ...]:
    """A second person agrees or not; the first person can't be the second."""
    in_state(visit, (VisitState.IN_REVIEW,))
    if command.checker == visit.teller:
        raise Refusal("second_person_needed")
    if not command.approve:
        stated(command.reason)
    approved = _approved_outcome(visit)
    outcome = approved if command.approve else Outcome.REFUSED_BANK
    events: list[e.Event] = [
        e.ReviewDecided(now, command.checker, command.approve, outcome, command.reason)
    ]
    if visit.effect_name and command.approve:
        events.append(_request_effect(visit, visit.manifest or "", now))
    elif visit.effect_name:
        events.append(e.EffectSettled(now, Effect.CANCELLED, "review_refused"))
    return (*events, e.VisitClosed(now, outcome, ""))


def effect_committed(
    visit: Visit, command: c.EffectCommitted, now: datetime
) -> tuple[e.Event, ...]:
    """The bank's own system has the change."""
    _effect_pending(visit)
    return (e.EffectSettled(now, Effect.COMMITTED, command.receipt),)


def effect_failed(visit: Visit, command: c.EffectFailed, now: datetime) -> tuple[e.Event, ...]:
    """The change was given up, or withdrawn; the branch has to look into it."""
    _effect_pending(visit)
    word = Effect.CANCELLED if command.cancelled else Effect.DEAD_LETTERED
    return (e.EffectSettled(now, word, command.reason),)


def _effect_pending(visit: Visit) -> None:
    if visit.effect is not Effect.PENDING:
        raise Refusal("no_effect_pending", effect=visit.effect.value)


def _request_effect(visit: Visit, manifest: str, now: datetime) -> e.EffectRequested:
    name = visit.effect_name or ""
    return e.EffectRequested(now, name, f"{visit.id}/{name}", manifest)


def _leave_wrap_up(visit: Visit, now: datetime) -> tuple[e.Event, ...]:
    """Both the teller's work and the seal are needed, in either order."""
    if not (visit.teller_released and visit.sealed):
        return ()
    outcome = visit.outcome or Outcome.ABORTED_TECHNICAL
    if outcome is Outcome.PENDING_CHECK and visit.seal_verified:
        return (e.ReviewAsked(now),)
    if not visit.seal_verified and (outcome in COMPLETED or outcome is Outcome.PENDING_CHECK):
        return (e.VisitClosed(now, Outcome.ABORTED_TECHNICAL, "seal_not_verified"),)
    return (e.VisitClosed(now, outcome, ""),)


def _approved_outcome(visit: Visit) -> Outcome:
    wanted = visit.reason_code
    return Outcome(wanted) if wanted in tuple(COMPLETED) else Outcome.DONE
