"""What may be done by video at all: judged before anybody waits, with the lawful path offered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from teller_server.domain.fields import Fact

from .combining import BranchPolicy
from .kinds_branch import LegalScopeRule, PathOffered

_WEIGHT = {"allow": 0, "limit": 1, "deny": 2}


@dataclass(frozen=True, slots=True)
class ScopeDecision:
    """`allow`, `limit` (begins here, ends as `outcome`) or `deny` (not here: `outcome`).

    `offers`: what can be done instead, or afterwards. `clauses`: in whose name.
    """

    decision: str = "allow"
    outcome: str = ""
    title: Mapping[str, str] = field(default_factory=dict)
    message: Mapping[str, str] = field(default_factory=dict)
    offers: tuple[PathOffered, ...] = ()
    clauses: tuple[str, ...] = ()


def judge(policy: BranchPolicy, service: str, facts: Mapping[str, Fact]) -> ScopeDecision:
    """The decision for a service and what is known so far (`intake.amount`, `customer.age`, …).

    A rule about a fact that isn't known does not speak. Deny wins over limit, limit over allow.
    """
    return weigh(policy.of(LegalScopeRule, service), facts)


def weigh(rules: Iterable[LegalScopeRule], facts: Mapping[str, Fact]) -> ScopeDecision:
    """What these rules come to with these facts."""
    speaking = [rule for rule in rules if _speaks(rule, facts)]
    if not speaking:
        return ScopeDecision()
    heaviest = max(speaking, key=lambda rule: _WEIGHT[rule.decision])
    together = [rule for rule in speaking if rule.decision == heaviest.decision]
    if heaviest.decision == "allow":
        return ScopeDecision(clauses=_clauses(together))
    return ScopeDecision(
        heaviest.decision,
        heaviest.outcome,
        heaviest.title,
        heaviest.message,
        tuple(dict.fromkeys(path for rule in together for path in rule.offers)),
        _clauses(together),
    )


def _speaks(rule: LegalScopeRule, facts: Mapping[str, Fact]) -> bool:
    if rule.only_if is not None:
        return rule.only_if.holds(facts) is False
    return rule.condition is not None and rule.condition.holds(facts) is True


def _clauses(rules: list[LegalScopeRule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clause for rule in rules for clause in rule.clauses))
