"""What the registers outside the bank say of a person, a number or a company, and what follows.

The branch asks when the step begins. A match is a match. A mismatch is final: the step does not
pass and nobody alone sets it aside; the visit ends, or goes on in another channel. No answer may be
asked for again, a few times; then the teller passes the step with a reason, and a second person
decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Register = Literal["citizen", "phone", "company", "screening"]
RegisterOutcome = Literal["match", "mismatch", "unreachable"]

REGISTERS: tuple[Register, ...] = get_args(Register)
OUTCOMES: tuple[RegisterOutcome, ...] = get_args(RegisterOutcome)
MAX_ASKED = 3
"""How often one register is asked in one step."""


@dataclass(frozen=True, slots=True)
class RegisterState:
    """One check of a step; `kept` names the sealed object that holds the answer as it came."""

    status: Literal["running", "match", "mismatch", "unreachable"] = "running"
    attempt: int = 1
    reasons: tuple[str, ...] = ()
    reference: str = ""
    kept: str = ""
    at: datetime | None = None


def why_not(checks: tuple[str, ...], found: Mapping[str, RegisterState]) -> str | None:
    """Why a step of these checks can't pass: a code, or None. No answer alone does not stop it."""
    states = [found[one].status if one in found else "running" for one in checks]
    if "mismatch" in states:
        return "registry_mismatch"
    return "registry_running" if "running" in states else None


def unconfirmed(found: Mapping[str, RegisterState]) -> bool:
    """Whether a register gave no answer."""
    return any(state.status == "unreachable" for state in found.values())


def contradicted(found: Mapping[str, RegisterState]) -> bool:
    """Whether a register said no."""
    return any(state.status == "mismatch" for state in found.values())
