"""Conditions that close a signature: each is tried out, or the pack is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from teller_server.domain import conditions
from teller_server.domain.policy import BranchPolicy, combine
from teller_server.domain.policy.kinds_step import SignatureRule

from .material import clauses_against, only_when, pack, script, tried, with_step

HERE = "CN-L-04"


def closed_by(*closing: str) -> BranchPolicy:
    """cn-bank, where the contract is closed by these conditions alone."""
    texts = tuple(conditions.parse(text) for text in closing)
    rules = tuple(
        replace(rule, closed_when=texts) if isinstance(rule, SignatureRule) and HERE in rule.clauses
        and rule.paper == "loan_contract" else rule
        for rule in pack().rules
        if not (isinstance(rule, SignatureRule) and "CN-L-05" in rule.clauses)
    )  # fmt: skip
    return combine([replace(pack(), rules=rules)])


def told(policy: BranchPolicy, when: str | None = None) -> str:
    """What is wrong with the loan where the contract is signed under `when`, or always."""
    loan = script("loan_interview")
    changed = only_when(loan, "contract_sign", when) if when else with_step(
        loan, "contract_sign", when=None
    )  # fmt: skip
    return str(tried(changed, policy))


@pytest.mark.parametrize(
    "closing",
    [
        "application.amount > 200000",
        "200000 < application.amount",
        "application.amount > 200000 and application.purpose == 'education'",
        "application.amount > 200000 and application.guarantee != 'none'",
        "application.purpose != 'medical'",
        "not (application.purpose == 'medical')",
        "application.purpose not in ('medical', 'education')",
        "terms.early_fee < -5",
        "application.amount != intake.amount",
    ],
)
def test_a_signature_that_is_given_all_the_same_is_refused(closing: str) -> None:
    assert "`contract_sign` may not take place with " in told(closed_by(closing))


def test_what_a_choice_does_not_offer_needs_no_gate() -> None:
    """Housing can't be entered in the form: nothing could close it."""
    assert "may not take place" not in told(closed_by("application.purpose == 'housing'"))


@pytest.mark.parametrize(
    ("closing", "why"),
    [
        ("application.purpose == 'study' and application.purpose == 'medical'", "try out"),
        ("application.amount > 5 and application.amount < 4", "try out"),
        ("intake.nothere > 5", "`intake.nothere` must be asked before the queue"),
        ("application.nothere > 5", "must come after a required field `application.nothere`"),
        ("application.x == True", "must come after a required field `application.x`"),
        ("application.x", "must come after a required field `application.x`"),
        ("customer.age < 18", "must come after a required field `customer.age`"),
    ],
)
def test_what_can_not_be_tried_or_known_is_refused(closing: str, why: str) -> None:
    assert why in told(closed_by(closing), "not above_esign_limit")


def test_conditions_that_would_take_too_long_to_try_are_refused() -> None:
    many = " and ".join(f"application.f{n} > {n}" for n in range(12))
    assert "try out" in told(closed_by(many), "not above_esign_limit")


def test_one_condition_does_not_hide_another() -> None:
    """The script's gate knows the amount alone; the purpose is found all the same."""
    both = closed_by("application.amount > 200000", "application.purpose != 'medical'")
    assert "application.purpose = " in told(both, "not above_esign_limit")


def test_the_release_has_its_gate() -> None:
    assert not clauses_against(closed_by("application.amount > 200000"), script("loan_interview"))
