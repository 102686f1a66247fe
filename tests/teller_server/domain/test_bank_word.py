"""What the bank says beforehand, and a customer who says that it was not they."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.errors import Refusal, ScriptInvalid
from teller_server.domain.ids import UNSAID, SealedText
from teller_server.domain.plan import plan
from teller_server.domain.state import Effect, Outcome, Visit
from teller_server.domain.visit import step_to
from tests.teller_server.systems.short import CHECKER, NOON, TELLER, short_script

LINK = c.Repudiate("link", "before")


class Course:
    """A visit in memory that goes on by commands."""

    def __init__(self, *, checked: bool = False) -> None:
        self.now = NOON
        self.visit: Visit | None = None
        script = short_script(checked=checked)
        self.do(
            c.OpenVisit("visit-1", script, "en", "digest", False, {"recording": True}),
            c.TakeTicket("A001"),
            c.Offer("p1", TELLER, NOON + timedelta(hours=1)),
            c.Accept("p1", TELLER, "r1"),
        )
        for party in ("customer", "teller"):
            self.do(c.LegUp(party, f"{party}-1"), c.RecordingConfirmed(party))
        self.do(
            c.StartStep("recording", TELLER),
            c.AnswerStep("recording", "agreed"),
            c.CompleteStep("recording", TELLER, "passed"),
            c.StartStep("details", TELLER),
            c.DraftForm("details", TELLER, SealedText("sealed"), "digest"),
            c.AnswerStep("details", "seen"),
            c.CompleteStep("details", TELLER, "passed"),
        )

    def do(self, *commands: c.Command) -> tuple[e.Event, ...]:
        caused: tuple[e.Event, ...] = ()
        for command in commands:
            self.now += timedelta(seconds=1)
            self.visit, caused = step_to(self.visit, command, self.now)
        return caused

    def deciding(self) -> Course:
        self.do(c.StartStep("decision", TELLER))
        return self

    def over(self) -> Course:
        """The call is sealed and the work after it done."""
        self.deciding().do(
            c.CompleteStep("decision", TELLER, "passed", UNSAID, "approve"),
            c.EndService(TELLER, Outcome.DONE),
            c.CallSealed("manifest", verified=True),
            c.WrapUp(TELLER, "done"),
        )
        return self

    @property
    def known(self) -> Visit:
        assert self.visit is not None
        return self.visit


# beforehand


def test_the_bank_is_heard_while_the_decision_is_open_and_never_after() -> None:
    course = Course()
    with pytest.raises(Refusal, match="not_now"):
        course.do(c.AnswerProposal(True))
    course.deciding().do(c.AnswerProposal(True, ("phone_changed_recently",)))
    assert course.known.proposal is not None
    assert course.known.proposal.reasons == ("phone_changed_recently",)
    course.do(c.CompleteStep("decision", TELLER, "passed", UNSAID, "approve"))
    with pytest.raises(Refusal, match="not_now"):
        course.do(c.AnswerProposal(True))


def test_a_bank_that_was_not_reached_holds_nobody_up() -> None:
    course = Course().deciding()
    course.do(c.AnswerProposal(False))
    course.do(c.CompleteStep("decision", TELLER, "passed", UNSAID, "approve"))
    assert course.known.verdict == "approve"


# afterwards


def test_nothing_is_repudiated_before_it_is_over() -> None:
    course = Course().deciding()
    with pytest.raises(Refusal, match="nothing_to_repudiate"):
        course.do(LINK)


def test_what_waits_is_withdrawn_with_the_word_of_it() -> None:
    course = Course().over()
    assert course.known.effect is Effect.PENDING
    course.do(LINK)
    with pytest.raises(Refusal, match="already_repudiated"):
        course.do(c.Repudiate("hotline", "bank-1"))
    first, second = course.do(c.SettleRepudiation("withdrawn"))
    assert isinstance(first, e.RepudiationSettled)
    assert isinstance(second, e.EffectSettled)
    assert course.known.effect is Effect.CANCELLED
    with pytest.raises(Refusal, match="no_repudiation_open"):
        course.do(c.SettleRepudiation("stopped"))


def test_what_was_carried_out_stays_so_and_is_stopped() -> None:
    course = Course().over()
    course.do(c.EffectCommitted("R1 changed"), LINK, c.SettleRepudiation("stopped", "R2 stopped"))
    assert course.known.effect is Effect.COMMITTED
    said = course.known.repudiation
    assert said is not None
    assert (said.end, said.detail) == ("stopped", "R2 stopped")


def test_no_second_person_agrees_to_what_the_customer_denies() -> None:
    course = Course(checked=True).over()
    course.do(c.Repudiate("hotline", "bank-1"))
    with pytest.raises(Refusal, match="repudiated"):
        course.do(c.Review(CHECKER, "approve", UNSAID))
    denied = SealedText("the customer denies it")
    course.do(c.Review(CHECKER, "refuse", denied), c.Review("c-2", "refuse", denied))
    assert course.known.effect is Effect.CANCELLED
    course.do(c.SettleRepudiation("nothing_done"))


# how long the limits stay on


def test_a_script_says_how_long_the_limits_stay_on_and_after_what() -> None:
    script = short_script(cooling="cooling_off: {field: phone, hours: 24}")
    planned = plan(script.step("commit"))
    assert (planned.cools, planned.within) == ("phone", 24 * 3600)
    assert replace(planned, cools="", within=0) == plan(short_script().step("commit"))


def test_a_field_that_no_form_has_can_not_cool_off() -> None:
    with pytest.raises(ScriptInvalid, match="`pnone` is no field of a form"):
        short_script(cooling="cooling_off: {field: pnone, hours: 24}")
