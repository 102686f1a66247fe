"""Commands about the registers outside the bank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .command import Command
from .registers import Register, RegisterOutcome


@dataclass(frozen=True, slots=True)
class AskRegistry(Command):
    """The teller asks a register again that gave no answer."""

    step: str
    teller: str
    check: Register


@dataclass(frozen=True, slots=True)
class AnswerRegistry(Command):
    """What a register said: reasons are codes, `kept` names the sealed object with the answer."""

    step: str
    check: Register
    attempt: int
    outcome: RegisterOutcome
    reasons: tuple[str, ...] = ()
    reference: str = ""
    kept: str = ""
    asked_at: datetime | None = None
