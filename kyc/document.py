"""The portrait in a photograph of an identity document; runs only in a model process."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import cv2
import numpy as np

from kyc.engines.sface import SFace
from kyc.errors import Refusal
from kyc.face import Face, FaceFinder, Image
from kyc.picture import decode, encode, portrait_of
from kyc.quality import PORTRAIT, crowd, flaws, measure
from kyc.result import PortraitFound

# Passports print a small ghost of the portrait; a person holding the card is as large as theirs.
_GHOST = 0.7
_CLEAR = 0.9  # upright faces had .91 and more, lying ones .87 and less
_TURNS = (None, cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_90_COUNTERCLOCKWISE, cv2.ROTATE_180)


def find_portrait(photo: bytes, finders: Sequence[FaceFinder], engine: SFace) -> PortraitFound:
    """Find the one portrait of a photographed document, whichever way the photo was turned.

    `finders` are tried in order, for portraits large and small in the picture.

    Raises:
        Refusal: a code of `kyc.image.inspect`, `no_face`, `several_faces`, or a flaw of
            `kyc.quality` under the `PORTRAIT` limits.
    """
    image = decode(photo)
    turned, faces = _upright(image, finders)
    code = crowd(faces, _GHOST)
    if code:
        raise Refusal(code)
    face = faces[0]
    found = flaws(measure(face, engine.upright(turned, face)), PORTRAIT)
    if found:
        raise Refusal(found[0])
    return PortraitFound(
        photo=encode(image),
        portrait=portrait_of(turned, face),
        width=image.shape[1],
        height=image.shape[0],
        face_width=face.width,
        original_sha256=hashlib.sha256(photo).hexdigest(),
        finder_sha256=finders[0].model_sha256,
    )


def _upright(image: Image, finders: Sequence[FaceFinder]) -> tuple[Image, list[Face]]:
    """The turn of the picture in which its largest face is clearest, and the faces there.

    YuNet finds faces on their side or head too, and calls them upright; only less surely.
    """
    best: tuple[Image, list[Face]] = image, []
    sure = PORTRAIT.confidence
    for turn in _TURNS:
        turned = image if turn is None else np.asarray(cv2.rotate(image, turn), np.uint8)
        for finder in finders:
            faces = finder.find(turned)
            if faces and faces[0].confidence > sure:
                best, sure = (turned, faces), faces[0].confidence
        if sure >= _CLEAR:
            break
    return best
