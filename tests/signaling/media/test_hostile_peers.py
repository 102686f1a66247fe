"""What a page with bad intent can't do."""

import asyncio
import contextlib
import random
import re
import socket
import time
from dataclasses import replace

import pylibsrtp
import pytest
from aiortc.rtp import RtcpPsfbPacket, RtcpRtpfbPacket, pack_remb_fci

from signaling.errors import Outage, Refusal
from signaling.media import LegDead, LegUp, MediaPolicy
from tests.signaling.media.peers import QUICK, Meeting, Peer, until


class Decoy(asyncio.DatagramProtocol):
    """A service that must not hear from us."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard.append(data)


async def decoy(host: str = "127.0.0.1") -> tuple[asyncio.DatagramTransport, Decoy, int]:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(Decoy, local_addr=(host, 0))
    return transport, protocol, transport.get_extra_info("sockname")[1]


def candidate(host: str, port: int, transport: str = "udp", component: int = 1) -> str:
    return f"candidate:1 {component} {transport} 2130706431 {host} {port} typ host"


async def trickling(peer: Peer) -> str:
    """An offer that has more candidates to come."""
    return (await peer.offer()).replace("a=end-of-candidates\r\n", "")


ONLY_PUBLIC = replace(QUICK, allowed_networks=())


async def test_candidates_outside_policy_get_no_packet_offered_or_trickled() -> None:
    meeting = Meeting(ONLY_PUBLIC)
    transport, service, port = await decoy()
    peer = meeting.peer("customer")
    offer = await trickling(peer)
    evil = f"a={candidate('127.0.0.1', port)}\r\na=ice-ufrag:"
    try:
        answer = await meeting.call.answer(
            "customer", "c1", offer.replace("a=ice-ufrag:", evil), meeting.tape("customer")
        )
        for host in ("127.0.0.1", "127.0.0.2", "0.0.0.0", "localhost", "printer.local"):
            await meeting.call.candidate("c1", candidate(host, port), "0")
        await meeting.call.candidate("c1", candidate("::ffff:127.0.0.1", port), "0")
        await meeting.call.candidate("c1", candidate("127.0.0.1", port, "tcp"), "0")
        # the page's own checks come from an address outside policy, too: no answer
        await peer.accept(answer.sdp)
        await asyncio.sleep(1.0)
        assert meeting.call.stats()["legs"]["c1"]["candidates_refused"] >= 8
        assert not service.heard
        assert not meeting.log.of(LegUp)
        assert meeting.call.stats()["legs"]["c1"]["packets_in"] == 0
    finally:
        transport.close()
        await meeting.close()


async def test_candidates_are_capped() -> None:
    meeting = Meeting(replace(QUICK, max_candidates=5))
    transport, service, port = await decoy()
    peer = meeting.peer("customer")
    try:
        await meeting.call.answer("customer", "c1", await trickling(peer), meeting.tape("customer"))
        for number in range(50):
            await meeting.call.candidate("c1", candidate("127.0.0.1", 20_000 + number), "0")
        await meeting.call.candidate("c1", candidate("127.0.0.1", port), "0")
        await asyncio.sleep(0.5)
        assert not service.heard
        assert meeting.call.stats()["legs"]["c1"]["candidates_refused"] >= 46
    finally:
        transport.close()
        await meeting.close()


@pytest.mark.parametrize(
    "line",
    [
        "candidate:",
        "candidate:1 1 udp",
        "candidate:1 x udp 1 1.2.3.4 5 typ host",
        "candidate:1 1 udp 1 1.2.3.4 port typ host",
        "x" * 600,
    ],
)
async def test_a_malformed_candidate_is_refused(meeting: Meeting, line: str) -> None:
    await meeting.call.answer(
        "customer", "c1", await meeting.peer("customer").offer(), meeting.tape("customer")
    )
    with pytest.raises(Refusal, match="bad_candidate"):
        await meeting.call.candidate("c1", line, "0")


async def test_end_of_candidates_twice_and_one_more_are_no_error(meeting: Meeting) -> None:
    await meeting.call.answer(
        "customer", "c1", await meeting.peer("customer").offer(), meeting.tape("customer")
    )
    for line in (None, "", None, candidate("127.0.0.1", 9999)):
        await meeting.call.candidate("c1", line, "0")


async def test_forged_and_broken_packets_change_nothing(meeting: Meeting) -> None:
    customer, _ = await meeting.pair()
    ice = customer.connection.getTransceivers()[0].receiver.transport.transport._connection
    port = ice._nominated[1].remote_addr
    chance = random.Random(3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for _ in range(600):
            first = chance.choice((0, 1, 22, 63, 80, 100, 128, 144, 191, 200, 255))
            junk = bytes((first,)) + chance.randbytes(chance.randrange(0, 1400))
            stranger.sendto(junk, port)
        stranger.sendto(b"", port)
    await until(lambda: meeting.call.stats()["legs"]["c1"]["malformed"] > 50)
    seen = customer.seen[0].frames
    await until(lambda: customer.seen[0].frames > seen + 10)
    assert not meeting.log.of(LegDead)
    assert not meeting.tape("customer").unexplained()


async def test_authenticated_nonsense_never_raises(meeting: Meeting) -> None:
    """The peer itself may lie: its packets pass SRTP and must still do no harm."""
    customer, teller = await meeting.pair()
    dtls = customer.connection.getTransceivers()[0].receiver.transport
    chance = random.Random(5)
    for _ in range(300):
        body = chance.randbytes(4 * chance.randrange(1, 60))
        kind = chance.choice((200, 201, 202, 203, 204, 205, 206))
        first = 0x80 | chance.randrange(64)
        words = chance.choice((len(body) // 4, chance.randrange(2**16)))
        await dtls._send_rtp(bytes((first, kind)) + words.to_bytes(2, "big") + body)
    payload_types = [96, 97, 98, 127, 0]
    for _ in range(300):
        head = bytes((0x80 | chance.choice((0, 0, 0x20)), chance.choice(payload_types)))
        ssrc = chance.choice((customer.connection.getSenders()[1]._ssrc, 1, 2))
        middle = chance.randbytes(6) + ssrc.to_bytes(4, "big")
        body = chance.randbytes(chance.randrange(60)) + bytes((chance.randrange(8),))
        with contextlib.suppress(pylibsrtp.Error):
            await dtls._send_rtp(head + middle + body)
    sent = teller.audio.sent
    await until(lambda: teller.audio.sent > sent + 20)
    heard = customer.heard[0].frames
    await until(lambda: customer.heard[0].frames > heard + 20)
    assert not meeting.log.of(LegDead)


async def test_floods_of_key_frame_requests_and_nacks_are_bounded(meeting: Meeting) -> None:
    customer, teller = await meeting.pair()
    dtls = customer.connection.getTransceivers()[0].receiver.transport
    out = meeting.call._legs["c1"].senders["video"][0]
    asked, began = teller.video.asked, time.monotonic()
    everything = RtcpRtpfbPacket(fmt=1, ssrc=1, media_ssrc=out.ssrc)
    everything.lost = list(range(0, 65536, 17))[:300]
    for _ in range(200):
        await dtls._send_rtp(bytes(RtcpPsfbPacket(fmt=1, ssrc=1, media_ssrc=out.ssrc)))
        await dtls._send_rtp(bytes(everything))
    await asyncio.sleep(0.5)
    allowed = (time.monotonic() - began) / QUICK.pli_interval + 2
    assert teller.video.asked - asked <= allowed
    stats = out.stats()
    assert int(stats["resent"]) <= int(stats["packets"]) * 0.25 + 60


async def test_a_listener_cant_throttle_a_speaker_below_the_floor(meeting: Meeting) -> None:
    customer, _ = await meeting.pair()
    told: list[int] = []
    source = meeting.call._legs["t1"]
    send = source._path.send_rtcp
    source._path.send_rtcp = lambda data: (told.append(data[1]), send(data))[1]  # type: ignore[method-assign]
    dtls = customer.connection.getTransceivers()[0].receiver.transport
    out = meeting.call._legs["c1"].senders["video"][0]
    fci = pack_remb_fci(1, [out.ssrc])
    await dtls._send_rtp(bytes(RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=fci)))
    await until(lambda: 206 in told)
    caps = source.receivers["video"]._caps
    assert caps.put("another", 10_000_000, time.monotonic()) == QUICK.remb_floor


def broken_offers(offer: str) -> dict[str, str]:
    lines = offer.split("\r\n")

    def without(prefix: str) -> str:
        return "\r\n".join(line for line in lines if not line.startswith(prefix))

    return {
        "empty": "",
        "not sdp": "GET / HTTP/1.1\r\n\r\n",
        "zeros": "\0" * 4000,
        "only session": "\r\n".join(lines[:5]),
        "no bundle": without("a=group:BUNDLE"),
        "no mid": without("a=mid"),
        "same mid": offer.replace("a=mid:1", "a=mid:0"),
        "no mux": without("a=rtcp-mux"),
        "no ufrag": without("a=ice-ufrag"),
        "short password": "\r\n".join(
            "a=ice-pwd:x" if line.startswith("a=ice-pwd") else line for line in lines
        ),
        "no fingerprint": without("a=fingerprint"),
        "md5 fingerprint": offer.replace("sha-256", "md5")
        .replace("sha-384", "md5")
        .replace("sha-512", "md5"),
        "no setup": without("a=setup"),
        "bad setup": offer.replace("a=setup:actpass", "a=setup:maybe"),
        "bad port": re.sub("m=audio [0-9]+", "m=audio nine", offer),
        "bad payload type": offer.replace("a=rtpmap:96", "a=rtpmap:abc"),
        "huge payload type": offer.replace(" 96", " 999"),
        "fmtp of nothing": offer + "a=fmtp:55 x=1\r\n",
        "bad extmap": offer.replace("a=extmap:1 ", "a=extmap:one "),
        "bad candidate": offer + "a=candidate:1 1 udp\r\n",
        "bad ssrc": offer + "a=ssrc:abc cname:x\r\n",
        "many lines": offer + "a=x\r\n" * 3000,
        "many ssrcs": offer + "".join(f"a=ssrc:{n} cname:x\r\n" for n in range(600)),
        "many m-lines": offer + "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\n" * 40,
        "plain RTP": offer.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
    }


async def test_every_malformed_offer_is_refused_with_its_code(meeting: Meeting) -> None:
    offer = await meeting.peer("customer").offer()
    refused = {}
    for name, text in broken_offers(offer).items():
        try:
            await meeting.call.answer("customer", name, text, meeting.tape("customer"))
        except Refusal as refusal:
            refused[name] = refusal.code
    assert refused == dict.fromkeys(broken_offers(offer), "bad_sdp")
    assert meeting.call.stats()["legs"] == {}
    assert not meeting.log.events


async def test_an_offer_too_large_is_refused_unread(meeting: Meeting) -> None:
    for text in ("v=0\r\n" + "a=x\r\n" * 20_000, "柜" * 30_000):
        with pytest.raises(Refusal, match="sdp_too_large"):
            await meeting.call.answer("customer", "c1", text, meeting.tape("customer"))


async def test_an_offer_without_our_codecs_is_refused(meeting: Meeting) -> None:
    offer = await meeting.peer("customer").offer()
    with pytest.raises(Refusal, match="no_common_codec"):
        await meeting.call.answer(
            "customer", "c1", offer.replace("VP8/90000", "AV1/90000"), meeting.tape("customer")
        )


async def test_a_data_channel_line_is_turned_down(meeting: Meeting) -> None:
    peer = meeting.peer("customer")
    peer.connection.createDataChannel("chat")
    offer = await peer.offer()
    answer = await meeting.call.answer("customer", "c1", offer, meeting.tape("customer"))
    assert "m=application 0 UDP/DTLS/SCTP webrtc-datachannel" in answer.sdp
    assert "a=group:BUNDLE 0 1\r\n" in answer.sdp


async def test_ports_stay_in_the_range_and_a_full_range_is_an_outage() -> None:
    port = 42_310
    policy = replace(QUICK, port_min=port, port_max=port + 1, addresses=("127.0.0.1",))
    meeting = Meeting(policy)
    try:
        for leg in ("c1", "t1"):
            peer = meeting.peer(leg)
            answer = await meeting.call.answer(leg, leg, await peer.offer(), meeting.tape(leg))
            bound = {
                int(line.split()[5])
                for line in answer.sdp.splitlines()
                if line.startswith("a=candidate")
            }
            assert bound <= {port, port + 1}
        with pytest.raises(Outage, match="no_media_port"):
            await meeting.call.answer("x", "x1", await meeting.peer("x").offer(), meeting.tape("x"))
        assert meeting.log.of(LegDead, "x1")[0].cause == "refused"
    finally:
        await meeting.close()


def test_a_policy_that_makes_no_sense_is_refused() -> None:
    for wrong in (
        {"port_min": 5000},
        {"port_min": 6000, "port_max": 5000},
        {"port_max": 70_000},
        {"allowed_networks": ("10.0.0.1/8",)},
        {"addresses": ("localhost",)},
    ):
        with pytest.raises(ValueError):
            MediaPolicy(**wrong)  # type: ignore[arg-type]
