"""A step that asks the registers: asked when it begins, and again where one gave no answer."""

from __future__ import annotations

from datetime import datetime

from . import commands as c
from . import events as e
from .errors import Refusal
from .guards import in_service, in_state, open_step, owned_by
from .registers import MAX_ASKED
from .script import StepKind
from .state import SERVING, StepState, Visit


def first_asked(step: StepState, teller: str, now: datetime) -> tuple[e.Event, ...]:
    """Every register of the step, once."""
    return tuple(
        e.RegistryAsked(now, step.id, check, 1, teller, step.party) for check in step.plan.checks
    )


def ask_registry(visit: Visit, command: c.AskRegistry, now: datetime) -> tuple[e.Event, ...]:
    """Once more, where there was no answer: a no is not asked again until it is a yes."""
    owned_by(visit, command.teller)
    in_service(visit)
    step = open_step(visit, command.step)
    if step.kind is not StepKind.REGISTRY_CHECK or command.check not in step.plan.checks:
        raise Refusal("registry_not_in_question", step=step.id)
    state = step.registers.get(command.check)
    if state is not None and state.status != "unreachable":
        raise Refusal("registry_answered" if state.status != "running" else "registry_running")
    attempt = state.attempt + 1 if state is not None else 1
    if attempt > MAX_ASKED:
        raise Refusal("registry_asked_enough", attempts=MAX_ASKED)
    return (e.RegistryAsked(now, step.id, command.check, attempt, command.teller, step.party),)


def answer_registry(visit: Visit, command: c.AnswerRegistry, now: datetime) -> tuple[e.Event, ...]:
    """The answer to the question that is running; one that was overtaken is not heard."""
    in_state(visit, SERVING)
    step = visit.current
    state = step.registers.get(command.check) if step is not None else None
    if step is None or step.id != command.step or state is None:
        raise Refusal("registry_not_in_question", step=command.step)
    if state.status != "running" or state.attempt != command.attempt:
        raise Refusal("registry_answered", step=step.id)
    answered = e.RegistryAnswered(
        now,
        step.id,
        command.check,
        command.attempt,
        command.outcome,
        command.reasons,
        command.reference,
        command.kept,
        command.asked_at,
        step.party,
    )
    return (answered,)


def may_ask_again(step: StepState, check: str) -> bool:
    """Whether the page offers it."""
    state = step.registers.get(check)
    return state is not None and state.status == "unreachable" and state.attempt < MAX_ASKED
