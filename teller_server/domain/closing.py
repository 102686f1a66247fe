"""How a call ends: outcome, wrap-up, seal, and what follows from them.

Nothing reaches the bank's own systems until the call seal of the visit verifies and, where the
script asks for one, a second person has agreed.
"""

from __future__ import annotations

from datetime import datetime

from . import commands as c
from . import events as e
from .alarms import alarmed
from .effects import request_effect
from .errors import Refusal
from .evolution import evolve
from .guards import in_service, in_state, owned_by, stated
from .ids import UNSAID
from .queueing import withdrawn
from .review import ask_review
from .script import AFTER_CALL
from .service import skipped
from .state import CALLING, COMPLETED, QUEUED, Effect, Outcome, Visit, VisitState

_CUSTOMERS_OUTCOMES = (Outcome.REFUSED_CUSTOMER, Outcome.NO_SHOW)


def end_service(visit: Visit, command: c.EndService, now: datetime) -> tuple[e.Event, ...]:
    """Done only when every step is; anything else at any time, with a reason (a no-show is one).

    What was noticed (`flags`) is a reason as well: whoever breaks a call off need not type first.
    """
    owned_by(visit, command.teller)
    in_state(visit, CALLING)
    outcome, code = command.outcome, command.outcome.value
    alarmed(outcome, command.flags)
    if outcome is Outcome.PENDING_CHECK:
        raise Refusal("outcome_not_for_tellers")
    if outcome in COMPLETED:
        return _complete(visit, command, now)
    if outcome is Outcome.NO_SHOW:
        if visit.state is not VisitState.CONNECTING:
            raise Refusal("customer_was_there")
    elif not command.flags:
        stated(command.reason)
    ended = e.ServiceEnded(now, outcome, command.teller, code, command.reason, flags=command.flags)
    return (ended,)


def _complete(visit: Visit, command: c.EndService, now: datetime) -> tuple[e.Event, ...]:
    """Every step that applies has been done; a hand-over gives the visit its outcome."""
    in_service(visit)
    passed_over = skipped(visit, now)
    after = visit
    for event in passed_over:
        after = evolve(after, event)
    if any(s.status not in ("done", "skipped") for s in after.steps if s.kind not in AFTER_CALL):
        raise Refusal("steps_incomplete")
    outcome = command.outcome
    if visit.hand_over is not None:
        outcome = Outcome(visit.hand_over.plan.outcome)
    code = outcome.value
    shown = Outcome.PENDING_CHECK if visit.review == "checker" else outcome
    ended = e.ServiceEnded(now, shown, command.teller, code, command.reason, completed=True)
    return (*passed_over, ended)


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
    if visit.effect_name and visit.completed and visit.outcome is not Outcome.PENDING_CHECK:
        if command.verified:
            events.append(request_effect(visit, command.manifest, now))
        else:
            events.append(e.EffectSettled(now, Effect.CANCELLED, "seal_not_verified"))
    after = visit
    for event in events:
        after = evolve(after, event)
    return (*events, *_leave_wrap_up(after, now))


def _leave_wrap_up(visit: Visit, now: datetime) -> tuple[e.Event, ...]:
    """Both the teller's work and the seal are needed, in either order."""
    if not (visit.teller_released and visit.sealed):
        return ()
    outcome = visit.outcome or Outcome.ABORTED_TECHNICAL
    if outcome is Outcome.PENDING_CHECK and visit.seal_verified:
        return (ask_review(visit, now),)
    if not visit.seal_verified and visit.completed:
        return (e.VisitClosed(now, Outcome.ABORTED_TECHNICAL, "seal_not_verified"),)
    return (e.VisitClosed(now, outcome, ""),)
