"""A service script: what is said, shown and decided, in which order, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Words = Mapping[str, str]
"""One text per language tag (`zh-CN`, `en`)."""

LANGUAGES = ("zh-CN", "en")


class StepKind(StrEnum):
    """What a step does; each kind has its own rules in `service`."""

    CONSENT_ALOUD = "consent_aloud"
    IDENTITY_DOCUMENT = "identity_document"
    FACE_MATCH = "face_match"
    FORM = "form"
    CONFIRM = "confirm"
    TELLER_DECISION = "teller_decision"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice field; the core receives `value`."""

    value: str
    label: Words


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. A text is at most `max_length` characters."""

    name: str
    type: Literal["text", "choice"]
    label: Words
    max_length: int = 0
    options: tuple[Option, ...] = ()

    def error(self, value: str) -> str | None:
        """Why a value can't be accepted (a code), or None."""
        if self.type == "choice":
            known = {option.value for option in self.options}
            return None if value in known else "not_an_option"
        if not value.strip():
            return "empty"
        if len(value) > self.max_length:
            return "too_long"
        if any(ord(character) < 32 or ord(character) == 127 for character in value):
            return "control_character"
        return None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a title, what the teller reads aloud, what the customer has to do."""

    id: str
    kind: StepKind
    title: Words
    say: Words
    task: Words
    live_video: bool = False
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent asked for by its own tap before the queue."""

    id: str
    required: bool
    title: Words
    body: Words
    if_refused: Words


@dataclass(frozen=True, slots=True)
class ServiceScript:
    """One service of the branch, exactly as its file says; `digest` names that very file."""

    service: str
    version: int
    digest: str
    skill: str
    minutes: int
    languages: tuple[str, ...]
    title: Words
    summary: Words
    bring: tuple[Words, ...]
    consents: tuple[Consent, ...]
    parties: tuple[str, ...]
    effect: str | None
    review: Literal["none", "checker"]
    steps: tuple[Step, ...]

    def step(self, step: str) -> Step:
        """The step of that id; KeyError when there is none."""
        for candidate in self.steps:
            if candidate.id == step:
                return candidate
        raise KeyError(step)
