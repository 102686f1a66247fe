"""Resuming: what was sent and not acknowledged, what was received and settled, kept durably.

A subject (a visit, a teller's account) has at most one current wire session. Its token lets a
new socket take over; durable messages wait in its outbox until they are acknowledged. One
handled message settles in one transaction with everything that its handler had to say, so a
server killed at any point neither loses nor doubles a message.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from signaling.messages import Message


@dataclass(frozen=True, slots=True)
class Post:
    """A durable message on its way to a subject; `body` is JSON text."""

    subject: str
    type: str
    body: str

    @classmethod
    def of(cls, subject: str, message: Message) -> "Post":
        return cls(subject, message.type, message.body())


@dataclass(frozen=True, slots=True)
class Posted:
    """A post that has its number in a session's outbox; `backlog` rows are kept there now."""

    subject: str
    session: str
    seq: int
    type: str
    body: str
    backlog: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """That this session's message `message` has been handled."""

    session: str
    message: str


@dataclass(frozen=True, slots=True)
class Known:
    """A wire session as the journal knows it; `current` is False once another replaced it."""

    session: str
    subject: str
    last_seq: int
    current: bool


class Journal(Protocol):
    """Where wire sessions are kept. Every method is atomic, and durable when it returns."""

    async def open(self, session: str, subject: str, token_hash: str) -> None:
        """Begin a session; it replaces the subject's current one, whose outbox goes."""

    async def find(self, token_hash: str) -> Known | None:
        """The session that was opened with this token."""

    async def commit(
        self, posts: Sequence[Post], receipt: Receipt | None = None
    ) -> Sequence[Posted]:
        """Number and keep the posts and the receipt, together.

        Posts to a subject without a session are left out: whoever comes later gets a fresh view.
        """

    async def seen(self, receipt: Receipt) -> bool:
        """Whether this message has been handled."""

    async def since(self, session: str, last: int) -> Sequence[Posted]:
        """What is kept beyond `last`, in order."""

    async def trim(self, session: str, upto: int) -> None:
        """Forget what has been acknowledged."""

    async def end(self, subject: str) -> None:
        """End the subject's session: its token opens nothing any more."""


def new_token() -> str:
    """256 random bits, base64url."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is kept of a token: SHA-256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(slots=True)
class _Kept:
    session: str
    subject: str
    current: bool = True
    last_seq: int = 0
    outbox: list[Posted] = field(default_factory=list)
    inbox: set[str] = field(default_factory=set)


class MemoryJournal:
    """A journal that a crash forgets: for tests and private servers."""

    def __init__(self) -> None:
        self._by_hash: dict[str, _Kept] = {}
        self._by_session: dict[str, _Kept] = {}
        self._current: dict[str, _Kept] = {}

    async def open(self, session: str, subject: str, token_hash: str) -> None:
        await self.end(subject)
        kept = _Kept(session, subject)
        self._by_hash[token_hash] = self._by_session[session] = self._current[subject] = kept

    async def find(self, token_hash: str) -> Known | None:
        kept = self._by_hash.get(token_hash)
        if kept is None:
            return None
        return Known(kept.session, kept.subject, kept.last_seq, kept.current)

    async def commit(
        self, posts: Sequence[Post], receipt: Receipt | None = None
    ) -> Sequence[Posted]:
        placed = []
        for post in posts:
            kept = self._current.get(post.subject)
            if kept is None:
                continue
            kept.last_seq += 1
            backlog = len(kept.outbox) + 1
            row = Posted(post.subject, kept.session, kept.last_seq, post.type, post.body, backlog)
            kept.outbox.append(row)
            placed.append(row)
        if receipt and receipt.session in self._by_session:
            self._by_session[receipt.session].inbox.add(receipt.message)
        return placed

    async def seen(self, receipt: Receipt) -> bool:
        kept = self._by_session.get(receipt.session)
        return kept is not None and receipt.message in kept.inbox

    async def since(self, session: str, last: int) -> Sequence[Posted]:
        kept = self._by_session.get(session)
        return [row for row in kept.outbox if row.seq > last] if kept else []

    async def trim(self, session: str, upto: int) -> None:
        kept = self._by_session.get(session)
        if kept:
            kept.outbox = [row for row in kept.outbox if row.seq > upto]

    async def end(self, subject: str) -> None:
        kept = self._current.pop(subject, None)
        if kept:
            kept.current = False
            kept.outbox.clear()
            kept.inbox.clear()
