"""Was it done? Each action of a challenge, judged by what the live picture showed in its own time.

The samples are the server's own: gestures measured in the recording's pictures. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from kyc.challenge import Action
from kyc.mesh import Gesture
from kyc.policy import Outcome


@dataclass(frozen=True, slots=True)
class Sample:
    """What one picture showed; `at` in seconds of the recording, None where no face was found."""

    at: float
    gesture: Gesture | None


@dataclass(frozen=True, slots=True)
class Asked:
    """An action on the customer's page: shown, and no longer waited for, at these seconds."""

    action: Action
    shown: float
    until: float


@dataclass(frozen=True, slots=True)
class ActionFound:
    """`measured` in the action's own unit (degrees, a ratio, seconds covered); `at` when it was
    seen. `reason` is a code unless it passed."""

    action: Action
    outcome: Outcome
    measured: float
    at: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Needed:
    """How much of an action counts. Measured on few clips; see docs/identity.md."""

    turn: float = 15.0
    nod: float = 10.0
    nod_back: float = 5.0
    mouth: float = 0.30
    mouth_more: float = 0.20
    eyes: float = 0.85
    eyes_back: float = 0.92
    blink: float = 0.7
    calm: float = 6.0
    calm_size: float = 0.06
    closer: float = 1.25
    covered: tuple[float, float] = (0.2, 3.0)
    rate: float = 4.0
    blink_rate: float = 8.0
    before: float = 1.5
    looks: int = 3


NEEDED = Needed()


def judge(asked: Asked, samples: Sequence[Sample], needed: Needed = NEEDED) -> ActionFound:
    """Judge one action by all samples of the visit; those of another time do not count.

    `Outcome.UNUSABLE` where the picture was too poor to say: `few_pictures`, `no_face_before`.
    `Outcome.FAILED`: `not_done`, or `other_way` when the head was turned the other way first.
    """
    before = _gestures(samples, asked.shown - needed.before, asked.shown)
    within = [one for one in samples if asked.shown < one.at <= asked.until]
    rate = needed.blink_rate if asked.action is Action.BLINK else needed.rate
    if len(within) < rate * (asked.until - asked.shown) / 2:
        return ActionFound(asked.action, Outcome.UNUSABLE, 0.0, None, "few_pictures")
    if len(before) < needed.looks:
        return ActionFound(asked.action, Outcome.UNUSABLE, 0.0, None, "no_face_before")
    return _JUDGES[asked.action](asked.action, before, within, needed)


def together(found: Sequence[ActionFound], asked: int) -> Outcome:
    """The whole challenge: passed when each action was; failed when one was seen not to be done."""
    outcomes = {one.outcome for one in found}
    if Outcome.FAILED in outcomes:
        return Outcome.FAILED
    if len(found) < asked or outcomes != {Outcome.PASSED}:
        return Outcome.UNUSABLE
    return Outcome.PASSED


# ---- one action


def _turn(
    action: Action, before: list[Gesture], within: list[Sample], needed: Needed
) -> ActionFound:
    sign = 1 if action is Action.TURN_LEFT else -1
    ahead = median(one.yaw for one in before)
    turned = [(one.at, sign * (one.gesture.yaw - ahead)) for one in within if one.gesture]
    most = max((much for _, much in turned), default=0.0)
    at = _twice([(when, much >= needed.turn) for when, much in turned])
    other = _twice([(when, much <= -needed.turn) for when, much in turned])
    if other is not None and (at is None or other < at):
        return ActionFound(action, Outcome.FAILED, round(most, 1), other, "other_way")
    return _found(action, most, at)


def _nod(
    action: Action, before: list[Gesture], within: list[Sample], needed: Needed
) -> ActionFound:
    level = median(one.pitch for one in before)
    bent = [(one.at, one.gesture.pitch - level) for one in within if one.gesture]
    most = max((much for _, much in bent), default=0.0)
    down = _twice([(when, much >= needed.nod) for when, much in bent])
    up = [
        when for when, much in bent if down is not None and when > down and much <= needed.nod_back
    ]
    return _found(action, most, up[0] if up else None)


def _open_mouth(
    action: Action, before: list[Gesture], within: list[Sample], needed: Needed
) -> ActionFound:
    least = max(needed.mouth, median(one.mouth for one in before) + needed.mouth_more)
    opened = [(one.at, one.gesture.mouth) for one in within if one.gesture]
    most = max((much for _, much in opened), default=0.0)
    return _found(action, most, _twice([(when, much >= least) for when, much in opened]))


def _blink(
    action: Action, before: list[Gesture], within: list[Sample], needed: Needed
) -> ActionFound:
    """Closed and soon open again, and nothing else moved: a hand or a fold would move all of it."""
    usual, ahead = median(one.eyes for one in before), median(one.yaw for one in before)
    level, wide = median(one.pitch for one in before), median(one.size for one in before)

    def calm(one: Gesture) -> bool:
        turned = max(abs(one.yaw - ahead), abs(one.pitch - level))
        return turned <= needed.calm and abs(one.size / wide - 1) <= needed.calm_size

    lids = [(one.at, one.gesture.eyes / usual, calm(one.gesture)) for one in within if one.gesture]
    least = min((much for _, much, still in lids if still), default=1.0)
    shut: float | None = None
    for at, much, still in lids:
        if much <= needed.eyes and still:
            shut = at if shut is None else shut
        elif not still or (shut is not None and at - shut > needed.blink):
            shut = None
        elif shut is not None and much >= needed.eyes_back:
            return _found(action, least, at)
    return _found(action, least, None)


def _come_closer(
    action: Action, before: list[Gesture], within: list[Sample], needed: Needed
) -> ActionFound:
    usual = median(one.size for one in before)
    near = [(one.at, one.gesture.size / max(usual, 1e-6)) for one in within if one.gesture]
    most = max((much for _, much in near), default=0.0)
    return _found(action, most, _twice([(when, much >= needed.closer) for when, much in near]))


def _cover_face(
    action: Action, before: list[Gesture], within: list[Sample], needed: Needed
) -> ActionFound:
    """Gone for a moment and back; whether it is the same face is asked elsewhere."""
    del before
    gone, longest, back = None, 0.0, None
    for one in within:
        if one.gesture is None:
            gone = one.at if gone is None else gone
        elif gone is not None:
            longest = max(longest, one.at - gone)
            if needed.covered[0] <= one.at - gone <= needed.covered[1] and back is None:
                back = one.at
            gone = None
    return _found(action, longest, back)


_JUDGES = {
    Action.TURN_LEFT: _turn,
    Action.TURN_RIGHT: _turn,
    Action.NOD: _nod,
    Action.OPEN_MOUTH: _open_mouth,
    Action.BLINK: _blink,
    Action.COME_CLOSER: _come_closer,
    Action.COVER_FACE: _cover_face,
}


def _found(action: Action, measured: float, at: float | None) -> ActionFound:
    if at is None:
        return ActionFound(action, Outcome.FAILED, round(measured, 2), None, "not_done")
    return ActionFound(action, Outcome.PASSED, round(measured, 2), at)


def _gestures(samples: Sequence[Sample], since: float, until: float) -> list[Gesture]:
    return [one.gesture for one in samples if one.gesture and since <= one.at <= until]


def _twice(seen: Sequence[tuple[float, bool]]) -> float | None:
    """When something was seen in two pictures running: one alone may be a slip of the model."""
    for (_, first), (at, second) in pairwise(seen):
        if first and second:
            return at
    return None
