"""The newer rules of the counter: questions, papers, codes, signatures, flags, guests, reviews."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import UNSAID, SealedText
from teller_server.domain.script import ServiceScript
from teller_server.domain.script_reader import parse_script
from teller_server.domain.state import Effect, Outcome, VisitPolicy, VisitState
from tests.teller_server.material import REASON, TELLER, Walk

FILE = Path(__file__).parents[1] / "scripts" / "counter.yaml"
CHECKER = "c-chen"
ANSWER = SealedText("sealed:answer")


@cache
def script() -> ServiceScript:
    return parse_script(FILE.read_text("utf-8"), FILE.name)


def walk(*, big: bool = False) -> Walk:
    """In service, the amount above the limit or not; objections within fifteen days."""
    policy = VisitPolicy(objection_days=15)
    consents, holds = {"recording": True}, {"big": big}
    opened = c.OpenVisit("v1", script(), "zh-CN", "v1", False, consents, policy, holds)
    return Walk(opened).in_service()


def refused(at: Walk, command: c.Command) -> str:
    before = at.visit
    with pytest.raises(Refusal) as caught:
        at.do(command)
    assert at.visit == before
    return caught.value.code


def passed(at: Walk, *steps: str) -> Walk:
    """These steps, the usual way."""
    for step in steps:
        if step == "ask":
            at.do(c.StartStep("ask", TELLER, ("told", "own")))
            answered(at, "told", "expected")
            answered(at, "own", "expected")
        else:
            at.do(c.StartStep(step, TELLER))
            USUAL.get(step, lambda _at: None)(at)
        at.do(c.CompleteStep(step, TELLER, "passed"))
    return at


def answered(at: Walk, question: str, finding: str) -> None:
    at.do(c.RecordAnswer("ask", TELLER, question, ANSWER, finding))  # type: ignore[arg-type]


def code_sent(at: Walk, step: str) -> None:
    until = at.now + timedelta(minutes=3)
    at.do(c.SendCode(step, "customer", "139****0009", "digest", until))


def shown(at: Walk) -> None:
    at.do(c.ShowPaper("read", "contract", "pdf-digest", 2, "kept", 1000, {"customer": (0, 1, 1)}))


def read(at: Walk, *seconds: int) -> None:
    """Look at each page for so long, then away."""
    for page, looked in enumerate(seconds, 1):
        at.do(c.TurnPage("contract", page, "customer"))
        at.now += timedelta(seconds=looked - 1)  # a command takes a second itself
    at.do(c.TurnPage("contract", 0, "customer"))


def _read_all(at: Walk) -> None:
    shown(at)
    read(at, 10, 10)
    at.do(c.AnswerStep("read", "agreed"))


def _coded(at: Walk) -> None:
    code_sent(at, "proof")
    at.do(c.EnterCode("proof", "customer", correct=True))


def _signed(at: Walk) -> None:
    at.now += timedelta(seconds=61)
    code_sent(at, "sign")
    at.do(c.EnterCode("sign", "customer", correct=True))
    at.do(c.SignPapers("sign", "customer", {"contract": "signed-kept"}, "certificate"))
    at.do(c.SealPapers({"contract": "sealed-kept"}, "bank"))


USUAL = {
    "consent": lambda at: at.do(c.AnswerStep("consent", "agreed")),
    "numbers": lambda at: at.do(
        c.DraftForm("numbers", TELLER, ANSWER, "digest"), c.AnswerStep("numbers", "seen")
    ),
    "proof": _coded,
    "read": _read_all,
    "sign": _signed,
    "rest": lambda at: at.do(c.AnswerStep("rest", "seen")),
}
TO_THE_SIGNATURE = ("consent", "ask", "numbers", "proof", "read")


# ---- questions


def test_only_what_was_drawn_is_asked_and_only_what_can_be_drawn() -> None:
    at = passed(walk(), "consent")
    assert refused(at, c.StartStep("ask", TELLER)) == "draw_wrong"
    assert refused(at, c.StartStep("ask", TELLER, ("own", "own"))) == "draw_wrong"
    assert refused(at, c.StartStep("ask", TELLER, ("own", "other"))) == "draw_wrong"
    at.do(c.StartStep("ask", TELLER, ("own", "told")))
    command = c.RecordAnswer("ask", TELLER, "why", ANSWER, "noted")
    assert refused(at, command) == "question_not_drawn"


def test_an_unclear_answer_is_asked_again_and_then_counts_against() -> None:
    at = passed(walk(), "consent")
    at.do(c.StartStep("ask", TELLER, ("own", "told")))
    answered(at, "told", "expected")
    answered(at, "own", "unclear")
    assert refused(at, c.CompleteStep("ask", TELLER, "passed")) == "answer_unclear"
    answered(at, "own", "unclear")
    assert at.at.steps[1].answers["own"].finding == "unexpected"
    again = c.RecordAnswer("ask", TELLER, "own", ANSWER, "expected")
    assert refused(at, again) == "no_more_attempts"
    assert refused(at, c.CompleteStep("ask", TELLER, "passed")) == "answer_rules_out"


def test_a_flag_that_an_answer_raised_needs_a_reason_at_the_decision() -> None:
    at = passed(walk(), "consent")
    at.do(c.StartStep("ask", TELLER, ("own", "told")))
    answered(at, "own", "expected")
    answered(at, "told", "unexpected")
    at.do(c.CompleteStep("ask", TELLER, "passed"))
    passed(at, "numbers", "proof", "read", "sign")
    at.do(c.StartStep("decision", TELLER))
    assert at.at.raised == ("ask.told",)
    assert refused(at, c.CompleteStep("decision", TELLER, "passed")) == "reason_required"
    at.do(c.CompleteStep("decision", TELLER, "passed", REASON))


# ---- papers


def test_every_page_takes_its_time_before_the_readers_own_eyes() -> None:
    at = passed(walk(), *TO_THE_SIGNATURE[:-1])
    at.do(c.StartStep("read", TELLER))
    yes = c.AnswerStep("read", "agreed")
    assert refused(at, yes) == "paper_not_ready"
    shown(at)
    read(at, 10, 4)
    assert refused(at, yes) == "paper_not_read"
    at.do(c.TurnPage("contract", 2, TELLER))  # where the teller turns counts for nobody
    at.now += timedelta(seconds=60)
    assert refused(at, yes) == "paper_not_read"
    read(at, 1, 7)
    at.do(yes)
    assert at.at.papers["contract"].read


def test_a_held_call_is_no_reading_time() -> None:
    at = passed(walk(), *TO_THE_SIGNATURE[:-1])
    at.do(c.StartStep("read", TELLER))
    shown(at)
    at.do(c.TurnPage("contract", 1, "customer"), c.Hold(TELLER, on=True))
    at.now += timedelta(seconds=100)
    at.do(c.Hold(TELLER, on=False))
    assert max(at.at.papers["contract"].dwell) < 3000


def test_a_paper_that_is_made_anew_must_be_read_anew() -> None:
    at = passed(walk(), *TO_THE_SIGNATURE[:-1])
    at.do(c.StartStep("read", TELLER))
    _read_all(at)
    shown(at)
    assert refused(at, c.CompleteStep("read", TELLER, "passed")) == "paper_not_read"


# ---- codes and signatures


def test_a_code_has_five_tries_three_minutes_and_one_minute_between() -> None:
    at = passed(walk(), *TO_THE_SIGNATURE[:3])
    at.do(c.StartStep("proof", TELLER))
    code_sent(at, "proof")
    soon = c.SendCode("proof", "customer", "x", "d", at.now + timedelta(minutes=3))
    assert refused(at, soon) == "code_just_sent"
    for _ in range(5):
        at.do(c.EnterCode("proof", "customer", correct=False))
    assert refused(at, c.EnterCode("proof", "customer", correct=True)) == "code_used_up"
    at.now += timedelta(seconds=60)
    code_sent(at, "proof")
    at.now += timedelta(minutes=4)
    assert refused(at, c.EnterCode("proof", "customer", correct=True)) == "code_expired"
    assert refused(at, c.CompleteStep("proof", TELLER, "passed")) == "code_not_entered"


def test_a_signature_needs_its_own_code_and_all_papers_of_the_step() -> None:
    at = passed(walk(), *TO_THE_SIGNATURE)
    at.do(c.StartStep("sign", TELLER))
    sign = c.SignPapers("sign", "customer", {"contract": "x"}, "certificate")
    assert refused(at, sign) == "code_not_entered"  # the code of the step before is spent
    assert refused(at, c.AnswerStep("sign", "agreed")) == "signature_needed"
    at.now += timedelta(seconds=61)
    code_sent(at, "sign")
    at.do(c.EnterCode("sign", "customer", correct=True))
    other = c.SignPapers("sign", "customer", {}, "certificate")
    assert refused(at, other) == "papers_not_signed_together"
    stranger = c.SignPapers("sign", "guarantor", {"contract": "x"}, "certificate")
    assert refused(at, stranger) == "not_your_step"
    at.do(c.SigningFailed("sign", "timestamp_failed"))
    assert refused(at, sign) == "code_not_entered"  # a failed try spends the code
    _signed(at)
    assert refused(at, sign) == "signature_not_expected"


def test_who_does_not_want_to_sign_ends_it_and_may_think_again() -> None:
    at = passed(walk(), *TO_THE_SIGNATURE)
    at.do(c.StartStep("sign", TELLER), c.AnswerStep("sign", "refused"))
    assert refused(at, c.CompleteStep("sign", TELLER, "passed")) == "customer_refused"
    at.do(c.CompleteStep("sign", TELLER, "refused"))
    assert (at.at.outcome, at.at.reason_code) == (Outcome.REFUSED_CUSTOMER, "sign_refused")


def test_nothing_is_decided_before_the_banks_seal_is_on_what_was_signed() -> None:
    at = passed(walk(), *TO_THE_SIGNATURE)
    at.do(c.StartStep("sign", TELLER))
    at.now += timedelta(seconds=61)
    code_sent(at, "sign")
    at.do(c.EnterCode("sign", "customer", correct=True))
    early = c.SealPapers({"contract": "x"}, "bank")
    assert refused(at, early) == "papers_not_signed_together"
    at.do(c.SignPapers("sign", "customer", {"contract": "x"}, "certificate"))
    at.do(c.CompleteStep("sign", TELLER, "passed"), c.StartStep("decision", TELLER))
    assert refused(at, c.CompleteStep("decision", TELLER, "passed")) == "papers_not_sealed"
    at.do(early, c.CompleteStep("decision", TELLER, "passed"))


# ---- conditions, flags, outcomes


def test_a_step_whose_condition_is_false_is_passed_over_on_record() -> None:
    at = passed(walk(big=True), *TO_THE_SIGNATURE, "rest", "decision")
    at.do(c.EndService(TELLER, Outcome.DONE))
    status = {step.id: step.status for step in at.at.steps}
    assert (status["sign"], status["rest"]) == ("skipped", "done")
    assert at.at.reason_code == "sign_at_branch"
    assert "StepSkipped" in [type(event).__name__ for event in at.events]


def test_a_blocking_flag_leaves_no_approval() -> None:
    at = passed(walk(), *TO_THE_SIGNATURE, "sign")
    at.do(c.StartStep("decision", TELLER))
    flagged = ("broker",)
    approve = c.CompleteStep("decision", TELLER, "passed", REASON, "approve", flagged)
    assert refused(at, approve) == "flag_rules_out"
    unknown = c.CompleteStep("decision", TELLER, "passed", REASON, "approve", ("x",))
    assert refused(at, unknown) == "unknown_flag"
    at.do(c.CompleteStep("decision", TELLER, "passed", REASON, "refuse", flagged))
    assert (at.at.outcome, at.at.reason_code) == (Outcome.REFUSED_BANK, "teller_refused")


# ---- the second person


def reviewed() -> Walk:
    at = passed(walk(), *TO_THE_SIGNATURE, "sign", "decision")
    at.do(c.EndService(TELLER, Outcome.DONE), c.CallSealed("manifest", verified=True))
    at.do(c.WrapUp(TELLER, "done"))
    assert (at.at.state, at.at.effect) == (VisitState.IN_REVIEW, Effect.NONE)
    return at


def test_the_second_person_is_another_asks_back_and_then_decides() -> None:
    at = reviewed()
    assert refused(at, c.Review(TELLER, "approve", UNSAID)) == "second_person_needed"
    assert refused(at, c.Review(CHECKER, "refuse", UNSAID)) == "reason_required"
    at.do(c.Review(CHECKER, "return", REASON))
    assert refused(at, c.Review(CHECKER, "approve", UNSAID)) == "answer_awaited"
    assert refused(at, c.AnswerReview("t-other", REASON)) == "not_your_visit"
    at.do(c.AnswerReview(TELLER, REASON), c.Review(CHECKER, "approve", UNSAID))
    assert (at.at.outcome, at.at.effect) == (Outcome.DONE, Effect.PENDING)


def test_time_that_runs_out_never_approves() -> None:
    at = reviewed()
    assert at.do(c.HurryReview()) == ()
    at.now += timedelta(hours=24)
    at.do(c.HurryReview())
    assert at.at.under_review is not None
    assert at.at.under_review.escalated
    at.now += timedelta(hours=25)
    at.do(c.HurryReview())
    assert (at.at.state, at.at.outcome) == (VisitState.CLOSED, Outcome.OTHER_CHANNEL)
    assert at.at.effect is Effect.CANCELLED


def test_a_refusal_may_be_objected_to_once_and_somebody_else_answers() -> None:
    at = reviewed()
    at.do(c.Review(CHECKER, "refuse", REASON), c.Object(REASON))
    assert refused(at, c.Object(REASON)) == "already_objected"
    assert refused(at, c.AnswerObjection(TELLER, REASON)) == "second_person_needed"
    at.do(c.AnswerObjection(CHECKER, REASON))
    assert refused(at, c.AnswerObjection(CHECKER, REASON)) == "no_objection_open"


def test_what_was_given_up_is_retried_or_withdrawn_by_an_administrator() -> None:
    at = reviewed()
    at.do(c.Review(CHECKER, "approve", UNSAID))
    assert refused(at, c.RetryEffect("admin")) == "effect_not_given_up"
    at.do(c.EffectFailed("core_unreachable"), c.RetryEffect("admin"))
    assert at.at.effect is Effect.PENDING
    at.do(c.EffectFailed("core_unreachable"), c.CancelEffect("admin", "withdrawn"))
    assert at.at.effect is Effect.CANCELLED


# ---- further parties and strict packs


def test_only_who_is_foreseen_is_asked_in_and_only_who_consented_joins() -> None:
    at = walk()
    assert refused(at, c.InviteGuest("spouse", "guest-1", TELLER)) == "guest_not_foreseen"
    at.do(c.InviteGuest("guarantor", "guest-1", TELLER))
    assert refused(at, c.LegUp("guarantor", "leg-1")) == "not_a_party"
    no = c.GuestConsents("guarantor", "guest-1", {"recording": False})
    assert refused(at, no) == "consent_required"
    gone = c.GuestConsents("guarantor", "guest-0", {"recording": True})
    assert refused(at, gone) == "invitation_gone"
    at.do(c.GuestConsents("guarantor", "guest-1", {"recording": True}))
    at.do(c.LegUp("guarantor", "leg-1"), c.RecordingConfirmed("guarantor"))
    assert at.at.here("guarantor")
    assert at.at.state is VisitState.IN_SERVICE


def test_a_pack_that_aborts_on_disruption_ends_the_visit_at_once() -> None:
    strict = VisitPolicy(on_disruption="abort_fresh")
    opened = c.OpenVisit("v1", script(), "zh-CN", "v1", False, {"recording": True}, strict)
    at = Walk(opened).in_service()
    at.do(c.LegDown("customer", "customer-1", "silent"))
    assert (at.at.state, at.at.outcome) == (VisitState.WRAP_UP, Outcome.ABORTED_TECHNICAL)
