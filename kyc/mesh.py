"""A face as 468 points in space, and what its holder does with it: turned, bent, blinked, spoke.

Angles are of the head against the camera, from the points' own depth: a flat picture that is turned
in the hand stays flat (at most 4° were measured; docs/identity.md). Pure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Indices of MediaPipe's face mesh; right and left are the subject's own.
_RIGHT_EYE = (160, 158, 153, 144)  # lids: upper outside, upper inside, lower inside, lower outside
_LEFT_EYE = (387, 385, 380, 373)
CORNERS_OF_EYES = 33, 263
_CORNERS_OF_MOUTH = 61, 291
_LIPS = 13, 14
_FOREHEAD, _UNDER_NOSE, _CHIN = 10, 2, 152


@dataclass(frozen=True, eq=False, slots=True)
class FaceMesh:
    """`points`: 468 × 3 in pixels, x to the right, y down, z away from the camera. Biometric: never
    logged, never stored."""

    points: NDArray[np.float32]

    def __repr__(self) -> str:
        return "FaceMesh(…)"


@dataclass(frozen=True, slots=True)
class Gesture:
    """What one picture shows of a face.

    `yaw` in degrees, positive to the subject's own left; `pitch` positive downward; `roll` positive
    to the subject's own left shoulder. `eyes`: height of the more closed eye over the height of the
    face from forehead to nose; over its own width (Soukupová and Čech 2016) a photograph that is
    bent would blink. `mouth`: height of the open lips over the mouth's width; `size`: pixels
    between the outer corners of the eyes, as if the head looked ahead.
    """

    yaw: float
    pitch: float
    roll: float
    eyes: float
    mouth: float
    size: float


def gesture(mesh: FaceMesh) -> Gesture:
    """Measure one face."""
    points = mesh.points.astype(np.float64)
    across = points[CORNERS_OF_EYES[1]] - points[CORNERS_OF_EYES[0]]
    down = points[_CHIN] - points[_FOREHEAD]
    return Gesture(
        yaw=math.degrees(math.atan2(across[2], math.hypot(across[0], across[1]))),
        pitch=math.degrees(math.atan2(down[2], math.hypot(down[0], down[1]))),
        roll=math.degrees(math.atan2(across[1], across[0])),
        eyes=min(_opening(points, _RIGHT_EYE), _opening(points, _LEFT_EYE))
        / max(_apart(points, _FOREHEAD, _UNDER_NOSE), 1e-6),
        mouth=_apart(points, *_LIPS) / max(_apart(points, *_CORNERS_OF_MOUTH), 1e-6),
        size=float(np.linalg.norm(across)),
    )


def _opening(points: NDArray[np.float64], lids: tuple[int, ...]) -> float:
    top_out, top_in, low_in, low_out = lids
    return (_apart(points, top_out, low_out) + _apart(points, top_in, low_in)) / 2


def _apart(points: NDArray[np.float64], one: int, other: int) -> float:
    return float(np.linalg.norm(points[one, :2] - points[other, :2]))
