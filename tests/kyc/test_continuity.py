"""Another face, two, none, a frozen picture: told at the second look, and when it is over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.continuity import Continuity, Doubt, Look, News

SAME = Look(0.0, faces=1, likeness=0.8, change=4.0)
SHOWN = {
    Doubt.ANOTHER_FACE: replace(SAME, likeness=0.1),
    Doubt.SEVERAL_FACES: replace(SAME, faces=2),
    Doubt.NO_FACE: replace(SAME, faces=0, likeness=None),
    Doubt.STILL_PICTURE: replace(SAME, change=0.0),
}
LIMIT_S = 3.0


def told(looks: list[Look]) -> list[News]:
    watch = Continuity(0.363)
    return [news for n, look in enumerate(looks) for news in watch.take(replace(look, at=float(n)))]


@pytest.mark.parametrize("doubt", Doubt)
def test_each_doubt_is_told_within_three_seconds_and_once(doubt: Doubt) -> None:
    news = told([SAME, SAME, *[SHOWN[doubt]] * 6, *[SAME] * 3])
    assert [(one.doubt, one.began) for one in news] == [(doubt, True), (doubt, False)]
    assert news[0].at - 2 <= LIMIT_S
    assert news[1].at == (10 if doubt is Doubt.STILL_PICTURE else 8)


def test_a_keyframe_does_not_bring_a_frozen_picture_to_life() -> None:
    frozen = SHOWN[Doubt.STILL_PICTURE]
    keyframe = [replace(SAME, change=1.1), replace(SAME, change=0.9)]
    assert len(told([SAME, *[frozen] * 6, *keyframe, *[frozen] * 8, *keyframe, frozen])) == 1


@pytest.mark.parametrize("doubt", Doubt)
def test_one_look_alone_is_not_told(doubt: Doubt) -> None:
    assert told([SAME, SHOWN[doubt], SAME, SHOWN[doubt], SAME]) == []


def test_a_swapped_person_who_turns_away_at_times_is_still_told() -> None:
    turned = replace(SHOWN[Doubt.ANOTHER_FACE], likeness=None)
    news = told([SAME, SHOWN[Doubt.ANOTHER_FACE], turned, SHOWN[Doubt.ANOTHER_FACE]])
    assert [(one.doubt, one.at) for one in news] == [(Doubt.ANOTHER_FACE, 3)]


def test_who_leaves_and_sends_another_is_told_both() -> None:
    looks = [SAME, *[SHOWN[Doubt.NO_FACE]] * 3, *[SHOWN[Doubt.ANOTHER_FACE]] * 3]
    assert [(one.doubt, one.began) for one in told(looks)] == [
        (Doubt.NO_FACE, True),
        (Doubt.NO_FACE, False),
        (Doubt.ANOTHER_FACE, True),
    ]


@given(st.lists(st.sampled_from([SAME, *SHOWN.values()]), max_size=40))
def test_beginnings_and_endings_alternate(looks: list[Look]) -> None:
    watch, holds = Continuity(0.363), set[Doubt]()
    for n, look in enumerate(looks):
        for news in watch.take(replace(look, at=float(n))):
            assert (news.doubt in holds) is not news.began
            (holds.add if news.began else holds.remove)(news.doubt)
        assert watch.doubts == holds
