"""The life of one socket: hello within 5 s, welcome, what was missed, a fresh view; then messages
in order, one at a time, each handled at most once, until the socket closes.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

from signaling.connection import Close, Connection, WirePolicy
from signaling.dispatch import Caller, Dispatch, Problem
from signaling.messages import Ack, BadMessage, Envelope, Error, Hello, Message, decode, read
from signaling.resume import Journal, Post, Receipt
from signaling.settling import collecting

_log = logging.getLogger(__name__)

Fresh = Callable[[Caller], Awaitable[Message]]


class Board(Protocol):
    """What an attendant needs of the switchboard."""

    journal: Journal
    policy: WirePolicy
    counters: Counter[str]

    async def attach(
        self, connection: Connection, caller: Caller, hello: Hello, hello_id: str
    ) -> Caller | None:
        """Begin or resume a wire session on this socket; None when it is sent away."""

    async def post(self, posts: list[Post], receipt: Receipt | None) -> None:
        """Keep and forward, in one transaction."""

    def turn(self, subject: str) -> asyncio.Lock:
        """Whoever handles a message of this subject holds this lock."""

    def error(self, caller: Caller, problem: Problem, message_id: str) -> Error:
        """A problem in the caller's language."""


class Attendant:
    """Attends to one socket; `attend` returns when the socket is to be closed."""

    def __init__(
        self, board: Board, connection: Connection, dispatch: Dispatch, view: Fresh
    ) -> None:
        self._board = board
        self._connection = connection
        self._dispatch = dispatch
        self._view = view

    async def attend(self, caller: Caller) -> None:
        """The whole life. Raises what `view` raises, after telling the page."""
        hello = await self._first(caller)
        if hello is None:
            return
        attached = await self._board.attach(self._connection, caller, read(hello, Hello), hello.id)
        if attached is None:
            return
        try:
            self._connection.send(await self._view(attached))
        except Exception as failure:
            self._tell(attached, self._dispatch.explain(failure), hello.id)
            raise
        await self._listen(attached)

    async def _first(self, caller: Caller) -> Envelope | None:
        connection = self._connection
        try:
            async with asyncio.timeout(self._board.policy.hello):
                text = await connection.receive()
        except TimeoutError:
            self._board.counters["no_hello"] += 1
            connection.end(Close.NO_HELLO)
            return None
        if text is None:
            return None
        try:
            envelope = decode(text)
            if envelope.type != Hello.type:
                raise BadMessage("hello_first", "type", envelope.id)
            read(envelope, Hello)
        except BadMessage as bad:
            self._tell(caller, Problem(bad.code, bad.field or None), bad.id)
            connection.end(Close.BAD_MESSAGES)
            return None
        return envelope

    async def _listen(self, caller: Caller) -> None:
        bad = 0
        while (text := await self._connection.receive()) is not None:
            envelope = None
            try:
                envelope = decode(text)
                message = self._dispatch.read(envelope)
            except BadMessage as wrong:
                self._board.counters[wrong.code] += 1
                self._tell(caller, Problem(wrong.code, wrong.field or None), wrong.id)
                bad += 1
                if bad >= self._board.policy.bad:
                    self._connection.end(Close.BAD_MESSAGES)
                    return
            else:
                if not await self._handle(caller, envelope, message):
                    return
            if envelope:  # also when it was refused: saying it again would not help
                await self._acknowledge(envelope)

    async def _handle(self, caller: Caller, envelope: Envelope, message: Message) -> bool:
        """One message, at most once. False when it could not be settled: the page must resend."""
        if isinstance(message, Ack | Hello):
            return True
        receipt = Receipt(caller.session, envelope.id) if message.once else None
        async with self._board.turn(caller.subject):
            try:
                if receipt and await self._board.journal.seen(receipt):
                    self._board.counters["repeated"] += 1
                else:
                    await self._settle(caller, envelope, message, receipt)
            except Exception:
                _log.exception("%s could not be settled", message.type)
                self._tell(caller, Problem("outage"), envelope.id)
                self._connection.end(Close.INTERNAL)
                return False
        return True

    async def _settle(
        self, caller: Caller, envelope: Envelope, message: Message, receipt: Receipt | None
    ) -> None:
        with collecting() as unit:
            problem = await self._dispatch.run(replace(caller, message=envelope.id), message)
        posts = unit.posts
        if problem and receipt:
            error = self._board.error(caller, problem, envelope.id)
            posts.append(Post.of(caller.subject, error))
        elif problem:
            self._tell(caller, problem, envelope.id)
        if receipt or posts:
            await self._board.post(posts, receipt)

    async def _acknowledge(self, envelope: Envelope) -> None:
        connection = self._connection
        if envelope.ack > connection.acked:
            connection.acked = min(envelope.ack, connection.posted)
        if connection.acked - connection.trimmed >= 16:
            connection.trimmed = connection.acked
            await self._board.journal.trim(connection.session, connection.acked)
        if envelope.seq > connection.handled:
            connection.handled = envelope.seq
            if connection.idle:
                connection.send(Ack())

    def _tell(self, caller: Caller, problem: Problem, message_id: str) -> None:
        self._connection.send(self._board.error(caller, problem, message_id))
