"""Registers: a no is final, no answer goes to a second person, and neither is hidden."""

from __future__ import annotations

from functools import cache

import pytest

from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain import visit as rules
from teller_server.domain.errors import ScriptInvalid
from teller_server.domain.registers import MAX_ASKED, RegisterOutcome
from teller_server.domain.script import ServiceScript, StepKind
from teller_server.domain.script_reader import parse_script
from teller_server.domain.state import Outcome, VisitState
from tests.teller_server.domain.counter_walk import refused
from tests.teller_server.material import CHECKER, REASON, SCRIPT_FILE, TELLER, UNSAID, Walk

STEP = "  - {id: registers, kind: registry_check, checks: [citizen, phone], title: *words, "
FACE = "  - {id: face, kind: face_match"


@cache
def script(checker: str = "") -> ServiceScript:
    """`checker`: the second person's `when`; `none`: there is no second person."""
    text = SCRIPT_FILE.read_text("utf-8")
    asked = f"{STEP}say: *words, task: *words}}\n"
    text = text.replace(FACE, f"{asked}{FACE}", 1)
    intake = (
        "intake:\n  - {name: risky, type: yes_no, required: true, label: *words}\n"
        "conditions:\n  risky: intake.risky\nask_before_queue:\n"
    )
    text = text.replace("ask_before_queue:\n", intake, 1) if checker == "risky" else text
    second = CHECKER.replace("hours: 24", f"hours: 24, when: {checker}") if checker else ""
    return parse_script(text.replace("  # checker", second), "simple.yaml")


def asked(*, checker: str = "", holds: dict[str, bool] | None = None) -> Walk:
    """At the registers' step, both asked."""
    consents = {"recording": True, "face": True}
    opened = c.OpenVisit("v1", script(checker), "zh-CN", "v1", False, consents, holds=holds or {})
    walk = Walk(opened).in_service().through("recording_consent", "document")
    walk.do(c.StartStep("registers", TELLER))
    return walk


def answer(check: str, outcome: RegisterOutcome, attempt: int = 1) -> c.AnswerRegistry:
    codes = () if outcome == "match" else ("name_differs",)
    return c.AnswerRegistry("registers", check, attempt, outcome, codes, "D1", "kept")  # type: ignore[arg-type]


def answered(citizen: RegisterOutcome, phone: RegisterOutcome, **how: object) -> Walk:
    walk = asked(**how)  # type: ignore[arg-type]
    walk.do(answer("citizen", citizen), answer("phone", phone))
    return walk


def passed(note: object = UNSAID) -> c.CompleteStep:
    return c.CompleteStep("registers", TELLER, "passed", note)  # type: ignore[arg-type]


def test_every_register_is_asked_when_the_step_begins_and_waited_for() -> None:
    walk = asked()
    started = [one.check for one in walk.events if isinstance(one, e.RegistryAsked)]
    assert started == ["citizen", "phone"]
    walk.do(answer("citizen", "match"))
    assert refused(walk, passed()) == "registry_running"
    walk.do(answer("phone", "match"), passed())
    assert walk.at.upcoming is not None
    assert walk.at.upcoming.id == "face"


def test_an_answer_is_heard_once_and_only_to_the_question_that_runs() -> None:
    walk = asked()
    assert refused(walk, answer("citizen", "match", 2)) == "registry_answered"
    walk.do(answer("citizen", "mismatch"))
    assert refused(walk, answer("citizen", "match")) == "registry_answered"
    assert refused(walk, answer("screening", "match")) == "registry_not_in_question"
    walk.do(answer("phone", "match"), c.EndService(TELLER, Outcome.OTHER_CHANNEL, REASON))
    assert refused(walk, answer("phone", "match")) == "not_now"


@pytest.mark.parametrize("other", ["match", "unreachable"])
def test_nobody_alone_sets_a_no_aside(other: RegisterOutcome) -> None:
    walk = answered("mismatch", other, checker="risky", holds={"risky": True})
    assert rules.blocked(walk.at, walk.now) == "registry_mismatch"
    assert refused(walk, passed(REASON)) == "registry_mismatch"
    assert refused(walk, c.AskRegistry("registers", TELLER, "citizen")) == "registry_answered"
    assert refused(walk, c.EndService(TELLER, Outcome.DONE)) == "steps_incomplete"


def test_after_a_no_the_visit_is_refused_or_goes_elsewhere_and_commits_nothing() -> None:
    walk = answered("match", "mismatch")
    turned_away = c.CompleteStep("registers", TELLER, "refused", REASON)
    assert refused(walk, c.CompleteStep("registers", TELLER, "refused")) == "reason_required"
    walk.do(turned_away)
    assert (walk.at.state, walk.at.outcome) == (VisitState.WRAP_UP, Outcome.REFUSED_BANK)
    other = answered("match", "mismatch")
    other.do(c.EndService(TELLER, Outcome.OTHER_CHANNEL, REASON))
    for one in (walk, other):
        one.do(c.CallSealed("m", True), c.WrapUp(TELLER, "ok"))
        assert not any(isinstance(event, e.EffectRequested) for event in one.events)


