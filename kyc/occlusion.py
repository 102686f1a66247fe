"""How much of a face can be seen, on its upright 112 × 112 picture: eyes and mouth.

A mask, a hand or a sheet of paper has no lid, lash or lip under it, so its share of the level edges
of a face falls; dark glasses take the light away. Measured on 209 pictures of 44 people with drawn
covers: docs/identity.md. A hand before the mouth, with the edges of its fingers, is mostly missed.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from kyc.face import Image

_EYES = (slice(42, 60), slice(26, 50)), (slice(42, 60), slice(61, 85))
_LIDS = (slice(44, 58), slice(28, 48)), (slice(44, 58), slice(63, 83))
_CHEEKS = (slice(64, 80), slice(24, 44)), (slice(64, 80), slice(68, 88))
_MOUTH = slice(82, 102), slice(36, 75)
_FACE = slice(35, 105), slice(22, 90)


@dataclass(frozen=True, slots=True)
class Seen:
    """`eyes` and `mouth`: level edges there over all edges of the face, of the plainer eye.
    `eye_light`: the brighter part of the brighter eye over the cheeks."""

    eyes: float
    eye_light: float
    mouth: float


def seen(upright: Image) -> Seen:
    """What can be seen of a face that stands upright, its eyes on the level of row 51."""
    grey = cv2.GaussianBlur(cv2.cvtColor(upright, cv2.COLOR_BGR2GRAY).astype(np.float32), (0, 0), 1)
    level = np.abs(cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    every = level + np.abs(cv2.Sobel(grey, cv2.CV_32F, 1, 0))
    edges = float(every[_FACE].mean()) or 1.0
    cheek = float(np.median([grey[one] for one in _CHEEKS])) or 1.0
    return Seen(
        eyes=min(float(level[one].mean()) for one in _EYES) / edges,
        eye_light=max(float(np.percentile(grey[one], 75)) for one in _LIDS) / cheek,
        mouth=float(level[_MOUTH].mean()) / edges,
    )
