"""What a face does, picture by picture; runs only in a model process."""

from __future__ import annotations

from collections.abc import Sequence

from kyc.engines.facemesh import FaceMeshModel, around_face, around_mesh
from kyc.face import FaceFinder, Image
from kyc.frames import EncodedFrame
from kyc.liveness import Sample
from kyc.mesh import gesture
from kyc.video import decode_vp8

RATE = 10.0
"""Pictures a second that are looked at; a blink lasts a tenth to four tenths of a second."""


def sample(image: Image, at: float, finder: FaceFinder, model: FaceMeshModel) -> Sample:
    """What one picture shows of its largest face."""
    faces = finder.find(image)
    if not faces:
        return Sample(at, None)
    near = model.fit(image, around_face(faces[0]))
    return Sample(at, gesture(model.fit(image, around_mesh(near))))


def samples(
    frames: Sequence[EncodedFrame], finder: FaceFinder, model: FaceMeshModel
) -> list[Sample]:
    """Gestures of a stretch of encoded live video, `RATE` a second."""
    if not frames:
        return []
    began, ended = frames[0][2], frames[-1][2]
    wanted = [began + n / RATE for n in range(int((ended - began) * RATE) + 1)]
    return [
        sample(image, at, finder, model)
        for at, image in decode_vp8(frames, wanted)
        if image is not None
    ]
