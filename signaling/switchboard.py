"""All live sockets: who is connected, what is pushed to them, and the life of each.

The life of a socket: Origin and rate are checked before the upgrade; `hello` within 5 s; then
`welcome`, the outbox beyond the page's `last`, one fresh view; then messages in order, one at a
time, until it closes. The wire session outlives the socket, and the call outlives both.
"""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Literal
from weakref import WeakValueDictionary

from aiohttp import web

from signaling.connection import SUBPROTOCOL, Close, Connection, WirePolicy, new_socket
from signaling.dispatch import Caller, Dispatch, Problem
from signaling.limits import Buckets
from signaling.messages import (
    Ack,
    BadMessage,
    Bye,
    Envelope,
    Error,
    Hello,
    Message,
    Welcome,
    decode,
    read,
)
from signaling.origin import same_origin
from signaling.resume import Journal, Post, Posted, Receipt, hash_token, new_token

_log = logging.getLogger(__name__)

Fresh = Callable[[Caller], Awaitable[Message]]
Presence = Callable[[Caller, bool], Awaitable[None]]
StillWelcome = Callable[[], Awaitable[bool]]
Say = Callable[[str, str], str]  # (code, language) → a sentence

_GOODBYE = {
    "superseded": Close.SUPERSEDED,
    "signed_out": Close.SIGNED_OUT,
    "closed": Close.CLOSED,
}


@dataclass(slots=True)
class _Unit:
    """What a handler says while it runs; it leaves together with the receipt of its message."""

    open: bool = True
    posts: list[Post] = field(default_factory=list)


_unit: ContextVar[_Unit | None] = ContextVar("wire_unit", default=None)


