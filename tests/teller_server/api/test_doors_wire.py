"""The sockets of the real branch: who may open one, and what a page may say on it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from signaling.messages import MAX_BYTES
from teller_server.api.customer_wire import customer_dispatch
from teller_server.api.messages import VOCABULARY
from teller_server.api.teller_wire import teller_dispatch
from teller_server.api.words import say
from tests.teller_server.api.branch import Browser, Served, heard

# What each message of the vocabulary looks like when nothing is wrong with it.
BODIES: dict[str, dict[str, Any]] = {
    "step.answer": {"step": "details", "value": {"seen": True}},
    "place.told": {"latitude": 31.2, "longitude": 121.5, "accuracy": 35.0, "at": 1795000000000},
    "place.declined": {"reason": "chosen"},
    "visit.leave": {"reason": "x"},
    "teller.state": {"state": "ready", "reason": None},
    "pairing.accept": {"pairing": "pairing-1"},
    "pairing.decline": {"pairing": "pairing-1", "reason": "x"},
    "step.start": {"step": "document"},
    "step.complete": {"step": "document", "result": "passed", "note": None},
    "question.record": {"step": "will", "question": "plain", "value": "yes"},
    "paper.turn": {"paper": "contract", "page": 1},
    "guest.invite": {"party": "guarantor"},
    "guest.dismiss": {"party": "guarantor"},
    "identity.decide": {"check": "check-1", "verdict": "accept", "reason": "x"},
    "challenge.begin": {"step": "presence"},
    "challenge.alternative": {"step": "presence", "reason": "x"},
    "registry.ask": {"step": "registers", "check": "citizen"},
    "document.correct": {"step": "document", "side": "front", "field": "number", "value": "x"},
    "document.compare": {"step": "document", "side": "front"},
    "sign.anew": {"step": "sign", "reason": "x"},
    "form.draft": {"step": "details", "fields": {"address": "x"}},
    "call.hold": {"on": True},
    "call.offer": {"leg": "leg-1", "sdp": "v=0\r\n"},
    "call.candidate": {"leg": "leg-1", "candidate": None, "mid": "0"},
    "media.state": {"audio": True, "video": True, "reason": None},
    "call.health": {"stall": 0, "rtt_ms": 1, "loss": 0.0, "fps": 25.0},
    "visit.end": {"outcome": "done", "reason": None},
    "visit.wrap_up": {"disposition": "done", "note": None},
}


class Page:
    """A page that says what it likes."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.said = 0

    async def say(self, kind: str, body: object = None, **envelope: object) -> str:
        self.said += 1
        name = f"m-{id(self)}-{self.said}"
        whole = {"v": 1, "type": kind, "id": name, "seq": self.said, "body": body or {}, **envelope}
        await self.socket.send_str(json.dumps(whole))
        return name

    async def error(self) -> tuple[str, str]:
        body = (await heard(self.socket, "error"))["body"]
        return body["code"], body["message"]

    async def refusal(self, kind: str, body: object = None, **envelope: object) -> str:
        name = await self.say(kind, body, **envelope)
        while True:
            told = (await heard(self.socket, "error"))["body"]
            if told["re"] == name:
                return str(told["code"])


@pytest.fixture
async def customer(doors: Served) -> AsyncIterator[Browser]:
    one = doors.browser("zh-CN")
    await one.arrive("李雷", "330106199001010028")
    yield one
    await one.ask("POST", "/api/customer/leave", {})


@pytest.fixture
async def page(customer: Browser) -> AsyncIterator[Page]:
    socket = await customer.wire("customer")
    await heard(socket, "view")
    yield Page(socket)
    await socket.close()


@pytest.fixture
async def console(doors: Served) -> AsyncIterator[Page]:
    teller = doors.browser("en")
    await teller.sign_in("teller", "zhao")
    socket = await teller.wire("teller")
    await heard(socket, "view")
    yield Page(socket)
    await socket.close()


# ---- who may say what


def test_everything_that_may_be_said_is_handled(doors: Served) -> None:
    for dispatch in (customer_dispatch(doors.branch), teller_dispatch(doors.branch)):
        assert dispatch.missing() == []


