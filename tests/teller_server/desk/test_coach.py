"""Who can't be seen well enough is told what to change, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from teller_server.desk.facts import VisitFacts
from teller_server.desk.picture import CallPicture, Peer
from teller_server.desk.views.customer import customer_view
from teller_server.desk.views.scene import BranchFacts, VisitScene
from teller_server.domain import commands as c
from tests.teller_server.material import STEPS, TELLER, Walk, script

BRANCH = BranchFacts("Model Bank", True, "9:00-17:00", None)


def comparing() -> Walk:
    walk = Walk().in_service().through(*STEPS[:2])
    walk.do(c.StartStep("face", TELLER), c.CheckIdentity("k1", TELLER))
    return walk


def coached(walk: Walk, party: str = "customer", seen: str | None = None) -> Any:
    """`seen`: what the looks of this second say of the picture."""
    peers = {"customer": Peer("up", advice=seen), "teller": Peer("up")}
    picture = CallPicture("v", "r", "d", 0.0, walk.now, peers, {}, (), ())
    scene = VisitScene(walk.at, script(), walk.now, 0.0, picture, facts=VisitFacts())
    return customer_view(BRANCH, scene, party)["step"]["coach"]


def test_nothing_is_said_before_or_during_a_comparison() -> None:
    assert coached(comparing()) is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("face_too_small", "您离镜头有点远，请靠近一些。"),
        ("mouth_covered", "请取下口罩，不要遮挡口鼻。"),
        ("too_dark", "光线太暗。请打开灯，或面向窗户。"),
    ],
)
def test_a_comparison_that_saw_too_little_says_what_to_change(code: str, words: str) -> None:
    walk = comparing()
    walk.do(c.IdentityCheckFailed("k1", code))
    assert coached(walk) == words
    walk.do(c.CheckIdentity("k2", TELLER))
    assert coached(walk) is None


def test_before_a_comparison_the_picture_of_this_second_is_spoken_of() -> None:
    walk = Walk().in_service().through(*STEPS[:2])
    assert coached(walk, seen="too_dark") is None, "the step has not begun"
    walk.do(c.StartStep("face", TELLER))
    assert coached(walk, seen="face_too_small") == "您离镜头有点远，请靠近一些。"
    assert coached(walk, seen="") is None
    walk.do(c.CheckIdentity("k1", TELLER), c.IdentityCheckFailed("k1", "too_dark"))
    assert coached(walk, seen="") is None, "it is bright enough by now"
    assert coached(walk) == "光线太暗。请打开灯，或面向窗户。"


@pytest.mark.parametrize("code", ["models_busy", "not_checked", "portrait_unusable"])
def test_what_the_person_cannot_change_is_not_said_to_them(code: str) -> None:
    walk = comparing()
    walk.do(c.IdentityCheckFailed("k1", code))
    assert coached(walk) is None


@pytest.mark.parametrize("outcome", ["passed", "referred", "failed"])
def test_how_like_the_faces_are_is_never_said_to_them(outcome: Any) -> None:
    walk = comparing()
    walk.do(c.IdentityChecked("k1", outcome, 0.4, "lowers", ("score_between", "too_flat"), {}))
    assert coached(walk) is None
