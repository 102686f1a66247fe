"""What a personal loan costs: instalment, interest, annualised total, what default adds.

All money is yuan in `Decimal`, rounded half up to cents where it is paid. Equal monthly instalments
(等额本息), interest by the month at a twelfth of the simple annual rate. Fees are taken once, when
the loan is paid out, so the borrower has the principal less the fees in hand.

The annualised total is the internal rate of return of what is had and what is paid, by the month:
times twelve (simple), and compounded over a year (effective). That both exist, and that a simple
one must say so, is from 中国人民银行公告〔2021〕第3号. That all items and their payees have to be
shown is from the rule on 综合融资成本, in force since 2026-08-01. Neither wording was seen in full
(docs/services.md). Rates for arrears and misuse are the loan's rate with a surcharge in per cent
of it, in the manner of 银发〔2003〕251号; how large the surcharge is, is for the bank to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from typing import Final

from teller_server.domain.errors import Refusal

from .amounts import CENT, capitals, day, money, percent, share

MONTHS_A_YEAR: Final = 12
_HUNDRED: Final = Decimal(100)
_DIGITS: Final = 50  # of precision while the rate is being found
_TINY: Final = Decimal("1e-18")
_MOST_A_MONTH: Final = Decimal(10)
FILTERS: Final = {
    "money": money,
    "percent": percent,
    "share": share,
    "capitals": capitals,
    "day": day,
}
"""For templates: see `amounts`."""


@dataclass(frozen=True, slots=True)
class Loan:
    """The terms of a loan. `rate` and surcharges in per cent, `rate` by the year, simple.

    `early_fee` in per cent of the principal that is repaid early.
    """

    principal: Decimal
    months: int
    rate: Decimal
    service_fee: Decimal
    guarantee_fee: Decimal
    overdue_surcharge: Decimal
    misuse_surcharge: Decimal
    early_fee: Decimal
    fee_payee: str = ""

    @property
    def fees(self) -> Decimal:
        """What is charged once, when the loan is paid out."""
        return self.service_fee + self.guarantee_fee


@dataclass(frozen=True, slots=True)
class Instalment:
    """One month: what is paid, how it divides, what remains."""

    payment: Decimal
    principal: Decimal
    interest: Decimal
    balance: Decimal


def loan_of(*forms: Mapping[str, str]) -> Loan:
    """The loan that the forms describe; later forms add to earlier ones.

    Raises Refusal `cost_table_incomplete` with the `field` that is missing or can't be: a table
    with a gap must not be shown. A fee needs its payee, and fees must leave something to pay out.
    """
    given = {name: value for form in forms for name, value in form.items()}
    if given.get("repayment") != "equal_instalments":
        raise _incomplete("repayment")
    months = _number(given, "months")
    if months != int(months) or not months:
        raise _incomplete("months")
    loan = Loan(
        principal=_number(given, "amount"),
        months=int(months),
        rate=_number(given, "rate"),
        service_fee=_number(given, "service_fee"),
        guarantee_fee=_number(given, "guarantee_fee"),
        overdue_surcharge=_number(given, "overdue_surcharge"),
        misuse_surcharge=_number(given, "misuse_surcharge"),
        early_fee=_number(given, "early_fee"),
        fee_payee=given.get("fee_payee", "").strip(),
    )
    if not loan.principal:
        raise _incomplete("amount")
    if loan.fees and not loan.fee_payee:
        raise _incomplete("fee_payee")
    if loan.fees >= loan.principal:
        raise _incomplete("service_fee" if loan.service_fee else "guarantee_fee")
    return loan


def instalment(principal: Decimal, months: int, rate: Decimal) -> Decimal:
    """The equal monthly payment, in cents; the last one makes up for rounding."""
    monthly = rate / _HUNDRED / MONTHS_A_YEAR
    with localcontext() as context:
        context.prec = _DIGITS
        if not monthly:
            exact = principal / months
        else:
            exact = principal * monthly / (1 - (1 + monthly) ** -months)
    return exact.quantize(CENT, ROUND_HALF_UP)


def schedule(loan: Loan) -> tuple[Instalment, ...]:
    """Every month of the loan, in order; the last balance is nought."""
    monthly, payment = (
        loan.rate / _HUNDRED / MONTHS_A_YEAR,
        instalment(loan.principal, loan.months, loan.rate),
    )
    balance, found = loan.principal, []
    for month in range(1, loan.months + 1):
        interest = (balance * monthly).quantize(CENT, ROUND_HALF_UP)
        part = balance if month == loan.months else min(payment - interest, balance)
        balance -= part
        found.append(Instalment(part + interest, part, interest, balance))
    return tuple(found)


def monthly_cost(received: Decimal, payments: tuple[Decimal, ...]) -> Decimal:
    """The internal rate of return by the month, as a fraction: payments are worth what was had."""
    with localcontext() as context:
        context.prec = _DIGITS
        if sum(payments) <= received:
            return Decimal(0)
        low, high = Decimal(0), _MOST_A_MONTH
        while high - low > _TINY:
            middle = (low + high) / 2
            low, high = (middle, high) if _worth(payments, middle) > received else (low, middle)
        return (low + high) / 2


def effective(monthly: Decimal) -> Decimal:
    """A monthly rate compounded over a year, in per cent."""
    return ((1 + monthly) ** MONTHS_A_YEAR - 1) * _HUNDRED


def raised(rate: Decimal, surcharge: Decimal) -> Decimal:
    """A rate in per cent with a surcharge in per cent of it."""
    return rate * (_HUNDRED + surcharge) / _HUNDRED


def loan_figures(*forms: Mapping[str, str]) -> dict[str, str]:
    """The figures of papers as plain texts, amounts and rates without thousands or signs.

    Raises Refusal `cost_table_incomplete` with the `field`.
    """
    loan = loan_of(*forms)
    months = schedule(loan)
    interest = sum((month.interest for month in months), Decimal(0))
    monthly = monthly_cost(loan.principal - loan.fees, tuple(m.payment for m in months))
    figures = {
        "principal": loan.principal,
        "rate": loan.rate,
        "instalment": months[0].payment,
        "last_instalment": months[-1].payment,
        "total_interest": interest,
        "service_fee": loan.service_fee,
        "guarantee_fee": loan.guarantee_fee,
        "fees": loan.fees,
        "received": loan.principal - loan.fees,
        "total_cost": interest + loan.fees,
        "total_repaid": loan.principal + interest,
        "annual_simple": _rounded(monthly * MONTHS_A_YEAR * _HUNDRED),
        "annual_effective": _rounded(effective(monthly)),
        "overdue_surcharge": loan.overdue_surcharge,
        "overdue_rate": raised(loan.rate, loan.overdue_surcharge),
        "misuse_surcharge": loan.misuse_surcharge,
        "misuse_rate": raised(loan.rate, loan.misuse_surcharge),
        "early_fee": loan.early_fee,
    }
    plain = {name: f"{value:f}" for name, value in figures.items()}
    return plain | {"months": str(loan.months), "fee_payee": loan.fee_payee}


def _worth(payments: tuple[Decimal, ...], monthly: Decimal) -> Decimal:
    """What the payments are worth on the day the loan is paid out (Horner's scheme)."""
    worth = Decimal(0)
    for payment in reversed(payments):
        worth = (worth + payment) / (1 + monthly)
    return worth


def _number(given: Mapping[str, str], name: str) -> Decimal:
    try:
        number = Decimal(given[name].replace(",", "").strip())
    except (KeyError, InvalidOperation):
        raise _incomplete(name) from None
    if not number.is_finite() or number < 0:
        raise _incomplete(name)
    return number


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(CENT, ROUND_HALF_UP)


def _incomplete(field: str) -> Refusal:
    return Refusal("cost_table_incomplete", field=field)
