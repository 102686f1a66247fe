"""Handed over from the review page: a package on a grant, sent while it is made.

The page asks first, with the recipient's certificate, and gets an address that works once and for
a minute; fetching it streams the package. A package holds films in the clear, so it is never put
on this machine's disk.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from recording.bag_stream import StreamedBag
from recording.disclosure import Wanted
from recording.envelope import Recipient
from teller_server.desk.export import ExportDesk
from teller_server.domain.errors import Refusal
from teller_server.store.view_requests import Grant, Scope

ONCE_SECONDS = 60
MOST_READY = 32
PIECE = 256 * 1024
STALLED_SECONDS = 60.0


@dataclass(frozen=True)
class Ready:
    """A package that may be fetched once, by whoever asked for it."""

    grant: Grant
    purpose: str
    certificate: bytes
    recipient: Recipient
    until: datetime


class HandoverDesk:
    """Keeps what may be fetched, and makes it when it is."""

    def __init__(self, exports: ExportDesk, now: Callable[[], datetime]) -> None:
        self._exports = exports
        self._now = now
        self._ready: dict[str, Ready] = {}

    async def prepare(self, grant: Grant, purpose: str, certificate: bytes) -> tuple[str, Ready]:
        """Raises Refusal `recipient_unusable`, `export_not_sealed`, `no_recording`, …"""
        now = self._now()
        self._ready = {name: one for name, one in self._ready.items() if one.until > now}
        if len(self._ready) >= MOST_READY:
            raise Refusal("too_many_requests")
        recipient = await self._exports.check(grant.visit, certificate)
        token = secrets.token_urlsafe(24)
        until = now + timedelta(seconds=ONCE_SECONDS)
        self._ready[token] = Ready(grant, purpose, certificate, recipient, until)
        return token, self._ready[token]

    def take(self, token: str, visit: str, account: str) -> Ready:
        """Once. Raises Refusal('grant_needed') for anybody else, any other visit, or too late."""
        found = self._ready.get(token)
        if found is None or (found.grant.visit, found.grant.account) != (visit, account):
            raise Refusal("grant_needed")
        del self._ready[token]
        if self._now() >= min(found.until, found.grant.expires_at):
            raise Refusal("grant_needed")
        return found

    async def pieces(self, ready: Ready) -> AsyncGenerator[bytes]:
        """The ZIP. What fails is raised here; then it has no end and does not open."""
        flow = _Flow(asyncio.get_running_loop())
        bag = StreamedBag(ready.grant.visit, flow.put)
        grant = ready.grant
        making = asyncio.create_task(
            self._exports.export(
                grant.visit, ready.certificate, ready.purpose, grant.account, bag,
                _wanted(grant.scope), grant.name,
            ),
            name="export.stream",
        )  # fmt: skip
        making.add_done_callback(lambda _: flow.end())
        try:
            async for piece in flow.pieces():
                yield piece
            await making
        finally:
            flow.close()
            await asyncio.wait({making})
            if not making.cancelled():
                making.exception()  # it was raised above, or nobody is there to hear it


class _Flow:
    """From the thread that makes the package to whoever sends it: four pieces at most."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(4)
        self._held = bytearray()
        self._closed = False
        self._ending: asyncio.Task[None] | None = None

    def put(self, data: bytes) -> None:
        """From the thread; waits while the receiver is slow. OSError when it is gone."""
        self._held += data
        while len(self._held) >= PIECE:
            self._send(bytes(self._held[:PIECE]))
            del self._held[:PIECE]

    def _send(self, piece: bytes) -> None:
        if self._closed:
            raise ConnectionAbortedError("the receiver is gone")
        sent = asyncio.run_coroutine_threadsafe(self._queue.put(piece), self._loop)
        try:
            sent.result(STALLED_SECONDS)
        except TimeoutError:
            sent.cancel()
            raise ConnectionAbortedError("the receiver has stalled") from None

    def end(self) -> None:
        """On the loop: nothing more comes."""
        self._ending = self._loop.create_task(self._end(), name="export.end")

    async def _end(self) -> None:
        if self._held:
            await self._queue.put(bytes(self._held))
            self._held.clear()
        await self._queue.put(None)

    async def pieces(self) -> AsyncIterator[bytes]:
        while (piece := await self._queue.get()) is not None:
            yield piece

    def close(self) -> None:
        """Nobody takes anything any more; a thread that waits gets room, and then an error."""
        self._closed = True
        while not self._queue.empty():
            self._queue.get_nowait()


def _wanted(scope: Scope) -> Wanted | None:
    return None if scope.whole else Wanted(scope.from_ms, scope.until_ms)
