"""One face match: the portrait of the document against the live video; runs in a model process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from kyc.engines.sface import SFace
from kyc.errors import Refusal
from kyc.face import Face, FaceEngine, FaceFinder, Image, Template
from kyc.frames import EncodedFrame, moments
from kyc.picture import decode, portrait_of
from kyc.policy import Decision, Outcome, SecondOpinion, Thresholds, decide
from kyc.quality import LIVE, PORTRAIT, Limits, crowd, flaws, measure
from kyc.result import CheckResult, FrameScore
from kyc.video import decode_vp8

_EXAMINED = 24  # frames looked at, evenly over the clip
_APART = 0.1  # seconds; nearer frames are one observation, not two
_COMPARED = 9  # good frames that enter the median
_ASKED = 5  # good frames shown to the second engine, which costs four times as much


@dataclass(frozen=True, slots=True)
class _Good:
    arrived: float
    image: Image
    face: Face
    template: Template
    sharpness: float


class KycCheck:
    """Compares a live person with a portrait, by one engine and perhaps a second opinion."""

    def __init__(
        self,
        finder: FaceFinder,
        engine: SFace,
        second: FaceEngine | None = None,
        thresholds: Thresholds | None = None,
        limits: Limits = LIVE,
    ) -> None:
        self._finder = finder
        self._engine = engine
        self._second = second
        self._thresholds = thresholds or Thresholds()
        self._limits = limits

    def run(self, portrait: bytes, frames: Sequence[EncodedFrame]) -> CheckResult:
        """Judge `frames` (encoded VP8, in order of arrival) against `portrait` (JPEG).

        Raises:
            Refusal: the portrait can't be used: an image code, `no_face`, `several_faces`.
        """
        document, face = self._portrait(portrait)
        good, seen, decoded = self._examine(frames)
        template = self._engine.embed(document, face)
        scores = [
            FrameScore(one.arrived, self._engine.compare(template, one.template).value)
            for one in good
        ]
        figures = [one.score for one in scores]
        continuity = self._continuity(good)
        decision = decide(figures, continuity=continuity, thresholds=self._thresholds)
        distance = None
        if decision.outcome is Outcome.PASSED and self._second is not None:
            distance = self._ask(self._second, document, face, good)
            decision = decide(
                figures, continuity=continuity, second=distance, thresholds=self._thresholds
            )
        return self._result(decision, distance, scores, good, (seen, decoded), (document, face))

    def _portrait(self, portrait: bytes) -> tuple[Image, Face]:
        image = decode(portrait)
        faces = self._finder.find(image)
        code = crowd(faces, 0.7)
        if code:
            raise Refusal(code)
        if faces[0].confidence < PORTRAIT.confidence:
            raise Refusal("no_face")
        return image, faces[0]

    def _examine(self, frames: Sequence[EncodedFrame]) -> tuple[list[_Good], Counter[str], int]:
        """The good frames to compare, the flaws of the others (`""` counts good ones), decoded."""
        good: list[_Good] = []
        seen: Counter[str] = Counter()
        decoded = 0
        for arrived, image in decode_vp8(frames, moments(frames, _EXAMINED, _APART)):
            decoded += 1
            if image is None:
                continue
            faces = self._finder.find(image)
            code = crowd(faces)
            if code:
                seen[code] += 1
                continue
            upright = self._engine.upright(image, faces[0])
            figures = measure(faces[0], upright)
            found = flaws(figures, self._limits)
            seen[found[0] if found else ""] += 1
            if not found:
                template = self._engine.embed(image, faces[0])
                good.append(_Good(arrived, image, faces[0], template, figures.sharpness))
        return _spread(good, _COMPARED), seen, decoded

    def _continuity(self, good: Sequence[_Good]) -> float | None:
        pairs = pairwise(good)
        return min(
            (self._engine.compare(a.template, b.template).value for a, b in pairs), default=None
        )

    def _ask(self, second: FaceEngine, document: Image, face: Face, good: Sequence[_Good]) -> float:
        template = second.embed(document, face)
        asked = _spread(good, _ASKED)
        return median(
            second.compare(template, second.embed(one.image, one.face)).value for one in asked
        )

    def _result(
        self,
        decision: Decision,
        distance: float | None,
        scores: Sequence[FrameScore],
        good: Sequence[_Good],
        counts: tuple[Counter[str], int],
        document: tuple[Image, Face],
    ) -> CheckResult:
        seen, decoded = counts
        bad = {code: count for code, count in seen.most_common() if code}
        reasons = decision.reasons
        if decision.outcome is Outcome.UNUSABLE:
            reasons = (*reasons, *(bad if decoded else ("no_video",)))
        best = max(good, key=lambda one: one.sharpness, default=None)
        return CheckResult(
            outcome=decision.outcome,
            score=decision.score,
            frames=tuple(scores),
            reasons=reasons,
            second_opinion=SecondOpinion(decision.second),
            second_distance=distance,
            engine=self._engine.name,
            model_sha256=self._engine.model_sha256,
            frames_decoded=decoded,
            frames_examined=seen.total(),
            flaws=bad,
            live_face=portrait_of(best.image, best.face) if best else None,
            portrait_face=portrait_of(*document),
        )


def _spread(good: Sequence[_Good], most: int) -> list[_Good]:
    """At most `most` of them, evenly over time."""
    if len(good) <= most:
        return list(good)
    step = (len(good) - 1) / (most - 1)
    return [good[round(n * step)] for n in range(most)]
