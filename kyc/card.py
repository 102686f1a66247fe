"""Finds a flat document in a photograph and lays it straight; runs only in a model process.

A candidate's sides must lie on edges of the picture, its shape be near the document's, and it must
be whole: "the largest outline" alone was wrong by 167 pixels where this is by two or three.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.face import Image
from kyc.framing import Framing, Page
from kyc.picture import shrunk

Corners = NDArray[np.float32]
"""4 × 2, clockwise from where the document's upper left is taken to be, in pixels."""

_SIDE = 640  # pixels of the copy in which is searched
_LARGEST, _SMALLEST = 0.93, 0.02  # of the copy's area
_ROUGHNESS = (0.015, 0.025, 0.04, 0.06)  # of an outline's length
_BORDER = 2  # pixels; nearer to the rim the document is cut off
_SHAPE = 0.35  # how far the proportion may be off before it counts much
_SUPPORT = 0.55  # of the sides must lie on edges
_FEWEST = 420  # pixels of the document's width: below, letters are under 14 high
_LEAN = 1.7  # of opposite sides: seen at more than about 50°
_SHARP = 0.15  # measured: all is read at .22 and more, half of it at .19, names never below .16
_WASHED = 0.35  # of the page without any drawing

Mask = NDArray[Any]


@dataclass(frozen=True, eq=False, slots=True)
class Framed:
    """What was seen. `corners` in pixels of the picture, None where nothing was found; `glare` is
    the part of the page that is white and empty, `sharpness` as `sharpness` tells it. `page` is the
    document laid straight; None where it can't be."""

    corners: Corners | None
    framing: Framing
    glare: float = 0.0
    sharpness: float = 0.0
    page: Image | None = None


@dataclass(frozen=True, eq=False, slots=True)
class _Candidate:
    corners: Corners
    score: float
    whole: bool


def look(image: Image, page: Page) -> Framed:
    """Where the document is and whether it can be read there."""
    small = shrunk(image, _SIDE)
    found = list(_candidates(small, page))
    whole = [one for one in found if one.whole]
    if not whole:
        return Framed(None, Framing.CUT_OFF if found else Framing.NO_CARD)
    best = max(whole, key=lambda one: one.score)
    corners = np.asarray(best.corners * (image.shape[1] / small.shape[1]), np.float32)
    wide = float(np.linalg.norm(corners[1] - corners[0]))
    if wide < _FEWEST * page.width / 1012:
        return Framed(corners, Framing.TOO_SMALL)
    if _lean(corners) > _LEAN:
        return Framed(corners, Framing.TILTED)
    return _seen(corners, rectify(image, corners, page))


def rectify(image: Image, corners: Corners, page: Page) -> Image:
    """The document straight and in its own proportion."""
    width, height = page.width, page.height
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(corners, flat)
    straight = cv2.warpPerspective(image, turn, (width, height), flags=cv2.INTER_CUBIC)
    return np.asarray(straight, np.uint8)


def sharpness(page: Image) -> float:
    """How steep the page's steepest edges are, by its contrast; noise is smoothed away before."""
    grey = cv2.GaussianBlur(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), (0, 0), 1.2)
    steep = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)) / 4
    dark, light = np.percentile(grey[::4, ::4], (1, 95))
    return float(np.percentile(steep[::2, ::2], 98) / max(light - dark, 20.0))


def glare(page: Image) -> float:
    """The part of the page that is as bright as can be, in patches without any drawing."""
    white = np.asarray(page.min(axis=2) >= 252, np.uint8)
    side = max(9, page.shape[1] // 40) | 1
    solid = cv2.morphologyEx(white, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    return float(solid.mean())


def _seen(corners: Corners, page: Image) -> Framed:
    white, sharp = glare(page), sharpness(page)
    framing = Framing.GOOD
    if white > _WASHED:
        framing = Framing.GLARE
    elif sharp < _SHARP:
        framing = Framing.BLURRED
    return Framed(corners, framing, white, sharp, page)


def _candidates(small: Image, page: Page) -> Iterator[_Candidate]:
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB)
    light = cv2.bilateralFilter(lab[..., 0], 7, 40, 7)
    edges = cv2.dilate(cv2.Canny(light, 25, 75), np.ones((5, 5), np.uint8))
    colour = cv2.GaussianBlur(lab[..., 2], (5, 5), 0)
    strength = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2HSV)[..., 1], (5, 5), 0)
    for channel in (light, colour, strength):
        for mask in _masks(channel):
            outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
            for outline in outlines:
                candidate = _judged(outline, edges, page)
                if candidate is not None:
                    yield candidate


