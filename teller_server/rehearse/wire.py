"""The wire from a page's side: one WebSocket that survives its sockets (`docs/protocol.md`)."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMsgType

View = dict[str, Any]
Body = dict[str, Any]
_T = TypeVar("_T")

SUBPROTOCOL = "teller.v1"
FINAL = {4001: "superseded", 4002: "closed", 4003: "signed_out"}
MOST_KEPT = 200
MOST_ERRORS = 100
PATIENCE = 90.0
"""Seconds for what usually takes two: a rehearsal asks whether it works, not how fast."""
_RETRY_DELAY = 0.1
_RETRY_FOR = 90.0
_WELCOME_WITHIN = 30.0


class WireError(Exception):
    """A message had no effect, or the wire is gone; `code` is the server's word for it."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code} {message}".strip())
        self.code = code


@dataclass(frozen=True, slots=True)
class Fault:
    """An `error` that the server sent about the message `re`."""

    re: str | None
    code: str
    message: str


class Wire:
    """A page's wire. What is sent is kept until acknowledged, and sent again on the next socket.

    An `error` about a sent message is raised from whatever is being waited for, unless that
    message was sent with `bold=True`; `fault` then waits for it.
    """

    def __init__(self, http: ClientSession, url: str, origin: str) -> None:
        self._http, self._url, self._origin = http, url, origin
        self._token: str | None = None
        self._last = 0
        self._seq = 0
        self._kept: deque[dict[str, Any]] = deque()
        self._strict: set[str] = set()
        self._faults: deque[Fault] = deque(maxlen=MOST_ERRORS)
        self._hearers: dict[str, list[Callable[[Body], None]]] = {}
        self._news = asyncio.Event()
        self._broken: WireError | None = None
        self._socket: ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._closed = False
        self.view: View | None = None
        self.views = 0
        self.resumed = 0

    @classmethod
    async def connect(cls, http: ClientSession, url: str, origin: str) -> Self:
        """Open the first socket and greet. Raises WireError, aiohttp.ClientError."""
        wire = cls(http, url, origin)
        await wire._open()
        wire._reader = asyncio.create_task(wire._read(), name="rehearse.wire")
        return wire

    def hear(self, kind: str, hearer: Callable[[Body], None]) -> None:
        """Call `hearer` with the body of every message of this type."""
        self._hearers.setdefault(kind, []).append(hearer)

    async def send(self, kind: str, *, bold: bool = False, **body: Any) -> str:
        """Send a message that is kept until acknowledged; its id. Raises WireError if gone."""
        if self._broken:
            raise self._broken
        if len(self._kept) >= MOST_KEPT:
            raise WireError("too_many_unacknowledged")
        self._seq += 1
        envelope = {"v": 1, "type": kind, "id": str(uuid.uuid4()), "seq": self._seq, "body": body}
        self._kept.append(envelope)
        if not bold:
            self._strict.add(str(envelope["id"]))
        await self._put(envelope)
        return str(envelope["id"])

    async def until(
        self, ready: Callable[[View], object], what: str, within: float = PATIENCE
    ) -> View:
        """The first view, present or to come, for which `ready` holds.

        Raises TimeoutError naming `what`; WireError for a refusal or a wire that is gone.
        """

        def check() -> View | None:
            return self.view if self.view is not None and ready(self.view) else None

        return await self._wait(check, what, within)

    async def fault(self, message_id: str, within: float = PATIENCE) -> Fault:
        """The server's error about one message. Raises TimeoutError."""
        return await self._wait(
            lambda: next((fault for fault in self._faults if fault.re == message_id), None),
            f"an error about {message_id}",
            within,
        )

    async def settled(self, answer: asyncio.Future[_T], what: str, within: float = PATIENCE) -> _T:
        """The result of a future that a hearer settles. Raises as `until` does."""
        await self._wait(lambda: answer.done() or None, what, within)
        return answer.result()

    async def drop(self) -> None:
        """Lose the socket as a tunnel would; the next one resumes."""
        if self._socket is not None:
            await self._socket.close()

    async def close(self) -> None:
        """End the wire for good."""
        self._closed = True
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    async def _wait(self, check: Callable[[], _T | None], what: str, within: float) -> _T:
        try:
            async with asyncio.timeout(within):
                while True:
                    self._raise_refusals()
                    found = check()
                    if found is not None:
                        return found
                    if self._broken:
                        raise self._broken
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise TimeoutError(f"waited {within:g} s for {what}") from None

    def _raise_refusals(self) -> None:
        for fault in self._faults:
            if fault.re in self._strict:
                self._strict.discard(fault.re)
                raise WireError(fault.code, fault.message)

    async def _open(self) -> None:
        socket = await self._http.ws_connect(
            self._url, protocols=(SUBPROTOCOL,), origin=self._origin, heartbeat=None
        )
        hello = {"token": self._token, "last": self._last}
        await socket.send_str(json.dumps({"v": 1, "type": "hello", "id": "", "body": hello}))
        async with asyncio.timeout(_WELCOME_WITHIN):
            while True:
                message = await socket.receive()
                if message.type is not WSMsgType.TEXT:
                    code = socket.close_code or 0
                    raise WireError(FINAL.get(code, "no_welcome"), f"closed {code}")
                envelope = json.loads(message.data)
                if envelope["type"] == "welcome":
                    break
                self._take(envelope)
        await self._welcomed(socket, envelope["body"])

    async def _welcomed(self, socket: ClientWebSocketResponse, welcome: Body) -> None:
        self.resumed += bool(welcome["resumed"])
        self._last = self._last if welcome["resumed"] else 0
        self._token = str(welcome["token"])
        self._socket = socket
        for envelope in [*self._kept]:
            await self._put(envelope)

    async def _read(self) -> None:
        """Read sockets, one after the other, until the wire ends; its end is heard by waiters."""
        try:
            while True:
                code = await self._read_socket()
                if self._closed or code in FINAL:
                    raise WireError(FINAL.get(code, "closed"))
                await self._reopen()
        except WireError as end:
            self._broken = end
        except Exception as error:
            self._broken = WireError("wire_broken", repr(error))
        finally:
            self._news.set()

    async def _read_socket(self) -> int:
        socket = self._socket
        if socket is None:
            return 0
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            before = self._last
            self._take(json.loads(message.data))
            if self._last > before:
                await self._put({"v": 1, "type": "ack", "id": "", "body": {}})
        return socket.close_code or 0

    async def _reopen(self) -> None:
        loop = asyncio.get_running_loop()
        give_up = loop.time() + _RETRY_FOR
        while True:
            await asyncio.sleep(_RETRY_DELAY)
            try:
                await self._open()
            except (ClientError, OSError, TimeoutError) as error:
                if loop.time() > give_up:
                    raise WireError("server_gone", repr(error)) from error
            else:
                return

    def _take(self, envelope: dict[str, Any]) -> None:
        kind, seq, body = envelope["type"], int(envelope.get("seq", 0)), envelope["body"]
        acknowledged = int(envelope.get("ack", 0))
        while self._kept and self._kept[0]["seq"] <= acknowledged:
            self._kept.popleft()
        if seq and seq <= self._last:
            return  # heard before the last socket broke
        if seq:
            self._last = seq
        if kind == "view":
            self.view, self.views = body, self.views + 1
        elif kind == "error":
            self._faults.append(Fault(body.get("re"), body["code"], body.get("message", "")))
        for hearer in self._hearers.get(kind, ()):
            hearer(body)
        self._news.set()

    async def _put(self, envelope: dict[str, Any]) -> None:
        await self._say(json.dumps({**envelope, "ack": self._last}))

    async def _say(self, text: str) -> None:
        try:
            if self._socket is not None and not self._socket.closed:
                await self._socket.send_str(text)
        except (ClientError, OSError):
            return  # the reader hears the loss; what matters is kept
