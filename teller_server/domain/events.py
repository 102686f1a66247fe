"""What happened in a visit, in words that stay readable for as long as the evidence is kept.

Each event has its instant `at`. Nothing personal is in the clear: people are account ids or keyed
digests, texts are `SealedText`, pictures are digests of sealed objects, the rest are codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .codec import from_plain, to_plain
from .event import Event
from .events_bank import ProposalAnswered, Repudiated, RepudiationSettled
from .events_call import (
    CustomerCameBack,
    CustomerWentAway,
    GuestConsented,
    GuestInvited,
    GuestLeft,
    HoldBegan,
    HoldEnded,
    LegJoined,
    LegLost,
    OfferAccepted,
    OfferDeclined,
    OfferEnded,
    OfferMade,
    RecordingBroke,
    RecordingStarted,
    ReverifyEnded,
    ReverifyRequired,
    TicketTaken,
    VisitOpened,
)
from .events_challenge import (
    ActionJudged,
    ActionShown,
    AlternativeChosen,
    ChallengeDrawn,
    ChallengeEnded,
)
from .events_document import (
    DocumentAccepted,
    DocumentCompared,
    DocumentRead,
    DocumentRefused,
    FieldCorrected,
)
from .events_end import (
    EffectRequested,
    EffectRetried,
    EffectSettled,
    EvidenceSealed,
    Objected,
    ObjectionAnswered,
    RefusalSetAside,
    ReviewAnswered,
    ReviewAsked,
    ReviewDecided,
    ReviewEscalated,
    ReviewRefused,
    ReviewReturned,
    ServiceEnded,
    VisitClosed,
    WrappedUp,
)
from .events_place import NetworkSeen, PlaceDeclined, PlaceTold
from .events_registers import RegistryAnswered, RegistryAsked
from .events_service import (
    CheckBegan,
    CheckBroke,
    CheckReported,
    CodeEntered,
    CodeSent,
    FormDrafted,
    IdentityDecided,
    PageTurned,
    PaperBroke,
    PaperShown,
    PapersSealed,
    PapersSigned,
    QuestionAnswered,
    ServiceBegan,
    SignatureSetAside,
    SigningBroke,
    StepAnswered,
    StepEnded,
    StepSkipped,
    StepStarted,
    TellerDecided,
)

__all__ = [
    "EVENTS",
    "ActionJudged",
    "ActionShown",
    "AlternativeChosen",
    "ChallengeDrawn",
    "ChallengeEnded",
    "CheckBegan",
    "CheckBroke",
    "CheckReported",
    "CodeEntered",
    "CodeSent",
    "CustomerCameBack",
    "CustomerWentAway",
    "DocumentAccepted",
    "DocumentCompared",
    "DocumentRead",
    "DocumentRefused",
    "EffectRequested",
    "EffectRetried",
    "EffectSettled",
    "Event",
    "EvidenceSealed",
    "FieldCorrected",
    "FormDrafted",
    "GuestConsented",
    "GuestInvited",
    "GuestLeft",
    "HoldBegan",
    "HoldEnded",
    "IdentityDecided",
    "LegJoined",
    "LegLost",
    "NetworkSeen",
    "Objected",
    "ObjectionAnswered",
    "OfferAccepted",
    "OfferDeclined",
    "OfferEnded",
    "OfferMade",
    "PageTurned",
    "PaperBroke",
    "PaperShown",
    "PapersSealed",
    "PapersSigned",
    "PlaceDeclined",
    "PlaceTold",
    "ProposalAnswered",
    "QuestionAnswered",
    "RecordingBroke",
    "RecordingStarted",
    "RefusalSetAside",
    "RegistryAnswered",
    "RegistryAsked",
    "Repudiated",
    "RepudiationSettled",
    "ReverifyEnded",
    "ReverifyRequired",
    "ReviewAnswered",
    "ReviewAsked",
    "ReviewDecided",
    "ReviewEscalated",
    "ReviewRefused",
    "ReviewReturned",
    "ServiceBegan",
    "ServiceEnded",
    "SignatureSetAside",
    "SigningBroke",
    "StepAnswered",
    "StepEnded",
    "StepSkipped",
    "StepStarted",
    "TellerDecided",
    "TicketTaken",
    "VisitClosed",
    "VisitOpened",
    "WrappedUp",
    "decode",
    "encode",
]


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