def test_no_answer_is_asked_for_again_but_not_for_ever() -> None:
    walk = answered("unreachable", "match")
    for attempt in range(2, MAX_ASKED + 1):
        walk.do(c.AskRegistry("registers", TELLER, "citizen"))
        assert refused(walk, passed(REASON)) == "registry_running"
        assert refused(walk, c.AskRegistry("registers", TELLER, "citizen")) == "registry_running"
        walk.do(answer("citizen", "unreachable", attempt))
    assert refused(walk, c.AskRegistry("registers", TELLER, "citizen")) == "registry_asked_enough"
    assert refused(walk, c.AskRegistry("registers", "t-zhao", "citizen")) == "not_your_visit"
    assert refused(walk, c.AskRegistry("registers", TELLER, "company")) == (
        "registry_not_in_question"
    )


def test_asked_again_and_confirmed_it_is_as_good_as_at_once() -> None:
    walk = answered("unreachable", "match")
    walk.do(c.AskRegistry("registers", TELLER, "citizen"), answer("citizen", "match", 2), passed())
    assert not walk.at.unconfirmed
    walk.through("face", "details", "confirmation", "decision")
    assert walk.at.verdict == "approve"


def test_without_an_answer_it_is_passed_with_a_reason_and_a_second_person_decides() -> None:
    """Though the script would have asked none this time."""
    walk = answered("unreachable", "match", checker="risky", holds={"risky": False})
    assert walk.at.review == "checker"
    assert refused(walk, passed()) == "reason_required"
    walk.do(passed(REASON))
    walk.through("face", "details", "confirmation").do(c.StartStep("decision", TELLER))
    approve = c.CompleteStep("decision", TELLER, "passed", REASON, "approve")
    assert refused(walk, approve) == "registry_not_confirmed"
    assert refused(walk, c.CompleteStep("decision", TELLER, "passed", UNSAID, "refer")) == (
        "reason_required"
    )
    walk.do(c.CompleteStep("decision", TELLER, "passed", REASON, "refer"))
    walk.do(c.EndService(TELLER, Outcome.DONE), c.CallSealed("m", True))
    walk.do(c.WrapUp(TELLER, "ok"))
    assert walk.at.state is VisitState.IN_REVIEW
    assert refused(walk, c.Review(TELLER, "approve", REASON)) == "second_person_needed"
    assert not any(isinstance(event, e.EffectRequested) for event in walk.events)


def test_where_the_script_knows_no_second_person_nothing_is_approved() -> None:
    walk = answered("unreachable", "match")
    walk.do(passed(REASON))
    walk.through("face", "details", "confirmation").do(c.StartStep("decision", TELLER))
    for verdict, code in (("approve", "registry_not_confirmed"), ("refer", "no_second_person")):
        command = c.CompleteStep("decision", TELLER, "passed", REASON, verdict)  # type: ignore[arg-type]
        assert refused(walk, command) == code
    walk.do(c.CompleteStep("decision", TELLER, "passed", REASON, "refuse"))
    assert walk.at.outcome is Outcome.REFUSED_BANK


def test_what_was_asked_and_answered_is_the_same_when_it_is_read_again() -> None:
    walk = answered("unreachable", "match")
    stored = [e.decode(*e.encode(event)) for event in walk.events]
    assert rules.replay(stored) == walk.at


# the script


def test_the_second_person_stays_out_when_all_registers_answered() -> None:
    walk = answered("match", "match", checker="risky", holds={"risky": False})
    walk.do(passed())
    assert walk.at.review == "none"


BROKEN = {
    "checks: [citizen, horoscope]": "`horoscope` is none of",
    "checks: []": "the list is empty",
    "checks: [citizen, citizen]": "given twice",
    "checks: [phone], phone: details.address": "no phone number that is always written down",
    "checks: [company]": "says where the company is written down",
    "checks: [company], company: details": "does not always hold `company` and `credit_code`",
}


@pytest.mark.parametrize("wrong", BROKEN)
def test_a_step_that_could_not_ask_is_named(wrong: str) -> None:
    text = SCRIPT_FILE.read_text("utf-8")
    step = STEP.replace("checks: [citizen, phone]", wrong) + "say: *words, task: *words}\n"
    with pytest.raises(ScriptInvalid) as caught:
        parse_script(text.replace(FACE, f"{step}{FACE}", 1), "simple.yaml")
    assert BROKEN[wrong] in str(caught.value)


def test_the_kind_is_one_of_the_call() -> None:
    (step,) = script().of_kind(StepKind.REGISTRY_CHECK)
    assert step.id == "registers"