def _masks(channel: Mask) -> Iterator[Mask]:
    """Its edges; and what is lighter, or darker, than the rest."""
    yield cv2.dilate(cv2.Canny(channel, 25, 75), np.ones((3, 3), np.uint8))
    brush = np.ones((9, 9), np.uint8)
    for way in (cv2.THRESH_BINARY, cv2.THRESH_BINARY_INV):
        _, split = cv2.threshold(channel, 0, 255, cv2.THRESH_OTSU | way)
        closed = cv2.morphologyEx(split, cv2.MORPH_CLOSE, brush)
        yield cv2.morphologyEx(closed, cv2.MORPH_OPEN, brush)


def _judged(outline: NDArray[Any], edges: Mask, page: Page) -> _Candidate | None:
    height, width = edges.shape
    if len(outline) < 4:
        return None
    hull = cv2.convexHull(outline)
    area = cv2.contourArea(hull) / (height * width)
    four = _four(hull) if _SMALLEST < area < _LARGEST else None
    if four is None:
        return None
    corners = _ordered(four)
    proportion = _proportion(corners)
    support = _support(corners, edges)
    if not page.proportion / 1.6 < proportion < page.proportion * 1.5 or support < _SUPPORT:
        return None
    near = np.exp(-(((proportion - page.proportion) / _SHAPE) ** 2))
    fit = cv2.contourArea(hull) / max(cv2.contourArea(corners), 1.0)
    score = support * near * area**0.35 * min(fit, 1 / max(fit, 0.01))
    inside = corners.min() >= _BORDER and (corners < [width - _BORDER, height - _BORDER]).all()
    return _Candidate(corners, float(score), bool(inside))


def _four(hull: NDArray[Any]) -> Corners | None:
    length = cv2.arcLength(hull, True)
    for rough in _ROUGHNESS:
        points = cv2.approxPolyDP(hull, rough * length, True)
        if len(points) == 4:
            return np.asarray(points[:, 0], np.float32)
    return None


def _ordered(points: Corners) -> Corners:
    """Clockwise with the long side up; a document on its head is turned by whoever reads it."""
    middle = points.mean(axis=0)
    around = np.argsort(np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0]))
    corners = points[around]
    first = int(corners.sum(axis=1).argmin())
    corners = np.roll(corners, -first, axis=0)
    return np.roll(corners, 1, axis=0) if _proportion(corners) < 1 else corners


def _sides(corners: Corners) -> tuple[float, float, float, float]:
    top, right, bottom, left = (
        float(np.linalg.norm(corners[(n + 1) % 4] - corners[n])) for n in range(4)
    )
    return top, right, bottom, left


def _proportion(corners: Corners) -> float:
    top, right, bottom, left = _sides(corners)
    return (top + bottom) / max(left + right, 1.0)


def _lean(corners: Corners) -> float:
    top, right, bottom, left = (max(side, 1.0) for side in _sides(corners))
    return max(top / bottom, bottom / top, left / right, right / left)


def _support(corners: Corners, edges: Mask) -> float:
    """The part of the sides that lies on edges, the worst side counting as much as all."""
    height, width = edges.shape
    along = np.linspace(0.04, 0.96, 40)[:, None]
    sides = [corners[n] * (1 - along) + corners[(n + 1) % 4] * along for n in range(4)]
    at = np.concatenate(sides).astype(int)
    rows, columns = np.clip(at[:, 1], 0, height - 1), np.clip(at[:, 0], 0, width - 1)
    each = (edges[rows, columns] > 0).reshape(4, -1).mean(axis=1)
    return float((each.min() + each.mean()) / 2)
