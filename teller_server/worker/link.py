"""The rope between the desk and one media worker: requests, replies and events over a socket pair.

A frame is a 4-byte big-endian length and a JSON object. A request carries `call` (its number) and
`verb`; the reply carries the same number and `ok` or `refused`/`failed`; an event has no number.
Frames over ``MAX_FRAME`` bytes break the link: neither end ever needs one.
"""

import asyncio
import contextlib
import itertools
import json
import logging
import struct
from collections.abc import Awaitable, Callable
from typing import Any

from signaling.errors import Refusal

_log = logging.getLogger(__name__)

MAX_FRAME = 32 * 1024 * 1024
MAX_UNSENT = 4 * MAX_FRAME
MAX_PENDING = 1000
_LENGTH = struct.Struct("!I")

Body = dict[str, Any]
Handler = Callable[[str, Body], Awaitable[Body]]
Listener = Callable[[str, Body], None]


class LinkBrokenError(Exception):
    """The other end is gone: a worker died, or the desk did."""


class RemoteRefusalError(Exception):
    """The worker refused what a person sent (bad SDP, a candidate outside policy)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RemoteFailureError(Exception):
    """The worker could not do it; the text is for the operator's log."""


class Link:
    """One end of the rope: `request` asks the other end, `notify` tells it, `handle` answers."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, handle: Handler
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._handle = handle
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Body]] = {}
        self._serving: set[asyncio.Task[None]] = set()
        self.listener: Listener = lambda _verb, _body: None
        self.broken = False

    async def run(self) -> None:
        """Read until the other end closes; every unanswered request then fails."""
        try:
            while True:
                head = await self._reader.readexactly(_LENGTH.size)
                (size,) = _LENGTH.unpack(head)
                if size > MAX_FRAME:
                    break
                self._take(json.loads(await self._reader.readexactly(size)))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._break()

    def _take(self, frame: Body) -> None:
        match frame:
            case {"reply": int(number)}:
                self._settle(number, frame)
            case {"number": int(number), "verb": str(verb), "body": dict(body)}:
                if len(self._serving) >= MAX_PENDING:
                    self._send({"reply": number, "failed": "worker is overloaded"})
                    return
                task = asyncio.create_task(self._answer(number, verb, body))
                self._serving.add(task)
                task.add_done_callback(self._serving.discard)
            case {"event": str(verb), "body": dict(body)}:
                self._tell(verb, body)

    def _tell(self, verb: str, body: Body) -> None:
        try:
            self.listener(verb, body)
        except Exception:  # one event that nobody understands must not cut the rope
            _log.exception("could not take %s from a worker", verb)

    async def _answer(self, number: int, verb: str, body: Body) -> None:
        try:
            self._send({"reply": number, "ok": await self._handle(verb, body)})
        except Refusal as refusal:
            self._send({"reply": number, "refused": refusal.code})
        except Exception as error:  # the fault travels to the desk, which logs it and decides
            self._send({"reply": number, "failed": repr(error)})

    def _settle(self, number: int, frame: Body) -> None:
        future = self._waiting.pop(number, None)
        if future is None or future.done():
            return
        if "ok" in frame:
            future.set_result(frame["ok"])
        elif "refused" in frame:
            future.set_exception(RemoteRefusalError(frame["refused"]))
        else:
            future.set_exception(RemoteFailureError(frame.get("failed", "unknown")))

    async def request(self, verb: str, body: Body, within: float = 20.0) -> Body:
        """Ask and wait `within` seconds.

        Raises RemoteRefusalError, RemoteFailureError, LinkBrokenError or TimeoutError.
        """
        if self.broken or len(self._waiting) >= MAX_PENDING:
            raise LinkBrokenError
        number = next(self._numbers)
        future: asyncio.Future[Body] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            self._send({"number": number, "verb": verb, "body": body})
            return await asyncio.wait_for(future, within)
        finally:
            self._waiting.pop(number, None)

    def notify(self, verb: str, body: Body) -> None:
        """Send an event; nobody answers. A broken link drops it: `run` has already returned."""
        self._send({"event": verb, "body": body})

    def close(self) -> None:
        self._writer.close()

    def _send(self, frame: Body) -> None:
        if self.broken:
            return
        data = json.dumps(frame, separators=(",", ":")).encode()
        if len(data) > MAX_FRAME:
            if "reply" not in frame:
                raise ValueError("a frame that the other end would not take")
            data = json.dumps({"reply": frame["reply"], "failed": "reply too large"}).encode()
        if self._writer.transport.get_write_buffer_size() > MAX_UNSENT:
            _log.error("the other end of a rope reads no more")
            self._writer.transport.abort()
            return
        with contextlib.suppress(ConnectionError):
            self._writer.write(_LENGTH.pack(len(data)) + data)

    def _break(self) -> None:
        self.broken = True
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(LinkBrokenError())
        self._waiting.clear()
        self._writer.close()
