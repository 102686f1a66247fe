"""The newer rules of the counter: questions, flags, outcomes, reviews, guests."""

from __future__ import annotations

from datetime import timedelta

from teller_server.domain import commands as c
from teller_server.domain.codec import from_plain, to_plain
from teller_server.domain.ids import UNSAID
from teller_server.domain.state import Effect, Outcome, Visit, VisitPolicy, VisitState
from tests.teller_server.domain.counter_walk import (
    ANSWER,
    CHECKER,
    TO_THE_SIGNATURE,
    answered,
    passed,
    refused,
    script,
    walk,
)
from tests.teller_server.material import REASON, TELLER, Walk

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


OTHER, SECOND = "c-liu", "c-sun"


def test_nobody_fails_a_visit_alone() -> None:
    at = reviewed()
    assert refused(at, c.Review(SECOND, "disagree", REASON)) == "nothing_to_confirm"
    at.do(c.Review(CHECKER, "refuse", REASON))
    assert (at.at.state, at.at.effect) == (VisitState.IN_REVIEW, Effect.NONE)
    for verdict in ("refuse", "disagree", "approve"):
        assert refused(at, c.Review(TELLER, verdict, REASON)) == "second_person_needed"
        assert refused(at, c.Review(CHECKER, verdict, REASON)) == "second_person_needed"
    for verdict in ("approve", "return"):
        assert refused(at, c.Review(SECOND, verdict, REASON)) == "refusal_unconfirmed"
    assert refused(at, c.Review(SECOND, "refuse", UNSAID)) == "reason_required"
    at.do(c.Review(SECOND, "refuse", REASON))
    assert (at.at.outcome, at.at.effect) == (Outcome.REFUSED_BANK, Effect.CANCELLED)
    assert at.at.decided_by == SECOND


def test_a_colleague_who_disagrees_keeps_the_review_open_for_both() -> None:
    at = reviewed()
    at.do(c.Review(CHECKER, "refuse", REASON), c.Review(SECOND, "disagree", REASON))
    assert at.at.state is VisitState.IN_REVIEW
    assert refused(at, c.Review(SECOND, "disagree", REASON)) == "nothing_to_confirm"
    at.do(c.Review(SECOND, "approve", UNSAID))
    assert (at.at.outcome, at.at.effect) == (Outcome.DONE, Effect.PENDING)


def test_a_refusal_that_nobody_confirms_lapses_without_effect() -> None:
    at = reviewed()
    at.do(c.Review(CHECKER, "refuse", REASON))
    for _ in range(2):
        at.now += timedelta(hours=25)
        at.do(c.HurryReview())
    assert (at.at.outcome, at.at.effect) == (Outcome.OTHER_CHANNEL, Effect.CANCELLED)


def test_a_refusal_may_be_objected_to_once_and_somebody_else_answers() -> None:
    at = reviewed()
    at.do(c.Review(CHECKER, "refuse", REASON), c.Review(SECOND, "refuse", REASON))
    at.do(c.Object(REASON))
    assert refused(at, c.Object(REASON)) == "already_objected"
    for judge in (TELLER, CHECKER, SECOND):
        assert refused(at, c.AnswerObjection(judge, REASON)) == "second_person_needed"
    assert refused(at, c.AnswerObjection(OTHER, UNSAID)) == "reason_required"
    at.do(c.AnswerObjection(OTHER, REASON))
    assert refused(at, c.AnswerObjection(OTHER, REASON)) == "no_objection_open"


def test_what_the_teller_refused_may_be_answered_by_any_other() -> None:
    at = passed(walk(), "consent")
    at.do(c.EndService(TELLER, Outcome.REFUSED_BANK, REASON), c.CallSealed("m", verified=True))
    at.do(c.WrapUp(TELLER, "done"), c.Object(REASON))
    assert refused(at, c.AnswerObjection(TELLER, REASON)) == "second_person_needed"
    at.do(c.AnswerObjection(CHECKER, REASON))


def test_a_visit_that_was_stored_without_its_refuser_still_loads() -> None:
    at = reviewed()
    at.do(c.Review(CHECKER, "refuse", REASON), c.Review(SECOND, "refuse", REASON))
    at.do(c.Object(REASON))
    plain = to_plain(at.at)
    del plain["decided_by"]
    assert from_plain(Visit, plain).objection == at.at.objection


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
