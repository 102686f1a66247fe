"""Signed-in browsers, by the hash of their cookie. A session that is removed is over everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from .engine import Database
from .schema import web_sessions


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `key` is the SHA-256 of its cookie; times are aware UTC.

    `subject` is an account, or for the customer's audience a visit. `proof` is the SHA-256 of what
    the page got when its person proved who they are; the cookie does not have it.
    """

    key: str
    audience: str
    subject: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    fresh_until: datetime | None = None
    proof: str | None = None


class SessionStore:
    """Sessions of browsers; which of them still count is the door's decision."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session: Session) -> None:
        """Keep a new session."""
        values = {name: getattr(session, name) for name in Session.__slots__}
        await self._change(insert(web_sessions).values(**values))

    async def get(self, key: str) -> Session | None:
        """The session with this key."""
        statement = select(web_sessions).where(web_sessions.c.key == key)
        row = await self._database.read(lambda conn: conn.execute(statement).one_or_none())
        return None if row is None else Session(**row._mapping)

    async def touch(self, key: str, seen_at: datetime) -> None:
        """Note that it was used."""
        await self._change(_of(key).values(seen_at=seen_at))

    async def freshen(self, key: str, until: datetime, proof: str) -> None:
        """Note a fresh authentication."""
        await self._change(_of(key).values(fresh_until=until, proof=proof))

    async def remove(self, key: str) -> None:
        """Forget it."""
        await self._change(delete(web_sessions).where(web_sessions.c.key == key))

    async def remove_subject(self, audience: str, subject: str) -> None:
        """Forget all of a subject's sessions at one door."""
        theirs = (web_sessions.c.audience == audience) & (web_sessions.c.subject == subject)
        await self._change(delete(web_sessions).where(theirs))

    async def sweep(self, now: datetime) -> int:
        """Forget what has expired; how many there were."""
        return await self._change(delete(web_sessions).where(web_sessions.c.expires_at <= now))

    async def _change(self, statement: Any) -> int:
        return await self._database.write(lambda conn: int(conn.execute(statement).rowcount))


def _of(key: str) -> Any:
    return update(web_sessions).where(web_sessions.c.key == key)
