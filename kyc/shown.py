"""Does the live video show the document of a photograph? Runs only in a model process.

Two cards of one kind share emblem, labels and lines, so points that match say only which kind lies
there and how. The picture is laid straight by them and then compared patch by patch, where it has
drawing: on another person's card the labels agree and the words beside them don't.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.face import Image
from kyc.frames import EncodedFrame, moments
from kyc.picture import shrunk
from kyc.reading import DocumentShown
from kyc.video import decode_vp8

_EXAMINED, _APART = 6, 0.3  # pictures, seconds
_WIDE = 640  # pixels in which both are compared
_POINTS, _NEAREST = 1_000, 0.8
_FEWEST = 15  # matching points that lie as one flat thing
_OFF = 4.0  # pixels a point may lie beside where it should
_TALL, _BROAD = 24, 64  # pixels of a patch: three or four letters
_DRAWN = 9.0  # grey levels of spread; a patch with less is empty paper
_LEAST = 0.1  # of the patches: those that agree least decide
_ALIKE = 0.4  # fitted on few drawn cards: the same .47 and more at half the width; another's .30

Grey = NDArray[Any]


def shown(still: Image, frames: Sequence[EncodedFrame]) -> DocumentShown:
    """The best of several pictures."""
    before = _grey(still)
    best = DocumentShown(found=False, likeness=0.0, at=0.0)
    for at, image in decode_vp8(frames, moments(frames, _EXAMINED, _APART)):
        if image is None:
            continue
        likeness = _likeness(before, cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
        if best.at == 0 or likeness > best.likeness:
            best = DocumentShown(likeness >= _ALIKE, round(likeness, 3), at)
    return best


def _likeness(still: Grey, picture: Grey) -> float:
    turn = _lies(still, picture)
    if turn is None:
        return 0.0
    height, width = still.shape
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    straight = cv2.warpPerspective(picture, turn, (width, height), flags=flags)
    return _agreement(still, straight)


def _lies(still: Grey, picture: Grey) -> NDArray[np.float64] | None:
    """The homography from the still into the picture, where enough points lie by it."""
    finder = cv2.ORB.create(_POINTS)
    here, these = finder.detectAndCompute(still, None)
    there, those = finder.detectAndCompute(picture, None)
    if these is None or those is None or len(those) < 2:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(these, those, k=2)
    good = [one for one, other in pairs if one.distance < _NEAREST * other.distance]
    if len(good) < _FEWEST:
        return None
    source = np.array([here[one.queryIdx].pt for one in good], np.float32)
    target = np.array([there[one.trainIdx].pt for one in good], np.float32)
    turn, inside = cv2.findHomography(source, target, cv2.RANSAC, _OFF)
    if turn is None or int(inside.sum()) < _FEWEST:
        return None
    return np.asarray(turn, np.float64)


def _agreement(still: Grey, straight: Grey) -> float:
    """How the patches correlate: the value that nine tenths of those with drawing reach."""
    one, other = (
        cv2.GaussianBlur(grey, (0, 0), 1.0).astype(np.float32) for grey in (still, straight)
    )
    a, b = _patches(one), _patches(other)
    drawn = a.std(axis=1) > _DRAWN
    if not drawn.any():
        return 0.0
    a, b = (side[drawn] - side[drawn].mean(axis=1, keepdims=True) for side in (a, b))
    size = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1)) + 1e-6
    return float(max(0.0, np.quantile((a * b).sum(axis=1) / size, _LEAST)))


def _patches(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squares in rows of their pixels."""
    rows, columns = grey.shape[0] // _TALL, grey.shape[1] // _BROAD
    cut = grey[: rows * _TALL, : columns * _BROAD].reshape(rows, _TALL, columns, _BROAD)
    return cut.transpose(0, 2, 1, 3).reshape(rows * columns, _TALL * _BROAD)


def _grey(image: Image) -> Grey:
    return np.asarray(cv2.cvtColor(shrunk(image, _WIDE), cv2.COLOR_BGR2GRAY), np.uint8)
