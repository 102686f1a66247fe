"""All live sockets: who is connected, and what is pushed to them.

The wire session outlives the socket, and the call outlives both.
"""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Literal
from weakref import WeakValueDictionary

from aiohttp import web

from signaling.attendant import Attendant, Fresh
from signaling.connection import SUBPROTOCOL, Close, Connection, WirePolicy, new_socket
from signaling.dispatch import Caller, Dispatch, Problem
from signaling.limits import Buckets
from signaling.messages import Bye, Error, Hello, Message, Welcome
from signaling.origin import same_origin
from signaling.resume import Journal, Post, Posted, Receipt, hash_token, new_token
from signaling.settling import current_unit

_log = logging.getLogger(__name__)

Presence = Callable[[Caller, bool], Awaitable[None]]
StillWelcome = Callable[[], Awaitable[bool]]
Say = Callable[[str, str], str]  # (code, language) → a sentence
Goodbye = Literal["superseded", "signed_out", "closed"]

_GOODBYE = {
    "superseded": Close.SUPERSEDED,
    "signed_out": Close.SIGNED_OUT,
    "closed": Close.CLOSED,
}


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
        self.journal = journal
        self.policy = policy or WirePolicy()
        self._say = say
        self._presence = presence
        self._live: dict[str, Connection] = {}
        self._addresses = Buckets(self.policy.sockets_rate, self.policy.sockets_burst)
        self._posting = asyncio.Lock()  # order in the journal is order on the wire
        # a page that comes back while its last message is still being handled waits for that
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

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
        post, unit = Post.of(subject, message), current_unit()
        if unit:
            unit.posts.append(post)
        else:
            await self.post([post], None)

    async def bye(self, subject: str, code: Goodbye) -> None:
        """Tell a subject that its wire session is over, close its socket and forget its token."""
        async with self._posting:
            await self.journal.end(subject)
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
        connection = Connection(socket, request, self.policy)
        writing = asyncio.create_task(connection.run())
        watching = asyncio.create_task(self._watch(connection, still_welcome))
        try:
            await Attendant(self, connection, dispatch, view).attend(caller)
        except Exception:
            _log.exception("a socket of %s broke", caller.audience)
            self.counters["broken"] += 1
        finally:
            connection.end(Close.INTERNAL if connection.session else Close.NO_HELLO)
            watching.cancel()
            try:
                await self._leave(connection, caller)
            finally:
                await asyncio.gather(writing, watching, return_exceptions=True)
        return socket

    async def attach(
        self, connection: Connection, caller: Caller, hello: Hello, hello_id: str
    ) -> Caller | None:
        """Begin or resume a wire session on this socket; None when it is sent away."""
        async with self._posting:
            attached = await self._take_over(connection, caller, hello, hello_id)
        if attached and self._presence:
            await self._presence(attached, True)
        return attached

    async def post(self, posts: list[Post], receipt: Receipt | None) -> None:
        """Keep posts and receipt in one transaction, then forward to who is there."""
        async with self._posting:
            for row in await self.journal.commit(posts, receipt):
                await self._forward(row)

    def turn(self, subject: str) -> asyncio.Lock:
        """Whoever handles a message of this subject holds this lock."""
        return self._turns.setdefault(subject, asyncio.Lock())

    def error(self, caller: Caller, problem: Problem, message_id: str) -> Error:
        """A problem in the caller's language."""
        return Error(
            re=message_id or None,
            code=problem.code,
            message=self._say(problem.code, caller.language),
            field=problem.field,
        )

    def _admit(self, request: web.Request, address: str) -> None:
        if not same_origin(request.headers.get("Origin"), request.host, self.policy.origins):
            self.counters["foreign_origin"] += 1
            raise web.HTTPForbidden(text="foreign_origin")
        now = asyncio.get_running_loop().time()
        if not self._addresses.of(address).take(now):
            self.counters["too_many_sockets"] += 1
            raise web.HTTPTooManyRequests(text="too_many_sockets")
        offered = request.headers.get("Sec-WebSocket-Protocol", "")
        if SUBPROTOCOL not in {name.strip() for name in offered.split(",")}:
            raise web.HTTPBadRequest(text="subprotocol")

    async def _take_over(
        self, connection: Connection, caller: Caller, hello: Hello, hello_id: str
    ) -> Caller | None:
        known = await self.journal.find(hash_token(hello.token)) if hello.token else None
        own = known if known and known.subject == caller.subject else None
        if own and not own.current:
            self.counters["superseded"] += 1
            self._dismiss(connection, "superseded")
            return None
        token = hello.token
        if own and token and hello.last <= own.last_seq:
            session, resumed, last = own.session, True, hello.last
        else:
            if token:
                self.counters["stale_token"] += 1
                connection.send(self.error(caller, Problem("stale_token", "token"), hello_id))
            token, session, resumed, last = new_token(), secrets.token_hex(16), False, 0
            await self.journal.open(session, caller.subject, hash_token(token))
        self._dismiss(self._live.pop(caller.subject, None), "superseded")
        connection.session = session
        connection.acked = connection.trimmed = last
        beat = max(1, round(self.policy.heartbeat))
        connection.send(Welcome(token=token, resumed=resumed, heartbeat=beat))
        for row in await self.journal.since(session, last):
            connection.replay(row)
        self._live[caller.subject] = connection
        self.counters["resumed" if resumed else "opened"] += 1
        return replace(caller, session=session)

    async def _forward(self, row: Posted) -> None:
        live = self._live.get(row.subject)
        if live and live.session == row.session:
            live.post(row)
        elif row.backlog > self.policy.backlog:
            # nobody has come for these: the next page starts afresh, with a fresh view
            self.counters["overflowed"] += 1
            await self.journal.end(row.subject)

    async def _watch(self, connection: Connection, still_welcome: StillWelcome | None) -> None:
        while still_welcome and connection.closing is None:
            await asyncio.sleep(self.policy.welcome_check)
            try:
                welcome = await still_welcome()
            except Exception:
                _log.exception("could not ask whether a page is still welcome")
                continue
            if not welcome:
                self._dismiss(connection, "signed_out")

    async def _leave(self, connection: Connection, caller: Caller) -> None:
        if self._live.get(caller.subject) is connection:
            del self._live[caller.subject]
            if self._presence:
                await self._presence(replace(caller, session=connection.session), False)

    def _dismiss(self, connection: Connection | None, code: Goodbye) -> None:
        if connection:
            connection.send(Bye(code=code))
            connection.end(_GOODBYE[code])
