"""The messages of any room: greeting, state, negotiation (JSEP, RFC 9429), health, heads."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from signaling.messages.base import BOTH, CUSTOMER, Line, Message, Sdp, Token, WholeState, Word

Candidate = Annotated[str, StringConstraints(max_length=1024, pattern=r"^[\x20-\x7e]*$")]
Instant = Annotated[str, StringConstraints(min_length=20, max_length=40, pattern=r"^[0-9TZ:.+-]+$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Hello(Message):
    """The first message of a socket: a token to resume with, or none, and the last seq seen."""

    type: ClassVar[str] = "hello"
    sender: ClassVar[Literal["page"]] = "page"
    audience: ClassVar[frozenset[str]] = BOTH
    durable: ClassVar[bool] = False
    once: ClassVar[bool] = False

    token: Token | None = None
    last: int = Field(default=0, ge=0, le=2**53)


class Ack(Message):
    """Nothing but the envelope's `ack`: sent when there is nothing else to carry it."""

    type: ClassVar[str] = "ack"
    sender: ClassVar[Literal["both"]] = "both"
    audience: ClassVar[frozenset[str]] = BOTH
    durable: ClassVar[bool] = False
    once: ClassVar[bool] = False
    coalesce: ClassVar[bool] = True


class Welcome(Message):
    """The answer to hello: the token for the next socket, and seconds between pings."""

    type: ClassVar[str] = "welcome"
    sender: ClassVar[Literal["server"]] = "server"
    audience: ClassVar[frozenset[str]] = BOTH
    durable: ClassVar[bool] = False

    token: Token
    resumed: bool
    heartbeat: int = Field(ge=1, le=600)


class View(WholeState):
    """Everything a page shows, whole. A newer view replaces one that has not left yet."""

    type: ClassVar[str] = "view"
    sender: ClassVar[Literal["server"]] = "server"
    audience: ClassVar[frozenset[str]] = BOTH
    durable: ClassVar[bool] = False
    coalesce: ClassVar[bool] = True


class Error(Message):
    """Why a message had no effect, in the user's language. `re` is that message's id."""

    type: ClassVar[str] = "error"
    sender: ClassVar[Literal["server"]] = "server"
    audience: ClassVar[frozenset[str]] = BOTH

    re: str | None = Field(default=None, max_length=64)
    code: Word
    message: str = Field(max_length=500)
    field: str | None = Field(default=None, max_length=200)


class Bye(Message):
    """The server ends this wire session; the page does not come back by itself."""

    type: ClassVar[str] = "bye"
    sender: ClassVar[Literal["server"]] = "server"
    audience: ClassVar[frozenset[str]] = BOTH
    durable: ClassVar[bool] = False

    code: Literal["superseded", "signed_out", "closed"]


class CallOffer(Message):
    """The browser's offer (SDP, RFC 8866) for a new leg; the page chooses the leg's name."""

    type: ClassVar[str] = "call.offer"
    sender: ClassVar[Literal["page"]] = "page"
    audience: ClassVar[frozenset[str]] = BOTH

    leg: Word
    sdp: Sdp


class CallAnswer(Message):
    """The server's answer to the offer of this leg."""

    type: ClassVar[str] = "call.answer"
    sender: ClassVar[Literal["server"]] = "server"
    audience: ClassVar[frozenset[str]] = BOTH

    leg: Word
    sdp: Sdp


class CallCandidate(Message):
    """One trickled ICE candidate (RFC 8838); null says there are no more."""

    type: ClassVar[str] = "call.candidate"
    sender: ClassVar[Literal["page"]] = "page"
    audience: ClassVar[frozenset[str]] = BOTH
    once: ClassVar[bool] = False  # adding a candidate twice changes nothing

    leg: Word
    candidate: Candidate | None
    mid: Word | None = None


class CallRejoin(Message):
    """The page must build a new RTCPeerConnection and offer a new leg."""

    type: ClassVar[str] = "call.rejoin"
    sender: ClassVar[Literal["server"]] = "server"
    audience: ClassVar[frozenset[str]] = BOTH

    reason: Word


class MediaState(Message):
    """Which of its tracks this party has switched on, and why if not; `virtual`: the browser names
    a camera that is a program."""

    type: ClassVar[str] = "media.state"
    sender: ClassVar[Literal["page"]] = "page"
    audience: ClassVar[frozenset[str]] = BOTH
    once: ClassVar[bool] = False

    audio: bool
    video: bool
    reason: Line | None = None
    virtual: bool = False


class CallHealth(Message):
    """What this browser sees of the call, every 5 s: stall in ms, round trip in ms, loss 0–1."""

    type: ClassVar[str] = "call.health"
    sender: ClassVar[Literal["page"]] = "page"
    audience: ClassVar[frozenset[str]] = BOTH
    once: ClassVar[bool] = False

    stall: float | None = Field(default=None, ge=0, le=3_600_000)
    rtt_ms: float | None = Field(default=None, ge=0, le=600_000)
    loss: float | None = Field(default=None, ge=0, le=1)
    fps: float | None = Field(default=None, ge=0, le=1000)


class Head(Message):
    """An attested head over all logs of the visit; the page keeps every one it is given."""

    type: ClassVar[str] = "head"
    sender: ClassVar[Literal["server"]] = "server"
    audience: ClassVar[frozenset[str]] = CUSTOMER

    n: int = Field(ge=0)
    at: Instant
    digest: Digest


GENERIC: tuple[type[Message], ...] = (
    Hello,
    Ack,
    Welcome,
    View,
    Error,
    Bye,
    CallOffer,
    CallAnswer,
    CallCandidate,
    CallRejoin,
    MediaState,
    CallHealth,
    Head,
)