class Switchboard:
    """Serves sockets and reaches the people behind them.

    `say` words an error code in a language; `presence` hears who came and who left.
    """

    def __init__(
        self,
        journal: Journal,
        say: Say,
        policy: WirePolicy | None = None,
        presence: Presence | None = None,
    ) -> None:
        self.counters: Counter[str] = Counter()
        self._journal = journal
        self._say = say
        self._policy = policy or WirePolicy()
        self._presence = presence
        self._live: dict[str, Connection] = {}
        self._addresses = Buckets(self._policy.sockets_rate, self._policy.sockets_burst)
        self._posting = asyncio.Lock()  # order in the journal is order on the wire
        # a page that comes back while its last message is still being handled waits for that
        self._handling: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def online(self, subject: str) -> bool:
        """Whether this subject has a socket now."""
        return subject in self._live

    async def push(self, subject: str, message: Message) -> None:
        """Say something to a subject.

        A durable message is kept until the page has it, through lost sockets and killed servers;
        inside a handler it leaves when the handled message is settled. A view goes to the live
        socket only: whoever comes later gets a fresh one.
        """
        if not message.durable:
            live = self._live.get(subject)
            if live:
                live.send(message)
            return
        post = Post.of(subject, message)
        unit = _unit.get()
        if unit and unit.open:
            unit.posts.append(post)
        else:
            await self._post([post], None)

    async def bye(self, subject: str, code: Literal["superseded", "signed_out", "closed"]) -> None:
        """Tell a subject that its wire session is over, close its socket and forget its token."""
        async with self._posting:
            await self._journal.end(subject)
            self._dismiss(self._live.get(subject), code)

    async def close(self) -> None:
        """Let every page go; they come back to the next server and resume."""
        for live in list(self._live.values()):
            live.end(Close.RESTART)
        await asyncio.sleep(0)

    async def serve(
        self,
        request: web.Request,
        caller: Caller,
        dispatch: Dispatch,
        view: Fresh,
        *,
        address: str = "",
        still_welcome: StillWelcome | None = None,
    ) -> web.StreamResponse:
        """Answer a WebSocket request of a caller who has been let in at the door.

        `address` is the browser's, where it is not the peer's. `still_welcome` is asked once a
        minute; when it says no, the caller is signed out. Raises HTTPForbidden (foreign Origin),
        HTTPTooManyRequests, HTTPBadRequest (subprotocol).
        """
        self._admit(request, address or request.remote or "")
        socket = new_socket()
        await socket.prepare(request)
        connection = Connection(socket, request, self._policy)
        tasks = [asyncio.create_task(connection.run())]
        if still_welcome:
            tasks.append(asyncio.create_task(self._watch(connection, still_welcome)))
        try:
            greeted = await self._greet(connection, caller, dispatch, view)
            if greeted:
                await self._listen(connection, greeted, dispatch)
        except Exception:
            _log.exception("a socket of %s broke", caller.audience)
            self.counters["broken"] += 1
        finally:
            connection.end(Close.INTERNAL if connection.session else Close.NO_HELLO)
            for task in tasks[1:]:
                task.cancel()
            try:
                await self._leave(connection, caller)
            finally:
                await asyncio.gather(*tasks, return_exceptions=True)
        return socket

    def _admit(self, request: web.Request, address: str) -> None:
        if not same_origin(request.headers.get("Origin"), request.host, self._policy.origins):
            self.counters["foreign_origin"] += 1
            raise web.HTTPForbidden(text="foreign_origin")
        now = asyncio.get_running_loop().time()
        if not self._addresses.of(address).take(now):
            self.counters["too_many_sockets"] += 1
            raise web.HTTPTooManyRequests(text="too_many_sockets")
        offered = request.headers.get("Sec-WebSocket-Protocol", "")
        if SUBPROTOCOL not in {name.strip() for name in offered.split(",")}:
            raise web.HTTPBadRequest(text="subprotocol")

    async def _watch(self, connection: Connection, still_welcome: StillWelcome) -> None:
        while connection.closing is None:
            await asyncio.sleep(self._policy.welcome_check)
            try:
                welcome = await still_welcome()
            except Exception:
                _log.exception("could not ask whether a page is still welcome")
                continue
            if not welcome:
                self._dismiss(connection, "signed_out")

    async def _greet(
        self, connection: Connection, caller: Caller, dispatch: Dispatch, view: Fresh
    ) -> Caller | None:
        """Hello to view. None when the socket is to be closed."""
        envelope = await self._first(connection, caller)
        if envelope is None:
            return None
        hello = read(envelope, Hello)
        async with self._posting:
            caller = await self._attach(connection, caller, hello, envelope.id)
            if not caller.session:
                return None
        if self._presence:
            await self._presence(caller, True)
        try:
            connection.send(await view(caller))
        except Exception as failure:
            connection.send(self._error(caller, dispatch.explain(failure), envelope.id))
            raise
        return caller

    async def _first(self, connection: Connection, caller: Caller) -> Envelope | None:
        try:
            async with asyncio.timeout(self._policy.hello):
                text = await connection.receive()
        except TimeoutError:
            self.counters["no_hello"] += 1
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
            connection.send(self._error(caller, Problem(bad.code, bad.field or None), bad.id))
            connection.end(Close.BAD_MESSAGES)
            return None
        return envelope

    async def _attach(
        self, connection: Connection, caller: Caller, hello: Hello, hello_id: str
    ) -> Caller:
        """Resume or begin a session and take the subject over; call holding `_posting`."""
        known = await self._journal.find(hash_token(hello.token)) if hello.token else None
        if known and known.subject == caller.subject and not known.current:
            self.counters["superseded"] += 1
            self._dismiss(connection, "superseded")
            return caller
        token = hello.token
        if known and token and known.subject == caller.subject and hello.last <= known.last_seq:
            session, resumed, last = known.session, True, hello.last
        else:
            if token:
                self.counters["stale_token"] += 1
                connection.send(self._error(caller, Problem("stale_token", "token"), hello_id))
            token, session, resumed, last = new_token(), secrets.token_hex(16), False, 0
            await self._journal.open(session, caller.subject, hash_token(token))
        self._dismiss(self._live.pop(caller.subject, None), "superseded")
        connection.session = session
        connection.acked = connection.trimmed = last
        beat = max(1, round(self._policy.heartbeat))
        connection.send(Welcome(token=token, resumed=resumed, heartbeat=beat))
        for row in await self._journal.since(session, last):
            connection.replay(row)
        self._live[caller.subject] = connection
        self.counters["resumed" if resumed else "opened"] += 1
        return replace(caller, session=session)

    async def _listen(self, connection: Connection, caller: Caller, dispatch: Dispatch) -> None:
        bad = 0
        while (text := await connection.receive()) is not None:
            envelope = None
            try:
                envelope = decode(text)
                message = dispatch.read(envelope)
            except BadMessage as wrong:
                self.counters[wrong.code] += 1
                problem = Problem(wrong.code, wrong.field or None)
                connection.send(self._error(caller, problem, wrong.id))
                bad += 1
                if bad >= self._policy.bad:
                    connection.end(Close.BAD_MESSAGES)
                    return
            else:
                done = await self._handle(connection, caller, dispatch, envelope, message)
                if not done:
                    return
            if envelope:
                await self._acknowledge(connection, envelope)

    async def _handle(
        self,
        connection: Connection,
        caller: Caller,
        dispatch: Dispatch,
        envelope: Envelope,
        message: Message,
    ) -> bool:
        """One message, at most once. False when it could not be settled: the page must resend."""
        if isinstance(message, Ack | Hello):
            return True
        handling = self._handling.setdefault(caller.subject, asyncio.Lock())
        receipt = Receipt(caller.session, envelope.id) if message.once else None
        async with handling:
            try:
                if receipt and await self._journal.seen(receipt):
                    self.counters["repeated"] += 1
                    return True
                unit = _Unit()
                problem = await _within(
                    unit, dispatch, replace(caller, message=envelope.id), message
                )
                error = self._error(caller, problem, envelope.id) if problem else None
                if error and receipt:
                    unit.posts.append(Post.of(caller.subject, error))
                elif error:
                    connection.send(error)
                if receipt or unit.posts:
                    await self._post(unit.posts, receipt)
            except Exception:
                _log.exception("%s could not be settled", message.type)
                connection.send(self._error(caller, Problem("outage"), envelope.id))
                connection.end(Close.INTERNAL)
                return False
        return True

    async def _acknowledge(self, connection: Connection, envelope: Envelope) -> None:
        if envelope.ack > connection.acked:
            connection.acked = min(envelope.ack, connection.posted)
        if connection.acked - connection.trimmed >= 16:
            connection.trimmed = connection.acked
            await self._journal.trim(connection.session, connection.acked)
        if envelope.seq > connection.handled:
            connection.handled = envelope.seq
            if connection.idle:
                connection.send(Ack())

    async def _post(self, posts: list[Post], receipt: Receipt | None) -> None:
        async with self._posting:
            for row in await self._journal.commit(posts, receipt):
                await self._forward(row)

    async def _forward(self, row: Posted) -> None:
        live = self._live.get(row.subject)
        if live and live.session == row.session:
            live.post(row)
        elif row.backlog > self._policy.backlog:
            # nobody has come for these: the next page starts afresh, with a fresh view
            self.counters["overflowed"] += 1
            await self._journal.end(row.subject)

    async def _leave(self, connection: Connection, caller: Caller) -> None:
        if self._live.get(caller.subject) is connection:
            del self._live[caller.subject]
            if self._presence:
                await self._presence(replace(caller, session=connection.session), False)

    def _dismiss(
        self, connection: Connection | None, code: Literal["superseded", "signed_out", "closed"]
    ) -> None:
        if connection:
            connection.send(Bye(code=code))
            connection.end(_GOODBYE[code])

    def _error(self, caller: Caller, problem: Problem, message_id: str) -> Error:
        return Error(
            re=message_id or None,
            code=problem.code,
            message=self._say(problem.code, caller.language),
            field=problem.field,
        )


async def _within(
    unit: _Unit, dispatch: Dispatch, caller: Caller, message: Message
) -> Problem | None:
    """Run the handler with its pushes collected in `unit`."""
    outer = _unit.set(unit)
    try:
        return await dispatch.run(caller, message)
    finally:
        unit.open = False
        _unit.reset(outer)
