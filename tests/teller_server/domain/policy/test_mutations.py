"""No script goes around the rules: what they rely on can't be left out, put late or weakened."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from teller_server.domain.policy import (
    BranchPolicy,
    CompiledService,
    PolicyConflict,
    compile_service,
)
from teller_server.domain.script import (
    Disclosure,
    Document,
    ServiceScript,
    Step,
    StepKind,
)

from .material import (
    SERVICES,
    clauses_against,
    compiled,
    keeping,
    last,
    minus,
    pack,
    policy,
    reading,
    script,
    with_step,
)


def relied_on(service: str) -> list[tuple[str, str]]:
    """(clause, step) for every step that the compiled service says a clause is carried out by."""
    ids = {step.id for step in script(service).steps}
    clauses = compiled(service).clauses
    return sorted(
        {
            (clause, guard)
            for clause, guards in clauses.items()
            for guard in guards
            if guard in ids and script(service).step(guard).kind is not StepKind.SIGN
        }
    )


RELIED_ON = [(service, *pair) for service in SERVICES for pair in relied_on(service)]
GUARDED = sorted({(service, step) for service, _, step in RELIED_ON})


def tried(
    changed: ServiceScript, law: BranchPolicy | None = None
) -> CompiledService | PolicyConflict:
    try:
        return compile_service(changed, law or policy())
    except PolicyConflict as conflict:
        return conflict


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_much_that_is_relied_on(service: str) -> None:
    assert len({step for named, step in GUARDED if named == service}) >= 6


@pytest.mark.parametrize(("service", "clause", "step"), RELIED_ON)
def test_what_a_clause_relies_on_can_not_be_left_out(service: str, clause: str, step: str) -> None:
    """Refused in the clause's name, or another step carries the clause out just as well."""
    changed = minus(script(service), step)
    left = tried(changed)
    if isinstance(left, PolicyConflict):
        assert left.clauses
        return
    others = {guard for guard in left.clauses[clause] if guard in {s.id for s in changed.steps}}
    assert others - set(compiled(service).clauses[clause]), f"{clause} is held by nothing"


@pytest.mark.parametrize(("service", "step"), GUARDED)
def test_left_out_it_is_refused(service: str, step: str) -> None:
    assert clauses_against(policy(), minus(script(service), step))


@pytest.mark.parametrize(("service", "step"), GUARDED)
def test_put_last_it_is_refused(service: str, step: str) -> None:
    """Behind the signatures, the decisions and the commit nothing can guard them."""
    assert clauses_against(policy(), last(script(service), step))


@pytest.mark.parametrize(
    ("service", "step"), [(s, step) for s, step in GUARDED if script(s).step(step).when is None]
)
def test_made_optional_it_is_refused(service: str, step: str) -> None:
    """Under a condition of its own a step may not take place."""
    never = replace(script("loan_interview").conditions["housing"], text="housing")
    assert clauses_against(policy(), with_step(script(service), step, when=never))


def test_a_short_time_is_raised_not_refused() -> None:
    loan = script("loan_interview")
    table = reading(loan, "cost_table")
    quick = with_step(loan, table, seconds=1)
    served = compile_service(quick, policy()).script.step(table).detail
    assert isinstance(served, Document)
    assert served.seconds == 15


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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_is_shuffled_or_dropped_no_clause_is_left_unheld(data: st.DataObject) -> None:
    """A random cut or order under a random pack is refused, or has every clause of it held."""
    service = data.draw(st.sampled_from(SERVICES))
    whole = script(service)
    kept = data.draw(st.lists(st.sampled_from(whole.steps), unique_by=lambda s: s.id, min_size=5))
    shuffled = data.draw(st.booleans())
    ordered = data.draw(st.permutations(kept)) if shuffled else _in_order(whole, kept)
    chosen = data.draw(st.sets(st.sampled_from(sorted(pack().clauses)), min_size=1))
    law = keeping(policy(), lambda rule: bool(chosen & set(rule.clauses)))
    changed = replace(whole, steps=tuple(ordered))
    found = tried(changed, law)
    event("refused" if isinstance(found, PolicyConflict) else "compiled")
    if isinstance(found, PolicyConflict):
        assert found.clauses
        assert all(problem.line > 0 for problem in found.problems)
        return
    asked = {clause for rule in law.rules(service) for clause in rule.clauses}
    assert asked <= {clause for clause, guards in found.clauses.items() if guards}
    steps = {step.id for step in changed.steps}
    named = {guard for guards in found.clauses.values() for guard in guards}
    assert not (named & {step.id for step in whole.steps}) - steps


def _in_order(whole: ServiceScript, kept: list[Step]) -> list[Step]:
    places = {step.id: place for place, step in enumerate(whole.steps)}
    return sorted(kept, key=lambda step: places[step.id])
