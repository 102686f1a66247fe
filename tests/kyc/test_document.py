"""The portrait of a photographed document is found; what has none is refused by its code."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kyc.document import find_portrait
from kyc.engines.sface import SFace
from kyc.engines.yunet import YuNet
from kyc.errors import Refusal
from kyc.face import Image
from kyc.image import inspect
from kyc.picture import decode
from kyc.result import PortraitFound
from tests.kyc.people import astronaut, clip, jpeg, wide


@pytest.fixture(scope="module")
def finders() -> tuple[YuNet, YuNet]:
    return YuNet(640), YuNet(1280)


def card(portrait: Image, width: int = 1600) -> Image:
    """A pale card with lines of text and a small portrait on the right, on a dark desk."""
    height = width * 3 // 4
    desk = np.full((height, width, 3), 40, np.uint8)
    left, top, right, bottom = width // 10, height // 6, width * 9 // 10, height * 5 // 6
    desk[top:bottom, left:right] = (225, 235, 230)
    for row in range(6):
        y = top + height // 12 + row * height // 12
        cv2.putText(desk, "SPECIMEN 330102", (left + 40, y), 0, width / 1200, (60, 60, 60), 2)
    face = wide(portrait, width // 5)
    y, x = top + height // 8, right - width // 5 - width // 20
    desk[y : y + face.shape[0], x : x + face.shape[1]] = face
    return desk


def refusal(image: Image, finders: tuple[YuNet, YuNet], sface: SFace) -> str:
    with pytest.raises(Refusal) as caught:
        find_portrait(jpeg(image), finders, sface)
    return caught.value.code


def likeness(found: PortraitFound, other: Image, finder: YuNet, sface: SFace) -> float:
    crop = decode(found.portrait)
    template = sface.embed(crop, finder.find(crop)[0])
    return sface.compare(template, sface.embed(other, finder.find(other)[0])).value


@pytest.mark.parametrize("width", [1600, 4000])
def test_finds_the_portrait_on_a_card(
    width: int, finders: tuple[YuNet, YuNet], sface: SFace
) -> None:
    found = find_portrait(jpeg(card(clip()[0], width)), finders, sface)
    assert (found.width, found.height) == (width, width * 3 // 4)
    assert inspect(found.photo).width == width
    assert max(decode(found.portrait).shape[:2]) <= 640
    assert likeness(found, clip()[0], finders[0], sface) > 0.8
    assert likeness(found, astronaut(), finders[0], sface) < 0.3


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_finds_it_whichever_way_the_card_lay(
    turns: int, finders: tuple[YuNet, YuNet], sface: SFace
) -> None:
    lying = np.ascontiguousarray(np.rot90(card(clip()[0]), turns))
    found = find_portrait(jpeg(lying), finders, sface)
    assert (found.height, found.width) == lying.shape[:2]
    assert likeness(found, clip()[0], finders[0], sface) > 0.8


def test_nothing_on_the_picture_is_no_face(finders: tuple[YuNet, YuNet], sface: SFace) -> None:
    assert refusal(np.full((480, 640, 3), 200, np.uint8), finders, sface) == "no_face"


def test_two_people_are_several_faces(finders: tuple[YuNet, YuNet], sface: SFace) -> None:
    both = np.hstack([clip()[0][:512], wide(astronaut(), 900)[100:612]])
    assert refusal(both, finders, sface) == "several_faces"


def test_a_far_away_card_is_too_small(finders: tuple[YuNet, YuNet], sface: SFace) -> None:
    far = card(clip()[0], 800)
    assert refusal(far, finders, sface) == "face_too_small"


def test_a_smeared_photograph_is_blurred(finders: tuple[YuNet, YuNet], sface: SFace) -> None:
    smeared = np.asarray(cv2.GaussianBlur(astronaut(), (0, 0), 3.5), np.uint8)
    assert refusal(smeared, finders, sface) == "face_blurred"


def test_a_dark_photograph_is_too_dark(finders: tuple[YuNet, YuNet], sface: SFace) -> None:
    dark = (astronaut() * 0.12).astype(np.uint8)
    assert refusal(dark, finders, sface) == "too_dark"
