"""dlib's ResNet by `face_recognition`: a second opinion that may only lower trust.

At its default threshold (.6) it took 46.6 % of East-Asian-looking impostor pairs for one person
(ageitgey/face_recognition#612 says why), so it decides nothing and is asked with .45.
Faces come from the same finder as for SFace, and only the 5-point landmarks are used: the data of
the 68-point model exclude commercial use.
"""

from __future__ import annotations

import warnings

import numpy as np

from kyc.engines.weights import DLIB_LANDMARKS, DLIB_RESNET, load
from kyc.errors import Outage
from kyc.face import Face, Image, Score, Template, require_own

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)
    try:
        import face_recognition
    except SystemExit as stop:  # face_recognition quits the interpreter when its models are absent
        raise Outage("model_missing", "face_recognition_models") from stop


class DlibResNet:
    """Euclidean distance of faces, 128 values."""

    name = "dlib"
    model_sha256 = DLIB_RESNET.sha256

    def __init__(self) -> None:
        for weights in (DLIB_RESNET, DLIB_LANDMARKS):
            load(weights)

    def embed(self, image: Image, face: Face) -> Template:
        """Measure one face; `face` is in pixels of `image`."""
        # dlib expects its own detector's squares, which end at brow and chin.
        half = (face.width + face.height) / 4
        x, y = face.x + face.width / 2, face.y + face.height / 2
        square = int(y - half), int(x + half), int(y + half), int(x - half)
        rgb = np.ascontiguousarray(image[:, :, ::-1])
        vector = face_recognition.face_encodings(rgb, [square], model="small")[0]
        return Template(self.name, self.model_sha256, vector.astype(np.float32))

    def compare(self, one: Template, other: Template) -> Score:
        """Distance, 0 upwards. Raises `MixedTemplates` for templates this engine didn't make."""
        require_own(self, one, other)
        return Score(self.name, "distance", float(np.linalg.norm(one.vector - other.vector)))
