"""Each private name of aiortc and aioice that we lean on is still there, on real objects."""

from aioice import Connection
from aioice.ice import StunProtocol
from aiortc import RTCCertificate, RTCDtlsTransport, RTCIceGatherer, RTCIceTransport
from aiortc.rtcpeerconnection import RTCRtpReceiver, RTCRtpSender
from pylibsrtp import Session

from signaling.media import contract
from signaling.media.agent import Gatherer, IceAgent, MediaProtocol
from signaling.media.candidates import CandidateGate
from tests.signaling.media.peers import QUICK


async def test_every_name_we_use_exists() -> None:
    contract.check()
    gatherer = RTCIceGatherer(iceServers=[])
    dtls = RTCDtlsTransport(RTCIceTransport(gatherer), [RTCCertificate.generateCertificate()])
    connection = Connection(ice_controlling=False)
    real: dict[type, object] = {
        Connection: connection,
        StunProtocol: StunProtocol(connection),
        RTCIceGatherer: gatherer,
        RTCDtlsTransport: dtls,
        Session: Session(),
    }
    for owner, names in contract.ATTRIBUTES.items():
        for name in names:
            assert hasattr(real[owner], name), f"{owner.__name__}.{name}"


async def test_our_agent_takes_the_place_of_aiortcs() -> None:
    gatherer = Gatherer(QUICK, CandidateGate(QUICK))
    transport = RTCIceTransport(gatherer)
    assert transport._connection is gatherer.agent
    assert transport._recv == gatherer.agent.recv
    for owner, ours in ((Connection, IceAgent), (StunProtocol, MediaProtocol)):
        overridden = {name for name in vars(ours) if name in vars(owner)} - {"__init__"}
        named = {n for n in contract.METHODS[owner] if n in vars(ours)}
        assert {n for n in overridden if not n.startswith("__")} == named


def test_aiortcs_own_classes_are_left_alone() -> None:
    assert RTCRtpReceiver.__module__ == "aiortc.rtcrtpreceiver"
    assert RTCRtpSender.__module__ == "aiortc.rtcrtpsender"
    assert StunProtocol.datagram_received.__module__ == "aioice.ice"
    assert Connection.query_consent.__module__ == "aioice.ice"
