"""What the bank vouches for, and until when: without it a pack opens no visit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .combining import BranchPolicy
from .kinds_branch import AttestationRule


@dataclass(frozen=True, slots=True)
class Attestation:
    """Somebody's word for one kind of thing. `demo`: an invented one, for a demonstration."""

    kind: str
    given_at: datetime
    until: datetime
    by: str
    note: str = ""
    region: str = ""
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """One thing that has to be vouched for, and how it stands.

    `until`: when the newest attestation ends, cut to what the pack allows; None without one.
    """

    rule: AttestationRule
    newest: Attestation | None
    until: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it is vouched for at `now`."""
        given = self.newest is not None and self.newest.given_at <= now
        return given and self.until is not None and now < self.until


def standings(policy: BranchPolicy, attestations: Iterable[Attestation]) -> tuple[Standing, ...]:
    """Everything that any rule of any service asks to be vouched for."""
    held = sorted(attestations, key=lambda one: one.given_at)
    rules = (rule for pack in policy.packs for rule in pack.rules)
    services = {"", *(name for rule in rules for name in rule.services)}
    found: dict[str, Standing] = {}
    for service in sorted(services):
        for rule in policy.of(AttestationRule, service):
            found.setdefault(rule.attestation, _standing(rule, held))
    return tuple(found[kind] for kind in sorted(found))


def lapsed(
    policy: BranchPolicy, attestations: Iterable[Attestation], now: datetime, service: str = ""
) -> tuple[str, ...]:
    """The kinds that block a service (none named: any service) and aren't vouched for now."""
    held = sorted(attestations, key=lambda one: one.given_at)
    return tuple(
        sorted(
            rule.attestation
            for rule in policy.of(AttestationRule, service)
            if rule.blocks and not _standing(rule, held).holds(now)
        )
    )


def _standing(rule: AttestationRule, held: list[Attestation]) -> Standing:
    """The newest word counts, also where it is shorter: that is how one is withdrawn."""
    regions = rule.regions or ("",)
    worst: tuple[datetime, Attestation] | None = None
    for region in regions:
        mine = [one for one in held if one.kind == rule.attestation and one.region == region]
        if not mine:
            return Standing(rule, None, None)
        newest = mine[-1]
        longest = rule.valid_for.after(newest.given_at) if rule.valid_for else newest.until
        until = min(newest.until, longest)
        if worst is None or until < worst[0]:
            worst = (until, newest)
    return Standing(rule, worst[1], worst[0]) if worst else Standing(rule, None, None)
