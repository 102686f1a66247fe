"""Every private name of aiortc, aioice and pylibsrtp that we use, and a check that it is there.

Nothing is patched: aiortc's classes stay as they are for whoever else uses them in the process.
We build its ICE and DTLS transports one by one (the ORTC way) and never its
`RTCPeerConnection`, sender or receiver. What remains private is named here; a new release of
either library must pass `tests/signaling/media/test_contract.py` before the pins move.
"""

from functools import cache
from importlib.metadata import version

from aioice import Connection
from aioice.ice import StunProtocol
from aiortc import RTCDtlsTransport, RTCIceGatherer
from pylibsrtp import Session

from signaling.errors import Outage

PINNED = {"aiortc": "1.16.", "aioice": "0.13.", "pylibsrtp": "1.0."}

METHODS: dict[type, tuple[str, ...]] = {
    # overridden by IceAgent: where sockets are bound, who may be answered, consent, media
    Connection: (
        "add_remote_candidate",
        "get_component_candidates",
        "request_received",
        "query_consent",
        "data_received",
        "build_request",
        "close",
    ),
    # overridden by MediaProtocol: media skip the STUN parser
    StunProtocol: ("datagram_received", "send_stun"),
    RTCIceGatherer: ("gather", "getLocalCandidates", "getLocalParameters"),
    # the DTLS role is decided by offer and answer
    RTCDtlsTransport: ("_set_role", "start", "stop"),
}

ATTRIBUTES: dict[type, tuple[str, ...]] = {
    # _protocols: our sockets are added; _nominated: where media go; _queue: bounded;
    # _query_consent_task: cleared when consent has expired, as the stock check does
    Connection: ("_protocols", "_nominated", "_queue", "_query_consent_task", "ice_controlling"),
    StunProtocol: ("receiver", "transactions"),
    # replaced by our agent before the ICE transport takes it
    RTCIceGatherer: ("_connection",),
    # the SRTP sessions and the negotiated profile
    RTCDtlsTransport: ("_rx_srtp", "_tx_srtp", "_ssl"),
    # the C session and its buffer, for two checks and one allocation less per packet
    Session: ("_srtp", "_cdata", "_buffer"),
}
"""Instance attributes; the contract test looks for them on real objects."""


@cache
def check() -> None:
    """Raises Outage `media_library_changed` when the libraries are not those we know."""
    for name, prefix in PINNED.items():
        if not version(name).startswith(prefix):
            raise Outage("media_library_changed", f"{name} {version(name)}, known is {prefix}*")
    for owner, names in METHODS.items():
        for name in names:
            if not callable(getattr(owner, name, None)):
                raise Outage("media_library_changed", f"{owner.__name__}.{name} is gone")
