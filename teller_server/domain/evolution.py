"""How each event changes a visit. No rule is checked here: what happened has happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from . import events as e
from .state import (
    COMPLETED,
    CheckState,
    Decision,
    DocumentState,
    Draft,
    Effect,
    LegState,
    Offer,
    Outcome,
    StepState,
    Visit,
    VisitState,
)

E = TypeVar("E", bound=e.Event)
_CHANGES: dict[type[e.Event], Callable[[Visit, Any], Visit]] = {}


def evolve(visit: Visit | None, event: e.Event) -> Visit:
    """The visit after `event`; only `VisitOpened` begins one."""
    if isinstance(event, e.VisitOpened):
        return _opened(event)
    if visit is None:
        raise ValueError("a visit begins with VisitOpened")
    return _CHANGES[type(event)](visit, event)


def _changes(
    kind: type[E],
) -> Callable[[Callable[[Visit, E], Visit]], Callable[[Visit, E], Visit]]:
    def register(change: Callable[[Visit, E], Visit]) -> Callable[[Visit, E], Visit]:
        _CHANGES[kind] = change
        return change

    return register


def _opened(event: e.VisitOpened) -> Visit:
    return Visit(
        id=event.visit,
        service=event.service,
        skill=event.skill,
        script=event.script,
        language=event.language,
        customer=event.customer,
        authenticated=event.authenticated,
        consents=event.consents,
        parties=event.parties,
        steps=tuple(StepState(s.id, s.kind, s.live_video) for s in event.steps),
        effect_name=event.effect,
        review=event.review,
        opened_at=event.at,
    )


# --- the queue ---


@_changes(e.TicketTaken)
def _ticket_taken(visit: Visit, event: e.TicketTaken) -> Visit:
    return replace(
        visit,
        state=VisitState.WAITING,
        ticket=event.number,
        priority=event.priority,
        enqueued_at=event.at,
    )


@_changes(e.CustomerWentAway)
def _went_away(visit: Visit, _: e.CustomerWentAway) -> Visit:
    return replace(visit, away=True)


@_changes(e.CustomerCameBack)
def _came_back(visit: Visit, _: e.CustomerCameBack) -> Visit:
    return replace(visit, away=False)


@_changes(e.OfferMade)
def _offer_made(visit: Visit, event: e.OfferMade) -> Visit:
    offer = Offer(event.pairing, event.teller, event.at, event.expires_at)
    return replace(visit, state=VisitState.OFFERED, offer=offer)


@_changes(e.OfferAccepted)
def _offer_accepted(visit: Visit, event: e.OfferAccepted) -> Visit:
    return replace(
        visit,
        state=VisitState.CONNECTING,
        offer=None,
        teller=event.teller,
        pairing=event.pairing,
        recording=event.recording,
        accepted_at=event.at,
    )


@_changes(e.OfferDeclined)
def _offer_declined(visit: Visit, _: e.OfferDeclined) -> Visit:
    return replace(visit, state=VisitState.WAITING, offer=None, declined=visit.declined + 1)


@_changes(e.OfferEnded)
def _offer_ended(visit: Visit, _: e.OfferEnded) -> Visit:
    return replace(visit, state=VisitState.WAITING, offer=None)


# --- the call ---


@_changes(e.LegJoined)
def _leg_joined(visit: Visit, event: e.LegJoined) -> Visit:
    legs = {**visit.legs, event.party: LegState(event.leg, up=True, since=event.at)}
    return replace(visit, legs=legs)


@_changes(e.LegLost)
def _leg_lost(visit: Visit, event: e.LegLost) -> Visit:
    legs = {**visit.legs, event.party: LegState(event.leg, up=False, since=event.at)}
    return replace(visit, legs=legs)


@_changes(e.RecordingStarted)
def _recording_started(visit: Visit, event: e.RecordingStarted) -> Visit:
    return replace(visit, recorded=(*visit.recorded, event.party))


@_changes(e.RecordingBroke)
def _recording_broke(visit: Visit, event: e.RecordingBroke) -> Visit:
    """What was recorded incompletely is not done, even when the last words were lost."""
    recorded = tuple(party for party in visit.recorded if party != event.party)
    spoiled = visit.outcome in COMPLETED or visit.outcome is Outcome.PENDING_CHECK
    outcome = Outcome.ABORTED_TECHNICAL if spoiled else visit.outcome
    return replace(visit, recorded=recorded, outcome=outcome)


@_changes(e.ServiceBegan)
def _service_began(visit: Visit, event: e.ServiceBegan) -> Visit:
    return replace(visit, state=VisitState.IN_SERVICE, began_at=event.at)


@_changes(e.ReverifyRequired)
def _reverify_required(visit: Visit, event: e.ReverifyRequired) -> Visit:
    """Every comparison in hand was of the person before; a held call is verified after it.

    Attempts begin anew only after a face that was settled: dropping out wins no further tries.
    """
    held = visit.state is VisitState.ON_HOLD
    state = visit.state if held else VisitState.REVERIFY
    checks = 0 if visit.face_settled and visit.reverify is None else visit.checks
    return replace(
        visit, state=state, reverify=event.reason, check=None, checks=checks, decision=None
    )


@_changes(e.ReverifyEnded)
def _reverify_ended(visit: Visit, _: e.ReverifyEnded) -> Visit:
    return replace(visit, state=VisitState.IN_SERVICE, reverify=None)


@_changes(e.HoldBegan)
def _hold_began(visit: Visit, event: e.HoldBegan) -> Visit:
    return replace(visit, state=VisitState.ON_HOLD, hold_since=event.at)


@_changes(e.HoldEnded)
def _hold_ended(visit: Visit, _: e.HoldEnded) -> Visit:
    state = VisitState.REVERIFY if visit.reverify else VisitState.IN_SERVICE
    return replace(visit, state=state, hold_since=None)


# --- the script ---


def _with_step(visit: Visit, step: str, **changes: Any) -> Visit:
    steps = tuple(replace(s, **changes) if s.id == step else s for s in visit.steps)
    return replace(visit, steps=steps)


@_changes(e.StepStarted)
def _step_started(visit: Visit, event: e.StepStarted) -> Visit:
    return _with_step(visit, event.step, status="current", started_at=event.at)


@_changes(e.StepAnswered)
def _step_answered(visit: Visit, event: e.StepAnswered) -> Visit:
    return _with_step(visit, event.step, answer=event.answer)


@_changes(e.StepEnded)
def _step_ended(visit: Visit, event: e.StepEnded) -> Visit:
    status = "done" if event.result == "passed" else "refused"
    return _with_step(visit, event.step, status=status, ended_at=event.at)


@_changes(e.DocumentAccepted)
def _document_accepted(visit: Visit, event: e.DocumentAccepted) -> Visit:
    return replace(visit, document=DocumentState("accepted", event.photo, event.portrait))


@_changes(e.DocumentRefused)
def _document_refused(visit: Visit, event: e.DocumentRefused) -> Visit:
    return replace(visit, document=DocumentState("rejected", code=event.code))


@_changes(e.CheckBegan)
def _check_began(visit: Visit, event: e.CheckBegan) -> Visit:
    check = CheckState(event.check, event.attempt, "running")
    return replace(visit, check=check, checks=event.attempt)


@_changes(e.CheckReported)
def _check_reported(visit: Visit, event: e.CheckReported) -> Visit:
    check = CheckState(
        event.check,
        visit.checks,
        "done",
        event.outcome,
        event.score,
        event.second_opinion,
        event.reasons,
        event.digests,
    )
    return replace(visit, check=check)


@_changes(e.CheckBroke)
def _check_broke(visit: Visit, event: e.CheckBroke) -> Visit:
    check = CheckState(event.check, visit.checks, "failed", reasons=(event.code,))
    return replace(visit, check=check)


@_changes(e.IdentityDecided)
def _identity_decided(visit: Visit, event: e.IdentityDecided) -> Visit:
    if event.verdict == "repeat":
        return replace(visit, check=None, decision=None)
    return replace(visit, decision=Decision(event.check, event.verdict, event.reason))


@_changes(e.FormDrafted)
def _form_drafted(visit: Visit, event: e.FormDrafted) -> Visit:
    """A new draft has not been seen by the customer yet."""
    drafted = replace(visit, draft=Draft(event.step, event.sealed, event.digest))
    return _with_step(drafted, event.step, answer=None)


# --- the end ---


@_changes(e.ServiceEnded)
def _service_ended(visit: Visit, event: e.ServiceEnded) -> Visit:
    return replace(
        visit,
        state=VisitState.WRAP_UP,
        outcome=event.outcome,
        reason_code=event.code,
        ended_at=event.at,
        reverify=None,
        hold_since=None,
    )


@_changes(e.WrappedUp)
def _wrapped_up(visit: Visit, _: e.WrappedUp) -> Visit:
    return replace(visit, teller_released=True)


@_changes(e.EvidenceSealed)
def _evidence_sealed(visit: Visit, event: e.EvidenceSealed) -> Visit:
    return replace(visit, sealed=True, seal_verified=event.verified, manifest=event.manifest)


@_changes(e.ReviewAsked)
def _review_asked(visit: Visit, _: e.ReviewAsked) -> Visit:
    return replace(visit, state=VisitState.IN_REVIEW)


@_changes(e.ReviewDecided)
def _review_decided(visit: Visit, event: e.ReviewDecided) -> Visit:
    return replace(visit, reviewed=True, outcome=event.outcome)


@_changes(e.EffectRequested)
def _effect_requested(visit: Visit, _: e.EffectRequested) -> Visit:
    return replace(visit, effect=Effect.PENDING)


@_changes(e.EffectSettled)
def _effect_settled(visit: Visit, event: e.EffectSettled) -> Visit:
    receipt = event.detail if event.effect is Effect.COMMITTED else visit.receipt
    return replace(visit, effect=event.effect, receipt=receipt)


@_changes(e.VisitClosed)
def _visit_closed(visit: Visit, event: e.VisitClosed) -> Visit:
    return replace(
        visit,
        state=VisitState.CLOSED,
        outcome=event.outcome,
        reason_code=event.code or visit.reason_code,
        ended_at=visit.ended_at or event.at,
        closed_at=event.at,
    )
