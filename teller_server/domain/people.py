"""Who takes part, and how much of a person may be shown to whom."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do in the branch; one account may hold several."""

    CUSTOMER = "customer"
    TELLER = "teller"
    SUPERVISOR = "supervisor"
    COMPLIANCE = "compliance"
    ADMIN = "admin"


STAFF = frozenset(Role) - {Role.CUSTOMER}


class TellerState(StrEnum):
    """What the floor shows of a teller. `offered`, `busy` and `wrap_up` follow from the visit."""

    READY = "ready"
    OFFERED = "offered"
    BUSY = "busy"
    WRAP_UP = "wrap_up"
    BREAK = "break"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Teller:
    """A member of staff as the queue sees one."""

    id: str
    number: str
    name: str
    skills: frozenset[str]
    languages: frozenset[str]

    def serves(self, skill: str, language: str) -> bool:
        """Whether this teller may be offered a visit of that skill and language."""
        return skill in self.skills and language in self.languages


def masked_name(name: str) -> str:
    """`李雷` → `李*`, `Ada Lovelace` → `A** L*******`: enough to greet, not to identify."""
    words = name.split()
    if len(words) == 1 and not words[0].isascii():
        return words[0][:1] + "*" * max(1, len(words[0]) - 1)
    return " ".join(word[:1] + "*" * max(1, len(word) - 1) for word in words)


def masked_document(number: str) -> str:
    """`330106199001010028` → `3301**********0028`; a short number keeps its last two only."""
    if len(number) >= 12:
        return number[:4] + "*" * (len(number) - 8) + number[-4:]
    return "*" * max(0, len(number) - 2) + number[-2:]


def masked_phone(number: str) -> str:
    """`13800000001` → `138****0001`; a short number keeps its last two only."""
    digits = "".join(number.split())
    if len(digits) >= 8:
        return digits[:3] + "*" * (len(digits) - 7) + digits[-4:]
    return "*" * max(0, len(digits) - 2) + digits[-2:]
