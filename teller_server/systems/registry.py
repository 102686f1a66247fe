"""The registers outside the bank, as this branch asks them: one port, four questions, one answer.

A question never raises: a register that is away, busy or says nothing that can be read is
`unreachable`, and a person decides what follows. Nothing is tried again here; the teller may ask
again. What a register said, byte for byte, is `raw`: it may hold personal data, is sealed with the
visit's evidence and is never logged.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from teller_server.domain.registers import RegisterOutcome

Kind = Literal["person", "company", "owner"]

REASONS = (
    "number_unknown", "name_differs", "photo_differs", "document_cancelled",
    "company_unknown", "company_closed", "company_abnormal", "representative_differs",
    "listed", "owner_listed", "phone_of_another", "phone_unknown",
    "registry_unreachable", "registry_timeout", "registry_busy", "registry_does_not_admit_us",
    "registry_refused", "registry_answer_unreadable", "registry_not_connected",
    "registry_fact_missing", "not_asked", "other",
)  # fmt: skip
"""Every code an answer may give: of a mismatch first, then of a register that gave no answer."""

_REFERENCE = re.compile(r"[A-Za-z0-9_.:/-]{1,64}")
MOST_REASONS = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """What a register said, when it was asked (aware), and its own number for that."""

    outcome: RegisterOutcome
    asked_at: datetime
    reasons: tuple[str, ...] = ()
    reference: str = ""
    raw: bytes = b""

    @property
    def digest(self) -> str:
        """SHA-256 of `raw`, hex; empty when there was no answer."""
        return hashlib.sha256(self.raw).hexdigest() if self.raw else ""


class Registry(Protocol):
    """Asks the registers. Each question is answered within the adapter's own times."""

    async def citizen(self, name: str, number: str, portrait: bytes | None) -> Answer:
        """Whether a person of that name has that document; `portrait`: a JPEG, or not sent."""

    async def company(self, credit_code: str, name: str, legal_representative: str) -> Answer:
        """Whether the business register has it so, and it is on no list of abnormal companies."""

    async def screening(self, name: str, code: str, kind: Kind) -> Answer:
        """Whether a name is on no list; `code`: its document number, or its credit code.

        An `owner` (of a company, by that company's code) has often given no number of their own.
        """

    async def phone(self, phone: str, document: str) -> Answer:
        """Whether a telephone number belongs to nobody but the holder of that document."""

    async def close(self) -> None:
        """Let go of connections."""


def known_reasons(said: Iterable[str]) -> tuple[str, ...]:
    """Codes of `REASONS`, each once; whatever else was said is `other`: texts go nowhere."""
    codes = (one if one in REASONS else "other" for one in said)
    return tuple(dict.fromkeys(codes))[:MOST_REASONS]


def clean_reference(said: str) -> str:
    """A register's number for its answer, if it looks like one; else nothing."""
    return said if _REFERENCE.fullmatch(said) else ""
