"""Packs as files: every clause is covered, every mistake is told at its line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from teller_server.domain.policy import PolicyConflict, load_packs
from teller_server.domain.policy.kinds import KINDS
from teller_server.domain.policy.parameters import Parameter
from teller_server.domain.policy.rules import parameters

from .material import HOME, pack

TEXT = """pack: trial
version: "1"
status: active
jurisdiction: CN
title: {zh-CN: 试, en: Trial}
sources:
  law: {title: {zh-CN: 法, en: Law}, in_force: "2026-01-01"}
clauses:
  - id: T-1
    source: law
    confidence: V
    verified: true
    modes: [E]
    check: something_holds
    text: {zh-CN: 条, en: Clause}
  - id: T-2
    source: law
    confidence: K
    verified: false
    modes: [O]
    text: {zh-CN: 条, en: Clause}
    not_applicable: {reason: No such thing., reviewed_by: somebody, on: "2026-11-23"}
rules:
  - retry_limit: {clauses: [T-1], scope: face, count: 5}
"""

SCOPE = """  - legal_scope: {clauses: [T-1], id: s, decision: deny, condition: intake.a > 1,
      outcome: other_channel, example: {intake.a: 1}, title: {zh-CN: 题, en: T},
      message: {zh-CN: 文, en: M}, offers: [{title: {zh-CN: 题, en: T}, text: {zh-CN: 文, en: M}}]}
"""


ONLY = SCOPE.replace("condition: intake.a > 1", "only_if: intake.a == 1")
"""Served where `intake.a` is 1: for its own example the rule is silent."""


def fact(value: str) -> str:
    return SCOPE.replace("intake.a: 1", f"intake.a: {value}")


def problems(text: str) -> list[str]:
    with pytest.raises(PolicyConflict) as conflict:
        load_packs({"trial.yaml": text})
    return [str(problem) for problem in conflict.value.problems]


def test_the_trial_pack_is_good() -> None:
    (trial,) = load_packs({"trial.yaml": TEXT})
    assert [clause.id for clause in trial.not_applicable] == ["T-2"]
    assert trial.clauses["T-1"].law.in_force == "2026-01-01"


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("{clauses: [T-1], scope", "{clauses: [T-2], scope", 9, "T-1 has no rule, no attestation"),
        ("{clauses: [T-1], scope", "{clauses: [T-1, T-2], scope", 16, "not_applicable and yet"),
        ("{clauses: [T-1], scope", "{clauses: [T-3], scope", 24, "`T-3` is no clause"),
        ("{clauses: [T-1], scope", "{clauses: [], scope", 24, "must name its clause"),
        ("K\n    verified: false", "K\n    verified: true", 16, "only where the wording"),
        ("confidence: V", "confidence: W", 11, "none of"),
        ("source: law\n    confidence: V", "source: lore\n    confidence: V", 10, "none of the s"),
        ("reviewed_by: somebody, ", "", 22, "`reviewed_by` is missing"),
        ('on: "2026-11-23"', 'on: "yesterday"', 22, "a day is expected"),
        ("retry_limit", "retry_often", 24, "`retry_often` is no kind of rule"),
        ("count: 5", "count: five", 24, "a whole number"),
        ("count: 5", "counts: 5", 24, "unknown key `counts`"),
        ("scope: face, ", "", 24, "`scope` is missing"),
        ("status: active", "status: perhaps", 3, "none of: active, draft"),
        ("  - id: T-2", "  - id: T-1", 16, "given twice"),
        ("en: Trial", "fr: Essai", 5, "unknown key `fr`"),
        ("en: Trial", "en: '{{ secret }}'", 5, "can't contain values"),
        ("  - retry_limit", SCOPE + "  - retry_limit", 24, "does not speak for its own"),
        ("  - retry_limit", ONLY + "  - retry_limit", 24, "does not speak for its own"),
        ("  - retry_limit", fact("0x1F") + "  - retry_limit", 25, "a number is written plainly"),
        ("  - retry_limit", fact("1:30") + "  - retry_limit", 25, "a number is written plainly"),
        ("  - retry_limit", fact("1_000") + "  - retry_limit", 25, "a number is written plainly"),
        ("  - retry_limit", fact("1.0e+3") + "  - retry_limit", 25, "a number is written plainly"),
        ("  - retry_limit", fact(".inf") + "  - retry_limit", 25, "a number is written plainly"),
        ("  - retry_limit", fact("yes") + "  - retry_limit", 25, "`true` or `false`"),
        ("  - retry_limit", fact("") + "  - retry_limit", 25, "a value is expected"),
        ("  - retry_limit", fact("[1]") + "  - retry_limit", 25, "a value is expected"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_line(old: str, new: str, line: int, what: str) -> None:
    told = problems(TEXT.replace(old, new, 1))
    assert any(one.startswith(f"trial.yaml:{line}: ") and what in one for one in told), told


@pytest.mark.parametrize(
    ("written", "meant"),
    [("2.5", Decimal("2.5")), ("-3", Decimal(-3)), ("true", True), ("'2'", "2"), ("word", "word"),
     ("2026-11-23", "2026-11-23")],
)  # fmt: skip
def test_facts_of_an_example_are_what_they_look_like(written: str, meant: object) -> None:
    always = fact(written).replace("intake.a > 1", "intake.a == intake.a")
    (trial,) = load_packs({"trial.yaml": TEXT.replace("  - retry", always + "  - retry", 1)})
    (found,) = (rule.example["intake.a"] for rule in trial.rules if rule.kind == "legal_scope")
    assert (found, type(found)) == (meant, type(meant))


def test_all_mistakes_of_all_packs_are_told_together() -> None:
    with pytest.raises(PolicyConflict) as conflict:
        load_packs({"a.yaml": "pack: [", "b.yaml": TEXT.replace("count: 5", "count: many")})
    assert {problem.source for problem in conflict.value.problems} == {"a.yaml", "b.yaml"}


@pytest.mark.parametrize("text", ["", "[]", "pack: x", "\0", "a: &a [*a]", "- " * 5000])
def test_what_is_no_pack_is_a_problem_with_a_line(text: str) -> None:
    assert all(one.startswith("trial.yaml:") for one in problems(text))


@pytest.mark.parametrize("name", ["cn-bank", "in-vcip"])
def test_what_was_not_seen_is_not_verified(name: str) -> None:
    for clause in pack(name).clauses.values():
        assert clause.verified == (clause.confidence == "V"), clause.id


def test_cn_bank_has_every_clause_of_the_list() -> None:
    wanted = {
        *(f"CN-B-{n:02}" for n in range(1, 11)),
        *(f"CN-L-{n:02}" for n in range(1, 11)),
        *(f"CN-A-{n:02}" for n in range(1, 20)),
        *(f"CN-P-{n:02}" for n in range(1, 13)),
    }
    assert set(pack().clauses) == wanted
    assert {clause.id for clause in pack().not_applicable} == {"CN-B-02", "CN-B-03", "CN-L-06"}


def test_every_kind_has_typed_parameters() -> None:
    for kind in KINDS.values():
        assert all(isinstance(one, Parameter) for one in parameters(kind).values())
        assert parameters(kind), kind.kind


def test_every_pack_of_the_release_is_tested() -> None:
    assert {path.stem for path in Path(HOME / "packs").glob("*.yaml")} == {"cn-bank", "in-vcip"}
