"""A look a second over real video: the same man, another person, two, none, a frozen picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kyc.continuity import Continuity, Doubt
from kyc.engines.sface import SFace
from kyc.engines.yunet import YuNet
from kyc.errors import MixedTemplates
from kyc.face import Image, Template
from kyc.policy import Thresholds
from kyc.watch import Watch, Watched
from tests.kyc.people import RATE, astronaut, clip, vp8

SIZE = 640, 524


def seen(watch: Watch, pictures: list[Image], passed: Template | None) -> list[Watched]:
    """A look at the end of every second."""
    looks, before = [], b""
    for end in range(RATE, len(pictures) + 1, RATE):
        looked = watch.look(vp8(pictures[end - RATE : end]), passed, before)
        assert looked is not None
        looks.append(looked)
        before = looked.picture
    return looks


def doubts(looks: list[Watched]) -> set[Doubt]:
    continuity = Continuity(Thresholds().referred)
    return {news.doubt for one in looks for news in continuity.take(one.look) if news.began}


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch(YuNet(320), SFace())


@pytest.fixture(scope="module")
def passed(watch: Watch) -> Template:
    """A, as he was recognised."""
    image = clip()[0]
    return watch._engine.embed(image, YuNet().find(image)[0])


def other(count: int) -> list[Image]:
    """B before the same camera, who moves a little."""
    pictures = []
    for n in range(count):
        shift = np.array([[1, 0, 64 + 3 * np.sin(n / 5)], [0, 1, 2 * np.cos(n / 7)]], np.float32)
        moved = cv2.warpAffine(astronaut(), shift, SIZE, borderValue=(90, 90, 90))
        grain = np.random.default_rng(n).normal(0, 3, moved.shape)
        pictures.append(np.asarray(np.clip(moved + grain, 0, 255), np.uint8))
    return pictures


def test_the_man_who_passed_raises_no_doubt(watch: Watch, passed: Template) -> None:
    looks = seen(watch, list(clip()), passed)
    assert doubts(looks) == set()
    assert all(one.look.faces == 1 for one in looks)
    assert any(one.look.likeness is not None for one in looks)


def test_another_person_after_the_match_is_told(watch: Watch, passed: Template) -> None:
    looks = seen(watch, [*clip()[:50], *other(75)], passed)
    assert doubts(looks) == {Doubt.ANOTHER_FACE}


def test_a_second_face_beside_him_is_told(watch: Watch, passed: Template) -> None:
    beside = cv2.resize(astronaut()[0:260, 100:360], (250, 250))
    pictures = []
    for image in clip()[:75]:
        both = image.copy()
        both[0:250, 0:250] = beside
        pictures.append(both)
    assert Doubt.SEVERAL_FACES in doubts(seen(watch, pictures, passed))


def test_an_empty_room_is_told(watch: Watch, passed: Template) -> None:
    room = [np.full((SIZE[1], SIZE[0], 3), 90 + n % 3, np.uint8) for n in range(75)]
    assert doubts(seen(watch, room, passed)) == {Doubt.NO_FACE}


def test_a_frozen_picture_is_told(watch: Watch, passed: Template) -> None:
    assert doubts(seen(watch, [clip()[0]] * 6 * RATE, passed)) == {Doubt.STILL_PICTURE}


def test_a_frozen_picture_is_told_however_its_encoder_fares(watch: Watch, passed: Template) -> None:
    """A sender short of CPU changes its speed, and so every picture of the same scene."""
    looks, before = [], b""
    for speed in (2, 14, 4, 16, 8, 12):
        looked = watch.look(vp8([clip()[0]] * RATE, speed=speed), passed, before)
        assert looked is not None
        looks.append(looked)
        before = looked.picture
    assert doubts(looks) == {Doubt.STILL_PICTURE}


def test_before_anybody_was_recognised_no_face_is_another(watch: Watch) -> None:
    assert doubts(seen(watch, other(75), None)) == set()


def test_no_picture_and_templates_of_another_engine(watch: Watch, passed: Template) -> None:
    assert watch.look([], passed, b"") is None
    assert watch.look([(b"\x01rubbish", False, 1.0)], passed, b"") is None
    foreign = Template("dlib", "0" * 64, passed.vector)
    with pytest.raises(MixedTemplates):
        watch.look(vp8(list(clip()[:5])), foreign, b"")


def test_a_look_says_what_keeps_a_face_from_being_compared(watch: Watch) -> None:
    dark = [np.asarray(picture * 0.2, np.uint8) for picture in clip()[:RATE]]
    small = [_shrunk(picture) for picture in clip()[:RATE]]
    empty = [np.full((524, 640, 3), 90, np.uint8)] * RATE
    found = [seen(watch, list(pictures), None)[0].flaws for pictures in (dark, small, empty)]
    assert [flaws[0] for flaws in found] == ["too_dark", "face_too_small", "no_face"]
    assert seen(watch, list(clip()[:RATE]), None)[0].flaws == ()


def _shrunk(picture: Image) -> Image:
    away = np.full(picture.shape, 90, np.uint8)
    small = cv2.resize(picture, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    away[: small.shape[0], : small.shape[1]] = small
    return away
