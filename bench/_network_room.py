"""Where `bench.network` holds its calls: the real relay behind the smallest of servers.

Both parties are Chromium processes with a noisy 640×480 camera at 25/s, so that an encoder uses all
that it is given; the customer's way to the relay crosses the tests' network laboratory.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from aiohttp import web
from playwright.async_api import Page, async_playwright

from bench.machine import ROOT
from signaling.media.agent import own_addresses
from signaling.media.call import CallMedia
from signaling.media.policy import MediaPolicy
from tests.chromium import chromium
from tests.network.impairments import Line
from tests.network.proxy import Proxy
from tests.signaling.media.peers import Tape

PAGE: Final = Path(__file__).with_name("_network_page.html")
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
)
BAD_PARTY: Final = "customer"


@dataclass
class Room:
    """One call; each leg of the customer's gets a proxy of its own, all over the same lines."""

    up: Line
    down: Line
    call: CallMedia
    tapes: dict[str, Tape] = field(default_factory=dict)
    proxies: list[Proxy] = field(default_factory=list)

    async def page(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE)

    async def offer(self, request: web.Request) -> web.Response:
        body = await request.json()
        party, leg, sdp = body["party"], body["leg"], body["sdp"]
        sink = self.tapes.setdefault(party, Tape())
        if party != BAD_PARTY:
            answer = await self.call.answer(party, leg, sdp, sink)
            return web.json_response({"sdp": answer.sdp})
        proxy = await Proxy.open(own_addresses()[0], self.up, self.down)
        self.proxies.append(proxy)
        answer = await self.call.answer(party, leg, proxy.offered(sdp), sink)
        return web.json_response({"sdp": proxy.answered(answer.sdp)})

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/", self.page)
        app.router.add_post("/offer", self.offer)
        app.router.add_static("/js", ROOT / "web" / "static" / "js")
        return app


@asynccontextmanager
async def room(up: Line, down: Line) -> AsyncIterator[tuple[Room, str]]:
    policy = MediaPolicy().this_machine(own_addresses())
    parties = ("customer", "teller")
    opened = Room(up, down, CallMedia("call", policy, lambda _event: None, parties))
    runner = web.AppRunner(opened.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield opened, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await opened.call.close()
        await runner.cleanup()
        for proxy in opened.proxies:
            proxy.close()


@asynccontextmanager
async def pages(base: str, camera: Path) -> AsyncIterator[dict[str, Page]]:
    """Two browsers, the teller's first; both closed at the end."""
    arguments = [*ARGUMENTS, f"--use-file-for-fake-video-capture={camera}"]
    async with async_playwright() as playwright, AsyncExitStack() as stack:
        opened: dict[str, Page] = {}
        for party in ("teller", "customer"):
            browser = await playwright.chromium.launch(
                executable_path=chromium(whole=True), args=arguments
            )
            stack.push_async_callback(browser.close)
            opened[party] = await browser.new_page()
            await opened[party].goto(f"{base}/#{party}", wait_until="domcontentloaded")
        yield opened


def camera(folder: Path) -> Path:
    """Two seconds of a moving, noisy picture as a fake camera plays them, in a loop."""
    chance = np.random.default_rng(1)
    coarse = np.kron(chance.integers(40, 210, (60, 80), dtype=np.uint8), np.ones((8, 8), np.uint8))
    path = folder / "camera.y4m"
    with path.open("wb") as file:
        file.write(b"YUV4MPEG2 W640 H480 F25:1 Ip A1:1 C420jpeg\n")
        for number in range(50):
            bright = np.roll(coarse, 4 * number, axis=1).astype(np.int16)
            noisy = np.clip(bright + chance.integers(-18, 18, bright.shape), 0, 255)
            colour = np.full((2, 240, 320), 128, np.uint8)
            file.write(b"FRAME\n" + noisy.astype(np.uint8).tobytes() + colour.tobytes())
    return path


async def totals(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = await page.evaluate("window.totals ? totals() : {}")
    return told
