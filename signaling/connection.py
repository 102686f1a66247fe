"""One WebSocket of one page: frames in under limits, messages out through a bounded queue.

Knows no session and no handler. `docs/protocol.md` names the close codes.
"""

import asyncio
import contextlib
import logging
from collections import deque
from dataclasses import dataclass
from enum import IntEnum

from aiohttp import WSMessage, WSMsgType, web

from signaling.limits import Bucket
from signaling.messages import MAX_BYTES, Message, wrap
from signaling.resume import Posted

_log = logging.getLogger(__name__)

SUBPROTOCOL = "teller.v1"


class Close(IntEnum):
    """Why the server closed a socket (4000–4999 are ours, RFC 6455 §7.4.2)."""

    SUPERSEDED = 4001
    CLOSED = 4002
    SIGNED_OUT = 4003
    SLOW_CONSUMER = 4008
    BAD_MESSAGES = 4400
    NO_HELLO = 4408
    TOO_MANY = 4429
    RESTART = 1012
    INTERNAL = 1011


@dataclass(frozen=True, slots=True)
class WirePolicy:
    """The limits of one socket; times in seconds."""

    hello: float = 5.0
    heartbeat: float = 10.0
    misses: int = 2
    rate: float = 20.0
    burst: float = 60.0
    patience: float = 10.0  # how long a hasty page is slowed before its socket is closed
    unacked: int = 100
    backlog: int = 200  # durable messages kept for a subject that stays away
    queued: int = 256
    bad: int = 8
    send: float = 10.0
    welcome_check: float = 60.0
    origins: frozenset[str] = frozenset()  # empty: the page's own host
    sockets_rate: float = 5.0  # new sockets a second and address
    sockets_burst: float = 20.0


@dataclass(slots=True)
class _Item:
    type: str
    body: str | Message
    seq: int


class Connection:
    """A socket that has been accepted. `run` writes and beats; `receive` reads; `end` closes."""

    def __init__(
        self, socket: web.WebSocketResponse, request: web.Request, policy: WirePolicy
    ) -> None:
        self.session = ""
        self.handled = 0  # the highest seq of the page that has been dealt with
        self.acked = 0  # the highest seq of ours that the page has
        self.trimmed = 0
        self.posted = 0  # the highest seq of ours that was queued
        self._socket = socket
        self._request = request
        self._policy = policy
        self._bucket = Bucket(policy.rate, policy.burst)
        self._hasty_since: float | None = None
        self._queue: deque[_Item] = deque()
        self._wake = asyncio.Event()
        self._closing: Close | None = None
        self._heard = True
        self._busy = False

    @property
    def closing(self) -> Close | None:
        """The code this socket is being closed with, if it is."""
        return self._closing

    @property
    def idle(self) -> bool:
        """Whether nothing is queued that could carry an acknowledgement."""
        return not self._queue

    def send(self, message: Message) -> None:
        """Queue a message that is worth nothing once it is late."""
        newest = self._queue[-1] if self._queue else None
        if message.coalesce and newest and newest.type == message.type and not newest.seq:
            newest.body = message
        else:
            self._put(_Item(message.type, message, 0))

    def post(self, posted: Posted) -> None:
        """Queue a message that has its number in the outbox."""
        if posted.seq - self.acked > self._policy.unacked:
            self.end(Close.SLOW_CONSUMER)
        else:
            self.replay(posted)

    def replay(self, posted: Posted) -> None:
        """Queue it whatever the page has not acknowledged: it asked for what it missed."""
        self.posted = posted.seq
        self._put(_Item(posted.type, posted.body, posted.seq))

    def end(self, code: Close) -> None:
        """Close once what is queued has left (at once for a slow consumer)."""
        if self._closing is None:
            self._closing = code
            if code is Close.SLOW_CONSUMER:
                self._queue.clear()
            self._wake.set()

    async def receive(self) -> str | None:
        """The next text frame; None when the socket is closed. Slows a page that says too much."""
        self._busy = False
        while self._closing is None:
            message = await self._socket.receive()
            self._heard = True
            if message.type is WSMsgType.PING:
                await self._pong(message)
            elif message.type is WSMsgType.PONG:
                continue
            elif message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                if not await self._within_rate():
                    return None
                self._busy = True
                return message.data if message.type is WSMsgType.TEXT else ""
            else:
                return None
        return None

    async def run(self) -> None:
        """Write what is queued and ping, until the socket is closed."""
        beat = asyncio.create_task(self._beat())
        try:
            while not await self._write():
                await self._wake.wait()
                self._wake.clear()
        except (ConnectionError, TimeoutError):
            self._abort()
        except Exception:
            _log.exception("could not write to a page")
            self._abort()  # the reader must not go on with nobody to answer
        finally:
            beat.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beat

    async def _write(self) -> bool:
        while self._queue:
            item = self._queue.popleft()
            body = item.body if isinstance(item.body, str) else item.body.body()
            async with asyncio.timeout(self._policy.send):
                await self._socket.send_str(wrap(item.type, body, seq=item.seq, ack=self.handled))
        if self._closing is None:
            return self._socket.closed
        reason = self._closing.name.lower().encode()
        try:
            async with asyncio.timeout(4):
                await self._socket.close(code=self._closing, message=reason)
        except TimeoutError:
            self._abort()
        return True

    async def _beat(self) -> None:
        misses = 0
        while not self._socket.closed:
            await asyncio.sleep(self._policy.heartbeat)
            misses = 0 if self._heard or self._busy else misses + 1
            self._heard = False
            if misses >= self._policy.misses:
                self._abort()
                return
            try:
                async with asyncio.timeout(self._policy.send):
                    await self._socket.ping()
            except (ConnectionError, TimeoutError):
                self._abort()
                return

    async def _within_rate(self) -> bool:
        clock = asyncio.get_running_loop().time
        if self._bucket.take(clock()):
            if self._bucket.tokens > self._policy.burst / 2:
                self._hasty_since = None
            return True
        if self._hasty_since is None:
            self._hasty_since = clock()
        elif clock() - self._hasty_since > self._policy.patience:
            self.end(Close.TOO_MANY)
            return False
        # not reading is the answer: TCP passes the delay on to the page, and nothing is lost
        await asyncio.sleep(self._bucket.wait(clock()))
        self._bucket.take(clock())
        return True

    async def _pong(self, message: WSMessage) -> None:
        with contextlib.suppress(ConnectionError):
            await self._socket.pong(message.data)

    def _put(self, item: _Item) -> None:
        if self._closing is None:
            if len(self._queue) >= self._policy.queued:
                self.end(Close.SLOW_CONSUMER)
            else:
                self._queue.append(item)
                self._wake.set()

    def _abort(self) -> None:
        transport = self._request.transport
        if transport is not None:
            transport.abort()


def new_socket() -> web.WebSocketResponse:
    """A socket without compression (CRIME, memory) and with bounded frames (close 1009 beyond)."""
    return web.WebSocketResponse(
        protocols=(SUBPROTOCOL,),
        compress=False,
        max_msg_size=MAX_BYTES,
        autoping=False,
        autoclose=True,
        timeout=2.0,
    )
