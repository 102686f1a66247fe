"""Events of the script: steps, answers, papers, codes, signatures, identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .event import Event
from .ids import SealedText
from .script import CUSTOMER
from .state import Answer, CheckOutcome, Finding, TellerVerdict, Verdict


@dataclass(frozen=True, slots=True)
class ServiceBegan(Event):
    """Everybody is connected and recorded."""


@dataclass(frozen=True, slots=True)
class StepStarted(Event):
    """A step of the script began; `drawn` are the questions or prompts that chance chose."""

    step: str
    teller: str
    drawn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepSkipped(Event):
    """A step does not take place, because its condition is false."""

    step: str
    when: str


@dataclass(frozen=True, slots=True)
class StepAnswered(Event):
    """The tap of the party whose step it is."""

    step: str
    answer: Answer
    party: str = CUSTOMER


@dataclass(frozen=True, slots=True)
class StepEnded(Event):
    """A step ended; `by` is an account or `customer`."""

    step: str
    by: str
    result: Literal["passed", "refused"]
    note: SealedText


@dataclass(frozen=True, slots=True)
class QuestionAnswered(Event):
    """What was answered aloud, sealed, and what it means; `attempt` counts from 1."""

    step: str
    question: str
    teller: str
    sealed: SealedText
    finding: Finding
    attempt: int
    holds: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaperShown(Event):
    """A paper was made and shown: SHA-256 of its PDF, and the sealed object that keeps it."""

    step: str
    paper: str
    digest: str
    pages: int
    kept: str = ""
    size: int = 0
    places: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaperBroke(Event):
    """A paper could not be made."""

    step: str
    paper: str
    code: str


@dataclass(frozen=True, slots=True)
class PageTurned(Event):
    """A page came on the screen of `by`; 0 is none. Reading time follows from these."""

    paper: str
    page: int
    by: str


@dataclass(frozen=True, slots=True)
class CodeSent(Event):
    """A one-time code went to a masked receiver."""

    step: str
    party: str
    to: str
    digest: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CodeEntered(Event):
    """A code was typed, and whether it was the one that was sent."""

    step: str
    party: str
    correct: bool


@dataclass(frozen=True, slots=True)
class PapersSigned(Event):
    """Paper → digest of the signed PDF; digest of the one-time certificate."""

    step: str
    party: str
    signed: Mapping[str, str]
    certificate: str


@dataclass(frozen=True, slots=True)
class PapersSealed(Event):
    """Paper → digest of the PDF with the bank's own seal; digest of the seal's certificate."""

    sealed: Mapping[str, str]
    certificate: str


@dataclass(frozen=True, slots=True)
class SigningBroke(Event):
    """The signature could not be made."""

    step: str
    code: str


@dataclass(frozen=True, slots=True)
class SignatureSetAside(Event):
    """A party's signature counts no more and is made anew: paper → digest of what it was on.

    That PDF stays among the evidence; the new signature goes on the paper as it was before.
    """

    step: str
    party: str
    teller: str
    signed: Mapping[str, str]
    reason: SealedText


@dataclass(frozen=True, slots=True)
class TellerDecided(Event):
    """The teller's own word on the matter, with what was noticed."""

    step: str
    teller: str
    verdict: TellerVerdict
    flags: tuple[str, ...]
    reason: SealedText


@dataclass(frozen=True, slots=True)
class FormDrafted(Event):
    """What the form would change: ciphertext and keyed digest."""

    step: str
    teller: str
    sealed: SealedText
    digest: str
    holds: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckBegan(Event):
    """A face comparison began."""

    check: str
    attempt: int
    teller: str


@dataclass(frozen=True, slots=True)
class CheckReported(Event):
    """A face comparison's result."""

    check: str
    outcome: CheckOutcome
    score: float
    second_opinion: str
    reasons: tuple[str, ...]
    digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckBroke(Event):
    """A face comparison gave no result."""

    check: str
    code: str


@dataclass(frozen=True, slots=True)
class IdentityDecided(Event):
    """The teller's decision, beside the machine's outcome that it follows or not."""

    teller: str
    verdict: Verdict
    check: str | None
    outcome: CheckOutcome | None
    reason: SealedText
