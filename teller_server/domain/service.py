"""The script, step by step: none is skipped, none comes early, each end is on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from . import commands as c
from . import events as e
from .errors import Refusal
from .guards import in_service, live, open_step, owned_by
from .ids import UNSAID
from .script import StepKind
from .state import Answer, Outcome, StepState, Visit

_ANSWERS: dict[StepKind, tuple[Answer, ...]] = {
    StepKind.CONSENT_ALOUD: ("agreed", "refused"),
    StepKind.CONFIRM: ("agreed", "refused"),
    StepKind.FORM: ("seen",),
}
_CUSTOMERS_CHOICE = (StepKind.CONSENT_ALOUD, StepKind.CONFIRM)


def start_step(visit: Visit, command: c.StartStep, now: datetime) -> tuple[e.Event, ...]:
    """The next step of the script, and no other."""
    owned_by(visit, command.teller)
    in_service(visit)
    step = visit.step(command.step)
    if step is None:
        raise Refusal("unknown_step", step=command.step)
    if visit.current is not None:
        raise Refusal("step_already_open", step=visit.current.id)
    if visit.upcoming is None or visit.upcoming.id != step.id:
        raise Refusal("step_out_of_order", step=step.id)
    if step.live_video:
        live(visit)
    return (e.StepStarted(now, step.id, command.teller),)


def answer_step(visit: Visit, command: c.AnswerStep, now: datetime) -> tuple[e.Event, ...]:
    """The customer's tap; refusing to be recorded ends the visit at once."""
    in_service(visit)
    step = open_step(visit, command.step)
    if command.answer not in _ANSWERS.get(step.kind, ()):
        raise Refusal("answer_not_expected", step=step.id)
    if step.kind is StepKind.FORM and not _drafted(visit, step):
        raise Refusal("form_not_drafted", step=step.id)
    answered = e.StepAnswered(now, step.id, command.answer)
    if step.kind is StepKind.CONSENT_ALOUD and command.answer == "refused":
        ended = e.StepEnded(now, step.id, "customer", "refused", UNSAID)
        return (answered, ended, _refused_by_customer(step, now))
    if step.live_video:
        live(visit)
    return (answered,)


def complete_step(visit: Visit, command: c.CompleteStep, now: datetime) -> tuple[e.Event, ...]:
    """Passed only when nothing blocks it; refused ends the service."""
    owned_by(visit, command.teller)
    in_service(visit)
    step = open_step(visit, command.step)
    ended = e.StepEnded(now, step.id, command.teller, command.result, command.note)
    if command.result == "passed":
        code = blocked(visit)
        if code is not None:
            raise Refusal(code, step=step.id)
        return (ended,)
    if step.kind in _CUSTOMERS_CHOICE:
        return (ended, _refused_by_customer(step, now))
    if not command.note:
        raise Refusal("reason_required", step=step.id)
    code = f"{step.kind.value}_refused"
    over = e.ServiceEnded(now, Outcome.REFUSED_BANK, command.teller, code, command.note)
    return (ended, over)


def draft_form(visit: Visit, command: c.DraftForm, now: datetime) -> tuple[e.Event, ...]:
    """A new draft replaces the last one, and the customer has to see it again."""
    owned_by(visit, command.teller)
    in_service(visit)
    step = open_step(visit, command.step)
    if step.kind is not StepKind.FORM:
        raise Refusal("not_a_form", step=step.id)
    return (e.FormDrafted(now, step.id, command.teller, command.sealed, command.digest),)


def blocked(visit: Visit) -> str | None:
    """Why the current step can't be completed as passed: a code, or None."""
    step = visit.current
    if step is None:
        return "step_not_open"
    if step.live_video and not visit.connected:
        return "live_video_needed"
    return _BLOCKS[step.kind](visit, step)


def _drafted(visit: Visit, step: StepState) -> bool:
    return visit.draft is not None and visit.draft.step == step.id


def _needs_agreement(_: Visit, step: StepState) -> str | None:
    if step.answer is None:
        return "customer_has_not_answered"
    return None if step.answer == "agreed" else "customer_refused"


def _needs_document(visit: Visit, _: StepState) -> str | None:
    accepted = visit.document is not None and visit.document.status == "accepted"
    return None if accepted else "document_missing"


def _needs_decision(visit: Visit, _: StepState) -> str | None:
    return None if visit.decision is not None else "identity_undecided"


def _needs_seen_draft(visit: Visit, step: StepState) -> str | None:
    if not _drafted(visit, step):
        return "form_not_drafted"
    return None if step.answer == "seen" else "form_not_seen"


def _needs_nothing(_: Visit, __: StepState) -> str | None:
    return None


_BLOCKS: dict[StepKind, Callable[[Visit, StepState], str | None]] = {
    StepKind.CONSENT_ALOUD: _needs_agreement,
    StepKind.IDENTITY_DOCUMENT: _needs_document,
    StepKind.FACE_MATCH: _needs_decision,
    StepKind.FORM: _needs_seen_draft,
    StepKind.CONFIRM: _needs_agreement,
    StepKind.TELLER_DECISION: _needs_nothing,
}


def _refused_by_customer(step: StepState, now: datetime) -> e.ServiceEnded:
    code = f"{step.kind.value}_refused"
    return e.ServiceEnded(now, Outcome.REFUSED_CUSTOMER, "customer", code, UNSAID)
