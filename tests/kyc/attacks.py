"""Attacks on liveness, made from a photograph or from what was played before. Each gives pictures
as a camera would, 25 a second."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import cv2
import numpy as np

from kyc.engines.facemesh import FaceMeshModel
from kyc.engines.yunet import YuNet
from kyc.face import Image
from kyc.gestures import sample
from kyc.liveness import Sample
from tests.kyc.people import RATE, astronaut

WIDTH, HEIGHT = 640, 480
FOCAL, FAR = 700.0, 900.0
STEP = 2
"""Every second picture is looked at: 12.5 a second."""


def looked_at(pictures: list[Image], finder: YuNet, model: FaceMeshModel) -> list[Sample]:
    """What the movements are judged by."""
    return [sample(one, n * STEP / RATE, finder, model) for n, one in enumerate(pictures[::STEP])]


def held_photo(seconds: float, seed: int = 1) -> list[Image]:
    """A print held still by a hand that shakes, in a camera with noise."""
    chance = random.Random(seed)
    return [
        noisy(
            placed(
                turn=chance.gauss(0, 0.4),
                x=40 * math.sin(n / 31) + chance.gauss(0, 0.7),
                y=15 * math.cos(n / 23) + chance.gauss(0, 0.7),
            ),
            n,
        )
        for n in range(round(seconds * RATE))
    ]


def turned_photo(seconds: float, degrees: float = 40.0) -> list[Image]:
    """The print is swung about its upright axis, as a head would turn, there and back."""
    return swung(seconds, lambda part: placed(yaw=degrees * math.sin(2 * math.pi * part)))


def bent_photo(seconds: float, degrees: float = 35.0) -> list[Image]:
    """The print is swung about its level axis, as in a nod."""
    return swung(seconds, lambda part: placed(pitch=degrees * math.sin(2 * math.pi * part)))


def nearer_photo(seconds: float) -> list[Image]:
    """The print comes closer and goes back."""
    return swung(seconds, lambda part: placed(nearer=1 + 0.45 * math.sin(math.pi * part)))


def covered_photo(seconds: float) -> list[Image]:
    """A hand passes before the print."""

    def hand(part: float) -> Image:
        image = placed()
        left = round(WIDTH * (2.4 * part - 0.9))
        cv2.rectangle(image, (left, 0), (left + 300, HEIGHT), (120, 150, 200), -1)
        return image

    return swung(seconds, hand)


def frozen(image: Image, seconds: float) -> list[Image]:
    """One picture for ever."""
    return [image] * round(seconds * RATE)


def swung(seconds: float, make: Callable[[float], Image]) -> list[Image]:
    """A second of rest, so that there is a face to start from, then the movement."""
    rest = [noisy(placed(x=0.3 * math.sin(n)), n) for n in range(RATE)]
    count = round(seconds * RATE)
    return rest + [noisy(make(n / count), 1000 + n) for n in range(count)]


def placed(
    *,
    yaw: float = 0.0,
    pitch: float = 0.0,
    turn: float = 0.0,
    x: float = 0.0,
    y: float = 0.0,
    nearer: float = 1.0,
) -> Image:
    """The photograph as a flat print before a camera, turned by degrees."""
    photo = astronaut()
    height, width = photo.shape[:2]
    a, b, c = (math.radians(angle) for angle in (yaw, pitch, turn))
    about_y = np.array([[math.cos(a), 0, math.sin(a)], [0, 1, 0], [-math.sin(a), 0, math.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(b), -math.sin(b)], [0, math.sin(b), math.cos(b)]])
    about_z = np.array([[math.cos(c), -math.sin(c), 0], [math.sin(c), math.cos(c), 0], [0, 0, 1]])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    middle = corners - np.array([224, 120])  # of the face
    space = np.c_[middle, np.zeros(4)] @ (about_z @ about_y @ about_x).T
    depth = space[:, 2] + FAR / nearer
    seen = FOCAL * space[:, :2] / depth[:, None] + [WIDTH / 2 + x, HEIGHT / 2 + y]
    shape = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    flat = cv2.warpPerspective(photo, shape, (WIDTH, HEIGHT), borderValue=(90, 90, 90))
    return np.asarray(flat, np.uint8)


def noisy(image: Image, seed: int) -> Image:
    """A camera's noise."""
    grain = np.random.default_rng(seed).normal(0, 4, image.shape)
    return np.asarray(np.clip(image + grain, 0, 255), np.uint8)
