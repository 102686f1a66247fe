"""A policy pack: one jurisdiction's clauses, and what carries each of them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .rules import Rule

Confidence = Literal["V", "S", "S-", "K"]
"""V: the wording was seen. S: second hand. S-: weak second hand. K: known, wording not seen."""

Mode = Literal["E", "R", "O", "D"]
"""Enforced, recorded, offered, or documented by the bank (an attestation)."""

Status = Literal["active", "draft"]


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """Why a clause needs no rule here, who looked at it, and when (ISO day)."""

    reason: str
    reviewed_by: str
    on: str


@dataclass(frozen=True, slots=True)
class Law:
    """A text of law: title, number and since when it is in force, as far as known."""

    id: str
    title: Mapping[str, str]
    number: str = ""
    in_force: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: where it stands, what it says in short, how sure we are of its wording.

    `check` names the behavioural test of an enforced clause. `rest` says what of it people and
    other systems have to do.
    """

    id: str
    law: Law
    article: str
    text: Mapping[str, str]
    confidence: Confidence
    modes: tuple[Mode, ...]
    verified: bool
    check: str = ""
    not_applicable: NotApplicable | None = None
    rest: Mapping[str, str] = field(default_factory=dict)
    line: int = 0

    @property
    def enforced(self) -> bool:
        """Whether the software itself has to hold it."""
        return "E" in self.modes and self.not_applicable is None


@dataclass(frozen=True, slots=True)
class PolicyPack:
    """One file of rules. A draft can be read and compared, but no visit opens under it."""

    id: str
    version: str
    digest: str
    source: str
    jurisdiction: str
    status: Status
    title: Mapping[str, str]
    laws: Mapping[str, Law]
    clauses: Mapping[str, Clause]
    rules: tuple[Rule, ...]

    @property
    def not_applicable(self) -> tuple[Clause, ...]:
        """The clauses that were set aside, each with its reason."""
        return tuple(clause for clause in self.clauses.values() if clause.not_applicable)

    def rules_of(self, clause: str) -> tuple[Rule, ...]:
        """The rules that carry a clause out."""
        return tuple(rule for rule in self.rules if clause in rule.clauses)
