"""The way through a visit, and every turn that the rules refuse."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from teller_server.domain import commands as c
from teller_server.domain import visit as rules
from teller_server.domain.codec import from_plain, to_plain
from teller_server.domain.errors import Refusal
from teller_server.domain.events import decode, encode
from teller_server.domain.state import Effect, Outcome, Visit, VisitState
from tests.teller_server.material import (
    NOON,
    OFFER,
    REASON,
    STEPS,
    TELLER,
    UNSAID,
    Walk,
    opening,
    script,
    usual,
)


def refused(walk: Walk, command: c.Command) -> str:
    """The code of the refusal; the visit and its history stay what they were."""
    before, count = walk.visit, len(walk.events)
    with pytest.raises(Refusal) as caught:
        walk.do(command)
    assert (walk.visit, len(walk.events)) == (before, count)
    return caught.value.code


def named(walk: Walk) -> list[str]:
    return [type(event).__name__ for event in walk.events]


def test_a_whole_visit_from_consent_to_committed_effect() -> None:
    walk = Walk().served()
    walk.do(c.CallSealed("manifest", verified=True))
    assert (walk.at.state, walk.at.effect) == (VisitState.WRAP_UP, Effect.PENDING)
    walk.do(c.WrapUp(TELLER, "completed"))
    assert (walk.at.state, walk.at.outcome, walk.at.owner) == (
        VisitState.CLOSED, Outcome.DONE, None,
    )  # fmt: skip
    walk.do(c.EffectCommitted("R123"))
    assert (walk.at.effect, walk.at.receipt) == (Effect.COMMITTED, "R123")
    assert [step.status for step in walk.at.steps] == ["done"] * (len(STEPS) + 1)
    assert named(walk).count("ServiceBegan") == 1


def test_every_event_and_the_visit_survive_json() -> None:
    walk = Walk().served()
    walk.do(c.CallSealed("m", verified=True), c.WrapUp(TELLER, "ok"))
    stored = [(name, json.dumps(body)) for name, body in map(encode, walk.events)]
    again = [decode(name, json.loads(body)) for name, body in stored]
    assert rules.replay(again) == walk.visit
    assert from_plain(Visit, json.loads(json.dumps(to_plain(walk.at)))) == walk.visit


def test_no_event_carries_a_name_or_a_text_in_the_clear() -> None:
    """Whatever people typed came in sealed and stays so."""
    walk = Walk().in_service()
    walk.do(c.EndService(TELLER, Outcome.REFUSED_BANK, REASON))
    ended = walk.events[-1]
    assert encode(ended)[1]["reason"] == REASON


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"language": "fr"}, "language_not_offered"),
        ({"consents": {"recording": False, "face": True}}, "consent_required"),
        ({"consents": {"recording": True}}, "consent_unanswered"),
        ({"consents": {"recording": True, "face": True, "x": True}}, "unknown_consent"),
    ],
)
def test_a_visit_needs_its_consents(change: dict[str, object], code: str) -> None:
    fields = {n: getattr(opening(), n) for n in c.OpenVisit.__slots__} | change
    with pytest.raises(Refusal) as caught:
        rules.apply(None, c.OpenVisit(**fields), NOON)
    assert caught.value.code == code


def test_nothing_but_opening_begins_a_visit_and_only_once() -> None:
    with pytest.raises(Refusal, match="unknown_visit"):
        rules.apply(None, c.TakeTicket("A001"), NOON)
    assert refused(Walk(), opening()) == "visit_already_open"


# --- the queue ---


def test_a_ticket_is_taken_once() -> None:
    walk = Walk()
    walk.do(c.TakeTicket("A001"))
    assert refused(walk, c.TakeTicket("A002")) == "ticket_already_taken"
    assert walk.at.ticket == "A001"


def test_declined_and_expired_offers_keep_the_place() -> None:
    walk = Walk().offered()
    place = walk.at.enqueued_at
    assert refused(walk, c.Decline("p1", TELLER, UNSAID)) == "reason_required"
    assert refused(walk, c.ExpireOffer("p1")) == "offer_still_open"
    walk.do(c.Decline("p1", TELLER, REASON))
    assert (walk.at.state, walk.at.enqueued_at, walk.at.declined) == (VisitState.WAITING, place, 1)
    walk.do(c.Offer("p2", "t-zhao", walk.now + OFFER))
    walk.now += OFFER
    walk.do(c.ExpireOffer("p2"))
    assert (walk.at.state, walk.at.enqueued_at) == (VisitState.WAITING, place)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.Accept("p1", "t-zhao", "r"), "offer_not_yours"),
        (c.Accept("p9", TELLER, "r"), "offer_gone"),
        (c.Decline("p1", "t-zhao", REASON), "offer_not_yours"),
        (c.Offer("p2", "t-zhao", NOON + 2 * OFFER), "not_now"),
    ],
)
def test_only_the_teller_who_was_asked_answers(command: c.Command, code: str) -> None:
    assert refused(Walk().offered(), command) == code


def test_a_pairing_is_accepted_once_and_in_time() -> None:
    late = Walk().offered()
    late.now += OFFER
    assert refused(late, c.Accept("p1", TELLER, "r1")) == "offer_expired"
    walk = Walk().connecting()
    assert refused(walk, c.Accept("p1", TELLER, "r2")) == "pairing_already_accepted"
    assert refused(walk, c.Accept("p2", "t-zhao", "r2")) == "offer_gone"
    assert walk.at.recording == "r1"


def test_away_keeps_the_place_and_ends_the_offer() -> None:
    walk = Walk().offered()
    place = walk.at.enqueued_at
    walk.do(c.CustomerAway())
    assert (walk.at.state, walk.at.offer) == (VisitState.WAITING, None)
    assert refused(walk, c.Offer("p2", TELLER, walk.now + OFFER)) == "customer_away"
    assert walk.do(c.CustomerAway()) == ()
    walk.do(c.CustomerBack(), c.Offer("p3", TELLER, walk.now + 2 * OFFER))
    assert (walk.at.state, walk.at.enqueued_at) == (VisitState.OFFERED, place)


def test_leaving_the_queue_closes_for_good() -> None:
    walk = Walk().offered()
    walk.do(c.LeaveQueue())
    assert (walk.at.state, walk.at.outcome) == (VisitState.CLOSED, Outcome.REFUSED_CUSTOMER)
    assert refused(walk, c.Accept("p1", TELLER, "r1")) == "visit_closed"
    assert refused(walk, c.EffectCommitted("R")) == "no_effect_pending"


# --- connecting ---


@pytest.mark.parametrize("missing", ["leg", "recording"])
@pytest.mark.parametrize("party", ["customer", "teller"])
def test_service_waits_for_every_leg_and_every_recorder(party: str, missing: str) -> None:
    walk = Walk().connecting()
    last = c.LegUp(party, "1") if missing == "leg" else c.RecordingConfirmed(party)
    other = {"customer": "teller", "teller": "customer"}[party]
    rest = [c.LegUp(party, "1"), c.RecordingConfirmed(party)]
    rest.remove(last)
    walk.do(c.LegUp(other, "1"), c.RecordingConfirmed(other), *rest)
    assert walk.at.state is VisitState.CONNECTING
    assert refused(walk, c.StartStep("recording_consent", TELLER)) == "not_now"
    walk.do(last)
    assert walk.at.state is VisitState.IN_SERVICE


def test_a_broken_recorder_ends_the_call() -> None:
    walk = Walk().in_service()
    walk.do(c.RecordingFailed("teller", "disk_full"))
    assert (walk.at.state, walk.at.outcome) == (VisitState.WRAP_UP, Outcome.ABORTED_TECHNICAL)
    assert refused(walk, c.RecordingConfirmed("teller")) == "not_now"


def test_what_a_broken_recorder_lost_before_the_seal_was_not_done() -> None:
    walk = Walk().served()
    walk.do(c.RecordingFailed("customer", "disk_full"), c.CallSealed("m", verified=True))
    assert (walk.at.outcome, walk.at.effect) == (Outcome.ABORTED_TECHNICAL, Effect.NONE)
    assert refused(walk, c.RecordingFailed("customer", "late")) == "not_now"


def test_late_news_of_a_replaced_leg_changes_nothing() -> None:
    walk = Walk().in_service()
    walk.do(c.LegUp("teller", "teller-2"))
    assert walk.do(c.LegDown("teller", "teller-1", "closed")) == ()
    assert walk.at.connected


# --- the script ---


def test_steps_are_neither_skipped_nor_reordered() -> None:
    walk = Walk().in_service()
    for step in STEPS[1:]:
        assert refused(walk, c.StartStep(step, TELLER)) == "step_out_of_order"
    assert refused(walk, c.StartStep("coffee", TELLER)) == "unknown_step"
    walk.do(c.StartStep(STEPS[0], TELLER))
    assert refused(walk, c.StartStep(STEPS[1], TELLER)) == "step_already_open"
    assert refused(walk, c.CompleteStep(STEPS[1], TELLER, "passed")) == "step_not_open"
    walk.do(*usual(STEPS[0]), c.CompleteStep(STEPS[0], TELLER, "passed"))
    assert refused(walk, c.StartStep(STEPS[0], TELLER)) == "step_out_of_order"
    assert refused(walk, c.EndService(TELLER, Outcome.DONE)) == "steps_incomplete"


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ("recording_consent", "customer_has_not_answered"),
        ("document", "document_missing"),
        ("face", "identity_undecided"),
        ("details", "form_not_drafted"),
        ("confirmation", "customer_has_not_answered"),
    ],
)
def test_a_step_passes_only_with_what_it_needs(step: str, code: str) -> None:
    walk = Walk().in_service().through(*STEPS[: STEPS.index(step)])
    walk.do(c.StartStep(step, TELLER))
    assert rules.blocked(walk.at, walk.now) == code
    assert refused(walk, c.CompleteStep(step, TELLER, "passed")) == code
    walk.do(*usual(step))
    assert rules.blocked(walk.at, walk.now) is None


def test_a_changed_form_must_be_seen_again() -> None:
    walk = Walk().in_service().through(*STEPS[:3])
    walk.do(c.StartStep("details", TELLER), *usual("details"), usual("details")[0])
    assert refused(walk, c.CompleteStep("details", TELLER, "passed")) == "form_not_seen"


def test_the_customer_may_change_their_mind_before_the_confirmation_ends() -> None:
    walk = Walk().in_service().through(*STEPS[:4])
    walk.do(c.StartStep("confirmation", TELLER), c.AnswerStep("confirmation", "refused"))
    assert rules.blocked(walk.at, walk.now) == "customer_refused"
    walk.do(c.AnswerStep("confirmation", "agreed"))
    assert rules.blocked(walk.at, walk.now) is None


def test_refusing_to_be_recorded_aloud_ends_the_visit() -> None:
    walk = Walk().in_service()
    walk.do(c.StartStep(STEPS[0], TELLER), c.AnswerStep(STEPS[0], "refused"))
    assert (walk.at.state, walk.at.outcome) == (VisitState.WRAP_UP, Outcome.REFUSED_CUSTOMER)
    assert walk.at.steps[0].status == "refused"


@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        ("recording_consent", Outcome.REFUSED_CUSTOMER),
        ("document", Outcome.REFUSED_BANK),
        ("confirmation", Outcome.REFUSED_CUSTOMER),
        ("decision", Outcome.REFUSED_BANK),
    ],
)
def test_a_refused_step_ends_the_service(step: str, outcome: Outcome) -> None:
    walk = Walk().in_service().through(*STEPS[: STEPS.index(step)])
    walk.do(c.StartStep(step, TELLER), c.CompleteStep(step, TELLER, "refused", REASON))
    assert (walk.at.state, walk.at.outcome) == (VisitState.WRAP_UP, outcome)


@pytest.mark.parametrize(
    ("step", "command", "code"),
    [
        ("recording_consent", c.AnswerStep("recording_consent", "seen"), "answer_not_expected"),
        ("recording_consent", c.DocumentReceived("d", "p"), "document_not_expected"),
        ("document", c.AnswerStep("document", "agreed"), "answer_not_expected"),
        ("document", c.DraftForm("document", TELLER, REASON, "d"), "not_a_form"),
        ("document", c.CheckIdentity("k", TELLER), "face_not_in_question"),
        ("document", c.CompleteStep("document", TELLER, "refused"), "reason_required"),
        ("details", c.AnswerStep("details", "seen"), "form_not_drafted"),
        ("decision", c.EndService(TELLER, Outcome.NO_SHOW), "customer_was_there"),
        ("decision", c.EndService(TELLER, Outcome.OTHER_CHANNEL), "reason_required"),
        ("decision", c.EndService(TELLER, Outcome.PENDING_CHECK), "outcome_not_for_tellers"),
        ("decision", c.Abort(Outcome.DONE, "x"), "not_an_abort"),
    ],
)
def test_what_does_not_belong_to_a_step_is_refused(
    step: str, command: c.Command, code: str
) -> None:
    walk = Walk().in_service().through(*STEPS[: STEPS.index(step)])
    walk.do(c.StartStep(step, TELLER))
    assert refused(walk, command) == code


STRANGER: list[Callable[[str], c.Command]] = [
    lambda who: c.StartStep("recording_consent", who),
    lambda who: c.CompleteStep("recording_consent", who, "passed"),
    lambda who: c.DraftForm("details", who, REASON, "d"),
    lambda who: c.CheckIdentity("k", who),
    lambda who: c.DecideIdentity(who, "accept"),
    lambda who: c.Hold(who, on=True),
    lambda who: c.EndService(who, Outcome.REFUSED_BANK, REASON),
    lambda who: c.Reverified(who, REASON),
]


@pytest.mark.parametrize("command", STRANGER)
def test_a_visit_obeys_its_own_teller_only(command: Callable[[str], c.Command]) -> None:
    assert refused(Walk().in_service(), command("t-zhao")) == "not_your_visit"


def test_live_video_is_needed_where_the_script_says() -> None:
    walk = Walk().in_service()
    walk.do(c.StartStep(STEPS[0], TELLER), c.LegDown("customer", "customer-1", "silent"))
    assert refused(walk, c.AnswerStep(STEPS[0], "agreed")) == "live_video_needed"
    assert rules.blocked(walk.at, walk.now) == "live_video_needed"


def test_hold_stops_the_script_and_nothing_else() -> None:
    walk = Walk().in_service()
    assert refused(walk, c.Hold(TELLER, on=False)) == "not_now"
    walk.do(c.Hold(TELLER, on=True))
    assert refused(walk, c.StartStep(STEPS[0], TELLER)) == "on_hold"
    assert set(walk.at.recorded) == {"customer", "teller"}
    walk.do(c.Hold(TELLER, on=False))
    walk.do(c.StartStep(STEPS[0], TELLER))


# --- the end ---


def test_an_unverified_seal_cancels_the_change() -> None:
    walk = Walk().served()
    walk.do(c.CallSealed("", verified=False), c.WrapUp(TELLER, "x"))
    assert (walk.at.effect, walk.at.outcome) == (Effect.CANCELLED, Outcome.ABORTED_TECHNICAL)
    assert "EffectRequested" not in named(walk)


def test_the_seal_and_the_wrap_up_come_in_either_order() -> None:
    walk = Walk().served()
    walk.do(c.WrapUp(TELLER, "ok"))
    assert (walk.at.state, walk.at.owner) == (VisitState.WRAP_UP, None)
    assert refused(walk, c.WrapUp(TELLER, "again")) == "not_your_visit"
    walk.do(c.CallSealed("m", verified=True))
    assert (walk.at.state, walk.at.effect) == (VisitState.CLOSED, Effect.PENDING)


def test_a_seal_is_made_once() -> None:
    walk = Walk().served()
    walk.do(c.CallSealed("m", verified=True))
    assert refused(walk, c.CallSealed("m2", verified=True)) == "already_sealed"


def test_a_checker_decides_where_the_script_asks_for_one() -> None:
    walk = Walk(opening(review="checker")).served()
    walk.do(c.CallSealed("m", verified=True), c.WrapUp(TELLER, "ok"))
    assert (walk.at.state, walk.at.outcome) == (VisitState.IN_REVIEW, Outcome.PENDING_CHECK)
    assert walk.at.effect is Effect.NONE
    assert refused(walk, c.Review(TELLER, "approve", UNSAID)) == "second_person_needed"
    assert refused(walk, c.Review("c-1", "refuse", UNSAID)) == "reason_required"
    walk.do(c.Review("c-1", "approve", UNSAID))
    assert (walk.at.state, walk.at.outcome, walk.at.effect) == (
        VisitState.CLOSED, Outcome.DONE, Effect.PENDING,
    )  # fmt: skip


def test_what_the_checker_refuses_never_reaches_the_core() -> None:
    walk = Walk(opening(review="checker")).served()
    walk.do(c.CallSealed("m", verified=True), c.WrapUp(TELLER, "ok"))
    walk.do(c.Review("c-1", "refuse", REASON))
    assert walk.at.effect is Effect.NONE
    walk.do(c.Review("c-2", "refuse", REASON))
    assert (walk.at.outcome, walk.at.effect) == (Outcome.REFUSED_BANK, Effect.CANCELLED)


def test_an_effect_is_settled_once() -> None:
    walk = Walk().served()
    assert refused(walk, c.EffectCommitted("R")) == "no_effect_pending"
    walk.do(c.CallSealed("m", verified=True), c.WrapUp(TELLER, "ok"))
    walk.do(c.EffectFailed("core_down"))
    assert walk.at.effect is Effect.DEAD_LETTERED
    assert refused(walk, c.EffectCommitted("R")) == "no_effect_pending"


def test_a_no_show_is_for_the_customer_who_never_came() -> None:
    walk = Walk().connecting()
    walk.do(c.EndService(TELLER, Outcome.NO_SHOW), c.WrapUp(TELLER, "x"))
    walk.do(c.CallSealed("m", verified=True))
    assert (walk.at.state, walk.at.outcome) == (VisitState.CLOSED, Outcome.NO_SHOW)


def test_the_script_is_part_of_the_visit_by_its_digest() -> None:
    assert Walk().at.script == script().digest
    assert tuple(step.id for step in Walk().at.steps) == (*STEPS, "commit")
