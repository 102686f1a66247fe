"""One face followed from picture to picture; runs only in a model process."""

from __future__ import annotations

from collections.abc import Sequence

from kyc.engines.facemesh import FaceMeshModel, around_face, around_mesh
from kyc.face import FaceFinder, Image
from kyc.frames import EncodedFrame
from kyc.liveness import Sample
from kyc.mesh import FaceMesh, gesture
from kyc.video import decode_vp8

RATE = 10.0
"""Pictures a second that are looked at; a blink lasts a tenth to four tenths of a second."""


class FaceTrack:
    """Finds the largest face once and follows it while it is there."""

    def __init__(self, finder: FaceFinder, model: FaceMeshModel) -> None:
        self._finder = finder
        self._model = model
        self._last: FaceMesh | None = None

    def sample(self, image: Image, at: float) -> Sample:
        """What one picture shows."""
        if self._last is not None:
            self._last = self._model.fit(image, around_mesh(self._last))
        if self._last is None:
            faces = self._finder.find(image)
            if faces:
                self._last = self._model.fit(image, around_face(faces[0]))
        return Sample(at, gesture(self._last) if self._last else None)


def samples(
    frames: Sequence[EncodedFrame], finder: FaceFinder, model: FaceMeshModel
) -> list[Sample]:
    """Gestures of a stretch of encoded live video, `RATE` a second."""
    if not frames:
        return []
    began, ended = frames[0][2], frames[-1][2]
    wanted = [began + n / RATE for n in range(int((ended - began) * RATE) + 1)]
    track = FaceTrack(finder, model)
    return [
        track.sample(image, at) for at, image in decode_vp8(frames, wanted) if image is not None
    ]
