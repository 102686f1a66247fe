"""The port behind which face models stand: where a face is, its measure, how alike two are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from kyc.errors import MixedTemplates

Image = NDArray[np.uint8]  # height × width × 3, BGR
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Face:
    """One detected face in pixels of the image it was found in.

    Landmarks are the subject's right eye, left eye, nose tip, right and left corner of the mouth.
    """

    x: float
    y: float
    width: float
    height: float
    landmarks: tuple[Point, Point, Point, Point, Point]
    confidence: float

    def scaled(self, factor: float) -> Face:
        """The same face in an image that is `factor` times as large."""
        right_eye, left_eye, nose, right_mouth, left_mouth = (
            (x * factor, y * factor) for x, y in self.landmarks
        )
        return Face(
            self.x * factor,
            self.y * factor,
            self.width * factor,
            self.height * factor,
            (right_eye, left_eye, nose, right_mouth, left_mouth),
            self.confidence,
        )


@dataclass(frozen=True, eq=False, slots=True)
class Template:
    """A face measured by one model file. Biometric: never logged, never stored in the clear."""

    engine: str
    model_sha256: str
    vector: NDArray[np.float32]

    def __repr__(self) -> str:
        return f"Template({self.engine}, {self.model_sha256[:8]}, …)"


@dataclass(frozen=True, slots=True)
class Score:
    """How alike two templates are; `cosine` grows with likeness, `distance` shrinks."""

    engine: str
    measure: Literal["cosine", "distance"]
    value: float


class FaceFinder(Protocol):
    """Finds every face in a picture, largest first."""

    @property
    def model_sha256(self) -> str: ...

    def find(self, image: Image) -> list[Face]: ...


class FaceEngine(Protocol):
    """Measures a found face and compares two measurements."""

    @property
    def name(self) -> str: ...

    @property
    def model_sha256(self) -> str: ...

    def embed(self, image: Image, face: Face) -> Template: ...

    def compare(self, one: Template, other: Template) -> Score:
        """Raises `MixedTemplates` unless both come from this very engine and model file."""
        ...


def require_own(engine: FaceEngine, *templates: Template) -> None:
    """Raise `MixedTemplates` unless every template was made by `engine` with its model file."""
    for template in templates:
        if (template.engine, template.model_sha256) != (engine.name, engine.model_sha256):
            raise MixedTemplates(f"{engine.name} can't compare a template of {template.engine}")
