"""Events of the registers outside the bank: what was asked, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .event import Event
from .registers import Register, RegisterOutcome
from .script import CUSTOMER


@dataclass(frozen=True, slots=True)
class RegistryAsked(Event):
    """A register is asked about a party; `attempt` counts from 1."""

    step: str
    check: Register
    attempt: int
    teller: str
    party: str = CUSTOMER


@dataclass(frozen=True, slots=True)
class RegistryAnswered(Event):
    """What the register said: codes, its own number, and the sealed object that keeps the answer.

    `asked_at` is the moment of the question, `at` of the answer.
    """

    step: str
    check: Register
    attempt: int
    outcome: RegisterOutcome
    reasons: tuple[str, ...]
    reference: str
    kept: str
    asked_at: datetime | None = None
    party: str = CUSTOMER