def foreign(audience: str) -> list[str]:
    """What only others say: the other page, or the server."""
    mine = {message.type for message in VOCABULARY.said_by_page(audience)}
    return sorted(message.type for message in VOCABULARY if message.type not in mine)


async def test_a_customer_can_not_speak_as_a_teller_or_as_the_server(
    doors: Served, customer: Browser
) -> None:
    said = {"teller.state", "visit.end", "identity.decide", "view", "welcome", "head"}
    assert said <= set(foreign("customer"))
    await _only_wrong_role(customer, "customer", say("wrong_role", "zh-CN"))


async def test_a_teller_can_not_speak_as_a_customer_or_as_the_server(doors: Served) -> None:
    teller = doors.browser("en")
    await teller.sign_in("teller", "zhao")
    assert {"ticket.take", "step.answer", "view"} <= set(foreign("teller"))
    await _only_wrong_role(teller, "teller", say("wrong_role", "en"))


async def _only_wrong_role(browser: Browser, audience: str, words: str) -> None:
    for kind in foreign(audience):
        page = Page(await browser.wire(audience))
        view = (await heard(page.socket, "view"))["body"]
        await page.say(kind, BODIES.get(kind))
        assert await page.error() == ("wrong_role", words), kind
        await page.socket.close()
        again = Page(await browser.wire(audience))
        after = (await heard(again.socket, "view"))["body"]
        assert after.get("visit") == view.get("visit")
        await again.socket.close()


async def test_a_teller_without_a_customer_acts_on_nobody(console: Page) -> None:
    mine = {"hello", "ack", "teller.state", "pairing.accept", "pairing.decline", "review.answer"}
    for message in VOCABULARY.said_by_page("teller"):
        if message.type not in mine and message.once:
            code = await console.refusal(message.type, BODIES.get(message.type))
            assert code == "no_visit_in_hand", message.type
    for kind in ("pairing.accept", "pairing.decline"):
        assert await console.refusal(kind, BODIES[kind]) == "offer_gone"
    nobodys = {"visit": "visit-01ARZ3NDEKTSV4RRFFQ69G5FAV", "text": "x"}
    assert await console.refusal("review.answer", nobodys) == "unknown_visit"


async def test_a_customer_in_no_call_brings_no_media(page: Page) -> None:
    for kind in ("call.offer", "call.candidate", "media.state"):
        assert await page.refusal(kind, BODIES[kind]) == "no_media_now"
    answered = await page.refusal("step.answer", BODIES["step.answer"])
    assert answered in ("not_now", "answer_not_expected", "step_not_open")


# ---- what can't be read


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_message"),
        ("{", "bad_message"),
        ("null", "bad_message"),
        ("[" * 30_000 + "]" * 30_000, "bad_message"),
        ('{"a":' * 8_000 + "1" + "}" * 8_000, "bad_message"),
        ('{"v":2,"type":"ticket.take","id":"x","body":{}}', "unsupported_version"),
        ('{"v":1,"type":"ticket.steal","id":"x","body":{}}', "unknown_type"),
        ('{"v":1,"type":"ticket.take","id":"","body":{}}', "bad_message"),
        ('{"v":1,"type":"ticket.take","id":"x","body":{"for":"another"}}', "bad_message"),
        ('{"v":1,"type":"ticket.take","id":"x","body":[]}', "bad_message"),
        ('{"v":1,"type":"ticket.take","id":"x","seq":-1,"body":{}}', "bad_message"),
        ('{"v":1,"type":"ticket.take","id":"x","seq":1e99,"body":{}}', "bad_message"),
        ('{"v":1,"type":"visit.leave","id":"x","body":{"reason":"a\\u001b[2J"}}', "bad_message"),
        ('{"v":1,"type":"visit.leave","id":"x","body":{"reason":"\\ud800"}}', "bad_message"),
    ],
    ids=lambda text: text[:24],
)
async def test_what_can_not_be_read_is_said_and_changes_nothing(
    customer: Browser, page: Page, text: str, code: str
) -> None:
    await page.socket.send_str(text)
    assert await page.error() == (code, say(code, "zh-CN"))
    assert await page.refusal("media.state", BODIES["media.state"]) == "no_media_now"
    again = await customer.wire("customer")
    assert (await heard(again, "view"))["body"]["visit"]["state"] == "consented"
    await again.close()


