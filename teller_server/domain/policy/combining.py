"""The packs of a branch as one policy, or why they can't hold together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from teller_server.domain.state import PackPin

from .kinds_branch import RetentionRule
from .kinds_session import GeoRule
from .kinds_step import ConsentRule, RandomQuestionsRule
from .pack import Clause, PolicyPack
from .period import Period
from .problems import Conflict, PolicyConflict
from .rules import Rule, grouped, parameters

R = TypeVar("R", bound=Rule)
EVERY = ""
"""Where no service is named: the rules that are for all."""


@dataclass(frozen=True, slots=True)
class BranchPolicy:
    """All rules of the chosen packs, and the clauses they carry out."""

    packs: tuple[PolicyPack, ...]

    @property
    def drafts(self) -> tuple[str, ...]:
        """The packs under which no visit may be opened."""
        return tuple(pack.id for pack in self.packs if pack.status == "draft")

    @property
    def pins(self) -> tuple[PackPin, ...]:
        """What a visit keeps of the packs it was opened under."""
        return tuple(PackPin(pack.id, pack.version, pack.digest) for pack in self.packs)

    def clause(self, clause: str) -> Clause:
        """The clause of that id; KeyError when no pack has it."""
        for pack in self.packs:
            if clause in pack.clauses:
                return pack.clauses[clause]
        raise KeyError(clause)

    def rules(self, service: str = EVERY) -> tuple[Rule, ...]:
        """The rules for a service, as the packs have them."""
        return tuple(rule for pack in self.packs for rule in pack.rules if rule.covers(service))

    def of(self, kind: type[R], service: str = EVERY) -> tuple[R, ...]:
        """The rules of one kind for a service, merged over the packs."""
        found = [rule for rule in self.rules(service) if isinstance(rule, kind)]
        return tuple(rule for rule in grouped(found) if not self._forbidden(rule, service))

    def _forbidden(self, rule: Rule, service: str) -> bool:
        """Questions for a purpose that another pack forbids are not asked for."""
        if not isinstance(rule, RandomQuestionsRule):
            return False
        return rule.purpose in self.forbidden_purposes(service)

    def forbidden_purposes(self, service: str) -> dict[str, tuple[str, ...]]:
        """Purposes of questions that are ruled out, and by which clauses."""
        found: dict[str, tuple[str, ...]] = {}
        for rule in self.rules(service):
            if isinstance(rule, RandomQuestionsRule):
                for purpose in rule.forbids:
                    found[purpose] = (*found.get(purpose, ()), *rule.clauses)
        return found


def combine(packs: Sequence[PolicyPack]) -> BranchPolicy:
    """The policy of these packs together; `PolicyConflict` names both sides of every conflict."""
    policy = BranchPolicy(tuple(packs))
    conflicts = [*_doubled(packs)]
    services = {EVERY, *(name for rule in _all(packs) for name in rule.services)}
    for service in sorted(services):
        for group in _groups(policy.rules(service)):
            conflicts += _between(group)
    if conflicts:
        raise PolicyConflict(conflicts)
    return policy


def _all(packs: Iterable[PolicyPack]) -> Iterator[Rule]:
    return (rule for pack in packs for rule in pack.rules)


def _doubled(packs: Sequence[PolicyPack]) -> Iterator[Conflict]:
    seen: dict[str, str] = {}
    for pack in packs:
        for clause in pack.clauses.values():
            if clause.id in seen:
                what = f"clause {clause.id} is in {seen[clause.id]} as well"
                yield Conflict(pack.source, clause.line, what, (clause.id,))
            seen[clause.id] = pack.source


def _groups(rules: Iterable[Rule]) -> list[list[Rule]]:
    groups: dict[tuple[object, ...], list[Rule]] = {}
    for rule in rules:
        groups.setdefault((rule.kind, *rule.key), []).append(rule)
    return list(groups.values())


def _between(group: list[Rule]) -> Iterator[Conflict]:
    """Conflicts among rules that are one rule in several packs."""
    yield from _nothing_left(group)
    retention = [rule for rule in group if isinstance(rule, RetentionRule)]
    consents = [rule for rule in group if isinstance(rule, ConsentRule)]
    positions = [rule for rule in group if isinstance(rule, GeoRule)]
    yield from _range(retention)
    yield from _refusals(consents)
    yield from _positions(positions)


def _nothing_left(group: list[Rule]) -> Iterator[Conflict]:
    """What each pack allows, and no word of it in common."""
    for name, parameter in parameters(type(group[0])).items():
        if parameter.how != "intersection":
            continue
        saying = [rule for rule in group if getattr(rule, name)]
        if len(saying) > 1 and not parameter.merge([getattr(rule, name) for rule in saying]):
            values = " and ".join(", ".join(getattr(rule, name)) for rule in saying)
            yield _conflict(saying, f"{group[0].kind}: nothing satisfies `{name}` of {values}")


def _range(rules: list[RetentionRule]) -> Iterator[Conflict]:
    """The longest least beyond the shortest most: a person has to decide."""
    least = max((r for r in rules if r.at_least), key=_at_least, default=None)
    most = min((r for r in rules if r.at_most), key=_at_most, default=None)
    if least and most and least.at_least and most.at_most and least.at_least > most.at_most:
        what = (
            f"retention of {least.artefact}: at least {least.at_least} here, "
            f"at most {most.at_most} in {most.source}:{most.line}"
        )
        yield _conflict([least, most], what)


def _at_least(rule: RetentionRule) -> Period:
    return rule.at_least or Period()


def _at_most(rule: RetentionRule) -> Period:
    return rule.at_most or Period()


def _refusals(rules: list[ConsentRule]) -> Iterator[Conflict]:
    free = [rule for rule in rules if rule.refusable]
    bound = [rule for rule in rules if rule.on_refuse == "deny"]
    if free and bound:
        what = f"consent {free[0].purpose}: one says that it may be refused, one that it may not"
        yield _conflict([*free, *bound], what)


def _positions(rules: list[GeoRule]) -> Iterator[Conflict]:
    """A position burned into the picture serves more than the one purpose another pack allows."""
    shown = [rule for rule in rules if rule.burn_in]
    kept = [rule for rule in rules if rule.purposes and not rule.burn_in]
    if shown and kept:
        what = "geo: a position in the picture is seen for more than " + ", ".join(
            purpose for rule in kept for purpose in rule.purposes or ()
        )
        yield _conflict([*shown, *kept], what)


def _conflict(rules: Sequence[Rule], what: str) -> Conflict:
    clauses = tuple(dict.fromkeys(clause for rule in rules for clause in rule.clauses))
    return Conflict(rules[0].source, rules[0].line, what, clauses)
