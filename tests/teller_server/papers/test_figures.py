"""What a loan costs, against values known from elsewhere, and a table that is never half shown."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teller_server.domain.errors import Refusal
from teller_server.papers.amounts import capitals, day, money, percent, share
from teller_server.papers.figures import (
    effective,
    instalment,
    loan_figures,
    loan_of,
    monthly_cost,
    raised,
    schedule,
)
from tests.teller_server.papers.bank_values import TERMS

APPLICATION = {"amount": "100,000.00", "months": "12", "rate": "12", "purpose": "renovation"}
AMOUNTS = st.integers(1_000_00, 5_000_000_00).map(lambda cents: Decimal(cents) / 100)


def figures(**changed: str) -> dict[str, str]:
    return loan_figures({**APPLICATION, **TERMS, **changed})


@pytest.mark.parametrize(
    ("principal", "months", "rate", "monthly"),
    [
        ("100000", 12, "12", "8884.88"),
        ("1000000", 360, "4.9", "5307.27"),  # the textbook mortgage of those years in China
        ("200000", 360, "6.5", "1264.14"),
        ("12000", 12, "0", "1000.00"),
    ],
)
def test_instalments_of_loans_that_everybody_knows(
    principal: str, months: int, rate: str, monthly: str
) -> None:
    assert instalment(Decimal(principal), months, Decimal(rate)) == Decimal(monthly)


def test_a_loan_without_fees_costs_its_rate() -> None:
    found = figures()
    assert found["instalment"] == "8884.88"
    assert found["total_interest"] == "6618.53"
    assert found["annual_simple"] == "12.00"
    assert found["annual_effective"] == "12.68"  # 1.01 ** 12
    assert found["received"] == "100000.00"


def test_fees_raise_what_a_loan_costs_though_the_rate_stays() -> None:
    """Twelve times 8,884.88 for 97,000 in hand; the rate also found in floating point."""
    found = figures(service_fee="2,000", guarantee_fee="1000", fee_payee="A")
    assert found["fees"] == "3000"
    assert found["received"] == "97000.00"
    assert found["total_cost"] == "9618.53"
    assert (found["annual_simple"], found["annual_effective"]) == ("17.82", "19.36")


def test_default_is_the_rate_with_its_surcharge() -> None:
    found = figures(rate="4.35")
    assert (found["overdue_rate"], found["misuse_rate"]) == ("6.525", "8.70")
    assert raised(Decimal("7.2"), Decimal(30)) == Decimal("9.36")


def test_the_rate_of_a_known_stream() -> None:
    monthly = monthly_cost(Decimal(1000), (Decimal(0), Decimal(0), Decimal("1331")))
    assert abs(monthly - Decimal("0.1")) < Decimal("1e-15")
    assert round(effective(Decimal("0.01")), 6) == Decimal("12.682503")
    assert monthly_cost(Decimal(100), (Decimal(50), Decimal(50))) == 0


@given(AMOUNTS, st.integers(1, 120), st.integers(0, 36_0000).map(lambda n: Decimal(n) / 10_000))
@settings(max_examples=60, deadline=None)
def test_every_plan_ends_at_nought_and_adds_up(
    principal: Decimal, months: int, rate: Decimal
) -> None:
    loan = loan_of({**TERMS, "amount": str(principal), "months": str(months), "rate": str(rate)})
    plan = schedule(loan)
    assert len(plan) == months
    assert plan[-1].balance == 0
    assert sum(month.principal for month in plan) == principal
    assert all(month.payment == month.principal + month.interest for month in plan)
    assert all(month.interest >= 0 for month in plan)
    # Every payment and every interest is rounded by at most half a cent, and what was rounded away
    # earns interest until the last payment makes up for it.
    month, cent = rate / 1200, Decimal("0.01")
    grown = ((1 + month) ** months - 1) / month if month else Decimal(months)
    assert abs(plan[-1].payment - plan[0].payment) <= (grown + 1) * cent
    cost = monthly_cost(principal, tuple(month.payment for month in plan)) * 1200
    assert abs(cost - rate) < Decimal("0.05")


@pytest.mark.parametrize("field", ["amount", "months", "rate", *TERMS])
@pytest.mark.parametrize("value", [None, "", "many", "-1"])
def test_a_table_with_a_gap_is_refused_by_field(field: str, value: str | None) -> None:
    form = {**APPLICATION, **TERMS}
    form.pop(field)
    if value is not None:
        form[field] = value
    with pytest.raises(Refusal) as caught:
        loan_figures(form)
    assert (caught.value.code, caught.value.plain) == ("cost_table_incomplete", {"field": field})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"service_fee": "1"}, "fee_payee"),
        ({"guarantee_fee": "1", "fee_payee": " "}, "fee_payee"),
        ({"guarantee_fee": "100000", "fee_payee": "A"}, "guarantee_fee"),
        ({"amount": "0"}, "amount"),
        ({"months": "0"}, "months"),
        ({"months": "1.5"}, "months"),
        ({"repayment": "balloon"}, "repayment"),
        ({"rate": "NaN"}, "rate"),
    ],
)
def test_what_makes_no_sense_is_a_gap_too(changed: dict[str, str], field: str) -> None:
    with pytest.raises(Refusal) as caught:
        figures(**changed)
    assert caught.value.plain == {"field": field}


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "人民币零元整"),
        ("0.05", "人民币伍分"),
        ("0.5", "人民币伍角整"),
        ("325.04", "人民币叁佰贰拾伍元零肆分"),
        ("1680.32", "人民币壹仟陆佰捌拾元叁角贰分"),
        ("10001", "人民币壹万零壹元整"),
        ("150,000.00", "人民币壹拾伍万元整"),
        ("100100.05", "人民币壹拾万零壹佰元零伍分"),
        ("10010000", "人民币壹仟零壹万元整"),
        ("200000001", "人民币贰亿零壹元整"),
        ("1000200000000", "人民币壹万亿零贰亿元整"),
    ],
)
def test_amounts_in_capitals(amount: str, written: str) -> None:
    assert capitals(amount) == written


def test_amounts_rates_and_days_as_they_are_printed() -> None:
    assert (money("1234567.5"), money("")) == ("1,234,567.50", "0.00")
    assert [percent(text) for text in ("4.35", "4.3500", "6.525", "0")] == [
        "4.35%", "4.35%", "6.525%", "0.00%",
    ]  # fmt: skip
    assert [share(text) for text in ("50", "62.50", "100")] == ["50%", "62.5%", "100%"]
    assert day("2026-11-23", "zh-CN") == "2026年11月23日"
    assert day("2026-01-03", "en") == "3 January 2026"
    assert day("no day", "en") == "no day"
    with pytest.raises(ValueError, match="capitals"):
        capitals("1" + "0" * 16)
