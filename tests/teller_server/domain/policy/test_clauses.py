"""Every enforced clause of cn-bank is held by its rule: with it the check holds, without it not."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable

import pytest

from teller_server.domain.policy import BranchPolicy, Clause
from teller_server.domain.policy.rules import Rule

from . import behaviour
from .material import keeping, pack, policy, without

ENFORCED = [clause for clause in pack().clauses.values() if clause.enforced]


def check(clause: Clause) -> Callable[[BranchPolicy], None]:
    found: Callable[[BranchPolicy], None] = getattr(behaviour, clause.check)
    return found


@pytest.mark.parametrize("clause", ENFORCED, ids=lambda c: f"{c.id}-{c.check}")
def test_the_rule_holds(clause: Clause) -> None:
    check(clause)(policy())


@pytest.mark.parametrize("clause", ENFORCED, ids=lambda c: f"{c.id}-{c.check}")
def test_without_its_rules_the_check_fails(clause: Clause) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        check(clause)(without(policy(), clause.id))


BUILT_IN = {
    ("CN-B-05", "on_disruption"): "nothing weaker than resuming exists; what is stricter is merged",
    (
        "CN-B-10",
        "access",
    ): "compliance alone watches, each viewing with its purpose: no script can change it",
    ("CN-L-02", "platform"): "nothing can be bridged in; the attestation says whose platform it is",
}
"""Rules whose absence nobody would notice, because the release holds them by itself."""

PAIRS = [
    (clause, rule)
    for clause in ENFORCED
    for rule in pack().rules_of(clause.id)
    if (clause.id, rule.kind) not in BUILT_IN
]


@pytest.mark.parametrize(
    ("clause", "rule"),
    PAIRS,
    ids=lambda one: one.id if isinstance(one, Clause) else f"{one.kind}:{one.line}",
)
def test_without_one_of_its_rules_the_check_fails(clause: Clause, rule: Rule) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        check(clause)(keeping(policy(), lambda one: one is not rule))


@pytest.mark.parametrize(("clause", "kind"), BUILT_IN)
def test_what_is_built_in_is_a_rule_of_its_clause(clause: str, kind: str) -> None:
    assert kind in {rule.kind for rule in pack().rules_of(clause)}


def test_every_enforced_clause_names_its_check() -> None:
    assert [clause.id for clause in ENFORCED if not clause.check] == []


def test_every_check_belongs_to_a_clause() -> None:
    written = {
        node.name
        for node in ast.parse(inspect.getsource(behaviour)).body
        if isinstance(node, ast.FunctionDef) and node.name != "refused"
    }
    named = [clause.check for clause in pack().clauses.values() if clause.check]
    assert set(named) == written
    assert len(named) == len(written), "one check, one clause"
