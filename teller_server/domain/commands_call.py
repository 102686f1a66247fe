"""Commands of the queue, of legs and recorders, and of further parties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .command import Command
from .ids import SealedText
from .script import ServiceScript
from .state import VisitPolicy


@dataclass(frozen=True, slots=True)
class OpenVisit(Command):
    """A customer has tapped the consents of a service. `customer`: keyed digest of who it is.

    `holds`: the script's conditions as far as intake and customer data decide them.
    """

    visit: str
    script: ServiceScript
    language: str
    customer: str
    authenticated: bool
    consents: Mapping[str, bool]
    policy: VisitPolicy = field(default_factory=VisitPolicy)
    holds: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TakeTicket(Command):
    """The visit joins the queue under a number of the day."""

    number: str
    priority: int = 0


@dataclass(frozen=True, slots=True)
class LeaveQueue(Command):
    """The customer gives the place up; `reason` is a code (`customer_left`, `superseded`)."""

    reason: str = "customer_left"


@dataclass(frozen=True, slots=True)
class CustomerAway(Command):
    """The customer's page is gone; the place is kept, but nobody is offered an absent customer."""


@dataclass(frozen=True, slots=True)
class CustomerBack(Command):
    """The customer's page is here again."""


@dataclass(frozen=True, slots=True)
class Offer(Command):
    """A waiting visit is offered to a teller until `expires_at`."""

    pairing: str
    teller: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Accept(Command):
    """The teller takes the visit; `recording` names the evidence that begins with it."""

    pairing: str
    teller: str
    recording: str


@dataclass(frozen=True, slots=True)
class Decline(Command):
    """The teller gives the offer back and says why."""

    pairing: str
    teller: str
    reason: SealedText


@dataclass(frozen=True, slots=True)
class ExpireOffer(Command):
    """The offer ran out, or was withdrawn: `cause` is a code (`expired`, `teller_gone`)."""

    pairing: str
    cause: str = "expired"


@dataclass(frozen=True, slots=True)
class LegUp(Command):
    """A leg of a party carries media."""

    party: str
    leg: str


@dataclass(frozen=True, slots=True)
class LegDown(Command):
    """A leg of a party is dead; `cause` is a code."""

    party: str
    leg: str
    cause: str


@dataclass(frozen=True, slots=True)
class RecordingConfirmed(Command):
    """The first frames of a party are sealed and synced on disk."""

    party: str


@dataclass(frozen=True, slots=True)
class RecordingFailed(Command):
    """A party can't be recorded (any longer); `cause` is a code."""

    party: str
    cause: str


@dataclass(frozen=True, slots=True)
class Hold(Command):
    """Stop (or resume) what the parties see and hear of each other; recording goes on."""

    teller: str
    on: bool


@dataclass(frozen=True, slots=True)
class InviteGuest(Command):
    """The teller asks a further party in; `guest` names the invitation."""

    party: str
    guest: str
    teller: str


@dataclass(frozen=True, slots=True)
class GuestConsents(Command):
    """A further party has tapped own consents and may now join the call."""

    party: str
    guest: str
    consents: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class DismissGuest(Command):
    """The teller lets a further party go; its leg ends."""

    party: str
    teller: str


@dataclass(frozen=True, slots=True)
class GuestLeaves(Command):
    """A further party leaves, whenever they like; only a new invitation brings them back."""

    party: str
    guest: str
