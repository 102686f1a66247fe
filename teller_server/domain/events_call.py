"""Events of the queue, of legs and recorders, and of further parties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .event import Event
from .ids import SealedText
from .script import CUSTOMER
from .state import PlannedStep, VisitPolicy


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
class HoldBegan(Event):
    """The parties stop seeing each other."""

    teller: str


@dataclass(frozen=True, slots=True)
class HoldEnded(Event):
    """The parties see each other again."""

    teller: str


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
    """A further party was let go by a teller, or left: `by` is an account or the party."""

    party: str
    by: str


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
