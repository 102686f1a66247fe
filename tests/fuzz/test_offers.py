"""Whatever a page offers, it is read or refused by a documented code, and never takes long."""

from __future__ import annotations

import asyncio
from functools import cache

from aiortc import RTCPeerConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from signaling.errors import Refusal
from signaling.media.offer import Offer, read_offer
from teller_server.api.words import WORDS
from tests.scale import at_scale

MOST = 48 * 1024
CODES = {"bad_sdp", "sdp_too_large", "no_common_codec"}
PIECES = (
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63", "m=video 9 UDP/TLS/RTP/SAVPF 96", "m=application 9 x y",
    "a=mid:0", "a=mid:", "a=group:BUNDLE 0 1", "a=rtpmap:96 VP8/90000", "a=rtpmap:x", "a=fmtp:96",
    "a=rtcp-fb:96 nack", "a=ssrc:1 cname:x", "a=ssrc:x", "a=ssrc-group:FID 1 2", "a=extmap:1 urn:x",
    "a=fingerprint:sha-256 AA:BB", "a=fingerprint:", "a=setup:actpass", "a=setup:x", "a=ice-ufrag:",
    "a=ice-pwd:x", "a=candidate:1 1 udp 1 127.0.0.1 9 typ host", "a=candidate:1", "a=sctp-port:x",
    "c=IN IP4 300.1.1.1", "c=", "a=", "=", "t=", "o=- 1 1 IN IP4", "v=1", "s", "a=msid:", "\x00",
)  # fmt: skip


@cache
def real() -> tuple[str, ...]:
    """The lines of an offer that a browser's library made."""

    async def offer() -> str:
        page = RTCPeerConnection()
        page.addTransceiver("audio")
        page.addTransceiver("video")
        await page.setLocalDescription(await page.createOffer())
        sdp = page.localDescription.sdp
        await page.close()
        return str(sdp)

    return tuple(asyncio.run(offer()).split("\r\n"))


def hear(text: str) -> None:
    heard = heard_from(text)
    if isinstance(heard, Offer):
        assert heard.sections
    else:
        assert heard.code in CODES
        assert heard.code in WORDS


def heard_from(text: str) -> Offer | Refusal:
    try:
        return read_offer(text, MOST)
    except Refusal as refusal:
        return refusal


def test_the_offer_itself_is_read() -> None:
    assert read_offer("\r\n".join(real()), MOST).of_kind("video")


@settings(max_examples=at_scale(100, 5000, 5000), deadline=None)
@given(st.data())
def test_offers_with_lines_lost_moved_altered_and_added(data: st.DataObject) -> None:
    lines = list(real())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["lose", "move", "cut", "add", "put"])):
            case "lose" if len(lines) > 1:
                del lines[at]
            case "move":
                lines.insert(data.draw(st.integers(0, len(lines) - 1)), lines.pop(at))
            case "cut":
                lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
            case "add":
                lines.insert(at, data.draw(st.sampled_from(PIECES)))
            case _:
                lines[at] += data.draw(st.text(max_size=8))
    hear("\r\n".join(lines))


@settings(max_examples=at_scale(70, 5000, 5000), deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=60), max_size=40))
def test_offers_of_nothing_but_pieces(lines: list[str]) -> None:
    hear("\r\n".join(lines))


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([*PIECES, "\r\n", "m="]), st.integers(1, 6_000))
def test_one_piece_over_and_over(piece: str, times: int) -> None:
    hear("\r\n".join(real()) + "\r\n".join([piece] * times))
