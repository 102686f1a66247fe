"""Is a face good enough to be compared? Figures of one face, and the reasons against it.

Codes are stable: pages translate them, evidence keeps them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2

from kyc.face import Face, Image
from kyc.occlusion import Seen, seen


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured on one face.

    `yaw` is how far the nose lies beside the middle of the eyes, in eye distances (.2 ≈ 15°);
    `pitch` how far down between eyes and mouth it lies (≈ .55 looking ahead); `roll` is in degrees.
    `sharpness` is the variance of the Laplacian over the variance of the 112 × 112 upright face,
    hence the same in weak and strong light; `brightness` and `contrast` are its grey mean and
    standard deviation (0–255). `seen`: how much of eyes and mouth.
    """

    size: float
    confidence: float
    yaw: float
    pitch: float
    roll: float
    sharpness: float
    brightness: float
    contrast: float
    seen: Seen


UNCOVERED = Seen(eyes=0.38, eye_light=0.5, mouth=0.31)
ANY = Seen(eyes=0.0, eye_light=0.0, mouth=0.0)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is asked of a face. The defaults are for live video."""

    size: float = 90
    confidence: float = 0.8
    yaw: float = 0.2
    pitch: tuple[float, float] = (0.3, 0.8)
    roll: float = 35
    sharpness: float = 0.012
    brightness: tuple[float, float] = (40, 220)
    contrast: float = 12
    seen: Seen = UNCOVERED


LIVE = Limits()
# A printed portrait is small, rastered, glossy and photographed at an angle.
PORTRAIT = Limits(
    size=70,
    confidence=0.7,
    yaw=0.3,
    pitch=(0.2, 0.9),
    sharpness=0.006,
    brightness=(30, 235),
    contrast=8,
    seen=ANY,  # print and foil: nobody can uncover what they hide
)


def measure(face: Face, upright: Image) -> Figures:
    """Figures of a face; `upright` is the same face as 112 × 112 pixels, turned upright."""
    grey = cv2.cvtColor(upright, cv2.COLOR_BGR2GRAY)
    contrast = float(grey.std())
    edges = float(cv2.Laplacian(grey, cv2.CV_64F).var())
    yaw, pitch, roll = pose(face)
    return Figures(
        size=face.width,
        confidence=face.confidence,
        yaw=yaw,
        pitch=pitch,
        roll=roll,
        sharpness=edges / max(contrast * contrast, 1.0),
        brightness=float(grey.mean()),
        contrast=contrast,
        seen=seen(upright),
    )


def pose(face: Face) -> tuple[float, float, float]:
    """Yaw, pitch and roll of `Figures` from the five landmarks."""
    right_eye, left_eye, nose, right_mouth, left_mouth = face.landmarks
    across = left_eye[0] - right_eye[0], left_eye[1] - right_eye[1]
    apart = math.hypot(*across) or 1.0
    ux, uy = across[0] / apart, across[1] / apart
    eyes = (right_eye[0] + left_eye[0]) / 2, (right_eye[1] + left_eye[1]) / 2
    mouth = (right_mouth[0] + left_mouth[0]) / 2, (right_mouth[1] + left_mouth[1]) / 2
    nose_x, nose_y = nose[0] - eyes[0], nose[1] - eyes[1]
    mouth_below = -(mouth[0] - eyes[0]) * uy + (mouth[1] - eyes[1]) * ux
    nose_below = -nose_x * uy + nose_y * ux
    pitch = nose_below / mouth_below if mouth_below > 1 else 0.0
    return (nose_x * ux + nose_y * uy) / apart, pitch, math.degrees(math.atan2(uy, ux))


def flaws(figures: Figures, limits: Limits) -> tuple[str, ...]:
    """Why this face is not good enough; empty if it is."""
    found = {
        "face_too_small": figures.size < limits.size,
        "face_unclear": figures.confidence < limits.confidence,
        "face_turned": abs(figures.yaw) > limits.yaw or not _within(figures.pitch, limits.pitch),
        "face_tilted": abs(figures.roll) > limits.roll,
        "face_blurred": figures.sharpness < limits.sharpness,
        "too_dark": figures.brightness < limits.brightness[0],
        "too_bright": figures.brightness > limits.brightness[1],
        "too_flat": figures.contrast < limits.contrast,
        "eyes_covered": figures.seen.eyes < limits.seen.eyes
        or figures.seen.eye_light < limits.seen.eye_light,
        "mouth_covered": figures.seen.mouth < limits.seen.mouth,
    }
    return tuple(code for code, there in found.items() if there)


def crowd(faces: Sequence[Face], similar: float = 0.5) -> str | None:
    """`no_face`, or `several_faces` when a second one is at least `similar` times as wide."""
    if not faces:
        return "no_face"
    widest = max(face.width for face in faces)
    if sum(face.width >= similar * widest for face in faces) > 1:
        return "several_faces"
    return None


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]
