"""What the registers' answers change of a visit."""

from __future__ import annotations

from . import events as e
from .changes import Changes, with_step
from .registers import RegisterState
from .state import Visit

REGISTERS = Changes()


@REGISTERS.on(e.RegistryAsked)
def _registry_asked(visit: Visit, event: e.RegistryAsked) -> Visit:
    return _with(visit, event.step, event.check, RegisterState(attempt=event.attempt))


@REGISTERS.on(e.RegistryAnswered)
def _registry_answered(visit: Visit, event: e.RegistryAnswered) -> Visit:
    state = RegisterState(
        event.outcome, event.attempt, event.reasons, event.reference, event.kept, event.at
    )
    return _with(visit, event.step, event.check, state)


def _with(visit: Visit, step_id: str, check: str, state: RegisterState) -> Visit:
    step = visit.step(step_id)
    if step is None:
        return visit
    return with_step(visit, step_id, registers={**step.registers, check: state})
