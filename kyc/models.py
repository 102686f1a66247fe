"""The models of one model process, loaded once, and the jobs they do.

Imported only there (`kyc.process`), so that the desk never loads OpenCV, dlib or FFmpeg.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import cv2

from kyc.check import KycCheck
from kyc.document import find_portrait
from kyc.documents import read_document
from kyc.engines.facemesh import FaceMeshModel
from kyc.engines.sface import SFace
from kyc.engines.yunet import YuNet
from kyc.errors import Refusal
from kyc.face import FaceEngine, Template
from kyc.frames import EncodedFrame
from kyc.gestures import samples
from kyc.liveness import Sample
from kyc.ocr import LetterReader
from kyc.picture import decode
from kyc.policy import Outcome, SecondOpinion
from kyc.reading import DocumentKind, DocumentRead, DocumentShown
from kyc.result import CheckResult, PortraitFound, Rejected, SheetFound
from kyc.sheet import find_sheet
from kyc.shown import shown
from kyc.watch import Watch, Watched

# A portrait may be a thirtieth of a photograph's width, or a third: a finder for each.
_NEAR, _FAR = 640, 1280
# A compared face is near. At 480 it costs 27 ms with its measuring, at 640 33; on ORL the rates at
# .50 are no worse (`bench.kyc --people`).
LIVE = 480
_QUICK = 320  # a face that is watched is as near as one that was matched


class Models:
    """Finder, engine and second opinion, ready for one job at a time."""

    def __init__(self, second_opinion: bool) -> None:
        cv2.setNumThreads(1)
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
        self._finders = YuNet(_NEAR), YuNet(_FAR)
        self._engine = SFace()
        self._quick = YuNet(_QUICK)
        self._watch = Watch(self._quick, self._engine)
        self._mesh = FaceMeshModel()
        self._check = KycCheck(YuNet(LIVE), self._engine, _second() if second_opinion else None)
        self._reader: LetterReader | None = None

    def portrait(self, photo: bytes) -> PortraitFound | Rejected:
        """Find the portrait in a document photograph."""
        try:
            return find_portrait(photo, self._finders, self._engine)
        except Refusal as refusal:
            return Rejected(refusal.code)

    def sheet(self, photo: bytes) -> SheetFound | Rejected:
        """A side without a portrait."""
        try:
            return find_sheet(photo)
        except Refusal as refusal:
            return Rejected(refusal.code)

    def check(self, portrait: bytes, frames: Sequence[EncodedFrame]) -> CheckResult:
        """Compare live frames with a portrait; one that can't be used makes the check unusable."""
        try:
            return self._check.run(portrait, frames)
        except Refusal as refusal:
            return CheckResult(
                outcome=Outcome.UNUSABLE,
                score=None,
                frames=(),
                reasons=("portrait_unusable", refusal.code),
                second_opinion=SecondOpinion.NONE,
                second_distance=None,
                engine=self._engine.name,
                model_sha256=self._engine.model_sha256,
                frames_decoded=0,
                frames_examined=0,
            )

    def template(self, picture: bytes) -> Template | None:
        """The face of a picture of our own; None where none is found."""
        image = decode(picture)
        faces = self._finders[0].find(image)
        return self._engine.embed(image, faces[0]) if faces else None

    def read(self, photo: bytes, kind: DocumentKind, today: date) -> DocumentRead | Rejected:
        """Read a photographed document."""
        try:
            return read_document(photo, kind, today, self._letters())
        except Refusal as refusal:
            return Rejected(refusal.code)

    def same_document(self, still: bytes, frames: Sequence[EncodedFrame]) -> DocumentShown:
        """Whether the video shows the document of `still`."""
        return shown(decode(still), frames)

    def look(
        self, frames: Sequence[EncodedFrame], passed: Template | None, before: bytes
    ) -> Watched | None:
        """`Watch.look`."""
        return self._watch.look(frames, passed, before)

    def gestures(self, frames: Sequence[EncodedFrame]) -> list[Sample]:
        """`kyc.gestures.samples`: what a face does, picture by picture."""
        return samples(frames, self._quick, self._mesh)

    def _letters(self) -> LetterReader:
        """Loaded for the first document: not every branch reads documents, and it is large."""
        if self._reader is None:
            from kyc.engines.rapidocr import RapidReader  # noqa: PLC0415

            self._reader = RapidReader()
        return self._reader


def _second() -> FaceEngine:
    from kyc.engines.dlib import DlibResNet  # noqa: PLC0415 - 150 MB that not every branch wants

    return DlibResNet()
