"""The machine never says yes alone, and nobody overrules its no: movements asked in a visit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kyc.challenge import TURNS as MEASURED_TURNS
from kyc.challenge import Action
from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.challenge import MOST_DRAWS, MOST_FAILED
from teller_server.domain.codec import from_plain, to_plain
from teller_server.domain.errors import ScriptInvalid
from teller_server.domain.script import ACTIONS, TURNS
from teller_server.domain.script_reader import parse_script
from teller_server.domain.state import Visit
from teller_server.domain.visit import blocked, replay
from tests.teller_server.domain.challenge_walk import (
    LEAF,
    asked,
    draw,
    judged,
    run,
    seen,
    show,
    step,
    written,
)
from tests.teller_server.domain.counter_walk import refused
from tests.teller_server.material import REASON, TELLER

COMPLETE = c.CompleteStep("presence", TELLER, "passed")
INSTEAD = c.ChooseAlternative("presence", TELLER, ("digits", "count"), "4711", REASON)
CANNOT = c.ChooseAlternative("presence", "customer", ("digits", "count"), "4711")


def test_the_rules_and_the_measurements_know_the_same_actions() -> None:
    assert tuple(Action) == ACTIONS
    assert MEASURED_TURNS == TURNS


def test_a_step_passes_when_every_action_did_and_the_digits_were_read() -> None:
    walk = asked()
    assert blocked(walk.at, walk.now) == "challenge_missing"
    run(walk)
    assert blocked(walk.at, walk.now) == "prompts_not_seen"
    seen(walk, "digits")
    walk.do(COMPLETE)
    assert step(walk).status == "done"
    assert replay(walk.events) == walk.at
    assert from_plain(Visit, to_plain(walk.at)) == walk.at


def test_nothing_is_shown_before_the_draw_is_sealed() -> None:
    walk = asked()
    walk.do(draw())
    assert refused(walk, c.ShowAction("n1", 0, "")) == "challenge_not_sealed"
    (shown,) = walk.do(show(0))
    assert isinstance(shown, e.ActionShown)
    assert (shown.action, shown.sealed) == ("come_closer", LEAF)


def test_actions_keep_their_order_and_are_judged_once() -> None:
    walk = asked()
    walk.do(draw())
    assert refused(walk, show(1)) == "action_out_of_order"
    assert refused(walk, judged(0)) == "action_out_of_order"
    walk.do(show(0))
    assert refused(walk, show(1)) == "action_out_of_order"
    walk.do(judged(0))
    assert refused(walk, judged(0)) == "action_out_of_order"
    walk.do(show(1), judged(1))
    assert refused(walk, judged(1)) == "challenge_not_running"


def test_the_first_action_that_failed_ends_it_and_nobody_takes_it_as_passed() -> None:
    walk = asked()
    walk.do(draw(), show(0))
    *_, ended = walk.do(judged(0, "failed"))
    assert ended == e.ChallengeEnded(walk.now, "presence", "n1", "failed", "not_done")
    assert refused(walk, COMPLETE) == "challenge_failed"
    assert refused(walk, c.RecordAnswer("presence", TELLER, "digits", REASON, "expected")) == (
        "challenge_failed"
    )


def test_a_movement_is_never_written_down_as_seen_by_the_teller() -> None:
    walk = run(asked())
    left = c.RecordAnswer("presence", TELLER, "left", REASON, "expected")
    assert refused(walk, left) == "question_not_drawn"


def test_what_failed_is_repeated_with_a_fresh_draw_but_not_for_ever() -> None:
    walk = asked()
    for attempt in range(MOST_FAILED):
        run(walk, "failed", f"n{attempt}")
    assert refused(walk, draw("again")) == "too_many_attempts"
    assert refused(walk, COMPLETE) == "challenge_failed"


def test_what_could_not_be_seen_may_be_tried_more_often() -> None:
    walk = asked()
    for attempt in range(MOST_DRAWS):
        run(walk, "unusable", f"n{attempt}")
        assert refused(walk, COMPLETE) == "challenge_unusable"
    assert refused(walk, draw("again")) == "too_many_attempts"


def test_an_answer_to_an_earlier_draw_is_not_heard() -> None:
    walk = run(asked(), "failed")
    walk.do(draw("n2"), show(0, "n2"))
    assert refused(walk, judged(0, nonce="n1")) == "challenge_not_running"


@pytest.mark.parametrize(
    "wrong",
    [
        draw(drawn=("closer", "hand")),
        draw(drawn=("left",)),
        draw(drawn=("left", "left")),
        draw(drawn=("left", "digits")),
        draw(digits="12"),
        draw(digits="12a4"),
    ],
    ids=["no turn", "too few", "twice", "not a movement", "too few digits", "not digits"],
)
def test_a_draw_has_a_turn_and_belongs_to_the_pool(wrong: c.DrawChallenge) -> None:
    assert refused(asked(), wrong) == "draw_wrong"


def test_a_customer_who_can_not_move_says_so_and_speaks_instead() -> None:
    walk = asked()
    walk.do(draw(), show(0))
    ended, chosen = walk.do(CANNOT)
    assert isinstance(ended, e.ChallengeEnded)
    assert (ended.outcome, ended.reason) == ("unusable", "alternative_chosen")
    assert isinstance(chosen, e.AlternativeChosen)
    assert (chosen.by, chosen.reason) == ("customer", "customer_asked")
    assert refused(walk, judged(0)) == "challenge_not_running"
    assert refused(walk, draw("n2")) == "alternative_chosen"
    seen(walk, "digits")
    assert refused(walk, COMPLETE) == "prompts_not_seen"
    seen(walk, "count")
    walk.do(COMPLETE)


def test_after_a_failure_only_the_teller_sends_it_down_the_other_path_and_says_why() -> None:
    walk = run(asked(), "failed")
    assert refused(walk, CANNOT) == "teller_decides"
    unsaid = c.ChooseAlternative("presence", TELLER, ("digits", "count"), "4711")
    assert refused(walk, unsaid) == "reason_required"
    (chosen,) = walk.do(INSTEAD)
    assert isinstance(chosen, e.AlternativeChosen)
    assert (chosen.by, chosen.reason, chosen.note) == (TELLER, "after_failure", REASON)


def test_without_consent_to_face_processing_nothing_is_measured() -> None:
    walk = asked(face=False)
    path = step(walk).alternative
    assert path is not None
    assert (path.by, path.reason) == ("customer", "no_face_consent")
    assert refused(walk, draw()) == "alternative_chosen"
    seen(walk, "digits", "count")
    walk.do(COMPLETE)


def test_one_that_nobody_ended_may_be_drawn_anew_when_its_time_is_over() -> None:
    walk = asked()
    walk.do(draw(), show(0))
    assert refused(walk, draw("n2")) == "challenge_running"
    walk.now += timedelta(minutes=5)
    lost, drawn = walk.do(draw("n2"))
    assert isinstance(lost, e.ChallengeEnded)
    assert (lost.nonce, lost.outcome, lost.reason) == ("n1", "unusable", "lost")
    assert isinstance(drawn, e.ChallengeDrawn)
    assert drawn.attempt == 2


def test_on_hold_nothing_is_asked_and_what_ran_has_no_result() -> None:
    walk = asked()
    walk.do(draw(), c.Hold(TELLER, on=True))
    assert refused(walk, show(0)) == "on_hold"
    walk.do(c.BreakChallenge("n1", "interrupted"), c.Hold(TELLER, on=False))
    assert refused(walk, COMPLETE) == "challenge_unusable"
    run(walk, nonce="n2")


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        ("motor: true, action: turn_left}", "motor: true, action: nod}", "needs a turn"),
        ("motor: true, action: cover_face}", "motor: true}", "needs an `action`"),
        ("action: cover_face}", "action: come_closer}", "asked for once"),
        ("action: cover_face}", "action: jump}", "jump"),
        ("motor: false}", "motor: false, action: nod}", "`motor: true`"),
        ("motor: true, action: cover_face}", "motor: true, digits: 4}", "`motor: false`"),
        ("draw: 2", "draw: 1", "draws 2 at least"),
        ("draw: 2", "draw: 4", "only 3"),
    ],
)  # fmt: skip
def test_a_script_says_what_is_wrong_with_its_challenge(good: str, bad: str, words: str) -> None:
    text = written()
    assert good in text
    with pytest.raises(ScriptInvalid) as caught:
        parse_script(text.replace(good, bad, 1), "x.yaml")
    assert words in str(caught.value)


def test_a_step_stored_before_there_were_challenges_is_watched_as_it_was() -> None:
    walk = asked()
    plain = to_plain(walk.events[0])
    for one in plain["steps"]:
        for question in one["questions"]:
            del question["action"], question["digits"]
    opened = from_plain(e.VisitOpened, plain)
    assert not any(one.challenged for one in opened.steps)
