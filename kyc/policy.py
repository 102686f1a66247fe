"""From likeness to a verdict. Pure: numbers in, a decision out.

The machine never says yes alone: `passed` lets the teller accept, `referred` asks for a stated
reason, `failed` can't be accepted, `unusable` says nothing about the person and must be repeated.
Better figures never give a worse verdict, and a second opinion never a better one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median


class Outcome(StrEnum):
    """Verdict of one check; the first three are ordered from worst to best."""

    FAILED = "failed"
    REFERRED = "referred"
    PASSED = "passed"
    UNUSABLE = "unusable"

    @property
    def trust(self) -> int:
        """0 for failed and unusable, 1 for referred, 2 for passed."""
        return {Outcome.REFERRED: 1, Outcome.PASSED: 2}.get(self, 0)


class SecondOpinion(StrEnum):
    """What the other engine said; `none` when it wasn't asked."""

    NONE = "none"
    AGREES = "agrees"
    LOWERS = "lowers"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Cosines of SFace and the distance of dlib, as measured; recalibrate on a bank's own data.

    `passed`: 0 of 12,820 impostor pairs against simulated card portraits reached it (23 people: no
    claim below 1e-3). `referred`: opencv_zoo's own. `same`: between successive live frames.
    """

    passed: float = 0.50
    referred: float = 0.363
    same: float = 0.45
    second: float = 0.45
    frames: int = 5


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, the median it rests on, and stable reason codes for all but a clean pass."""

    outcome: Outcome
    score: float | None
    second: SecondOpinion
    reasons: tuple[str, ...]


def decide(
    scores: Sequence[float],
    *,
    continuity: float | None = None,
    second: float | None = None,
    thresholds: Thresholds = Thresholds(),
) -> Decision:
    """Judge a live person against a portrait.

    Args:
        scores: cosine of each good live frame with the portrait.
        continuity: least cosine between successive good live frames; None if there is none.
        second: the second engine's median distance; None if it wasn't asked.

    Raises:
        ValueError: a score is not a finite number.
    """
    figures = [*scores, *(extra for extra in (continuity, second) if extra is not None)]
    if not all(math.isfinite(figure) for figure in figures):
        raise ValueError("scores must be finite")
    if len(scores) < thresholds.frames:
        return Decision(Outcome.UNUSABLE, None, SecondOpinion.NONE, ("too_few_frames",))
    score = median(scores)
    opinion = _opinion(second, thresholds)
    if score < thresholds.referred:
        return Decision(Outcome.FAILED, score, opinion, ("score_low",))
    doubts = {
        "score_between": score < thresholds.passed,
        "face_changed": continuity is not None and continuity < thresholds.same,
        "second_opinion_lowers": opinion is SecondOpinion.LOWERS,
    }
    reasons = tuple(code for code, there in doubts.items() if there)
    return Decision(Outcome.REFERRED if reasons else Outcome.PASSED, score, opinion, reasons)


def _opinion(distance: float | None, thresholds: Thresholds) -> SecondOpinion:
    if distance is None:
        return SecondOpinion.NONE
    return SecondOpinion.AGREES if distance <= thresholds.second else SecondOpinion.LOWERS
