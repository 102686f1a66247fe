"""How long a visit must and may be kept: the packs' `retention` rules on what the bank has told.

One key is over all of a visit, so it goes when the last of its rules lets it go. A rule that counts
from something nobody has told yet lets nothing go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .combining import BranchPolicy
from .kinds_branch import RetentionRule

OF_THE_VISIT = frozenset({"", "visit_end", "visit_closed"})
"""`counted_from` that the branch knows by itself; anything else the bank has to tell."""
ELSEWHERE = frozenset({"impact_assessment"})
"""Artefacts that no visit holds."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """`until`: before that nothing is shredded. `latest`: by then it has to be; None: no limit.

    `awaits`: events that nobody has told of; while there are any, `until` is None. `clauses` say
    which rules speak. `bound`: whether any rule gives a period.
    """

    until: datetime | None
    latest: datetime | None
    awaits: tuple[str, ...]
    clauses: tuple[str, ...]
    bound: bool

    def may_go(self, now: datetime) -> bool:
        """Whether it may be shredded now, as far as retention says."""
        return self.until is not None and now >= self.until

    def due(self, now: datetime) -> bool:
        """Whether it may be, and a rule says how long."""
        return self.bound and self.may_go(now)

    def overdue(self, now: datetime) -> bool:
        """Whether it should have been by now."""
        return self.latest is not None and now >= self.latest


def counted_from(policy: BranchPolicy, service: str) -> frozenset[str]:
    """The events that the bank has to tell for a service."""
    return frozenset(rule.counted_from for rule in _rules(policy, service)) - OF_THE_VISIT


def keeping(
    policy: BranchPolicy,
    service: str,
    closed_at: datetime | None,
    told: Mapping[str, datetime],
) -> Keeping:
    """The range in which a visit of `service` is shredded; a visit that goes on is kept."""
    until, latest, awaits = closed_at, None, []
    rules = _rules(policy, service)
    for rule in rules:
        begins = closed_at if rule.counted_from in OF_THE_VISIT else told.get(rule.counted_from)
        if begins is None:
            awaits.append(rule.counted_from or "visit_end")
            continue
        if until is not None and rule.at_least is not None:
            until = max(until, rule.at_least.after(begins))
        if rule.at_most is not None:
            ends = rule.at_most.after(begins)
            latest = ends if latest is None else min(latest, ends)
    return Keeping(
        None if awaits else until,
        latest,
        tuple(dict.fromkeys(awaits)),
        tuple(dict.fromkeys(clause for rule in rules for clause in rule.clauses)),
        bool(rules),
    )


def _rules(policy: BranchPolicy, service: str) -> tuple[RetentionRule, ...]:
    """Those that give a period; one that only freezes bounds nothing: what is kept here is never
    used but on a grant."""
    return tuple(
        rule
        for rule in policy.of(RetentionRule, service)
        if (rule.at_least or rule.at_most) and rule.artefact not in ELSEWHERE
    )
