"""The script, step by step: none is skipped, none comes early, each end is on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from . import commands as c
from . import events as e
from .asking import first_asked
from .challenge import alternative, measurable
from .decision import decide
from .document_pages import unfit
from .errors import Refusal
from .guards import in_service, live, not_live, open_step, owned_by, party_step, stated
from .ids import UNSAID
from .place import not_placed
from .questions import check_drawn, unanswered, unwatched
from .reading import unread
from .registers import unconfirmed, why_not
from .script import StepKind
from .signing import unsealed
from .state import Outcome, StepState, Visit

RECORDING = "recording"


def start_step(visit: Visit, command: c.StartStep, now: datetime) -> tuple[e.Event, ...]:
    """The next step that applies, and no other; those passed over say why they are."""
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
        live(visit, step.party)
    unplaced = not_placed(visit, step, now)
    if unplaced is not None:
        raise Refusal(unplaced, step=step.id)
    if step.plan.fresh_face and not visit.recognised(step.party):  # doubts stop the service
        raise Refusal("fresh_face_needed", step=step.id)
    before = skipped(visit, now, until=step.id)
    if step.plan.challenged:
        return (*before, *_challenged(visit, step, command, now))
    check_drawn(step, command.drawn)
    started = e.StepStarted(now, step.id, command.teller, command.drawn)
    return (*before, started, *first_asked(step, command.teller, now))


def _challenged(
    visit: Visit, step: StepState, command: c.StartStep, now: datetime
) -> tuple[e.Event, ...]:
    """The challenge is drawn when it begins; whoever may not be measured goes without."""
    started = e.StepStarted(now, step.id, command.teller)
    if measurable(visit, step.party):
        if command.drawn:
            raise Refusal("draw_not_expected", step=step.id)
        return (started,)
    drawn = c.ChooseAlternative(step.id, step.party, command.drawn, command.digits)
    return (started, alternative(step, drawn, "no_face_consent", now))


def skipped(visit: Visit, now: datetime, until: str | None = None) -> tuple[e.Event, ...]:
    """The steps not begun that do not take place, up to `until` or to the end of the call."""
    found: list[e.Event] = []
    for step in visit.remaining:
        if step.id == until:
            break
        if not visit.applies(step):
            found.append(e.StepSkipped(now, step.id, step.plan.when))
    return tuple(found)


def answer_step(visit: Visit, command: c.AnswerStep, now: datetime) -> tuple[e.Event, ...]:
    """The party's own tap. A yes needs its time and what it answers; a no never waits."""
    in_service(visit)
    step = party_step(visit, command.step, command.party)
    if command.answer not in step.plan.asks:
        raise Refusal("answer_not_expected", step=step.id)
    answered = e.StepAnswered(now, step.id, command.answer, command.party)
    if command.answer == "refused":
        return (answered, *_refused(step, command.party, now))
    if step.kind is StepKind.SIGN:
        raise Refusal("signature_needed", step=step.id)
    if step.live_video:
        live(visit, step.party)
    code = too_early(step, now) or _unprepared(visit, step, now)
    if code is not None:
        raise Refusal(code, step=step.id)
    return (answered,)


def complete_step(visit: Visit, command: c.CompleteStep, now: datetime) -> tuple[e.Event, ...]:
    """Passed only when nothing blocks it; refused ends the service."""
    owned_by(visit, command.teller)
    in_service(visit)
    step = open_step(visit, command.step)
    if command.result == "refused":
        return _ended_by_teller(step, command, now)
    code = blocked(visit, now)
    if code is not None:
        raise Refusal(code, step=step.id)
    if unconfirmed(step.registers):  # a second person has to know why it goes on all the same
        stated(command.note)
    if step.kind is StepKind.TELLER_DECISION:
        return decide(visit, step, command, now)
    return (e.StepEnded(now, step.id, command.teller, "passed", command.note),)


def draft_form(visit: Visit, command: c.DraftForm, now: datetime) -> tuple[e.Event, ...]:
    """A new draft replaces the last one, and the customer has to see it again."""
    owned_by(visit, command.teller)
    in_service(visit)
    step = open_step(visit, command.step)
    if step.kind is not StepKind.FORM:
        raise Refusal("not_a_form", step=step.id)
    sealed, digest, holds = command.sealed, command.digest, dict(command.holds)
    return (e.FormDrafted(now, step.id, command.teller, sealed, digest, holds),)


def blocked(visit: Visit, now: datetime) -> str | None:
    """Why the current step can't be completed as passed: a code, or None."""
    step = visit.current
    if step is None:
        return "step_not_open"
    if step.live_video:
        away = not_live(visit, step.party)
        if away is not None:
            return away
    return not_placed(visit, step, now) or too_early(step, now) or _BLOCKS[step.kind](visit, step)


