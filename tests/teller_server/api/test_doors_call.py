"""In service: offers and candidates that are none, photographs of anything but a document."""

from __future__ import annotations

import asyncio
import struct
import zlib
from typing import Any

import numpy as np
import pytest

from teller_server.api.words import say
from teller_server.rehearse.client import Refused
from teller_server.rehearse.wire import Fault
from tests.kyc.people import jpeg, png
from tests.teller_server.api.branch import Browser, Served
from tests.teller_server.api.conftest import PATIENCE, Call

GREY = np.full((900, 1200, 3), 128, np.uint8)
PATH = "/api/customer/documents?side=front"


def bomb(width: int, height: int) -> bytes:
    """A tiny PNG that says it is huge, with right checksums."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000), 9)
    ending = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + ending


# ---- offers and candidates


async def fault(call: Call, kind: str, **body: Any) -> Fault:
    message = await call.customer.wire.send(kind, bold=True, **body)
    return await call.customer.wire.fault(message, PATIENCE)


@pytest.mark.parametrize(
    "sdp",
    [
        "rubbish",
        "v=0\r\n",
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio nine RTP/AVP x\r\n",
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n" + "a=group:BUNDLE 0\r\n" * 2_000,
        "m=" * 20_000,
        "\r\n" * 12_000,
        "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=fingerprint:x",
    ],
    ids=lambda sdp: f"{sdp[:12]!r}x{len(sdp)}",
)
async def test_an_offer_that_is_none_is_said_and_the_call_goes_on(call: Call, sdp: str) -> None:
    told = await fault(call, "call.offer", leg="leg-evil", sdp=sdp)
    assert told.code in ("bad_sdp", "sdp_too_large", "no_common_codec")
    assert told.message == say(told.code, "zh-CN")
    view = call.customer.wire.view
    assert view is not None
    assert view["call"]["recording"] == "on"
    assert view["call"]["media_allowed"] is True


async def test_a_candidate_that_is_none_is_said(doors: Served, call: Call) -> None:
    own = doors.branch.call.pictures[call.visit].peers["customer"].leg
    for candidate in ("rubbish", "candidate:1 1 udp", "candidate:" + "9" * 400):
        told = await fault(call, "call.candidate", leg=own, candidate=candidate, mid="0")
        assert told.code == "bad_candidate"


async def test_a_party_has_no_say_in_the_other_partys_leg(doors: Served, call: Call) -> None:
    theirs = doors.branch.call.pictures[call.visit].peers["teller"].leg
    quiet = await call.customer.wire.send(
        "call.candidate", bold=True, leg=theirs, candidate="rubbish", mid="0"
    )
    await fault(call, "step.answer", step="decision", value={"seen": True})
    with pytest.raises(TimeoutError):
        await call.customer.wire.fault(quiet, 0.2)
    told = await fault(call, "call.offer", leg=theirs, sdp="rubbish")
    assert told.code in ("bad_sdp", "leg_known")
    assert doors.branch.call.pictures[call.visit].peers["teller"].leg == theirs


async def test_the_customer_can_not_answer_another_step(call: Call) -> None:
    for step in ("confirmation", "face", "none"):
        told = await fault(call, "step.answer", step=step, value={"agreed": True})
        assert told.code in ("step_not_open", "answer_not_expected", "unknown_step")


# ---- photographs


async def sent(call: Call, data: bytes, kind: str = "image/jpeg") -> Refused | None:
    try:
        await call.customer.door.upload("/api/customer/documents", data, kind, side="front")
    except Refused as refused:
        return refused
    return None


@pytest.mark.parametrize(
    ("data", "kind", "status", "code"),
    [
        (b"GIF89a", "image/gif", 415, "unsupported_type"),
        (b"<svg/>", "image/svg+xml", 415, "unsupported_type"),
        (b"%PDF-1.7", "application/pdf", 415, "unsupported_type"),
        (b"x", "multipart/form-data; boundary=x", 415, "unsupported_type"),
        (bytes(12 * 1024 * 1024 + 1), "image/jpeg", 413, "too_large"),
        (bytes(30 * 1024 * 1024), "image/png", 413, "too_large"),
    ],
    ids=["gif", "svg", "pdf", "form", "12 MiB and a byte", "30 MiB"],
)
async def test_what_is_no_photograph_is_not_taken(
    call: Call, data: bytes, kind: str, status: int, code: str
) -> None:
    refused = await sent(call, data, kind)
    assert refused is not None
    assert (refused.status, refused.code) == (status, code)
    assert say(code, "zh-CN") in str(refused)


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (b"not an image", "image/jpeg", "image_type_unsupported"),
        (b"GIF89a" + bytes(100), "image/png", "image_type_unsupported"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", "image_type_unsupported"),
        (jpeg(GREY)[:2000], "image/jpeg", "image_truncated"),
        (png(GREY)[:-20], "image/png", "image_truncated"),
        (bomb(30_000, 30_000), "image/png", "image_too_many_pixels"),
        (bomb(4_000, 4_000), "image/png", "image_broken"),
        (jpeg(GREY), "image/jpeg", "no_face"),
    ],
    ids=["text", "gif", "svg", "half a jpeg", "half a png", "bomb", "small bomb", "no face"],
)
async def test_a_photograph_of_anything_else_is_asked_for_again(
    doors: Served, call: Call, data: bytes, kind: str, code: str
) -> None:
    wire, seen = call.customer.wire, call.customer.wire.views
    assert await sent(call, data, kind) is None
    view = await wire.until(
        lambda view: wire.views > seen and view["step"]["document"]["status"] == "rejected",
        "the photograph to be looked at",
        PATIENCE,
    )
    document = view["step"]["document"]
    assert document["code"] == code
    assert document["message"]
    assert "photograph" in view["step"]["can"]
    kept = await doors.branch.store.evidence.objects(call.visit)
    assert not [one for one in kept if one.media_type.startswith("image/")], "nothing of it is kept"


async def test_no_photograph_is_taken_from_who_was_not_asked(doors: Served, call: Call) -> None:
    other = doors.browser()
    await other.arrive("王小明", "440305199507230013")
    reply = await other.ask("POST", PATH, data=call.photo, Content_Type="image/jpeg")
    assert (reply.status, reply.code) == (409, "document_not_expected")
    invited = doors.browser()
    invitation = await doors.branch.admission.invite(
        "change_of_details", "en", "李雷", "33", "test"
    )
    secret = invitation.secret
    await invited.ask("POST", "/api/customer/redeem", {"secret": secret})
    reply = await invited.ask("POST", PATH, data=call.photo, Content_Type="image/jpeg")
    assert (reply.status, reply.code) == (409, "no_visit_yet")


async def test_a_photograph_carries_nothing_hidden_and_is_for_its_teller_only(
    doors: Served, call: Call
) -> None:
    """A JPEG that is also a page is encoded afresh; while it is looked at no other is taken."""
    hidden = b"<script>alert(1)</script>PK\x03\x04"
    both = await asyncio.gather(sent(call, call.photo + hidden), sent(call, call.photo + hidden))
    (refused,) = [one for one in both if one is not None]
    assert (refused.status, refused.code) == (409, "document_being_checked")
    visit = await call.teller.visit(
        lambda visit: visit["identity"]["document"]["status"] == "accepted",
        "the document",
        PATIENCE,
    )
    photo = visit["identity"]["document"]["photo"]
    kept = await call.teller.door.fetch(photo)
    assert kept.startswith(b"\xff\xd8")
    assert hidden[:8] not in kept
    for browser in await strangers(doors):
        reply = await browser.ask("GET", photo)
        assert reply.code in ("not_found", "not_signed_in")
        assert b"\xff\xd8" not in reply.raw


async def strangers(doors: Served) -> list[Browser]:
    """Another teller, another customer, an officer, nobody."""
    teller, customer, officer = doors.browser(), doors.browser(), doors.browser()
    await teller.sign_in("teller", "zhao")
    await customer.arrive("王小明", "440305199507230013")
    await officer.sign_in("review", "chen")
    return [teller, customer, officer, doors.browser()]
