"""A frame that can't be compared says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from kyc.engines.sface import SFace
from kyc.engines.yunet import YuNet
from kyc.face import Face, Image
from kyc.occlusion import Seen
from kyc.quality import LIVE, Figures, crowd, flaws, measure
from tests.kyc.people import astronaut, clip, wide

GOOD = Figures(
    size=160,
    confidence=0.93,
    yaw=0.05,
    pitch=0.55,
    roll=-10,
    sharpness=0.1,
    brightness=120,
    contrast=40,
    seen=Seen(eyes=0.8, eye_light=0.9, mouth=0.7),
)


CLOTH, GLASS, PAPER = (170, 170, 165), (22, 24, 26), (225, 225, 225)


def covered(image: Image, face: Face, cover: str) -> Image:
    """The same picture with something before the face."""
    out = image.copy()
    right_eye, left_eye, nose, *_ = (np.array(point) for point in face.landmarks)
    apart = float(np.linalg.norm(left_eye - right_eye))
    across = (left_eye - right_eye) / apart
    down = np.array([-across[1], across[0]])

    def corners(*places: tuple[float, float]) -> NDArray[np.int32]:
        spots = [nose + apart * (x * across + y * down) for x, y in places]
        return np.array(spots, np.int32)

    if cover == "mask":
        edge = corners((-0.9, -0.1), (0, -0.2), (0.9, -0.1), (0.8, 0.9), (0, 1.4), (-0.8, 0.9))
        cv2.fillPoly(out, [edge], CLOTH)
    elif cover == "sunglasses":
        for eye in (right_eye, left_eye):
            x, y = eye
            axes = (round(0.42 * apart), round(0.3 * apart))
            cv2.ellipse(out, (round(x), round(y)), axes, 0, 0, 360, GLASS, -1)
    else:
        half = corners((0.05, -1.5), (1.6, -1.5), (1.6, 1.6), (0.05, 1.6))
        cv2.fillPoly(out, [half], PAPER)
    return out


def figures(image: Image, finder: YuNet, sface: SFace) -> Figures:
    face = finder.find(image)[0]
    return measure(face, sface.upright(image, face))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"size": 60}, "face_too_small"),
        ({"confidence": 0.7}, "face_unclear"),
        ({"yaw": 0.4}, "face_turned"),
        ({"yaw": -0.4}, "face_turned"),
        ({"pitch": 0.1}, "face_turned"),
        ({"roll": 50}, "face_tilted"),
        ({"sharpness": 0.004}, "face_blurred"),
        ({"brightness": 20}, "too_dark"),
        ({"brightness": 240}, "too_bright"),
        ({"contrast": 5}, "too_flat"),
        ({"seen": Seen(0.2, 0.9, 0.7)}, "eyes_covered"),
        ({"seen": Seen(0.8, 0.2, 0.7)}, "eyes_covered"),
        ({"seen": Seen(0.8, 0.9, 0.2)}, "mouth_covered"),
    ],
)
def test_each_flaw_has_its_code(change: dict[str, float], code: str) -> None:
    assert flaws(GOOD, LIVE) == ()
    assert flaws(replace(GOOD, **change), LIVE) == (code,)


def test_most_frames_of_a_person_talking_are_good(finder: YuNet, sface: SFace) -> None:
    found = [flaws(figures(image, finder, sface), LIVE) for image in clip()[::10]]
    assert found.count(()) >= 10


def test_light_does_not_change_sharpness(finder: YuNet, sface: SFace) -> None:
    bright = figures(astronaut(), finder, sface)
    dim = figures((astronaut() * 0.4).astype(np.uint8), finder, sface)
    assert dim.sharpness == pytest.approx(bright.sharpness, rel=0.2)
    assert dim.brightness < bright.brightness / 2


def test_blur_is_seen(finder: YuNet, sface: SFace) -> None:
    smeared = np.asarray(cv2.GaussianBlur(astronaut(), (0, 0), 3), np.uint8)
    assert "face_blurred" in flaws(figures(smeared, finder, sface), LIVE)


@pytest.mark.parametrize(
    ("cover", "code"),
    [("mask", "mouth_covered"), ("sunglasses", "eyes_covered"), ("paper", "eyes_covered")],
)
@pytest.mark.parametrize("picture", [astronaut, lambda: clip()[0]])
def test_what_covers_a_face_is_told(
    picture: Callable[[], Image], cover: str, code: str, finder: YuNet, sface: SFace
) -> None:
    image = picture()
    behind = covered(image, finder.find(image)[0], cover)
    assert code in flaws(figures(behind, finder, sface), LIVE)
    assert code not in flaws(figures(image, finder, sface), LIVE)


def test_a_crowd_is_two_faces_of_like_size(finder: YuNet) -> None:
    large = finder.find(clip()[0])
    assert crowd([]) == "no_face"
    assert crowd(large) is None
    assert crowd([*large, large[0].scaled(0.9)]) == "several_faces"
    assert crowd([*large, large[0].scaled(0.3)]) is None


def test_faces_are_found_at_the_same_place_at_any_size(finder: YuNet) -> None:
    small = finder.find(clip()[0])[0]
    large = finder.find(wide(clip()[0], 2560))[0]
    assert large.width == pytest.approx(4 * small.width, rel=0.1)
    assert large.x == pytest.approx(4 * small.x, rel=0.1)