def ready_at(step: StepState) -> datetime | None:
    """When the least time of an open step is over; a paper's time is counted by its pages."""
    if step.started_at is None or step.kind is StepKind.DOCUMENT or not step.plan.seconds:
        return None
    return step.started_at + timedelta(seconds=step.plan.seconds)


def too_early(step: StepState, now: datetime) -> str | None:
    """`too_early` until the least time is over."""
    ready = ready_at(step)
    return "too_early" if ready is not None and now < ready else None


def _refused(step: StepState, party: str, now: datetime) -> tuple[e.Event, ...]:
    """A no to being recorded ends it at once; any other may be thought over until the step ends."""
    if step.kind is not StepKind.CONSENT or step.plan.purpose != RECORDING:
        return ()
    ended = e.StepEnded(now, step.id, party, "refused", UNSAID)
    over = e.ServiceEnded(now, Outcome.REFUSED_CUSTOMER, party, _refusal_code(step), UNSAID)
    return (ended, over)


def _ended_by_teller(
    step: StepState, command: c.CompleteStep, now: datetime
) -> tuple[e.Event, ...]:
    ended = e.StepEnded(now, step.id, command.teller, "refused", command.note)
    if "refused" in step.plan.asks:  # said aloud rather than tapped
        over = e.ServiceEnded(
            now, Outcome.REFUSED_CUSTOMER, step.party, _refusal_code(step), UNSAID
        )
        return (ended, over)
    if not command.note:
        raise Refusal("reason_required", step=step.id)
    code = f"{step.kind.value}_refused"
    over = e.ServiceEnded(now, Outcome.REFUSED_BANK, command.teller, code, command.note)
    return (ended, over)


def _refusal_code(step: StepState) -> str:
    if step.kind is StepKind.CONSENT and step.plan.purpose == RECORDING:
        return "recording_refused"
    return f"{step.kind.value}_refused"


def _unprepared(visit: Visit, step: StepState, now: datetime) -> str | None:
    """Why there is nothing yet that a yes could be said to."""
    if step.kind is StepKind.FORM:
        return None if step.id in visit.drafts else "form_not_drafted"
    if step.kind is StepKind.DOCUMENT:
        return unread(visit, step, now)
    return None


def _answered(_: Visit, step: StepState) -> str | None:
    if step.answer is None:
        return "customer_has_not_answered"
    goes_on = step.answer != "refused" or step.plan.on_refuse == "continue"
    return None if goes_on else "customer_refused"


def _seen_draft(visit: Visit, step: StepState) -> str | None:
    if step.id not in visit.drafts:
        return "form_not_drafted"
    return None if step.answer == "seen" else "form_not_seen"


def _registered(_: Visit, step: StepState) -> str | None:
    return why_not(step.plan.checks, step.registers)


def _decided(visit: Visit, step: StepState) -> str | None:
    return None if visit.person(step.party).decision is not None else "identity_undecided"


def _read(visit: Visit, step: StepState) -> str | None:
    if step.answer == "refused":
        return "customer_refused"
    if any(paper not in visit.papers for paper in step.plan.papers):
        return "paper_not_made" if visit.paper_broke else "paper_not_ready"
    return None if step.answer in ("seen", "agreed") else "paper_not_read"


def _signed(_: Visit, step: StepState) -> str | None:
    if step.answer == "refused":
        return None if step.plan.on_refuse == "continue" else "customer_refused"
    return None if step.answer == "signed" else "not_signed"


def _sealed(visit: Visit, _: StepState) -> str | None:
    return "papers_not_sealed" if unsealed(visit) else None


def _code(visit: Visit, step: StepState) -> str | None:
    entered = visit.code is not None and visit.code.step == step.id and visit.code.correct
    return None if entered else "code_not_entered"


_BLOCKS: dict[StepKind, Callable[[Visit, StepState], str | None]] = {
    StepKind.NOTICE: _answered,
    StepKind.CONSENT: _answered,
    StepKind.DISCLOSURE: _answered,
    StepKind.QUESTION: unanswered,
    StepKind.FORM: _seen_draft,
    StepKind.IDENTITY_DOCUMENT: unfit,
    StepKind.REGISTRY_CHECK: _registered,
    StepKind.FACE_MATCH: _decided,
    StepKind.LIVENESS: unwatched,
    StepKind.ONE_TIME_CODE: _code,
    StepKind.DOCUMENT: _read,
    StepKind.SIGN: _signed,
    StepKind.HAND_OVER: _answered,
    StepKind.TELLER_DECISION: _sealed,
}
