"""Events about documents: photographs and what was read, corrected and compared of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .event import Event
from .ids import SealedText
from .script import CUSTOMER


@dataclass(frozen=True, slots=True)
class DocumentAccepted(Event):
    """A document was photographed; digests of sealed objects.

    Up to version 1.5 there was one side, and `side` is empty. `reads`: a reading follows.
    """

    photo: str
    portrait: str | None
    party: str = CUSTOMER
    side: str = ""
    kind: str = ""
    reads: bool = False


@dataclass(frozen=True, slots=True)
class DocumentRefused(Event):
    """A photograph couldn't be used."""

    code: str
    party: str = CUSTOMER
    side: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRead(Event):
    """What a reader of letters found on one side: texts sealed, confidences and codes plain."""

    step: str
    side: str
    photo: str
    values: SealedText
    confidences: Mapping[str, float] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    page: tuple[str, ...] = ()
    upright: str | None = None
    engine: str = ""
    model_sha256: str = ""


@dataclass(frozen=True, slots=True)
class FieldCorrected(Event):
    """The teller put a field right by the photograph."""

    step: str
    side: str
    name: str
    teller: str
    before: SealedText
    after: SealedText
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentCompared(Event):
    """Whether the document before the camera looks like its photograph; `code`: no result."""

    step: str
    side: str
    photo: str
    found: bool
    likeness: float
    code: str = ""
