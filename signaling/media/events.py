"""What can happen to a leg. Emitted synchronously, in order, on the event loop."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class MediaEvent:
    call: str
    party: str
    leg: str
    at: float
    """`time.monotonic()` of the worker."""


@dataclass(frozen=True)
class LegUp(MediaEvent):
    """ICE and DTLS are through; media may flow. Fingerprints are `algorithm AA:BB:…`."""

    local_fingerprint: str
    remote_fingerprint: str
    srtp_profile: str


@dataclass(frozen=True)
class FirstPacket(MediaEvent):
    """The first authenticated packet of a kind (`audio` or `video`) arrived on this leg."""

    kind: str


@dataclass(frozen=True)
class LegPaused(MediaEvent):
    """Nothing was heard for a while; nothing is sent until the peer is heard again."""

    silence: float


@dataclass(frozen=True)
class LegResumed(MediaEvent):
    paused: float


@dataclass(frozen=True)
class LegDead(MediaEvent):
    """The leg has ended and will not come back; a rejoin makes a new one.

    `cause`: `silent`, `peer_closed`, `consent_lost`, `transport_closed`, `connect_timeout`,
    `ice_failed`, `dtls_failed`, `replaced`, `dropped`, `parted`, `call_closed`, `refused`,
    `internal`.
    """

    cause: str
    streams: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """What was counted of each kind: packets `expected` and `missing`."""


@dataclass(frozen=True)
class SinkFailed(MediaEvent):
    """The party's recorder raised, which it must not: the call is no longer recorded."""

    error: str
