"""Compiled services lived through: no path reaches the bank's system around what the law asks."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import UNSAID
from teller_server.domain.policy import CompiledService, combine, compile_service
from teller_server.domain.script import StepKind
from teller_server.domain.state import Effect, Outcome, VisitState

from .lives import facts_for, reached
from .material import SERVICES, compiled, pack, reading, script
from .necessary import missing
from .walker import CHECKER, NOON, SAID, TELLER, Walk

CASES = {
    "change_of_details": ({"phone"}, {"light"}, {"renewal"}),
    "loan_interview": (set(), {"with_guarantor"}),
    "corporate_account": (set(), {"with_agent", "basic_account"}, {"limited"}),
}
LIVES = [(service, frozenset(holds)) for service in SERVICES for holds in CASES[service]]


def life(service: str, holds: frozenset[str]) -> Walk:
    high = {"high_risk"} if holds & {"phone", "renewal"} else set()
    return Walk(compiled(service), dict.fromkeys(holds | high, True))


def demanded(service: CompiledService, walk: Walk) -> set[str]:
    """The steps that clauses rely on, as far as they take place in this visit."""
    named = {guard for guards in service.clauses.values() for guard in guards}
    during = [s for s in walk.at.steps if s.kind is not StepKind.CHECKER_DECISION]
    return {step.id for step in during if step.id in named and walk.at.applies(step)}


@pytest.mark.parametrize(("service", "holds"), LIVES)
def test_a_visit_that_goes_well_reaches_the_bank(service: str, holds: frozenset[str]) -> None:
    walk = life(service, holds).to_the_end()
    assert walk.at.effect is Effect.PENDING
    absent = {step.id for step in walk.at.steps if step.party not in ("customer", *walk.at.guests)}
    assert demanded(compiled(service), walk) - absent <= set(walk.passed())


def test_above_the_limit_nothing_is_signed_and_nothing_granted() -> None:
    """CN-L-04, CN-L-05: the interview stands, the contract waits at the branch."""
    walk = life("loan_interview", frozenset({"above_esign_limit"})).to_the_end()
    signed = {name for one in walk.events if isinstance(one, e.PapersSigned) for name in one.signed}
    assert signed == {"credit_authorisation", "cost_table", "interview_minutes"}
    assert walk.at.outcome is Outcome.SIGN_AT_BRANCH
    asked = {one.effect for one in walk.events if isinstance(one, e.EffectRequested)}
    assert asked <= {"core.loan_interview"}, "a report of the interview at most"
    assert walk.at.under_review is not None, "the second person sees the interview all the same"


def test_the_cost_table_can_not_be_agreed_to_before_its_time() -> None:
    """CN-L-09: fifteen seconds a page, before the reader's own eyes."""
    step = reading(script("loan_interview"), "cost_table")
    walk = life("loan_interview", frozenset()).until(step)
    walk.do(c.ShowPaper(step, "cost_table", "pdf", 2))
    walk.do(c.TurnPage("cost_table", 1, "customer"))
    walk.now += timedelta(seconds=30)
    with pytest.raises(Refusal, match="paper_not_read"):
        walk.do(c.AnswerStep(step, "agreed"))
    walk.do(c.TurnPage("cost_table", 2, "customer"))
    walk.now += timedelta(seconds=10)
    with pytest.raises(Refusal, match="paper_not_read"):
        walk.do(c.AnswerStep(step, "agreed"))
    walk.now += timedelta(seconds=5)
    walk.do(c.AnswerStep(step, "agreed"))


def test_a_contract_whose_cost_table_was_refused_is_not_reached() -> None:
    step = reading(script("loan_interview"), "cost_table")
    walk = life("loan_interview", frozenset()).until(step)
    walk.do(c.ShowPaper(step, "cost_table", "pdf", 1))
    walk.do(c.AnswerStep(step, "refused"))
    with pytest.raises(Refusal, match="customer_refused"):
        walk.do(c.CompleteStep(step, TELLER, "passed"))
    with pytest.raises(Refusal):
        walk.do(c.StartStep("contract_sign", TELLER))


def test_suspicion_rules_approval_out() -> None:
    """CN-A-07: with a blocking flag there is refer or refuse, never approve."""
    walk = life("corporate_account", frozenset()).until("decision")
    for move in iter(walk.next, None):
        if isinstance(move, c.CompleteStep):
            break
        walk.take(move)
    for flag in ("prompted", "in_groups", "registry_not_confirmed", "basic_account_exists"):
        with pytest.raises(Refusal, match="flag_rules_out"):
            walk.do(c.CompleteStep("decision", TELLER, "passed", SAID, "approve", (flag,)))
    walk.do(c.CompleteStep("decision", TELLER, "passed", SAID, "refuse", ("prompted",)))
    assert walk.at.outcome is Outcome.REFUSED_BANK


