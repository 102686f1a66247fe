"""Every refusal of the shipped services is final, or resumable, as the script and its pack say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.errors import Refusal
from teller_server.domain.script import ConsentAsked, ServiceScript, Sign, StepKind
from teller_server.domain.service import RECORDING
from teller_server.domain.state import Effect, Outcome, StepState, VisitState

from .material import SERVICES, compiled
from .walker import LONG, SAID, TELLER, Walk

LIFE = {
    "change_of_details": frozenset({"phone", "high_risk"}),
    "loan_interview": frozenset({"with_guarantor"}),
    "corporate_account": frozenset({"with_agent", "basic_account", "limited"}),
}


def life(service: str) -> Walk:
    return Walk(compiled(service), dict.fromkeys(LIFE[service], True))


def asking(service: str) -> list[StepState]:
    """The steps of such a visit that take a no."""
    visit = life(service).at
    return [s for s in visit.steps if "refused" in s.plan.asks and visit.applies(s)]


STEPS = [(service, step.id, step) for service in SERVICES for step in asking(service)]
FINAL = [one for one in STEPS if one[2].plan.purpose == RECORDING]
ENDING = [one for one in STEPS if one not in FINAL and one[2].plan.on_refuse == "end"]


def named(cases: list[tuple[str, str, StepState]]) -> list[str]:
    return [f"{service}-{step}" for service, step, _ in cases]


def refused(service: str, step: str) -> Walk:
    """Up to the step, where its party says no."""
    walk = life(service).until(step)
    walk.do(c.AnswerStep(step, "refused", walk.at.current.party))  # type: ignore[union-attr]
    return walk


def closed(walk: Walk) -> None:
    """The visit ends as the customer's refusal, and nothing was asked of the bank's system."""
    assert (walk.at.state, walk.at.outcome) == (VisitState.WRAP_UP, Outcome.REFUSED_CUSTOMER)
    walk.to_the_end()
    assert (walk.at.state, walk.at.outcome) == (VisitState.CLOSED, Outcome.REFUSED_CUSTOMER)
    assert walk.at.effect is Effect.NONE
    assert not any(isinstance(one, e.EffectRequested | e.ReviewAsked) for one in walk.events)


def test_what_can_be_refused_is_known() -> None:
    """Each service asks for recording, for consents, for agreement to papers and signatures."""
    kinds = {step.kind.value for _, _, step in STEPS}
    assert kinds == {"consent", "disclosure", "document", "sign"}
    assert {service for service, _, _ in FINAL} == set(SERVICES)
    assert len(ENDING) + len(FINAL) == len(STEPS), "no shipped service goes on after a no"


@pytest.mark.parametrize(("service", "step", "asked"), FINAL, ids=named(FINAL))
def test_a_no_to_being_recorded_is_final(service: str, step: str, asked: StepState) -> None:
    assert asked.plan.on_refuse == "end"
    closed(refused(service, step))


@pytest.mark.parametrize(("service", "step", "asked"), ENDING, ids=named(ENDING))
def test_a_no_that_the_teller_takes_as_it_is_ends_the_visit(
    service: str, step: str, asked: StepState
) -> None:
    walk = refused(service, step)
    assert walk.at.state is VisitState.IN_SERVICE, "it may be thought over"
    walk.now += timedelta(seconds=asked.plan.seconds)
    with pytest.raises(Refusal, match="customer_refused"):
        walk.do(c.CompleteStep(step, TELLER, "passed", SAID))
    with pytest.raises(Refusal, match="steps_incomplete"):
        walk.do(c.EndService(TELLER, Outcome.DONE))
    walk.do(c.CompleteStep(step, TELLER, "refused", SAID))
    closed(walk)


@pytest.mark.parametrize(("service", "step", "asked"), ENDING, ids=named(ENDING))
def test_a_no_that_was_thought_over_ends_where_a_yes_does(
    service: str, step: str, asked: StepState
) -> None:
    walk = refused(service, step)
    anew(walk, asked)
    walk.to_the_end()
    assert (walk.at.state, walk.at.effect) == (VisitState.CLOSED, Effect.PENDING)


def anew(walk: Walk, asked: StepState) -> None:
    """The same party says yes: a paper is read first, a signature takes a new code."""
    step, party = asked.id, asked.party
    if asked.kind is StepKind.SIGN:
        until = walk.now + timedelta(minutes=3)
        walk.do(c.SendCode(step, party, "1**", "digest", until))
        return  # the walker types it and signs
    for name in asked.plan.papers:
        walk.do(c.ShowPaper(step, name, f"pdf-{name}", 1))
        walk.do(c.TurnPage(name, 1, party))
        walk.now += LONG
    walk.now += timedelta(seconds=asked.plan.seconds)
    walk.do(c.AnswerStep(step, "agreed", party))


# ---- where a script says that the visit goes on


def going_on(step: str) -> Walk:
    """The loan, with this one step changed so that a no to it is no end."""
    service = compiled("loan_interview")

    def changed(script: ServiceScript) -> ServiceScript:
        steps = tuple(
            replace(one, detail=replace(one.detail, on_refuse="continue"))
            if one.id == step and isinstance(one.detail, ConsentAsked | Sign)
            else one
            for one in script.steps
        )
        return replace(script, steps=steps)

    altered = replace(service, script=changed(service.script))
    return Walk(altered, {"with_guarantor": True}).until(step)


def test_without_a_consent_that_may_be_left_out_the_visit_goes_on() -> None:
    (step,) = (one for _, one, _ in STEPS if one == "credit_consent")
    walk = going_on(step)
    walk.do(c.AnswerStep(step, "refused"))
    walk.do(c.CompleteStep(step, TELLER, "passed", SAID))
    purpose = walk.at.step(step).plan.purpose  # type: ignore[union-attr]
    assert walk.at.consents[purpose] is False
    walk.to_the_end()
    assert walk.at.effect is Effect.PENDING
    assert walk.at.consents[purpose] is False


def test_a_paper_that_may_be_left_unsigned_is_handed_on_unsigned() -> None:
    walk = going_on("contract_sign")
    walk.do(c.AnswerStep("contract_sign", "refused"))
    walk.do(c.CompleteStep("contract_sign", TELLER, "passed", SAID))
    assert "contract_sign" in walk.passed()
    paper = walk.at.papers["loan_contract"]
    assert (paper.read, paper.signed, paper.signers) == (True, None, ())
    walk.to_the_end()
    assert walk.at.papers["loan_contract"].sealed is None
    assert walk.at.effect is Effect.PENDING
