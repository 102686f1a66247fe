"""A guest joins two Chromium pages in a call: seen and heard at once, and nobody offers anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp import web
from playwright.async_api import Page

from signaling.media.agent import own_addresses
from signaling.media.call import CallMedia
from signaling.media.policy import MediaPolicy
from tests.browser.conftest import Browsers
from tests.signaling.media.peers import Tape
from tests.tree import ROOT

PARTIES = ("customer", "teller", "guarantor")
PAGE = Path(__file__).with_name("call_page.html")
LOOKS = 240


@dataclass
class Room:
    """The real media of a call behind the smallest of servers."""

    call: CallMedia
    tapes: dict[str, Tape] = field(default_factory=dict)
    offers: list[str] = field(default_factory=list)

    async def page(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE)

    async def offer(self, request: web.Request) -> web.Response:
        body = await request.json()
        party = body["party"]
        self.offers.append(party)
        sink = self.tapes.setdefault(party, Tape())
        answer = await self.call.answer(party, body["leg"], body["sdp"], sink)
        return web.json_response({"sdp": answer.sdp})

    async def candidate(self, request: web.Request) -> web.Response:
        body = await request.json()
        await self.call.candidate(body["leg"], body["candidate"], body["mid"])
        return web.json_response({})

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/", self.page)
        app.router.add_post("/offer", self.offer)
        app.router.add_post("/candidate", self.candidate)
        app.router.add_static("/js", ROOT / "web" / "static" / "js")
        return app


@pytest_asyncio.fixture
async def room() -> AsyncIterator[tuple[Room, str]]:
    policy = MediaPolicy().this_machine(own_addresses())
    opened = Room(CallMedia("call", policy, lambda _event: None, PARTIES))
    runner = web.AppRunner(opened.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield opened, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await opened.call.close()
    await runner.cleanup()


async def together(pages: dict[str, Page]) -> dict[str, Any]:
    """Once each page shows the colour and plays the tone of every other: what each one said."""
    said: dict[str, Any] = {}
    for _ in range(LOOKS):
        said = {party: await page.evaluate("look()") for party, page in pages.items()}
        if all(_sees(said[party]["seen"], set(pages) - {party}) for party in pages):
            return said
        await asyncio.sleep(0.25)
    raise AssertionError(f"not together: {said}")


def _sees(seen: dict[str, Any], others: set[str]) -> bool:
    tones = {party: 300 + 200 * number for number, party in enumerate(PARTIES)}
    return all(
        other in seen
        and seen[other]["colour"] == other
        and abs(seen[other]["tone"] - tones[other]) < 20
        for other in others
    )


async def test_a_guest_is_seen_and_heard_without_a_new_offer(
    browsers: Browsers, room: tuple[Room, str]
) -> None:
    opened, base = room
    async with AsyncExitStack() as contexts:

        async def enter(party: str) -> Page:
            context = await browsers.teller.new_context()
            contexts.push_async_callback(context.close)
            page = await context.new_page()
            await page.goto(f"{base}/#{party}")
            await page.mouse.click(5, 5)
            return page

        pages = {party: await enter(party) for party in ("customer", "teller")}
        before = await together(pages)
        came = len(opened.offers)  # on a busy machine a page may have had to join twice
        pages["guarantor"] = await enter("guarantor")
        after = await together(pages)
        for party in ("customer", "teller"):
            assert after[party]["leg"] == before[party]["leg"]
        assert set(opened.offers[came:]) == {"guarantor"}  # it may have had to join twice, too
        await opened.call.part("guarantor")
        del pages["guarantor"]
        alone = await together(pages)
        assert alone["customer"]["leg"] == before["customer"]["leg"]
