"""What happened in a visit, in words that stay readable for as long as the evidence is kept.

Each event has its instant `at`. Nothing personal is in the clear: people are account ids or keyed
digests, texts are `SealedText`, pictures are digests of sealed objects, the rest are codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from .codec import from_plain, to_plain
from .ids import SealedText
from .script import CUSTOMER
from .state import (
    Answer,
    CheckOutcome,
    Effect,
    Finding,
    Outcome,
    PlannedStep,
    TellerVerdict,
    Verdict,
    VisitPolicy,
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at one instant."""

    at: datetime


@dataclass(frozen=True, slots=True)
class VisitOpened(Event):
    """A customer consented; the script is fixed for the whole visit by its digest and steps."""

    visit: str
    service: str
    skill: str
    script: str
    script_version: int
    language: str
    customer: str
    authenticated: bool
    consents: Mapping[str, bool]
    parties: tuple[str, ...]
    steps: tuple[PlannedStep, ...]
    policy: VisitPolicy = field(default_factory=VisitPolicy)
    holds: Mapping[str, bool] = field(default_factory=dict)
    may_join: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketTaken(Event):
    """The visit waits under this number."""

    number: str
    priority: int


@dataclass(frozen=True, slots=True)
class CustomerWentAway(Event):
    """The customer's page is gone; the place is kept."""


@dataclass(frozen=True, slots=True)
class CustomerCameBack(Event):
    """The customer's page is here again."""


@dataclass(frozen=True, slots=True)
class OfferMade(Event):
    """The visit was offered to a teller."""

    pairing: str
    teller: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OfferAccepted(Event):
    """The teller took the visit; evidence begins."""

    pairing: str
    teller: str
    recording: str


@dataclass(frozen=True, slots=True)
class OfferDeclined(Event):
    """The teller gave it back, and why."""

    pairing: str
    teller: str
    reason: SealedText


@dataclass(frozen=True, slots=True)
class OfferEnded(Event):
    """The offer ended without an answer."""

    pairing: str
    teller: str
    cause: str


@dataclass(frozen=True, slots=True)
class LegJoined(Event):
    """A leg carries media; `again` when the party had one before."""

    party: str
    leg: str
    again: bool


@dataclass(frozen=True, slots=True)
class LegLost(Event):
    """A leg is dead."""

    party: str
    leg: str
    cause: str


@dataclass(frozen=True, slots=True)
class RecordingStarted(Event):
    """The first frames of a party are on disk."""

    party: str


@dataclass(frozen=True, slots=True)
class RecordingBroke(Event):
    """A party can no longer be recorded."""

    party: str
    cause: str


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
class PapersSealed(Event):
    """Paper → digest of the PDF with the bank's own seal; digest of the seal's certificate."""

    sealed: Mapping[str, str]
    certificate: str


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
class SigningBroke(Event):
    """The signature could not be made."""

    step: str
    code: str


@dataclass(frozen=True, slots=True)
class GuestInvited(Event):
    """A further party was asked in."""

    party: str
    guest: str
    teller: str


@dataclass(frozen=True, slots=True)
class GuestConsented(Event):
    """A further party consented; from now on it may join."""

    party: str
    guest: str
    consents: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class GuestLeft(Event):
    """A further party was let go."""

    party: str
    by: str


@dataclass(frozen=True, slots=True)
class TellerDecided(Event):
    """The teller's own word on the matter, with what was noticed."""

    step: str
    teller: str
    verdict: TellerVerdict
    flags: tuple[str, ...]
    reason: SealedText


@dataclass(frozen=True, slots=True)
class StepEnded(Event):
    """A step ended; `by` is an account or `customer`."""

    step: str
    by: str
    result: Literal["passed", "refused"]
    note: SealedText


@dataclass(frozen=True, slots=True)
class DocumentAccepted(Event):
    """A document was photographed; digests of sealed objects."""

    photo: str
    portrait: str | None
    party: str = CUSTOMER


@dataclass(frozen=True, slots=True)
class DocumentRefused(Event):
    """A photograph couldn't be used."""

    code: str
    party: str = CUSTOMER


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


@dataclass(frozen=True, slots=True)
class FormDrafted(Event):
    """What the form would change: ciphertext and keyed digest."""

    step: str
    teller: str
    sealed: SealedText
    digest: str
    holds: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReverifyRequired(Event):
    """Nothing proceeds until the party is recognised again."""

    reason: str
    party: str = CUSTOMER


@dataclass(frozen=True, slots=True)
class ReverifyEnded(Event):
    """The customer was recognised again."""

    teller: str
    how: Literal["face", "by_eye"]
    reason: SealedText


@dataclass(frozen=True, slots=True)
class HoldBegan(Event):
    """The parties stop seeing each other."""

    teller: str


@dataclass(frozen=True, slots=True)
class HoldEnded(Event):
    """The parties see each other again."""

    teller: str


@dataclass(frozen=True, slots=True)
class ServiceEnded(Event):
    """The call is over. `by` is an account, `customer` or `branch`; `code` is a machine's cause."""

    outcome: Outcome
    by: str
    code: str
    reason: SealedText
    completed: bool = False


@dataclass(frozen=True, slots=True)
class WrappedUp(Event):
    """The work after the call is finished."""

    teller: str
    disposition: str
    note: SealedText


@dataclass(frozen=True, slots=True)
class EvidenceSealed(Event):
    """The call seal, and whether it verified."""

    manifest: str
    verified: bool


@dataclass(frozen=True, slots=True)
class ReviewAsked(Event):
    """A second person has to decide, until `due_at`."""

    due_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewReturned(Event):
    """The second person asks before deciding."""

    checker: str
    question: SealedText


@dataclass(frozen=True, slots=True)
class ReviewAnswered(Event):
    """The teller's answer; the second person goes on, until `due_at`."""

    teller: str
    answer: SealedText
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewEscalated(Event):
    """The time ran out; somebody senior has to look, until `due_at`."""

    due_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewDecided(Event):
    """The second person's word."""

    checker: str
    approved: bool
    outcome: Outcome
    reason: SealedText


@dataclass(frozen=True, slots=True)
class Objected(Event):
    """The customer objects to a decision; the bank has to answer until `due_at`."""

    reason: SealedText
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ObjectionAnswered(Event):
    """The bank's answer to the objection."""

    by: str
    answer: SealedText


@dataclass(frozen=True, slots=True)
class EffectRequested(Event):
    """The bank's own system shall take the change; `key` makes a second attempt harmless."""

    effect: str
    key: str
    manifest: str


@dataclass(frozen=True, slots=True)
class EffectSettled(Event):
    """What became of the change."""

    effect: Effect
    detail: str


@dataclass(frozen=True, slots=True)
class EffectRetried(Event):
    """An administrator has the change tried again that had been given up."""

    by: str


@dataclass(frozen=True, slots=True)
class VisitClosed(Event):
    """The end; nothing but the effect word changes after it."""

    outcome: Outcome
    code: str


EVENTS: dict[str, type[Event]] = {
    name: kind
    for name, kind in list(globals().items())
    if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
}


def encode(event: Event) -> tuple[str, dict[str, Any]]:
    """The event's stable name and its plain body."""
    return type(event).__name__, to_plain(event)


def decode(name: str, body: Mapping[str, Any]) -> Event:
    """The event that `encode` wrote; KeyError for a name of a later version."""
    return from_plain(EVENTS[name], body)
