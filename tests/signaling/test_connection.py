"""The limits of a socket, from the side of a page that does not keep them."""

import asyncio
import contextlib
import json

import aiohttp
import pytest

from signaling.connection import SUBPROTOCOL, WirePolicy
from signaling.messages import View
from tests.signaling.branch import branch
from tests.signaling.words import Got


@pytest.mark.parametrize(
    ("headers", "protocols", "status"),
    [
        ({"Origin": "https://evil.example"}, [SUBPROTOCOL], 403),
        ({"Origin": "null"}, [SUBPROTOCOL], 403),
        ({}, [SUBPROTOCOL], 403),
        ({"Origin": "own"}, ["other.v9"], 400),
        ({"Origin": "own"}, [], 400),
    ],
)
async def test_a_foreign_page_gets_no_socket(
    headers: dict[str, str], protocols: list[str], status: int
) -> None:
    async with branch() as here:
        own = here.url.removesuffix("/ws")
        sent = {name: own if value == "own" else value for name, value in headers.items()}
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await here.http.ws_connect(
                here.url, protocols=protocols, headers={"X-Subject": "v", **sent}
            )
        assert refused.value.status == status


async def test_too_many_sockets_from_one_address() -> None:
    async with branch(WirePolicy(sockets_rate=0.001, sockets_burst=3)) as here:
        for _ in range(3):
            await here.page().connect()
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await here.page().connect()
        assert refused.value.status == 429
        await here.page(**{"X-Address": "203.0.113.9"}).connect()


async def test_silence_is_not_waited_for() -> None:
    async with branch(WirePolicy(hello=0.1)) as here:
        page = here.page()
        await page.connect()
        assert await page.hear() == {"type": "closed", "code": 4408}


async def test_hello_comes_first() -> None:
    async with branch() as here:
        page = here.page()
        await page.connect()
        await page.say("put", n=1)
        assert (await page.hear())["body"]["code"] == "hello_first"
        assert await page.hear() == {"type": "closed", "code": 4400}
        assert here.said == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "bad_message"),
        ("[" * 60_000, "bad_message"),
        ('{"v":1,"type":"put","id":"a","body":{"n":"1"}}', "bad_message"),
        ('{"v":1,"type":"put","body":{"n":1}}', "bad_message"),
        ('{"v":3,"type":"put","id":"a","body":{"n":1}}', "unsupported_version"),
        ('{"v":1,"type":"nonsense","id":"a"}', "unknown_type"),
        ('{"v":1,"type":"rule","id":"a"}', "wrong_role"),
        ('{"v":1,"type":"welcome","id":"a"}', "wrong_role"),
    ],
)
async def test_each_bad_message_gets_its_clear_error(text: str, code: str) -> None:
    async with branch() as here:
        page = here.page()
        await page.open()
        await page.raw(text)
        error = await page.hear("error")
        assert (error["body"]["code"], error["seq"]) == (code, 0)
        await page.say("put", n=2)
        assert (await page.hear("got"))["body"] == {"n": 2}, "and the socket lives on"


async def test_whoever_keeps_saying_nonsense_is_let_go() -> None:
    async with branch(WirePolicy(bad=3)) as here:
        page = here.page()
        await page.open()
        for _ in range(3):
            await page.raw("nonsense")
        assert [(await page.hear("error"))["body"]["code"] for _ in range(3)] == ["bad_message"] * 3
        assert (await page.hear("closed"))["code"] == 4400


async def test_binary_frames_are_not_messages() -> None:
    async with branch() as here:
        page = here.page()
        await page.open()
        assert page.socket
        await page.socket.send_bytes(b"{}")
        assert (await page.hear("error"))["body"]["code"] == "bad_message"


async def test_an_oversized_frame_closes_the_socket() -> None:
    async with branch() as here:
        page = here.page()
        await page.open()
        await page.raw(json.dumps({"v": 1, "type": "put", "id": "a", "body": {"x": "y" * 70_000}}))
        assert (await page.hear("closed"))["code"] == 1009


async def test_haste_is_slowed_and_loses_nothing() -> None:
    async with branch(WirePolicy(rate=500, burst=10)) as here:
        page = here.page()
        await page.open()
        for n in range(100, 160):
            await page.say("put", n=n)
        got = [(await page.hear("got"))["body"]["n"] for _ in range(60)]
        assert got == list(range(100, 160))


async def test_a_flood_is_cut_off() -> None:
    async with branch(WirePolicy(rate=100, burst=5, patience=0.2)) as here:
        page = here.page()
        await page.open()
        with contextlib.suppress(aiohttp.ClientError):  # cut off in the middle of it
            for _ in range(600):
                await page.raw('{"v":1,"type":"ack","body":{}}')
        assert (await page.hear("closed"))["code"] == 4429


async def test_a_page_that_never_acknowledges_is_let_go_and_resumes() -> None:
    async with branch(WirePolicy(unacked=5)) as here:
        page = here.page()
        await page.open()
        for n in range(6):
            await here.switchboard.push("visit-1", Got(n=n))
        heard = []
        while (message := await page.hear())["type"] != "closed":
            heard.append(message)
        assert message["code"] == 4008
        await page.open()
        assert page.welcome["resumed"] is True
        missing = 6 - sum(m["type"] == "got" for m in heard)
        assert [(await page.hear("got"))["body"]["n"] for _ in range(missing)] == list(
            range(6 - missing, 6)
        )


async def test_a_page_that_does_not_read_is_dropped() -> None:
    async with branch(WirePolicy(send=0.2)) as here:
        page = here.page()
        await page.open()
        await page.hear("view")
        assert page.socket
        # the page's own reader is stopped, as a suspended tab's is
        page.socket._conn.protocol.pause_reading()  # type: ignore[union-attr]
        big = View(state={"x": "y" * 60_000})
        for _ in range(400):
            await here.switchboard.push("visit-1", big)
            await asyncio.sleep(0.001)
            if not here.switchboard.online("visit-1"):
                break
        await here.gone.wait()
        assert here.came[-1] == ("visit-1", False)


async def test_a_dead_page_is_noticed() -> None:
    async with branch(WirePolicy(heartbeat=0.05)) as here:
        page = here.page()
        page.http = aiohttp.ClientSession()
        page.socket = await page.http.ws_connect(
            page.url, protocols=[SUBPROTOCOL], headers=page.headers, autoping=False
        )
        await page.raw('{"v":1,"type":"hello","body":{}}')
        while (await page.hear())["type"] != "closed":
            pass  # pings arrive here as "closed", unanswered
        await here.gone.wait()
        assert here.came == [("visit-1", True), ("visit-1", False)]
        await page.http.close()


async def test_a_living_page_that_says_nothing_stays() -> None:
    async with branch(WirePolicy(heartbeat=0.3)) as here:
        page = here.page()
        await page.open()
        await page.hear("view")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2):
                await page.hear()
        assert here.switchboard.online("visit-1")


async def test_a_refused_message_is_acknowledged_and_not_kept_for_ever() -> None:
    async with branch() as here:
        page = here.page()
        await page.open()
        await page.say("nonsense")
        await page.say("put", n="not a number")
        await page.say("put", n=2)
        while page.kept:
            await page.hear()
        assert here.said == [2]


async def test_a_view_that_cannot_be_written_is_heard_of(caplog: pytest.LogCaptureFixture) -> None:
    async with branch() as here:
        page = here.page()
        await page.open()
        await page.hear("view")
        await here.switchboard.push("visit-1", View(state={"x": object()}))
        assert (await page.hear())["type"] == "closed"
        await here.gone.wait()
        assert "could not write to a page" in caplog.text
