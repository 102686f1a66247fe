"""Lives of a service: facts that decide its way, and what became of the visit."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal

from hypothesis import strategies as st

from teller_server.domain import events as e
from teller_server.domain.errors import Refusal
from teller_server.domain.fields import Fact
from teller_server.domain.policy import CompiledService
from teller_server.domain.policy.trying import values_of

from .material import script
from .necessary import missing
from .walker import Walk

SMALL, LARGE = Decimal(50_000), Decimal(300_000)


def _loan(amount: Decimal, guarantee: str, stated: Decimal | None = None) -> dict[str, Fact]:
    return {
        "intake.purpose": "education",
        "intake.amount": amount,
        "application.amount": stated or amount,
        "application.purpose": "education",
        "application.guarantee": guarantee,
        "stated.amount": stated or amount,
        "terms.service_fee": Decimal(0),
        "terms.guarantee_fee": Decimal(1),
        "customer.known": True,
    }


def _company(risk: str, agent: bool, tax: str) -> dict[str, Fact]:
    return {
        "intake.account_class": "basic",
        "intake.credit_code": "9",
        "licence.credit_code": "9",
        "licence.stated_operating": "same",
        "company.risk": risk,
        "authority.has_agent": agent,
        "tax.residence": tax,
        "tax.passive": False,
        "customer.known": False,
    }


CASES: Mapping[str, tuple[Mapping[str, Fact], ...]] = {
    "change_of_details": (
        {"intake.item": "phone", "number_reason.old_alive": True},
        {"intake.item": "phone", "number_reason.old_alive": False},
        {"intake.item": "address"},
        {"intake.item": "document"},
    ),
    "loan_interview": (
        _loan(SMALL, "none"),
        _loan(SMALL, "guarantor"),
        _loan(LARGE, "guarantor"),
        _loan(SMALL, "none", LARGE),
    ),
    "corporate_account": (
        _company("low", agent=True, tax="china_only"),
        _company("high", agent=False, tax="both"),
    ),
}
"""Service → the ways through it that differ."""


def facts_for(service: str) -> st.SearchStrategy[dict[str, Fact]]:
    """Facts on every side of every condition that the service has."""
    whole = script(service)
    told = tuple(whole.conditions.values())
    names = sorted({name for condition in told for name in condition.names})
    values = {name: st.sampled_from(values_of(name, told, whole)) for name in names}
    return st.fixed_dictionaries(values).filter(lambda f: f.get("intake.purpose") != "housing")


def lived(
    service: CompiledService, facts: Mapping[str, Fact], clauses: frozenset[str] | None = None
) -> Walk:
    """A visit lived to its end, or to where it can't go on.

    Fails when the bank's system is asked although something necessary is missing.
    """
    walk = Walk(service, facts=facts)
    with suppress(Refusal):
        walk.to_the_end()
    if reached(walk):
        assert missing(walk, clauses) == [], (service.script.service, dict(facts))
    return walk


def reached(walk: Walk) -> bool:
    """Whether anything was asked of the bank's system."""
    return any(isinstance(one, e.EffectRequested) for one in walk.events)
