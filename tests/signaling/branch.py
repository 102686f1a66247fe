"""A server with nothing in it but a switchboard."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from signaling.connection import WirePolicy
from signaling.dispatch import Caller, Dispatch, Problem
from signaling.messages import View
from signaling.resume import Journal, MemoryJournal
from signaling.switchboard import Switchboard
from tests.signaling.page import Page
from tests.signaling.words import VOCABULARY, Got, Put


class Rejected(Exception):
    code = "rejected"


@dataclass
class Branch:
    """`said` is what pages said, in order; put 13 is refused, put 500 is a defect."""

    switchboard: Switchboard
    http: aiohttp.ClientSession
    url: str = ""
    said: list[int] = field(default_factory=list)
    came: list[tuple[str, bool]] = field(default_factory=list)
    welcome: bool = True
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    busy: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    def page(self, subject: str = "visit-1", **headers: str) -> Page:
        return Page(self.http, self.url, **{"X-Subject": subject, **headers})

    async def put(self, caller: Caller, message: Put) -> None:
        self.said.append(message.n)
        self.heard.set()
        if message.n == 13:
            raise Rejected
        if message.n == 500:
            raise ZeroDivisionError
        if message.n == 1000:
            self.busy.set()
            await self.go_on.wait()
        await self.switchboard.push(caller.subject, Got(n=message.n))


def explain(failure: Exception) -> Problem:
    return Problem(failure.code if isinstance(failure, Rejected) else "internal")


@asynccontextmanager
async def branch(
    policy: WirePolicy | None = None, journal: Callable[[], Journal] = MemoryJournal
) -> AsyncIterator[Branch]:
    async def presence(caller: Caller, here: bool) -> None:
        found.came.append((caller.subject, here))
        if not here:
            found.gone.set()

    async def still_welcome() -> bool:
        return found.welcome

    async def view(caller: Caller) -> View:
        if caller.subject == "visit-lost":
            raise Rejected
        return View(state={"subject": caller.subject, "said": len(found.said)})

    async def handler(request: web.Request) -> web.StreamResponse:
        caller = Caller("customer", request.headers["X-Subject"], "en")
        address = request.headers.get("X-Address", "")
        return await found.switchboard.serve(
            request, caller, dispatch, view, address=address, still_welcome=still_welcome
        )

    async with aiohttp.ClientSession() as http:
        switchboard = Switchboard(journal(), lambda code, _: f"<{code}>", policy, presence)
        found = Branch(switchboard, http)
        dispatch = Dispatch("customer", VOCABULARY, explain)
        dispatch.on(Put, found.put)
        app = web.Application()
        app.router.add_get("/ws", handler)
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/ws"
        yield found
        await http.close()
        await runner.cleanup()
