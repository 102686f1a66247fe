"""What may be done by video at all: decided before anybody waits, with what can be done instead."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teller_server.domain.fields import Fact, age_on, resident_id_valid
from teller_server.domain.policy import combine, judge

from .material import SERVICES, pack, policy, script

HOUSING = {"intake.purpose": "housing", "intake.amount": Decimal(1_000_000)}


def test_deny_wins_over_a_limit() -> None:
    found = judge(policy(), "loan_interview", HOUSING)
    assert (found.decision, found.clauses) == ("deny", ("CN-L-01",))


@pytest.mark.parametrize("amount", ["200000.01", "200001", "5000000"])
def test_above_the_limit_the_interview_is_held_and_the_signing_is_not(amount: str) -> None:
    facts: dict[str, Fact] = {"intake.purpose": "education", "intake.amount": Decimal(amount)}
    found = judge(policy(), "loan_interview", facts)
    assert (found.decision, found.outcome, found.clauses) == (
        "limit",
        "sign_at_branch",
        ("CN-L-04",),
    )


@pytest.mark.parametrize("amount", ["1", "199999.99", "200000"])
def test_up_to_the_limit_everything_is_done_here(amount: str) -> None:
    facts: dict[str, Fact] = {"intake.purpose": "medical", "intake.amount": Decimal(amount)}
    assert judge(policy(), "loan_interview", facts).decision == "allow"


def test_what_is_refused_is_said_in_both_languages_with_another_way() -> None:
    for facts in (HOUSING, {"intake.amount": Decimal(300000)}):
        found = judge(policy(), "loan_interview", facts)
        for words in (found.title, found.message, *(p.text for p in found.offers)):
            assert set(words) == {"zh-CN", "en"}
            assert all(words.values())
        assert found.offers


def test_a_rule_for_one_service_says_nothing_about_another() -> None:
    assert judge(policy(), "change_of_details", HOUSING).decision == "allow"


@pytest.mark.parametrize(
    ("day", "age"), [("2026-11-22", 13), ("2026-11-23", 14), ("2027-11-22", 14)]
)
def test_an_age_comes_from_the_identity_number(day: str, age: int) -> None:
    number = next(n for c in "0123456789X" if resident_id_valid(n := f"11010520121123001{c}"))
    assert age_on(number, date.fromisoformat(day)) == age
    assert age_on("E12345678", date.fromisoformat(day)) is None


def test_what_is_not_known_yet_rules_nobody_out() -> None:
    for service in SERVICES:
        assert judge(policy(), service, {}).decision == "allow"


@settings(deadline=None)
@given(amount=st.decimals(1, 10**7, places=2), options=st.data())
def test_a_housing_loan_is_denied_whatever_else_is_said(
    amount: Decimal, options: st.DataObject
) -> None:
    (purpose,) = (one for one in script("loan_interview").intake if one.name == "purpose")
    value = options.draw(st.sampled_from([option.value for option in purpose.options]))
    found = judge(policy(), "loan_interview", {"intake.purpose": value, "intake.amount": amount})
    wanted = "deny" if value == "housing" else "limit" if amount > 200000 else "allow"
    assert found.decision == wanted


def test_a_pack_may_name_who_alone_is_served() -> None:
    india = combine([pack("in-vcip")])
    assert judge(india, "x", {"customer.type": "individual"}).decision == "allow"
    assert judge(india, "x", {"customer.type": "trust"}).decision == "deny"
