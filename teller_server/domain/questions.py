"""Questions asked aloud: drawn by chance, written down by the teller, and what an answer means.

Only a clear answer counts. An unclear one is asked again; when the attempts are used up it stands
as unexpected. What stands can't be asked until it fits: every attempt is on record.
"""

from __future__ import annotations

from datetime import datetime

from . import commands as c
from . import events as e
from .challenge import unproven
from .document_pages import check_drawn_document
from .errors import Refusal
from .guards import in_service, live, open_step, owned_by
from .script import StepKind
from .state import PlannedQuestion, StepState, Visit

_ASKING = (StepKind.QUESTION, StepKind.LIVENESS)


def check_drawn(step: StepState, drawn: tuple[str, ...]) -> None:
    """Refuse a draw that isn't one of this pool, or not of its size."""
    if step.kind is StepKind.IDENTITY_DOCUMENT:
        return check_drawn_document(step, drawn)
    if step.kind not in _ASKING:
        if drawn:
            raise Refusal("draw_not_expected", step=step.id)
        return None
    known = {question.id for question in step.plan.questions}
    size = step.plan.draw or len(known)
    if len(drawn) != size or len(set(drawn)) != size or not set(drawn) <= known:
        raise Refusal("draw_wrong", step=step.id)
    return None


def record_answer(visit: Visit, command: c.RecordAnswer, now: datetime) -> tuple[e.Event, ...]:
    """Write one answer down: of a question that was drawn, within its attempts."""
    owned_by(visit, command.teller)
    in_service(visit)
    step = open_step(visit, command.step)
    question = _asked(step, command.question)
    code = unproven(step)
    if code is not None:
        raise Refusal(code, step=step.id)
    if step.live_video:
        live(visit, step.party)
    before = step.answers.get(question.id)
    attempt = before.attempts + 1 if before else 1
    if attempt > question.attempts:
        raise Refusal("no_more_attempts", question=question.id)
    finding = command.finding
    if finding == "unclear" and attempt == question.attempts:
        finding = "unexpected"
    return (
        e.QuestionAnswered(
            now,
            step.id,
            question.id,
            command.teller,
            command.sealed,
            finding,
            attempt,
            dict(command.holds),
        ),
    )


def unanswered(_: Visit, step: StepState) -> str | None:
    """Why the questions of a step are not settled: a code, or None."""
    for name in step.drawn:
        given = step.answers.get(name)
        if given is None:
            return "answers_missing"
        if given.finding == "unclear":
            return "answer_unclear"
        if given.finding == "unexpected" and _question(step, name).otherwise == "end":
            return "answer_rules_out"
    return None


def unwatched(_: Visit, step: StepState) -> str | None:
    """Why the prompts of a step don't show a living person yet: a code, or None.

    As many must have been seen as were drawn; prompts without movement may take others' place.
    Movements that the machine judges count by its word alone.
    """
    code = unproven(step)
    if code is not None:
        return code
    judged = [question.id for question in step.plan.questions if question.action]
    asked = [name for name in step.drawn if name not in judged]
    seen = [name for name, given in step.answers.items() if given.finding == "expected"]
    return None if len(seen) >= len(asked) else "prompts_not_seen"


def _asked(step: StepState, name: str) -> PlannedQuestion:
    if step.kind not in (*_ASKING, StepKind.IDENTITY_DOCUMENT):
        raise Refusal("no_question_open", step=step.id)
    known = {question.id: question for question in step.plan.questions}
    alternative = step.kind is StepKind.LIVENESS and name in known
    stands_in = alternative and known[name].otherwise == "note"
    judged = name in known and bool(known[name].action)
    if name not in known or judged or not (name in step.drawn or stands_in):
        raise Refusal("question_not_drawn", question=name)
    return known[name]


def _question(step: StepState, name: str) -> PlannedQuestion:
    return next(question for question in step.plan.questions if question.id == name)
