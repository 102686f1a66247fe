"""What the models' processes hand back: plain values that cross a process boundary."""

from __future__ import annotations

from dataclasses import dataclass, field

from kyc.policy import Outcome, SecondOpinion


@dataclass(frozen=True, slots=True)
class Rejected:
    """A document photograph that must be taken again; `code` is stable snake_case."""

    code: str


@dataclass(frozen=True, slots=True)
class PortraitFound:
    """The portrait in a document photograph.

    `photo` is the whole picture decoded, turned upright by its EXIF orientation and encoded afresh
    as JPEG, hence without metadata; `portrait` the face with a margin, JPEG. `face_width` is in
    pixels of `photo`. `original_sha256` names the bytes the customer sent.
    """

    photo: bytes = field(repr=False)
    portrait: bytes = field(repr=False)
    width: int
    height: int
    face_width: float
    original_sha256: str
    finder_sha256: str


@dataclass(frozen=True, slots=True)
class SheetFound:
    """A photographed side that needs no portrait: JPEG without metadata, upright by its EXIF."""

    photo: bytes = field(repr=False)
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class FrameScore:
    """One good live frame: when it arrived (the caller's clock, seconds) and its cosine."""

    arrived: float
    score: float


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One face match, with all it rests on.

    `reasons` holds the policy's codes, then for an unusable check the flaws of the frames, most
    frequent first; `flaws` counts them. `live_face` is the best live frame's face, `portrait_face`
    the portrait as it was compared, both JPEG; None when there was none.
    """

    outcome: Outcome
    score: float | None
    frames: tuple[FrameScore, ...]
    reasons: tuple[str, ...]
    second_opinion: SecondOpinion
    second_distance: float | None
    engine: str
    model_sha256: str
    frames_decoded: int
    frames_examined: int
    flaws: dict[str, int] = field(default_factory=dict)
    live_face: bytes | None = field(default=None, repr=False)
    portrait_face: bytes | None = field(default=None, repr=False)
