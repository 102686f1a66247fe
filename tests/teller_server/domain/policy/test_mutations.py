"""No script goes around the rules: what they rely on can't be left out, put late or weakened."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from teller_server.domain.policy import (
    CompiledService,
    PolicyConflict,
    combine,
    compile_service,
)
from teller_server.domain.script import (
    Disclosure,
    Document,
    Step,
)

from .lives import CASES, facts_for, lived, reached
from .material import (
    SERVICES,
    clauses_against,
    keeping,
    last,
    minus,
    pack,
    policy,
    reading,
    script,
    tried,
    with_step,
)
from .neighbours import neighbour

_SEEN_ELSEWHERE = "the papers and forms say it again; no clause asks for it to be said"
_NO_CLAUSE = "a means against fraud that the release chose; no clause names it"
_REGISTERS = "the pack's clause is about the customer; of others the bank chose to ask as well"
_NOTHING_TO_DO = "what is to be changed, or asked of the bank: without it, nothing happens"

OWN_CHOICE: dict[str, dict[str, str]] = {
    "change_of_details": {
        "safety_notice": _NO_CLAUSE,
        "presence": "a sign of life: asked for in India and the EU, by no clause here",
        "old_number_gone": _NO_CLAUSE,
        "possession": _NO_CLAUSE,
        "renewal_reason": _NO_CLAUSE,
        "details": _NOTHING_TO_DO,
        "details_phone": _NOTHING_TO_DO,
        "details_document": _NOTHING_TO_DO,
        "confirmation": _SEEN_ELSEWHERE,
        "confirmation_phone": _SEEN_ELSEWHERE,
        "confirmation_document": _SEEN_ELSEWHERE,
        "change": _NOTHING_TO_DO,
    },
    "loan_interview": {
        "safety_notice": _NO_CLAUSE,
        "presence": "a sign of life: asked for in India and the EU, by no clause here",
        "contact": "a number for one who isn't a customer yet; without it no code can be sent",
        "contact_code": "the number is proven again by the code of each signature",
        "why_differs": _NO_CLAUSE,
        "guarantor_document_back": "the clause on a document's end is about the customer",
        "guarantor_registers": _REGISTERS,
        "guarantor_presence": "a sign of life: asked for in India and the EU, by no clause here",
        "guarantor_will": "the clause on the will is about the customer; the letter is signed",
        "guarantor_questions": "practice of banks; no clause",
        "fees_explained": _SEEN_ELSEWHERE,
        "understanding": "practice of banks; the clauses ask for telling, not for examining",
        "report": _NOTHING_TO_DO,
    },
    "corporate_account": {
        "safety_notice": _NO_CLAUSE,
        "presence": "a sign of life: asked for in India and the EU, by no clause here",
        "contact": "a number for one who isn't a customer yet; without it no code can be sent",
        "contact_code": "the number is proven again by the code of the signature",
        "code_question": _NO_CLAUSE,
        "licence_photo": "the clause asks for questions on the company; the photograph helps them",
        "company_register": "the business register: practice of banks; no clause here names it",
        "agent_registers": _REGISTERS,
        "agent_document_back": "the clause on a document's end is about the customer",
        "tax": "a duty under tax law, which this pack doesn't list; the statement is read",
        "tax_at_branch": "a duty under tax law, which this pack doesn't list",
        "account": _NOTHING_TO_DO,
    },
}
"""Steps that no clause demands: the bank's own choice to have, and to leave out."""

STEPS = [(service, step.id) for service in SERVICES for step in script(service).steps]
GUARDED = [(service, step) for service, step in STEPS if step not in OWN_CHOICE[service]]


def test_the_banks_own_choices_are_steps() -> None:
    assert {(s, step) for s, steps in OWN_CHOICE.items() for step in steps} <= set(STEPS)


@pytest.mark.parametrize(("service", "step"), GUARDED)
def test_left_out_it_is_refused(service: str, step: str) -> None:
    assert clauses_against(policy(), minus(script(service), step))


@pytest.mark.parametrize(("service", "step"), GUARDED)
def test_the_second_opinion_notices_what_is_left_out(service: str, step: str) -> None:
    """Under no rules everything compiles: then each step is missed, or the visit gets nowhere."""
    lawless = tried(minus(script(service), step), keeping(policy(), lambda rule: False))
    assert isinstance(lawless, CompiledService)
    noticed = 0
    for facts in CASES[service]:
        try:
            noticed += not reached(lived(lawless, facts))
        except AssertionError:
            noticed += 1
    assert noticed


@pytest.mark.parametrize(("service", "step"), sorted(set(STEPS) - set(GUARDED)))
def test_what_is_left_to_the_bank_leaves_nothing_undone(service: str, step: str) -> None:
    """It compiles without it, and every visit still has all that is necessary."""
    without = tried(minus(script(service), step))
    assert isinstance(without, CompiledService), "demanded after all: it is no choice"
    for facts in CASES[service]:
        lived(without, facts)


