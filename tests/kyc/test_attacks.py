"""A photograph, moved as its holder likes, does not turn its head; a man who turns his does."""

from __future__ import annotations

import numpy as np
import pytest

from kyc.challenge import TURNS, Action
from kyc.engines.facemesh import FaceMeshModel
from kyc.engines.yunet import YuNet
from kyc.face import Image
from kyc.gestures import sample, samples
from kyc.liveness import Asked, Sample, judge
from kyc.policy import Outcome
from tests.kyc import attacks
from tests.kyc.attacks import looked_at
from tests.kyc.people import clip, vp8


@pytest.fixture(scope="module")
def finder() -> YuNet:
    return YuNet(320)


@pytest.fixture(scope="module")
def model() -> FaceMeshModel:
    return FaceMeshModel()


def outcome(action: Action, seen: list[Sample], shown: float = 1.0) -> Outcome:
    return judge(Asked(action, shown, seen[-1].at), seen).outcome


def test_a_man_who_turns_his_head_is_seen_to(finder: YuNet, model: FaceMeshModel) -> None:
    """A looks to his right, then to his left by 17°, in real video as a browser sends it."""
    seen = samples(vp8(list(clip()[27:])), finder, model)
    shown = seen[0].at + 0.9
    assert all(one.gesture for one in seen)
    assert outcome(Action.TURN_LEFT, seen, shown) is Outcome.PASSED
    found = judge(Asked(Action.TURN_RIGHT, shown, seen[-1].at), seen)
    assert (found.outcome, found.reason) == (Outcome.FAILED, "other_way")


def test_in_a_mirror_it_is_the_other_way(finder: YuNet, model: FaceMeshModel) -> None:
    mirrored = [image[:, ::-1].copy() for image in clip()[27:]]
    seen = looked_at(mirrored, finder, model)
    assert outcome(Action.TURN_RIGHT, seen, 0.9) is Outcome.PASSED


@pytest.mark.parametrize(
    "pictures",
    [
        attacks.held_photo(4),
        attacks.turned_photo(4),
        attacks.turned_photo(4, 55),
        attacks.bent_photo(4),
        attacks.nearer_photo(4),
        attacks.covered_photo(4),
        attacks.frozen(attacks.placed(), 4),
    ],
    ids=["held", "turned", "turned far", "bent", "nearer", "covered", "frozen"],
)
def test_no_photograph_turns_its_head(
    pictures: list[Image], finder: YuNet, model: FaceMeshModel
) -> None:
    seen = looked_at(pictures, finder, model)
    assert sum(one.gesture is not None for one in seen) > len(seen) / 2
    for turn in TURNS:
        assert outcome(turn, seen) is Outcome.FAILED
    for action in (Action.OPEN_MOUTH, Action.BLINK):
        assert outcome(action, seen) is not Outcome.PASSED


def test_what_a_photograph_can_do_is_known(finder: YuNet, model: FaceMeshModel) -> None:
    """It comes closer, and a hand passes before it: alone these prove nothing."""
    nearer = looked_at(attacks.nearer_photo(4), finder, model)
    assert outcome(Action.COME_CLOSER, nearer) is Outcome.PASSED
    covered = looked_at(attacks.covered_photo(4), finder, model)
    assert outcome(Action.COVER_FACE, covered) is Outcome.PASSED


def test_where_nobody_is_no_face_is_seen(finder: YuNet, model: FaceMeshModel) -> None:
    """The mesh alone would fit a face to noise."""
    noise = np.random.default_rng(1).integers(0, 255, (480, 640, 3)).astype(np.uint8)
    for empty in (noise, np.full_like(noise, 90)):
        assert sample(empty, 0.0, finder, model).gesture is None
