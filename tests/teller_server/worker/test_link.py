"""The rope between desk and worker: what is asked is answered, and a dead end is noticed."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from signaling.errors import Refusal
from teller_server.worker.link import (
    Body,
    Link,
    LinkBrokenError,
    RemoteFailureError,
    RemoteRefusalError,
)


async def echo(verb: str, body: Body) -> Body:
    match verb:
        case "echo":
            return body
        case "long":
            return {"long": "x" * 3000}
        case "refuse":
            raise Refusal("bad_sdp")
        case "hang":
            await asyncio.sleep(60)
    raise LookupError(verb)


@pytest.fixture
async def ends() -> AsyncIterator[tuple[Link, Link]]:
    ours, theirs = socket.socketpair()
    links = []
    for end in (ours, theirs):
        reader, writer = await asyncio.open_connection(sock=end)
        links.append(Link(reader, writer, handle=echo))
    tasks = [asyncio.create_task(link.run()) for link in links]
    yield links[0], links[1]
    for link in links:
        link.close()
    await asyncio.gather(*tasks)


async def test_a_request_is_answered(ends: tuple[Link, Link]) -> None:
    desk, _worker = ends
    many = await asyncio.gather(*(desk.request("echo", {"n": n}) for n in range(200)))
    assert [reply["n"] for reply in many] == list(range(200))


async def test_a_refusal_and_a_fault_stay_apart(ends: tuple[Link, Link]) -> None:
    desk, _worker = ends
    with pytest.raises(RemoteRefusalError) as refusal:
        await desk.request("refuse", {})
    assert refusal.value.code == "bad_sdp"
    with pytest.raises(RemoteFailureError):
        await desk.request("unheard-of", {})


async def test_events_arrive_in_order(ends: tuple[Link, Link]) -> None:
    desk, worker = ends
    heard: list[int] = []
    desk.listener = lambda _verb, body: heard.append(body["n"])
    for n in range(50):
        worker.notify("sealed", {"n": n})
    await desk.request("echo", {})
    assert heard == list(range(50))


async def test_a_death_fails_what_was_asked(ends: tuple[Link, Link]) -> None:
    desk, worker = ends
    asked = asyncio.create_task(desk.request("hang", {}))
    await asyncio.sleep(0)
    worker.close()
    with pytest.raises(LinkBrokenError):
        await asked
    with pytest.raises(LinkBrokenError):
        await desk.request("echo", {})


async def test_a_patient_desk_is_not_kept_waiting_for_ever(ends: tuple[Link, Link]) -> None:
    desk, _worker = ends
    with pytest.raises(TimeoutError):
        await desk.request("hang", {}, within=0.05)


async def test_an_event_that_nobody_understands_does_not_cut_the_rope(
    ends: tuple[Link, Link],
) -> None:
    desk, worker = ends
    heard: list[int] = []
    desk.listener = lambda _verb, body: heard.append(body["n"])
    worker.notify("sealed", {})
    worker.notify("sealed", {"n": 1})
    assert await desk.request("echo", {"still": "here"}) == {"still": "here"}
    assert heard == [1]


async def test_a_reply_too_large_for_the_rope_fails_alone(
    ends: tuple[Link, Link], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, _worker = ends
    monkeypatch.setattr("teller_server.worker.link.MAX_FRAME", 2000)
    with pytest.raises(RemoteFailureError, match="too large"):
        await desk.request("long", {})
    assert await desk.request("echo", {"n": 1}) == {"n": 1}
