"""An action counts when it is done, the right way, in its own time, in enough pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kyc.challenge import Action
from kyc.liveness import ActionFound, Asked, Sample, judge, together
from kyc.mesh import Gesture
from kyc.policy import Outcome

AHEAD = Gesture(yaw=2.0, pitch=6.0, roll=1.0, eyes=0.27, mouth=0.05, size=160.0)
SHOWN, UNTIL = 2.0, 8.0
Course = Callable[[float], Gesture | None]


def seen(course: Course, rate: float = 10.0) -> list[Sample]:
    """Ten seconds: ahead until the action is shown, then as `course` says by the seconds since."""
    times = [n / rate for n in range(int(10 * rate))]
    return [Sample(t, AHEAD if t <= SHOWN else course(t - SHOWN)) for t in times]


def judged(action: Action, course: Course, rate: float = 10.0) -> ActionFound:
    return judge(Asked(action, SHOWN, UNTIL), seen(course, rate))


def between(low: float, high: float, does: Gesture | None) -> Course:
    return lambda t: does if low <= t < high else AHEAD


DONE = {
    Action.TURN_LEFT: between(1, 2, replace(AHEAD, yaw=24.0)),
    Action.TURN_RIGHT: between(1, 2, replace(AHEAD, yaw=-20.0)),
    Action.NOD: between(1, 2, replace(AHEAD, pitch=19.0)),
    Action.OPEN_MOUTH: between(1, 2, replace(AHEAD, mouth=0.5)),
    Action.BLINK: between(1, 1.3, replace(AHEAD, eyes=0.2)),
    Action.COME_CLOSER: between(1, 3, replace(AHEAD, size=215.0)),
    Action.COVER_FACE: between(1, 2, None),
}


@pytest.mark.parametrize("action", Action)
def test_done_in_its_time_it_counts(action: Action) -> None:
    found = judged(action, DONE[action])
    assert (found.outcome, found.reason) == (Outcome.PASSED, "")
    assert found.at is not None
    assert SHOWN + 1 <= found.at <= SHOWN + 3.1


@pytest.mark.parametrize("action", Action)
def test_nothing_done_is_a_failure(action: Action) -> None:
    found = judged(action, lambda _t: AHEAD)
    assert (found.outcome, found.reason, found.at) == (Outcome.FAILED, "not_done", None)


@pytest.mark.parametrize("action", Action)
def test_done_too_late_it_does_not_count(action: Action) -> None:
    late = DONE[action]
    assert judged(action, lambda t: late(t - 5.5)).outcome is Outcome.FAILED


@pytest.mark.parametrize("action", Action)
def test_whatever_else_is_done_does_not_count(action: Action) -> None:
    """So an answer that was given before, in another order, fails."""
    for other in set(Action) - {action}:
        assert judged(action, DONE[other]).outcome is Outcome.FAILED, other


def test_the_other_way_first_is_said() -> None:
    def both(t: float) -> Gesture:
        return replace(AHEAD, yaw=-25.0 if t < 2 else 25.0)

    assert judged(Action.TURN_LEFT, both).reason == "other_way"
    assert judged(Action.TURN_RIGHT, both).outcome is Outcome.PASSED


def test_one_picture_alone_is_a_slip() -> None:
    once = between(1, 1.1, replace(AHEAD, yaw=40.0))
    assert judged(Action.TURN_LEFT, once).outcome is Outcome.FAILED


@pytest.mark.parametrize("action", Action)
def test_too_few_pictures_say_nothing(action: Action) -> None:
    found = judged(action, DONE[action], rate=1.5)
    assert (found.outcome, found.reason) == (Outcome.UNUSABLE, "few_pictures")


def test_without_a_face_before_nothing_is_said() -> None:
    samples = [replace(one, gesture=None) if one.at <= SHOWN else one for one in seen(DONE["nod"])]
    found = judge(Asked(Action.NOD, SHOWN, UNTIL), samples)
    assert (found.outcome, found.reason) == (Outcome.UNUSABLE, "no_face_before")


def test_who_leaves_the_picture_has_not_covered_their_face() -> None:
    assert judged(Action.COVER_FACE, between(1, 5, None)).outcome is Outcome.FAILED
    assert judged(Action.COVER_FACE, between(1, 9, None)).outcome is Outcome.FAILED


def test_the_whole_is_as_good_as_its_worst_part() -> None:
    def part(outcome: Outcome) -> ActionFound:
        return ActionFound(Action.NOD, outcome, 0.0, None)

    passed, failed, unusable = map(part, (Outcome.PASSED, Outcome.FAILED, Outcome.UNUSABLE))
    assert together([passed, passed], 2) is Outcome.PASSED
    assert together([passed, failed, unusable], 3) is Outcome.FAILED
    assert together([passed, unusable], 2) is Outcome.UNUSABLE
    assert together([passed], 2) is Outcome.UNUSABLE
    assert together([], 1) is Outcome.UNUSABLE
