"""The verdict moves only one way: better figures never worsen it, a second opinion only can."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.policy import Outcome, SecondOpinion, decide

cosine = st.floats(-1, 1)
scores = st.lists(cosine, min_size=5, max_size=12)
distance = st.floats(0, 2)


@pytest.mark.parametrize(
    ("median", "outcome", "reasons"),
    [
        (0.71, Outcome.PASSED, ()),
        (0.50, Outcome.PASSED, ()),
        (0.499, Outcome.REFERRED, ("score_between",)),
        (0.363, Outcome.REFERRED, ("score_between",)),
        (0.362, Outcome.FAILED, ("score_low",)),
        (-0.1, Outcome.FAILED, ("score_low",)),
    ],
)
def test_the_median_of_five_decides(
    median: float, outcome: Outcome, reasons: tuple[str, ...]
) -> None:
    decision = decide([-0.3, 0.9, median, median, median])
    assert (decision.outcome, decision.reasons) == (outcome, reasons)
    assert decision.score == median


@given(st.lists(cosine, max_size=4), st.none() | distance, st.none() | cosine)
def test_fewer_than_five_good_frames_say_nothing(
    few: list[float], second: float | None, continuity: float | None
) -> None:
    decision = decide(few, second=second, continuity=continuity)
    assert decision.outcome is Outcome.UNUSABLE
    assert decision.reasons == ("too_few_frames",)
    assert decision.score is None


@given(scores, st.data(), st.none() | distance, st.none() | cosine)
def test_a_likelier_frame_never_worsens_the_verdict(
    frames: list[float], data: st.DataObject, second: float | None, continuity: float | None
) -> None:
    before = decide(frames, second=second, continuity=continuity)
    which = data.draw(st.integers(0, len(frames) - 1))
    better = [*frames]
    better[which] = data.draw(st.floats(frames[which], 1))
    after = decide(better, second=second, continuity=continuity)
    assert after.outcome.trust >= before.outcome.trust


@given(scores, distance, st.none() | cosine)
def test_a_second_opinion_only_lowers(
    frames: list[float], second: float, continuity: float | None
) -> None:
    alone = decide(frames, continuity=continuity)
    asked = decide(frames, second=second, continuity=continuity)
    assert asked.outcome.trust <= alone.outcome.trust
    assert asked.outcome.trust >= min(alone.outcome.trust, 1)
    assert (asked.second is SecondOpinion.LOWERS) == (second > 0.45)


@given(scores, distance, distance)
def test_a_nearer_second_opinion_never_worsens(
    frames: list[float], one: float, other: float
) -> None:
    near, far = sorted((one, other))
    nearer, farther = decide(frames, second=near), decide(frames, second=far)
    assert nearer.outcome.trust >= farther.outcome.trust


@given(scores, cosine, cosine)
def test_a_steadier_face_never_worsens(frames: list[float], one: float, other: float) -> None:
    low, high = sorted((one, other))
    steady, changed = decide(frames, continuity=high), decide(frames, continuity=low)
    assert steady.outcome.trust >= changed.outcome.trust


def test_another_face_in_mid_clip_is_referred() -> None:
    decision = decide([0.8] * 5 + [0.1] * 4, continuity=0.05)
    assert decision.outcome is Outcome.REFERRED
    assert decision.reasons == ("face_changed",)


@pytest.mark.parametrize("odd", [float("nan"), float("inf")])
def test_a_score_that_is_no_number_is_an_error(odd: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        decide([0.9, 0.9, 0.9, 0.9, odd])
    with pytest.raises(ValueError, match="finite"):
        decide([0.9] * 5, second=odd)
