"""Every parameter of every kind is asked of a script, refused, or held by the release by itself."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from teller_server.domain.policy import KINDS, PolicyConflict, combine, compile_service
from teller_server.domain.policy.by_design import BY_DESIGN
from teller_server.domain.policy.demands import DEMANDS
from teller_server.domain.policy.rules import parameters

from .material import pack, script
from .neighbours import neighbour


def read_by(demand: Callable[..., Any], seen: set[Callable[..., Any]]) -> set[str]:
    """The parameters that a demand looks at, itself or in what it hands its rule to."""
    if demand in seen:
        return set()
    seen.add(demand)
    found: set[str] = set()
    for node in ast.walk(ast.parse(inspect.getsource(demand))):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "rule":
            found.add(node.attr)
        if isinstance(node, ast.Call) and "rule" in map(ast.unparse, node.args):
            called = demand.__globals__.get(ast.unparse(node.func))  # type: ignore[attr-defined]
            found |= read_by(called, seen) if inspect.isfunction(called) else set()
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_is_read_or_held_by_the_release(kind: str) -> None:
    """Whoever adds one writes its demand, or says here why it needs none."""
    read = read_by(DEMANDS[kind], set())
    aside = set(BY_DESIGN.get(kind, {}))
    assert read | aside >= set(parameters(KINDS[kind]))
    assert not read & aside, "said to need no look, and looked at"
    assert aside <= set(parameters(KINDS[kind]))


def test_every_reason_is_a_sentence() -> None:
    assert all(why.endswith(".") for kind in BY_DESIGN.values() for why in kind.values())


NOT_ENFORCED = (
    "face_match: {clauses: [X], disagree: abort}",
    "face_match: {clauses: [X], threshold_percent: 90}",
    "face_match: {clauses: [X], alternative: [trusted_referee]}",
    "consent: {clauses: [X], purpose: recording, form: sign}",
    "consent: {clauses: [X], purpose: recording, guardian_age: 14}",
    "consent: {clauses: [X], purpose: recording, withdraw: true}",
    "id_document: {clauses: [X], sides: 2}",
    "id_document: {clauses: [X], motion: true}",
    "id_document: {clauses: [X], random: true}",
    "checker_before_effect: {clauses: [X], by: concurrent_audit}",
    "statement: {clauses: [X], topic: t, speaker: agent, subtitle: true}",
    "statement: {clauses: [X], topic: t, speaker: agent, similarity_percent: 80}",
    "accessibility: {clauses: [X], alternatives: [trusted_referee]}",
    "accessibility: {clauses: [X], helper: declared}",
    "registry_check: {clauses: [X], registry: r, flag: registry_not_confirmed, freshness_hours: 1}",
    "registry_check: {clauses: [X], registry: r, flag: registry_not_confirmed, fields: [name]}",
    "authority_check: {clauses: [X], role: r, sources: [register]}",
    "on_disruption: {clauses: [X], mode: resume_code, grace_seconds: 5}",
    "filing: {clauses: [X], authority: a, hours: 24}",
    "agent_profile: {clauses: [X], employer: own}",
    "access: {clauses: [X], no_training: true}",
    "reject_reason: {clauses: [X], disclose: none}",
    "disclosure: {clauses: [X], topic: total_cost, mode: popup}",
    "media_quality: {clauses: [X], on_fail: abort}",
    "capture_still: {clauses: [X], what: [document], count: 2}",
    "capture_still: {clauses: [X], what: [document], min_px: 1280}",
    "liveness: {clauses: [X], standard: iso30107}",
    "otp: {clauses: [X], to: customer.phone, seconds: 60}",
    "notice: {clauses: [X], topic: t, before_queue: true, seconds: 5}",
    "ip_policy: {clauses: [X], deny: [satellite], on_hit: block}",
    "geo: {clauses: [X], required: true, countries: [CN]}",
    "geo: {clauses: [X], required: true, burn_in: true}",
    "geo: {clauses: [X], required: true, purposes: [advertising]}",
)


def told(*rules: str) -> str:
    with pytest.raises(PolicyConflict) as conflict:
        compile_service(script("loan_interview"), combine([neighbour("x", rules)]))
    return str(conflict.value)


@pytest.mark.parametrize("rule", NOT_ENFORCED)
def test_what_nothing_enforces_stops_an_active_pack(rule: str) -> None:
    assert f"{rule.partition(':')[0]}: this release has no " in told(rule)


SCOPE = (
    "legal_scope: {clauses: [X], id: i, decision: deny, only_if: %s == 'a', outcome: other_channel,"
    " example: {%s: b}, title: {zh-CN: 题, en: T}, message: {zh-CN: 文, en: M},"
    " offers: [{title: {zh-CN: 题, en: T}, text: {zh-CN: 文, en: M}}]}"
)


def test_a_scope_that_depends_on_what_nobody_asks_is_refused() -> None:
    asked = told(SCOPE % (("intake.kind",) * 2))
    assert "`intake.kind` must be asked before the queue" in asked
    assert "no way to know `customer.type`" in told(SCOPE % (("customer.type",) * 2))


def test_a_consent_without_which_it_is_another_channel_is_required() -> None:
    rule = "consent: {clauses: [X], purpose: face, on_refuse: other_channel}"
    assert "without consent `face` there may be no service" in told(rule)


def test_what_no_program_sees_is_vouched_for_by_the_same_clause() -> None:
    """CN-B-08, CN-A-11: taken out of the pack, the attestation leaves a rule that nothing holds."""
    for attestation in ("own_tellers", "account_follow_up"):
        rules = tuple(r for r in pack().rules if getattr(r, "attestation", "") != attestation)
        law = combine([replace(pack(), rules=rules)])
        with pytest.raises(PolicyConflict, match="no attestation vouches for it"):
            compile_service(script("corporate_account"), law)
