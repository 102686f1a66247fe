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
from .state import Answer, CheckOutcome, Effect, Outcome, PlannedStep, Verdict


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
    effect: str | None
    review: Literal["none", "checker"]


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
    """A step of the script began."""

    step: str
    teller: str


@dataclass(frozen=True, slots=True)
class StepAnswered(Event):
    """The customer's tap."""

    step: str
    answer: Answer


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


@dataclass(frozen=True, slots=True)
class DocumentRefused(Event):
    """A photograph couldn't be used."""

    code: str


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


@dataclass(frozen=True, slots=True)
class ReverifyRequired(Event):
    """Nothing proceeds until the customer is recognised again."""

    reason: str


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
    """A second person has to decide."""


@dataclass(frozen=True, slots=True)
class ReviewDecided(Event):
    """The second person's word."""

    checker: str
    approved: bool
    outcome: Outcome
    reason: SealedText


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
