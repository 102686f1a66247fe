"""The wire vocabulary: what may be said between a page and the server. Pure: no socket, no clock.

An envelope is one JSON object, `{"v":1,"type":…,"id":…,"seq":…,"ack":…,"body":{…}}`, at most
64 KiB from a page. `docs/protocol.md` describes every message; one frozen class stands for each.
"""

from signaling.messages.base import Message, Vocabulary
from signaling.messages.envelope import MAX_BYTES, BadMessage, Envelope, decode, encode, read, wrap
from signaling.messages.generic import (
    GENERIC,
    Ack,
    Bye,
    CallAnswer,
    CallCandidate,
    CallHealth,
    CallOffer,
    CallRejoin,
    Error,
    Head,
    Hello,
    MediaState,
    View,
    Welcome,
)

__all__ = [
    "GENERIC",
    "MAX_BYTES",
    "Ack",
    "BadMessage",
    "Bye",
    "CallAnswer",
    "CallCandidate",
    "CallHealth",
    "CallOffer",
    "CallRejoin",
    "Envelope",
    "Error",
    "Head",
    "Hello",
    "MediaState",
    "Message",
    "View",
    "Vocabulary",
    "Welcome",
    "decode",
    "encode",
    "read",
    "wrap",
]
