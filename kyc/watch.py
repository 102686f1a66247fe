"""One look at the live video between checks: cheap enough for every second of every call.

Runs only in a model process. Measured at 640 × 480: 24 ms of one thread with one picture to decode,
40 ms with the 25 of a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from kyc.continuity import Look
from kyc.engines.sface import SFace
from kyc.face import Face, FaceFinder, Image, Template
from kyc.frames import EncodedFrame
from kyc.quality import LIVE, Limits, crowd, flaws, measure
from kyc.video import decode_vp8

_SIMILAR = 0.5  # of the largest face's width: smaller ones are pictures on the wall
_CLEAR = Limits(size=60, yaw=0.3, sharpness=0.008)  # less than a match asks: doubt wants little
_SMALL = 96, 72  # pixels of the small grey picture in which a face is compared with the look before


@dataclass(frozen=True, slots=True)
class Watched:
    """A look, and the small grey picture it saw, which the next look is given back.

    `flaws`: what keeps the face from being compared, as `kyc.quality` calls it; empty for nothing.
    """

    look: Look
    picture: bytes
    flaws: tuple[str, ...] = ()


class Watch:
    """Looks at the newest picture of a stretch of video."""

    def __init__(self, finder: FaceFinder, engine: SFace) -> None:
        self._finder = finder
        self._engine = engine

    def look(
        self, frames: Sequence[EncodedFrame], passed: Template | None, before: bytes
    ) -> Watched | None:
        """`passed`: the face that was recognised, None while none was; `before`: of the last look,
        empty for the first. None where no picture could be decoded.

        Raises:
            MixedTemplates: `passed` was made by another engine or model file.
        """
        newest = [frames[-1][2]] if frames else []
        pictures = [(at, one) for at, one in decode_vp8(frames, newest) if one is not None]
        if not pictures:
            return None
        at, image = pictures[-1]
        faces = self._finder.find(image)
        if not faces:
            return Watched(Look(at, 0, None, None), b"", ("no_face",))
        largest = faces[0]
        many = sum(one.width >= _SIMILAR * largest.width for one in faces)
        small = _small(image)
        change = _change(small, before, _place(image, largest)) if before else None
        figures = measure(largest, self._engine.upright(image, largest))
        likeness = None if flaws(figures, _CLEAR) else self._likeness(image, largest, passed)
        alone = crowd(faces, _SIMILAR)
        found = ((alone,) if alone else ()) + flaws(figures, LIVE)
        return Watched(Look(at, many, likeness, change), small.tobytes(), found)

    def _likeness(self, image: Image, face: Face, passed: Template | None) -> float | None:
        if passed is None:
            return None
        return self._engine.compare(passed, self._engine.embed(image, face)).value


def _small(image: Image) -> Image:
    """Grey; its averages take away a camera's noise."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(grey, _SMALL, interpolation=cv2.INTER_AREA), np.uint8)


def _place(image: Image, face: Face) -> tuple[slice, slice]:
    """Rows and columns of the face in the small picture, at least one of each."""
    height, width = image.shape[:2]
    right, down = _SMALL[0] / width, _SMALL[1] / height
    top, left = max(0, int(face.y * down)), max(0, int(face.x * right))
    bottom, end = int((face.y + face.height) * down), int((face.x + face.width) * right)
    return slice(min(top, _SMALL[1] - 1), bottom + 1), slice(min(left, _SMALL[0] - 1), end + 1)


def _change(small: Image, before: bytes, place: tuple[slice, slice]) -> float:
    """Mean difference in grey levels where the face is now. The same place in both pictures: a
    box found anew for each would jump by a pixel and draw change into a frozen picture."""
    other = np.frombuffer(before, np.uint8).reshape(small.shape)
    return float(np.abs(small[place].astype(np.float32) - other[place]).mean())
