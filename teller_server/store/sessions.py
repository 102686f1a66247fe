"""Signed-in pages, by the hash of their token and the audience they were signed in for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from .engine import Database
from .schema import web_sessions

TOUCH_EVERY = timedelta(seconds=30)
"""How exact the idle time is kept: a write for every request would be a sync for every request."""


@dataclass(frozen=True, slots=True)
class WebSession:
    """A page's sign-in. `subject` is an account, or for the customer's audience a visit.

    `detail` holds small plain values of the door that opened it, nothing personal.
    """

    token_hash: str
    audience: str
    subject: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    fresh_until: datetime | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


class SessionStore:
    """Server-side sessions: ended here, they are over everywhere."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session: WebSession) -> None:
        """Keep a new session."""
        values = {name: getattr(session, name) for name in WebSession.__slots__}
        values["detail"] = json.dumps(dict(session.detail))
        await self._database.write(
            lambda conn: conn.execute(insert(web_sessions).values(**values)) and None
        )

    async def find(
        self, token_hash: str, audience: str, now: datetime, idle: timedelta
    ) -> WebSession | None:
        """The session, if it is of this audience and neither expired nor idle for too long."""
        statement = select(web_sessions).where(
            web_sessions.c.token_hash == token_hash, web_sessions.c.audience == audience
        )
        row = await self._database.read(lambda conn: conn.execute(statement).one_or_none())
        if row is None or now >= row.expires_at or now >= row.seen_at + idle:
            return None
        if now - row.seen_at >= TOUCH_EVERY:
            await self._set(token_hash, seen_at=now)
        return WebSession(**{**row._mapping, "detail": json.loads(row.detail)})

    async def freshen(self, token_hash: str, until: datetime) -> None:
        """The person has proved once more who they are; good until then."""
        await self._set(token_hash, fresh_until=until)

    async def move(self, token_hash: str, subject: str) -> None:
        """Bind the session to another subject (a customer's page to its visit)."""
        await self._set(token_hash, subject=subject)

    async def end(self, token_hash: str) -> None:
        """Sign out."""
        await self._delete(web_sessions.c.token_hash == token_hash)

    async def end_all(self, audience: str, subject: str) -> None:
        """Sign a subject out on every device."""
        await self._delete(
            (web_sessions.c.audience == audience) & (web_sessions.c.subject == subject)
        )

    async def sweep(self, now: datetime) -> int:
        """Forget what has expired; how many there were."""
        return await self._delete(web_sessions.c.expires_at <= now)

    async def _set(self, token_hash: str, **values: Any) -> None:
        statement = update(web_sessions).where(web_sessions.c.token_hash == token_hash)
        await self._database.write(lambda conn: conn.execute(statement.values(**values)) and None)

    async def _delete(self, condition: Any) -> int:
        statement = delete(web_sessions).where(condition)
        return await self._database.write(lambda conn: conn.execute(statement).rowcount)
