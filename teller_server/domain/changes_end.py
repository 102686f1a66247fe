"""What the end of a call, the seal, the review and the effect change of a visit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from . import events as e
from .changes import Changes, with_step
from .ids import UNSAID
from .reading import nobody_reads
from .script import StepKind
from .state import (
    Effect,
    ObjectionState,
    ReviewState,
    Visit,
    VisitState,
)

END = Changes()


@END.on(e.ServiceEnded)
def _service_ended(visit: Visit, event: e.ServiceEnded) -> Visit:
    return replace(
        nobody_reads(visit, event.at),
        state=VisitState.WRAP_UP,
        outcome=event.outcome,
        reason_code=event.code,
        ended_at=event.at,
        completed=event.completed,
        flags=(*visit.flags, *event.flags),
        reverify=None,
        hold_since=None,
    )


@END.on(e.WrappedUp)
def _wrapped_up(visit: Visit, _: e.WrappedUp) -> Visit:
    return replace(visit, teller_released=True)


@END.on(e.EvidenceSealed)
def _evidence_sealed(visit: Visit, event: e.EvidenceSealed) -> Visit:
    return replace(visit, sealed=True, seal_verified=event.verified, manifest=event.manifest)


@END.on(e.ReviewAsked)
def _review_asked(visit: Visit, event: e.ReviewAsked) -> Visit:
    review = ReviewState(event.at, event.due_at)
    return replace(visit, state=VisitState.IN_REVIEW, under_review=review)


@END.on(e.ReviewReturned)
def _review_returned(visit: Visit, event: e.ReviewReturned) -> Visit:
    returned = visit.under_review.returned + 1 if visit.under_review else 1
    return _reviewing(visit, question=event.question, returned=returned)


@END.on(e.ReviewAnswered)
def _review_answered(visit: Visit, event: e.ReviewAnswered) -> Visit:
    return _reviewing(visit, question=UNSAID, due_at=event.due_at, escalated=False)


@END.on(e.ReviewRefused)
def _review_refused(visit: Visit, event: e.ReviewRefused) -> Visit:
    before = visit.under_review.refused_by if visit.under_review else ()
    return _reviewing(visit, refusal=True, refused_by=(*before, event.checker))


@END.on(e.RefusalSetAside)
def _refusal_set_aside(visit: Visit, _: e.RefusalSetAside) -> Visit:
    return _reviewing(visit, refusal=False)


@END.on(e.ReviewEscalated)
def _review_escalated(visit: Visit, event: e.ReviewEscalated) -> Visit:
    return _reviewing(visit, due_at=event.due_at, escalated=True)


def _reviewing(visit: Visit, **changes: Any) -> Visit:
    review = visit.under_review
    return replace(visit, under_review=replace(review, **changes) if review else None)


@END.on(e.ReviewDecided)
def _review_decided(visit: Visit, event: e.ReviewDecided) -> Visit:
    decided = replace(visit, reviewed=True, decided_by=event.checker, outcome=event.outcome)
    step = visit.last(StepKind.CHECKER_DECISION)
    if step is None:
        return decided
    status = "done" if event.approved else "refused"
    return with_step(decided, step.id, status=status, ended_at=event.at)


@END.on(e.Objected)
def _objected(visit: Visit, event: e.Objected) -> Visit:
    return replace(visit, objection=ObjectionState(event.reason, event.due_at))


@END.on(e.ObjectionAnswered)
def _objection_answered(visit: Visit, event: e.ObjectionAnswered) -> Visit:
    if visit.objection is None:
        return visit
    return replace(visit, objection=replace(visit.objection, answer=event.answer))


@END.on(e.EffectRetried)
def _effect_retried(visit: Visit, _: e.EffectRetried) -> Visit:
    return replace(visit, effect=Effect.PENDING)


@END.on(e.EffectRequested)
def _effect_requested(visit: Visit, _: e.EffectRequested) -> Visit:
    return replace(visit, effect=Effect.PENDING)


@END.on(e.EffectSettled)
def _effect_settled(visit: Visit, event: e.EffectSettled) -> Visit:
    committed = event.effect is Effect.COMMITTED
    settled = replace(
        visit, effect=event.effect, receipt=event.detail if committed else visit.receipt
    )
    step = visit.last(StepKind.COMMIT)
    if not committed or step is None:
        return settled
    return with_step(settled, step.id, status="done", ended_at=event.at)


@END.on(e.VisitClosed)
def _visit_closed(visit: Visit, event: e.VisitClosed) -> Visit:
    return replace(
        visit,
        state=VisitState.CLOSED,
        outcome=event.outcome,
        reason_code=event.code or visit.reason_code,
        ended_at=visit.ended_at or event.at,
        closed_at=event.at,
    )
