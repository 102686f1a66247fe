"""A document is found in a photograph to a few pixels; what can't be read is told beforehand."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import cv2
import numpy as np
import pytest

from bench import _kyc_cards as cards
from kyc.card import look, rectify
from kyc.face import Image
from kyc.framing import PAGES, Framing
from kyc.reading import DocumentKind
from tests.kyc.people import astronaut, clip

TODAY = date(2026, 11, 23)
CARD = PAGES[DocumentKind.RESIDENT_ID_FRONT]


def front(seed: int = 1) -> Image:
    chance = random.Random(seed)
    return cards.front(cards.person(chance, TODAY), chance)


def shot(page: Image, seed: int = 1, **changes: object) -> tuple[Image, np.ndarray]:
    level = replace(cards.LEVELS["mid"], **changes)  # type: ignore[arg-type]
    return cards.shoot(page, level, random.Random(seed))


@pytest.mark.parametrize("name", list(cards.LEVELS))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_card_is_found_to_a_hundredth_of_its_width(name: str, seed: int) -> None:
    image, corners = cards.shoot(front(seed), cards.LEVELS[name], random.Random(seed))
    framed = look(image, CARD)
    assert framed.framing is Framing.GOOD
    assert framed.corners is not None
    assert float(np.abs(framed.corners - corners).max()) < 0.013 * image.shape[1] * 0.62


@pytest.mark.parametrize("kind", [DocumentKind.PASSPORT, DocumentKind.BUSINESS_LICENCE])
def test_so_are_larger_documents(kind: DocumentKind) -> None:
    chance = random.Random(4)
    page = (
        cards.passport(cards.traveller(chance, TODAY), chance)
        if kind is DocumentKind.PASSPORT
        else cards.licence(cards.company(chance), chance)
    )
    image, corners = shot(page, size=(1920, 1080))
    framed = look(image, PAGES[kind])
    assert framed.framing is Framing.GOOD
    assert framed.corners is not None
    assert float(np.abs(framed.corners - corners).max()) < 10


def test_a_card_on_its_side_is_laid_with_its_long_side_up() -> None:
    image, _ = shot(front())
    lying = np.ascontiguousarray(np.rot90(image))
    framed = look(lying, CARD)
    assert framed.corners is not None
    straight = rectify(lying, framed.corners, CARD)
    plain = rectify(image, look(image, CARD).corners, CARD)  # type: ignore[arg-type]
    agree = [
        float(np.abs(turned.astype(int) - plain.astype(int)).mean())
        for turned in (straight, straight[::-1, ::-1])
    ]
    assert min(agree) < 12


@pytest.mark.parametrize(
    "image",
    [
        np.full((720, 1280, 3), 127, np.uint8),
        np.zeros((480, 640, 3), np.uint8),
        np.random.default_rng(1).integers(0, 255, (480, 640, 3)).astype(np.uint8),
        astronaut(),
        clip()[0],
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((3, 4000, 3), np.uint8),
    ],
    ids=["grey", "black", "noise", "astronaut", "carphone", "dot", "line"],
)
def test_no_card_is_found_where_none_is(image: Image) -> None:
    framed = look(image, CARD)
    assert framed.framing is not Framing.GOOD


def test_a_card_far_away_is_too_small() -> None:
    assert look(shot(front(), fill=0.25)[0], CARD).framing is Framing.TOO_SMALL


def test_a_card_that_leaves_the_picture_is_cut_off() -> None:
    image, corners = shot(front(), turn=0, warp=0)
    cut = np.ascontiguousarray(image[:, int(corners[:, 0].min()) + 60 :])
    assert look(cut, CARD).framing in {Framing.CUT_OFF, Framing.NO_CARD}


@pytest.mark.parametrize("blur", [4, 6])
def test_a_card_that_was_moved_is_blurred(blur: float) -> None:
    assert look(shot(front(), blur=blur)[0], CARD).framing is Framing.BLURRED


def test_a_card_in_the_lamp_is_glare() -> None:
    image, corners = shot(front(), glare=0)
    middle = tuple(int(value) for value in corners.mean(axis=0))
    cv2.ellipse(image, middle, (330, 180), 0, 0, 360, (255, 255, 255), -1)
    framed = look(image, CARD)
    assert framed.framing is Framing.GLARE
    assert framed.glare > 0.3


def test_a_card_seen_from_the_side_is_tilted() -> None:
    page, room = front(), np.full((720, 1280, 3), 60, np.uint8)
    corners = np.array([[300, 60], [1000, 260], [1000, 470], [300, 650]], np.float32)
    flat = np.array([[0, 0], [1012, 0], [1012, 638], [0, 638]], np.float32)
    turn = cv2.getPerspectiveTransform(flat, corners)
    seen = cv2.warpPerspective(page, turn, (1280, 720), dst=room, borderMode=cv2.BORDER_TRANSPARENT)
    assert look(np.asarray(seen, np.uint8), CARD).framing is Framing.TILTED