@pytest.mark.parametrize(("service", "step"), GUARDED)
def test_put_later_it_is_refused_or_still_in_time(service: str, step: str) -> None:
    """Every later place: refused, or lived through; at the latest behind everything it guards."""
    whole = script(service)
    place = [one.id for one in whole.steps].index(step)
    rest = [one for one in whole.steps if one.id != step]
    taken: CompiledService | None = None
    for later in range(place + 1, len(whole.steps)):
        order = (*rest[:later], whole.step(step), *rest[later:])
        found = tried(replace(whole, steps=order))
        taken = found if isinstance(found, CompiledService) else taken
    assert clauses_against(policy(), last(whole, step))
    for facts in CASES[service] if taken else ():
        lived(taken, facts)


@pytest.mark.parametrize(
    ("service", "step"), [(s, step) for s, step in GUARDED if script(s).step(step).when is None]
)
def test_made_optional_it_is_refused(service: str, step: str) -> None:
    """Under a condition of its own a step may not take place."""
    never = replace(script("loan_interview").conditions["housing"], text="housing")
    assert clauses_against(policy(), with_step(script(service), step, when=never))


def test_what_a_service_does_not_offer_is_not_demanded_of_it() -> None:
    """Without phone numbers there is no code, and nothing about them to ask or tell."""
    whole = script("change_of_details")
    (item,) = whole.intake
    fewer = replace(item, options=tuple(one for one in item.options if one.value != "phone"))
    steps = tuple(s for s in whole.steps if s.when is None or "phone" not in s.when.names)
    assert isinstance(tried(replace(whole, steps=steps, intake=(fewer,))), CompiledService)
    assert clauses_against(policy(), replace(whole, steps=steps)) >= {"CN-A-08", "CN-A-17"}


def test_a_short_time_is_raised_not_refused() -> None:
    loan = script("loan_interview")
    table = reading(loan, "cost_table")
    quick = with_step(loan, table, seconds=1)
    served = compile_service(quick, policy()).script.step(table).detail
    assert isinstance(served, Document)
    assert served.seconds == 15


def test_of_several_times_the_longest_holds() -> None:
    """Rules of one topic may differ in where they hold: whichever stands last."""
    times = ("40, condition: intake.amount > 5", "20")
    longer = tuple(
        f"disclosure: {{clauses: [X], topic: total_cost, before: [commit], seconds: {seconds}}}"
        for seconds in times
    )
    for rules in (longer, longer[::-1]):
        law = combine([neighbour("x", rules)])
        told = compile_service(script("loan_interview"), law).script.step("cost_spoken").detail
        assert isinstance(told, Disclosure)
        assert told.seconds == 40


def test_a_longer_time_stays() -> None:
    loan = script("loan_interview")
    table = reading(loan, "cost_table")
    served = compile_service(with_step(loan, table, seconds=90), policy()).script.step(table)
    assert isinstance(served.detail, Document)
    assert served.detail.seconds == 90


def test_what_no_pack_speaks_of_is_left_alone() -> None:
    loan = script("loan_interview")
    told = {s.id: s.detail for s in loan.steps if isinstance(s.detail, Disclosure)}
    served = compile_service(loan, policy()).script
    assert {step: served.step(step).detail for step in told} == told


SHAPES = st.sampled_from(["cut", "shuffled", "moved"])


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_path_of_any_script_under_any_pack_goes_around_a_clause(data: st.DataObject) -> None:
    """A random cut or order under a random pack is refused, or its visits have what is needed."""
    service = data.draw(st.sampled_from(SERVICES))
    changed = replace(script(service), steps=tuple(_order(data, service)))
    chosen = frozenset(data.draw(st.sets(st.sampled_from(sorted(pack().clauses)), min_size=1)))
    law = keeping(policy(), lambda rule: bool(chosen & set(rule.clauses)))
    found = tried(changed, law)
    if isinstance(found, PolicyConflict):
        event("refused")
        assert found.clauses & chosen
        assert all(problem.line > 0 for problem in found.problems)
        return
    walk = lived(found, data.draw(facts_for(service)), chosen)
    event("reached the bank" if reached(walk) else "never reached the bank")


def _order(data: st.DataObject, service: str) -> list[Step]:
    """Some steps left out, all in any order, or one put anywhere."""
    steps = list(script(service).steps)
    shape = data.draw(SHAPES)
    event(shape)
    if shape == "shuffled":
        return data.draw(st.permutations(steps))
    chosen = data.draw(st.lists(st.sampled_from(steps), unique_by=lambda s: s.id, max_size=4))
    rest = [step for step in steps if step not in chosen]
    for step in chosen if shape == "moved" else ():
        rest.insert(data.draw(st.integers(0, len(rest))), step)
    return rest
