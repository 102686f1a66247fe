"""What a visit's state is made of: steps, people, legs, papers, codes, reviews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .ids import UNSAID, SealedText
from .registers import RegisterState
from .script import StepKind
from .state_challenge import AlternativePath, ChallengeState
from .state_plan import PlannedStep
from .state_words import (
    Answer,
    CheckOutcome,
    Finding,
    RepudiationBy,
    RepudiationEnd,
    StepStatus,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """The newest answer to a question: ciphertext, and what it means."""

    sealed: SealedText
    finding: Finding
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class ReadingState:
    """What was read on one side: texts sealed; codes by field (`problems`), of the whole (`page`).

    `upright`: the digest of the side as it was set straight.
    """

    values: SealedText
    confidences: Mapping[str, float] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    page: tuple[str, ...] = ()
    upright: str | None = None
    corrected: Mapping[str, SealedText] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ComparedState:
    """The document in the live video beside its photograph; `code` stands for no result."""

    found: bool
    likeness: float
    code: str = ""


@dataclass(frozen=True, slots=True)
class PageState:
    """One photographed side; digests name sealed objects. `reads`: a reading is to come."""

    photo: str
    portrait: str | None = None
    reads: bool = False
    reading: ReadingState | None = None
    compared: ComparedState | None = None


@dataclass(frozen=True, slots=True)
class StepState:
    """How far one step has come; `drawn` are the questions or prompts it asks, in order.

    `anew`: how many signatures were set aside in it; `failures`: how many challenges failed;
    `digits` are to be read aloud; `registers`: what was asked, by register. `pages`: the
    photographs of a document, by side; `document_kind`: what it is said to be; `refused`: why the
    last one of a side is none.
    """

    plan: PlannedStep
    status: StepStatus = "todo"
    started_at: datetime | None = None
    ended_at: datetime | None = None
    answer: Answer | None = None
    drawn: tuple[str, ...] = ()
    answers: Mapping[str, GivenAnswer] = field(default_factory=dict)
    anew: int = 0
    document_kind: str = ""
    pages: Mapping[str, PageState] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    digits: str = ""
    challenge: ChallengeState | None = None
    failures: int = 0
    alternative: AlternativePath | None = None
    registers: Mapping[str, RegisterState] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.plan.id

    @property
    def kind(self) -> StepKind:
        return self.plan.kind

    @property
    def live_video(self) -> bool:
        return self.plan.live_video

    @property
    def party(self) -> str:
        return self.plan.party


@dataclass(frozen=True, slots=True)
class LegState:
    """The newest leg of one party."""

    leg: str
    up: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """A visit offered to a teller, once."""

    pairing: str
    teller: str
    offered_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentState:
    """The customer's document as photographed; digests name sealed objects."""

    status: Literal["accepted", "rejected"]
    photo: str | None = None
    portrait: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class CheckState:
    """The newest comparison of a face with the portrait; digests name sealed objects."""

    id: str
    attempt: int
    status: Literal["running", "done", "failed"]
    outcome: CheckOutcome | None = None
    score: float | None = None
    second_opinion: str | None = None
    reasons: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the teller decided about who the customer is."""

    check: str | None
    verdict: Verdict
    reason: SealedText


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form would change: ciphertext and the digest of the plain values."""

    step: str
    sealed: SealedText
    digest: str


@dataclass(frozen=True, slots=True)
class PersonState:
    """Who one party is, as far as it has been found out. `doubt`: dropped out since then."""

    document: DocumentState | None = None
    check: CheckState | None = None
    checks: int = 0
    decision: Decision | None = None
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class GuestState:
    """A further party: asked in by the teller, then consented by own taps; or gone."""

    guest: str
    status: Literal["invited", "consented", "gone"]
    consents: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaperState:
    """A paper of this visit: the PDF that was shown (SHA-256), and how long each page was read.

    `kept`, `signed` and `sealed` name the sealed objects that hold it as it was then: bare, with
    the signatures of `signers`, with the bank's seal on top; `before` is `signed` without the last
    signature. `page` is on the party's screen since `since`; 0 is none. `dwell`: milliseconds a
    page.
    """

    digest: str
    pages: int
    kept: str = ""
    size: int = 0
    places: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    page: int = 0
    teller_page: int = 1
    since: datetime | None = None
    dwell: tuple[int, ...] = ()
    read: bool = False
    signed: str | None = None
    signers: tuple[str, ...] = ()
    sealed: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class CodeState:
    """The newest one-time code of a step; `digest` is keyed, `to` is masked."""

    step: str
    to: str
    digest: str
    sent_at: datetime
    expires_at: datetime
    sent: int = 1
    tries: int = 0
    correct: bool = False


@dataclass(frozen=True, slots=True)
class ReviewState:
    """A second person's work: asked at, due at; `question` stands open with the teller.

    `refusal`: a colleague did not approve and nobody has confirmed it yet; `refused_by` are all
    who ever refused.
    """

    asked_at: datetime
    due_at: datetime
    escalated: bool = False
    question: SealedText = UNSAID
    returned: int = 0
    refusal: bool = False
    refused_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectionState:
    """A customer's objection and, once it was given, the bank's answer."""

    reason: SealedText
    due_at: datetime
    answer: SealedText = UNSAID


@dataclass(frozen=True, slots=True)
class ProposalState:
    """What the bank said beforehand: reasons (codes) why it would refuse; or it wasn't reached."""

    reached: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RepudiationState:
    """“This was not me”: who said so and how, and what the bank did about it.

    `end` is None until the bank has answered. `withdrawn`: the change is never carried out;
    `stopped`: it was carried out before and the bank has stopped it; `nothing_done`: there was no
    change; `refused`: the bank did nothing, and a person has to.
    """

    at: datetime
    by: RepudiationBy
    actor: str
    note: SealedText = UNSAID
    end: RepudiationEnd | None = None
    detail: str = ""
