"""The registers of the step in hand, as the teller's console shows them."""

from typing import Any

from teller_server.desk.views.scene import VisitScene
from teller_server.desk.words import word, word_or
from teller_server.domain.asking import may_ask_again
from teller_server.domain.outline import REGISTER_TITLES
from teller_server.domain.registers import RegisterState
from teller_server.domain.state import StepState, Visit, VisitState


def registers_part(
    scene: VisitScene, state: StepState, language: str
) -> list[dict[str, Any]] | None:
    """Each check of the step in the script's order; None where the step asks no register."""
    if not state.plan.checks:
        return None
    return [_line(scene.visit, state, check, language) for check in state.plan.checks]


def _line(visit: Visit, step: StepState, check: str, language: str) -> dict[str, Any]:
    found = step.registers.get(check, RegisterState("running", 0))
    begun = check in step.registers
    serving = visit.state is VisitState.IN_SERVICE
    return {
        "check": check,
        "title": REGISTER_TITLES[check][language],
        "status": found.status if begun else "todo",
        "status_title": word(f"register.{found.status}", language) if begun else None,
        "reasons": [
            word_or(f"register_reason.{code}", "register_reason.other", language)
            for code in found.reasons
        ],
        "reference": found.reference or None,
        "at": found.at.isoformat() if found.at else None,
        "attempt": found.attempt,
        "again": serving and may_ask_again(step, check),
    }


def unanswered_registers(visit: Visit, language: str) -> list[dict[str, str]]:
    """What stands open when the matter is decided, like a flag that an answer raised."""
    return [
        {
            "id": f"{step.id}.{check}",
            "label": word("register.raised", language) + REGISTER_TITLES[check][language],
        }
        for step in visit.steps
        for check, state in step.registers.items()
        if state.status == "unreachable"
    ]
