"""What all rules of a pack have in common, and how rules of one kind are merged over packs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import ClassVar, TypeVar

from .parameters import Parameter


class Guard(StrEnum):
    """Where a rule makes itself felt.

    step: the step can't be left. session: the call stops whatever the step. queue: nobody unfit is
    offered. effect: nothing reaches the bank's own system. pack: no visit opens.
    """

    STEP = "step"
    SESSION = "session"
    QUEUE = "queue"
    EFFECT = "effect"
    PACK = "pack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: the clauses it carries out, and the services it is for (none named: all).

    `source` and `line` tell where it stands in its pack.
    """

    kind: ClassVar[str]
    guard: ClassVar[Guard]

    clauses: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    source: str = ""
    line: int = 0

    def covers(self, service: str) -> bool:
        """Whether the rule is for that service."""
        return not self.services or service in self.services

    @property
    def key(self) -> tuple[object, ...]:
        """Rules of a kind with the same key are one rule in several packs."""
        return tuple(getattr(self, name) for name, p in parameters(type(self)).items() if p.key)


R = TypeVar("R", bound=Rule)
COMMON = ("clauses", "services")


def parameters(kind: type[Rule]) -> dict[str, Parameter]:
    """The parameters of a kind, by name."""
    found = {one.name: one.metadata.get("parameter") for one in fields(kind)}
    return {name: parameter for name, parameter in found.items() if parameter is not None}


def merged(rules: Sequence[R]) -> R:
    """Rules of one kind and key as one: each parameter settled its own way, all clauses named."""
    first = rules[0]
    kind = type(first)
    values = {
        name: parameter.merge([getattr(rule, name) for rule in rules])
        for name, parameter in parameters(kind).items()
    }
    clauses = tuple(dict.fromkeys(clause for rule in rules for clause in rule.clauses))
    everywhere = any(not rule.services for rule in rules)
    services = () if everywhere else tuple(dict.fromkeys(s for r in rules for s in r.services))
    return kind(clauses=clauses, services=services, source=first.source, line=first.line, **values)


def grouped(rules: Iterable[R]) -> list[R]:
    """`rules` of one kind, those of the same key merged."""
    groups: dict[tuple[object, ...], list[R]] = {}
    for rule in rules:
        groups.setdefault(rule.key, []).append(rule)
    return [merged(group) for group in groups.values()]
