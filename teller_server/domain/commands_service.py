"""Commands of the script: steps, answers, papers, codes, signatures, identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .command import Command
from .ids import UNSAID, SealedText
from .script import CUSTOMER
from .state import Answer, CheckOutcome, Finding, TellerVerdict, Verdict


@dataclass(frozen=True, slots=True)
class StartStep(Command):
    """The teller begins the next step. `drawn`: its questions or prompts, chosen by chance.

    A challenge is drawn later; where no face may be measured, its alternative is drawn now, with
    its `digits`.
    """

    step: str
    teller: str
    drawn: tuple[str, ...] = ()
    digits: str = ""


@dataclass(frozen=True, slots=True)
class AnswerStep(Command):
    """A party's own tap in its current step."""

    step: str
    answer: Answer
    party: str = CUSTOMER


@dataclass(frozen=True, slots=True)
class CompleteStep(Command):
    """The teller ends the current step. `refused` ends the service.

    `verdict` and `flags` (what was noticed) belong to a teller decision.
    """

    step: str
    teller: str
    result: Literal["passed", "refused"]
    note: SealedText = UNSAID
    verdict: TellerVerdict = "approve"
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordAnswer(Command):
    """The teller writes down what was answered aloud. `holds`: conditions known by now."""

    step: str
    teller: str
    question: str
    sealed: SealedText
    finding: Finding
    holds: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShowPaper(Command):
    """A paper of the current step was made: SHA-256 and size (bytes) of its PDF, its pages.

    `kept` names the sealed object that holds it. `places`: where each party signs (page from 0,
    x0, y0, x1, y1 in points).
    """

    step: str
    paper: str
    digest: str
    pages: int
    kept: str = ""
    size: int = 0
    places: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaperFailed(Command):
    """A paper could not be made; `code` says why."""

    step: str
    paper: str
    code: str


@dataclass(frozen=True, slots=True)
class SealPapers(Command):
    """The bank's own seal is on every signed paper: paper → digest of the PDF."""

    sealed: Mapping[str, str]
    certificate: str


@dataclass(frozen=True, slots=True)
class TurnPage(Command):
    """A page is on the screen of `by` (a party or the teller's account); 0 is none."""

    paper: str
    page: int
    by: str


@dataclass(frozen=True, slots=True)
class SendCode(Command):
    """A one-time code is on its way: keyed digest, masked receiver, and until when it works."""

    step: str
    party: str
    to: str
    digest: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class EnterCode(Command):
    """A code was typed in; the desk has compared it."""

    step: str
    party: str
    correct: bool


@dataclass(frozen=True, slots=True)
class SignPapers(Command):
    """Papers were signed: paper → digest of the signed PDF; the signer's certificate by digest."""

    step: str
    party: str
    signed: Mapping[str, str]
    certificate: str


@dataclass(frozen=True, slots=True)
class SigningFailed(Command):
    """The signature could not be made; `code` says why. It may be tried again."""

    step: str
    code: str


@dataclass(frozen=True, slots=True)
class SignAnew(Command):
    """The teller sets a wrong or unreadable signature aside, before its step has passed."""

    step: str
    teller: str
    reason: SealedText


@dataclass(frozen=True, slots=True)
class DraftForm(Command):
    """What the form would change; `digest` is the keyed digest of the plain values."""

    step: str
    teller: str
    sealed: SealedText
    digest: str
    holds: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckIdentity(Command):
    """The teller asks for a comparison of the live face with the portrait."""

    check: str
    teller: str


@dataclass(frozen=True, slots=True)
class IdentityChecked(Command):
    """The comparison's result. `digests`: sealed objects by role (`live`, `portrait`, `report`)."""

    check: str
    outcome: CheckOutcome
    score: float
    second_opinion: str
    reasons: tuple[str, ...]
    digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IdentityCheckFailed(Command):
    """No result came of the comparison; `code` says why (`no_face`, `too_few_frames`, …)."""

    check: str
    code: str


@dataclass(frozen=True, slots=True)
class DecideIdentity(Command):
    """The teller's decision about who the customer is."""

    teller: str
    verdict: Verdict
    check: str | None = None
    reason: SealedText = UNSAID


@dataclass(frozen=True, slots=True)
class Reverified(Command):
    """The teller recognised the returned customer by eye: where no face match can be repeated."""

    teller: str
    reason: SealedText