def test_who_interviewed_does_not_approve() -> None:
    """CN-L-07: the second person is another one, and without one nothing is granted."""
    walk = life("loan_interview", frozenset())
    while walk.at.state is not VisitState.IN_REVIEW:
        move = walk.next()
        assert move is not None
        walk.take(move)
    assert walk.at.effect is Effect.NONE
    with pytest.raises(Refusal, match="second_person_needed"):
        walk.do(c.Review(TELLER, "approve", SAID))
    walk.do(c.Review(CHECKER, "approve", SAID))
    assert walk.at.effect is Effect.PENDING


def test_a_refusal_has_its_reason_and_its_objection() -> None:
    """CN-A-16: an answer within fifteen days."""
    walk = life("loan_interview", frozenset())
    while walk.at.state is not VisitState.IN_REVIEW:
        walk.take(walk.next() or timedelta())
    with pytest.raises(Refusal, match="reason_required"):
        walk.do(c.Review(CHECKER, "refuse", UNSAID))
    walk.do(c.Review(CHECKER, "refuse", SAID))
    walk.do(c.Review("another-checker", "refuse", SAID))
    walk.do(c.Object(SAID))
    (objected,) = (one for one in walk.events if isinstance(one, e.Objected))
    assert objected.due_at - objected.at == timedelta(days=15)


@pytest.mark.parametrize(
    ("packs", "goes_on"), [(("cn-bank",), True), (("in-vcip",), False)], ids=str
)
def test_a_broken_call_goes_on_or_begins_afresh_as_the_pack_says(
    packs: tuple[str, ...], goes_on: bool
) -> None:
    """C1: in China the visit waits for the customer, under the Indian rules it is over."""
    rules = combine([pack(name) for name in packs])
    loan = compile_service(script("loan_interview"), rules)
    walk = Walk(loan, {}).until("will")
    walk.do(c.LegDown("customer", "customer-1", "silent"))
    assert (walk.at.state is VisitState.IN_SERVICE) is goes_on
    if not goes_on:
        assert walk.at.outcome is Outcome.ABORTED_TECHNICAL


def test_no_service_before_everybody_is_recorded() -> None:
    """CN-B-01, CN-L-02: and without the consent there is no visit at all."""
    service = compiled("loan_interview")
    consents = {one.id: one.id != "recording" for one in service.script.consents}
    with pytest.raises(Refusal, match="consent_required"):
        Walk.do(_Blank(), c.OpenVisit("v", service.script, "zh-CN", "c", False, consents))
    walk = life("loan_interview", frozenset())
    began = next(i for i, one in enumerate(walk.events) if isinstance(one, e.ServiceBegan))
    recorded = [one for one in walk.events[:began] if isinstance(one, e.RecordingStarted)]
    assert {one.party for one in recorded} == {"customer", "teller"}


class _Blank(Walk):
    def __init__(self) -> None:
        self.now, self.events, self.visit = NOON, [], None


MISCHIEF = st.sampled_from(
    [
        "skip", "complete", "end", "agree", "wrong_code", "sign", "approve_alone", "drop", "seal",
    ]
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_is_tried_no_path_reaches_the_bank_around_a_clause(data: st.DataObject) -> None:
    """Random mischief: if an effect is asked for all the same, every demanded step was passed."""
    service = data.draw(st.sampled_from(SERVICES))
    walk = Walk(compiled(service), facts=data.draw(facts_for(service)))
    for _ in range(400):
        if data.draw(st.integers(0, 9)) == 0:
            tried(walk, data.draw(MISCHIEF))
            continue
        move = walk.next()
        if move is None:
            break
        if isinstance(move, c.Command):
            tried(walk, move)
        else:
            walk.take(move)
    event(f"effect: {walk.at.effect.value}")
    if reached(walk):
        assert missing(walk) == []
        assert demanded(compiled(service), walk) <= set(walk.passed())
        checked = [one for one in walk.events if isinstance(one, e.ReviewDecided)]
        assert walk.at.review == "none" or [one.checker for one in checked] == [CHECKER]


def tried(walk: Walk, what: str | c.Command) -> None:
    """Do it if the rules let it be done."""
    with suppress(Refusal):
        walk.do(what if isinstance(what, c.Command) else mischief(walk, what))


def mischief(walk: Walk, what: str) -> c.Command:
    steps = walk.at.steps
    current = walk.at.current or steps[0]
    later = steps[min(len(steps) - 1, steps.index(current) + 3)]
    return {
        "skip": c.StartStep(later.id, TELLER),
        "complete": c.CompleteStep(current.id, TELLER, "passed", SAID),
        "end": c.EndService(TELLER, Outcome.DONE_WITH_LIMITS, SAID),
        "agree": c.AnswerStep(current.id, "agreed", current.party),
        "wrong_code": c.EnterCode(current.id, current.party, False),
        "sign": c.SignPapers(current.id, "customer", dict.fromkeys(current.plan.papers, "x"), "y"),
        "approve_alone": c.Review(TELLER, "approve", SAID),
        "drop": c.LegDown("teller", "teller-1", "silent"),
        "seal": c.CallSealed("m", True),
    }[what]
