"""Every enforced clause of cn-bank is held by its rule: with it the check holds, without it not."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable

import pytest

from teller_server.domain.policy import BranchPolicy, Clause

from . import behaviour
from .material import pack, policy, without

ENFORCED = [clause for clause in pack().clauses.values() if clause.enforced]


def check(clause: Clause) -> Callable[[BranchPolicy], None]:
    found: Callable[[BranchPolicy], None] = getattr(behaviour, clause.check)
    return found


@pytest.mark.parametrize("clause", ENFORCED, ids=lambda c: f"{c.id}-{c.check}")
def test_the_rule_holds(clause: Clause) -> None:
    check(clause)(policy())


@pytest.mark.parametrize("clause", ENFORCED, ids=lambda c: f"{c.id}-{c.check}")
def test_without_its_rule_the_check_fails(clause: Clause) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        check(clause)(without(policy(), clause.id))


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
