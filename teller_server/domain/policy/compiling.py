"""A script under a branch's policy: one flow that can't be gone around, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from teller_server.domain.script import Detail, Disclosure, Document, Notice, ServiceScript, Step
from teller_server.domain.state import OnDisruption, VisitPolicy
from teller_server.domain.state_place import NetworkPolicy, PlacePolicy

from .combining import BranchPolicy
from .demands import DEMANDS
from .finding import Finding
from .kinds_branch import RejectReasonRule
from .kinds_session import GeoRule, IpPolicyRule, OnDisruptionRule
from .kinds_step import DisclosureRule, DocumentShownRule, NoticeRule
from .problems import Conflict, PolicyConflict
from .rules import Rule


@dataclass(frozen=True, slots=True)
class CompiledService:
    """A script that satisfies its packs, tightened where they ask for more.

    `clauses`: clause → what carries it out: step ids, or `level: name` where it is no step.
    `conflicts`: what a draft pack would still need; nothing of an active one.
    """

    script: ServiceScript
    policy: VisitPolicy
    clauses: Mapping[str, tuple[str, ...]]
    drafts: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def compile_service(script: ServiceScript, policy: BranchPolicy) -> CompiledService:
    """The script under `policy`; `PolicyConflict` names every clause that it doesn't satisfy.

    A draft pack's complaints don't stop it (no visit opens under a draft): they are `conflicts`.
    """
    tight = tightened(script, policy)
    findings = [examined(rule, tight, policy) for rule in policy.rules(script.service)]
    active = [f for f in findings if not _draft(f.rule, policy)]
    wrong = [conflict for finding in active for conflict in finding.conflicts]
    if wrong:
        raise PolicyConflict(wrong)
    clauses: dict[str, tuple[str, ...]] = {}
    for finding in findings:
        for clause in finding.rule.clauses:
            clauses[clause] = tuple(dict.fromkeys((*clauses.get(clause, ()), *finding.guards)))
    return CompiledService(
        tight,
        visit_policy(policy, script.service),
        clauses,
        policy.drafts,
        tuple(conflict for finding in findings for conflict in finding.conflicts),
    )


def examined(rule: Rule, script: ServiceScript, policy: BranchPolicy) -> Finding:
    """What one rule finds in a script."""
    finding = Finding(rule, script, policy)
    DEMANDS[rule.kind](rule, finding)
    if not (finding.guards or finding.conflicts):
        finding.unbuilt("way to tell by what it is held")
    return finding


def visit_policy(policy: BranchPolicy, service: str) -> VisitPolicy:
    """What the packs say about a visit as a whole; `scope` is added by whoever judged it."""
    disruption = policy.of(OnDisruptionRule, service)
    objections = policy.of(RejectReasonRule, service)
    fresh = any(rule.mode == "abort_fresh" for rule in disruption)
    mode: OnDisruption = "abort_fresh" if fresh else "resume"
    days = min((r.objection_days for r in objections if r.objection_days), default=0)
    return VisitPolicy(
        packs=policy.pins,
        on_disruption=mode,
        objection_days=days,
        network=_network(policy.of(IpPolicyRule, service)),
        place=_place(policy.of(GeoRule, service)),
    )


def _network(rules: tuple[IpPolicyRule, ...]) -> NetworkPolicy | None:
    """Which networks are told apart; None where the packs let customers come from any."""
    for rule in rules:  # merged: one at most
        if rule.allow is not None or rule.deny:
            return NetworkPolicy(rule.allow, rule.deny, block=rule.on_hit == "block")
    return None


def _place(rules: tuple[GeoRule, ...]) -> PlacePolicy | None:
    """What is asked of the device; None where a pack only limits what a position may be for."""
    for rule in rules:
        if rule.asks:
            purposes = rule.purposes or PlacePolicy().purposes
            return PlacePolicy(rule.required, rule.max_age_seconds or 0, purposes)
    return None


def tightened(script: ServiceScript, policy: BranchPolicy) -> ServiceScript:
    """The script with least times raised to what the packs ask for."""
    least: dict[tuple[type[Detail], str], int] = {}
    service = script.service
    asked: list[tuple[tuple[type[Detail], str], int | None]] = [
        *(((Disclosure, told.topic), told.seconds) for told in policy.of(DisclosureRule, service)),
        *(((Document, one.paper), one.seconds) for one in policy.of(DocumentShownRule, service)),
    ]
    for key, seconds in asked:
        least[key] = max(least.get(key, 0), seconds or 0)
    notices = max((rule.seconds or 0 for rule in policy.of(NoticeRule, service)), default=0)
    return replace(script, steps=tuple(_slower(step, least, notices) for step in script.steps))


def _slower(step: Step, least: Mapping[tuple[type[Detail], str], int], notices: int) -> Step:
    match step.detail:
        case Disclosure(topic=name, seconds=seconds) | Document(paper=name, seconds=seconds):
            wanted = max(seconds, least.get((type(step.detail), name), 0))
        case Notice(seconds=seconds):
            wanted = max(seconds, notices)
        case _:
            return step
    return replace(step, detail=replace(step.detail, seconds=wanted))


def _draft(rule: Rule, policy: BranchPolicy) -> bool:
    return any(pack.source == rule.source and pack.status == "draft" for pack in policy.packs)
