"""The client's wire against the server's own switchboard: nothing lost, nothing doubled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession

from signaling.messages import View
from teller_server.rehearse.wire import Wire, WireError
from tests.signaling.branch import Branch, branch
from tests.signaling.words import Got


@asynccontextmanager
async def page(here: Branch) -> AsyncIterator[Wire]:
    async with ClientSession(headers={"X-Subject": "visit-1"}) as http:
        wire = await Wire.connect(http, here.url, here.url.removesuffix("/ws"))
        try:
            yield wire
        finally:
            await wire.close()


async def heard(wire: Wire, numbers: list[int], count: int) -> None:
    await wire.until(lambda _view: len(numbers) >= count or None, f"{count} answers", 20)


async def test_the_first_view_is_there_after_hello() -> None:
    async with branch() as here, page(here) as wire:
        view = await wire.until(lambda view: view["subject"] == "visit-1", "a view")
        assert view["said"] == 0


async def test_nothing_is_lost_or_doubled_when_sockets_break() -> None:
    async with branch() as here, page(here) as wire:
        numbers: list[int] = []
        wire.hear("got", lambda body: numbers.append(body["n"]))
        await wire.until(lambda _view: True, "a view")
        for n in range(20, 50):
            await wire.send("put", n=n)
            if n % 6 == 0:
                await wire.drop()
        await heard(wire, numbers, 30)
        assert sorted(numbers) == list(range(20, 50))
        assert sorted(here.said) == list(range(20, 50))
        assert wire.resumed >= 1


async def test_a_refused_message_ends_the_waiting() -> None:
    async with branch() as here, page(here) as wire:
        await wire.send("put", n=13)
        with pytest.raises(WireError, match="rejected") as caught:
            await wire.until(lambda _view: False, "what never comes")
        assert caught.value.code == "rejected"
        await wire.until(lambda _view: True, "that the wire goes on")


async def test_a_bold_message_asks_for_its_fault() -> None:
    async with branch() as here, page(here) as wire:
        message = await wire.send("put", bold=True, n=13)
        assert (await wire.fault(message)).code == "rejected"
        await wire.until(lambda _view: True, "that nothing is raised")


async def test_waiting_says_what_for() -> None:
    async with branch() as here, page(here) as wire:
        with pytest.raises(TimeoutError, match="for godot"):
            await wire.until(lambda _view: False, "godot", within=0.1)


async def test_a_pushed_view_is_seen() -> None:
    async with branch() as here, page(here) as wire:
        await wire.until(lambda _view: True, "a view")
        await here.switchboard.push("visit-1", View(state={"subject": "visit-1", "said": 7}))
        await wire.until(lambda view: view["said"] == 7, "seven")
        assert wire.views == 2


async def test_a_wire_that_was_taken_over_is_gone() -> None:
    async with branch() as here, page(here) as wire:
        await here.switchboard.bye("visit-1", "closed")
        with pytest.raises(WireError, match="closed"):
            await wire.until(lambda _view: False, "the end")
        with pytest.raises(WireError):
            await wire.send("put", n=1)


async def test_what_is_acknowledged_is_forgotten() -> None:
    async with branch() as here, page(here) as wire:
        numbers: list[int] = []
        wire.hear("got", lambda body: numbers.append(body["n"]))
        for n in range(5):
            await wire.send("put", n=n)
        await heard(wire, numbers, 5)
        await here.switchboard.push("visit-1", Got(n=99))
        await heard(wire, numbers, 6)
        assert not wire._kept
