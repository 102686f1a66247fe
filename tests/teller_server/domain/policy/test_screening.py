"""The rule about lists of names: the register is asked in time, and about everybody."""

from __future__ import annotations

import pytest

from teller_server.domain.policy import CompiledService, PolicyConflict, combine, compile_service
from teller_server.domain.script import ServiceScript

from .material import last, minus, minus_field, only_when, script, with_step
from .neighbours import neighbour

NAMES = "screening: {clauses: [X], every_party: true}"
COMPANY = "screening: {clauses: [X], owners: true}"
LISTS = "screening: {clauses: [X], lists: [negative]}"
VOUCHED = (
    "attestation: {clauses: [X], attestation: lists, valid_for: P1Y, blocks: true,"
    " title: {zh-CN: 名单, en: Lists}}"
)


def under(whole: ServiceScript, *rules: str) -> CompiledService:
    return compile_service(whole, combine([neighbour("x", rules)]))


def refused(whole: ServiceScript, *rules: str) -> str:
    with pytest.raises(PolicyConflict) as conflict:
        under(whole, *rules)
    return str(conflict.value)


@pytest.mark.parametrize("service", ["change_of_details", "loan_interview", "corporate_account"])
def test_every_service_asks_the_register_of_names_about_everybody(service: str) -> None:
    held = under(script(service), NAMES).clauses["X"]
    guests = {step.id for step in script(service).steps if step.id.endswith("_registers")}
    assert set(held) == {"registers", *guests}


def test_a_script_that_does_not_ask_in_time_is_refused() -> None:
    whole = script("loan_interview")
    assert "name screening of customer is missing" in refused(minus(whole, "registers"), NAMES)
    assert "must come before" in refused(last(whole, "registers"), NAMES)
    unasked = with_step(whole, "registers", checks=("citizen",))
    assert "name screening of customer is missing" in refused(unasked, NAMES)
    assert "not certain" in refused(only_when(whole, "registers", "new_customer"), NAMES)


def test_a_further_party_is_asked_about_too() -> None:
    whole = minus(script("loan_interview"), "guarantor_registers")
    assert "name screening of guarantor is missing" in refused(whole, NAMES)
    assert under(whole, "screening: {clauses: [X]}").clauses["X"] == ("registers",)


def test_a_company_is_screened_with_whoever_owns_it() -> None:
    whole = script("corporate_account")
    asked = next(s.id for s in whole.steps if getattr(s.detail, "company", ""))
    assert under(whole, COMPANY).clauses["X"] == ("registers", asked)
    told = "the name screening of the company and of its owner is missing"
    assert told in refused(with_step(whole, asked, checks=("company",)), COMPANY)
    assert told in refused(minus_field(whole, "company", "beneficial_owner"), COMPANY)
    assert told in refused(script("loan_interview"), COMPANY)


def test_which_lists_stand_behind_the_register_is_vouched_for() -> None:
    whole = script("change_of_details")
    assert "no attestation vouches for it" in refused(whole, LISTS)
    assert under(whole, LISTS, VOUCHED).clauses["X"] == ("registers", "attestation: lists")


@pytest.mark.parametrize("parameter", ["prior_rejection", "existing_customer"])
def test_what_no_register_is_asked_still_stops_a_pack(parameter: str) -> None:
    rule = f"screening: {{clauses: [X], {parameter}: true}}"
    assert "screening: this release has no screening against " in refused(
        script("change_of_details"), rule
    )