async def test_offers_of_any_size(page: Page) -> None:
    for sdp in ("", "x" * (48 * 1024 + 1), "a\x00b", 5, None):
        offer = {"leg": "leg-1", "sdp": sdp}
        assert await page.refusal("call.offer", offer) == "bad_message"


async def test_a_frame_beyond_the_limit_ends_the_socket_and_nothing_else(
    customer: Browser, page: Page
) -> None:
    await page.socket.send_str('{"v":1,"body":"' + "x" * MAX_BYTES + '"}')
    closing = await page.socket.receive(timeout=60)
    while closing.type is aiohttp.WSMsgType.TEXT:
        closing = await page.socket.receive(timeout=60)
    assert page.socket.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
    again = await customer.wire("customer")
    assert (await heard(again, "view"))["body"]["visit"]["state"] == "consented"
    await again.close()


async def test_a_page_that_only_talks_rubbish_is_sent_away(page: Page) -> None:
    for _ in range(8):
        await page.socket.send_str("rubbish")
    async for _ in page.socket:
        pass
    assert page.socket.close_code == 4400


async def test_binary_frames_say_nothing(page: Page) -> None:
    await page.socket.send_bytes(b"\x00\x01")
    assert (await page.error())[0] == "bad_message"


# ---- tokens, cookies, origins


async def test_a_stale_token_begins_anew_with_the_present_state(customer: Browser) -> None:
    for token in ("A" * 43, "x" * 128):
        socket = await customer.wire("customer", token=token, last=7)
        told = await heard(socket, "error", "welcome")
        assert told["body"]["code"] == "stale_token"
        assert told["body"]["message"] == say("stale_token", "zh-CN")
        welcome = await heard(socket, "welcome")
        assert (welcome["body"]["resumed"], welcome["body"]["token"] == token) == (False, False)
        assert (await heard(socket, "view"))["body"]["visit"]["state"] == "consented"
        await socket.close()


async def test_anothers_token_resumes_nothing(doors: Served, customer: Browser) -> None:
    other = doors.browser()
    theirs = (await other.arrive("王小明", "440305199507230013")).json["visit"]
    socket = await other.wire("customer")
    token = (await heard(socket, "welcome"))["body"]["token"]
    thief = await customer.wire("customer", token=token, last=0)
    assert (await heard(thief, "error"))["body"]["code"] == "stale_token"
    assert (await heard(thief, "welcome"))["body"]["resumed"] is False
    assert (await heard(thief, "view"))["body"]["visit"]["id"] != theirs
    await thief.close()
    await socket.close()
    back = await other.wire("customer", token=token, last=0)
    assert (await heard(back, "welcome"))["body"]["resumed"] is True, "its owner still has it"
    await back.close()


async def _refused(browser: Browser, audience: str, **more: Any) -> int:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await browser.wire(audience, **more)
    return refused.value.status


async def test_sockets_are_for_our_own_pages_and_their_own_people(
    doors: Served, customer: Browser
) -> None:
    stranger, teller = doors.browser(), doors.browser()
    await teller.sign_in("teller", "zhao")
    assert await _refused(stranger, "customer") == 401
    assert await _refused(stranger, "teller") == 401
    assert await _refused(customer, "customer", origin="https://evil.example") == 403
    assert await _refused(teller, "teller", origin=doors.url.replace("http://", "http://x.")) == 403
    for browser, own, other in ((customer, "customer", "teller"), (teller, "teller", "customer")):
        stranger.cookies = {other: browser.cookies[own]}
        assert await _refused(stranger, other) == 401


async def test_signing_out_closes_the_console_at_once(doors: Served) -> None:
    teller = doors.browser()
    await teller.sign_in("teller", "zhao")
    socket = await teller.wire("teller")
    await heard(socket, "view")
    assert (await teller.ask("POST", "/api/teller/sign-out")).status == 200
    assert (await heard(socket, "bye"))["body"]["code"] == "signed_out"
    assert await _refused(teller, "teller") == 401


async def test_a_second_page_takes_over_from_the_first(customer: Browser) -> None:
    first = await customer.wire("customer")
    await heard(first, "view")
    second = await customer.wire("customer")
    assert (await heard(first, "bye"))["body"]["code"] == "superseded"
    await heard(second, "view")
    await second.close()
