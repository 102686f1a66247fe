"""Rules before a call (scope, queue), after it (effects) and of the branch as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from teller_server.domain.conditions import Condition
from teller_server.domain.fields import Fact

from . import parameters as p
from .period import Period
from .rules import Guard, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class PathOffered:
    """A lawful way to the same end: what it is called and what to do."""

    title: Mapping[str, str]
    text: Mapping[str, str]

    def __hash__(self) -> int:
        return hash(tuple(self.title.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRule(Rule):
    """A rule of the branch: where it fails, no visit opens."""

    guard = Guard.PACK


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRule(Rule):
    """A rule about who serves."""

    guard = Guard.QUEUE


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRule(Rule):
    """A rule about what reaches the bank's own system, and what follows a decision."""

    guard = Guard.EFFECT


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalScopeRule(PackRule):
    """1. What may be done at a distance at all. Deny wins over limit, limit over allow.

    `only_if`: the service is denied where this is false. `example`: facts for which it speaks.
    """

    kind = "legal_scope"
    id: str = p.key()
    decision: str = p.strictest("allow", "limit", "deny")
    condition: Condition | None = p.when()
    only_if: Condition | None = p.when()
    outcome: str = p.strictest("", "done_with_limits", "sign_at_branch", "other_channel")
    title: Mapping[str, str] = p.words()
    message: Mapping[str, str] = p.words()
    offers: tuple[PathOffered, ...] = p.offers()
    example: Mapping[str, Fact] = p.examples()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataResidencyRule(PackRule):
    """3. The countries in which everything is kept."""

    kind = "data_residency"
    countries: tuple[str, ...] | None = p.countries()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentProfileRule(QueueRule):
    """13. Who may serve: whose employee, trained in what, how long ago at most."""

    kind = "agent_profile"
    employer: str = p.strictest("any", "own")
    own_skill: bool = p.demanded()
    skills: tuple[str, ...] = p.union()
    training_months: int | None = p.least()
    shows_credential: bool = p.demanded()
    states_organisation: bool = p.demanded()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLocationRule(QueueRule):
    """14. Where the teller sits."""

    kind = "agent_location"
    place: str = p.strictest("any", "premises", "controlled_room")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRule(QueueRule):
    """15. How a customer gets to a teller; chance wins over a dedicated one."""

    kind = "assignment"
    mode: str = p.strictest("any", "skill", "dedicated", "random")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckerRule(EffectRule):
    """37. A second person before the effect. `condition`: where; without, always."""

    kind = "checker_before_effect"
    by: str = p.strictest("qc", "second_person", "concurrent_audit")
    sample_percent: int | None = p.most()
    not_same_person: bool = p.demanded()
    condition: Condition | None = p.when()


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectLimitRule(EffectRule):
    """38. What the customer gets only in part until something has happened."""

    kind = "effect_limit"
    what: str = p.key()
    until: str = p.label()
    asks: tuple[str, ...] = p.union()


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingRule(EffectRule):
    """39. What an authority has to be told, and by when."""

    kind = "filing"
    authority: str = p.key()
    hours: int | None = p.least()
    asks: tuple[str, ...] = p.union()


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectReasonRule(EffectRule):
    """40. Reasons of a refusal; `objection_days`: within how many an objection is answered."""

    kind = "reject_reason"
    required: bool = p.demanded()
    disclose: str = p.strictest("full", "neutral", "none")
    objection_days: int | None = p.least()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyRule(EffectRule):
    """41. Who is told of the effect, with a way to disown it."""

    kind = "notify"
    to: tuple[str, ...] = p.union()
    repudiation: bool = p.demanded()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule(PackRule):
    """42. How long a class of data is kept: a range. `then`: frozen (kept, unused) or deleted."""

    kind = "retention"
    artefact: str = p.key()
    at_least: Period | None = p.longest()
    at_most: Period | None = p.shortest()
    counted_from: str = p.label()
    hold: tuple[str, ...] = p.union()
    then: str = p.strictest("delete", "freeze")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRule(PackRule):
    """43. Who may see what was recorded, for what, and when a second person has to agree."""

    kind = "access"
    roles: tuple[str, ...] | None = p.shared()
    watermark: bool = p.demanded()
    download: bool = p.allowed()
    log: bool = p.demanded()
    purpose: bool = p.demanded()
    no_training: bool = p.demanded()
    second_person: str = p.strictest("never", "export", "always")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationRule(PackRule):
    """44. What the bank must vouch for. `blocks`: without a valid one no visit opens.

    `title` says in words what is vouched for.
    """

    kind = "attestation"
    attestation: str = p.key()
    title: Mapping[str, str] = p.words()
    valid_for: Period | None = p.shortest()
    regions: tuple[str, ...] = p.union()
    blocks: bool = p.demanded()
