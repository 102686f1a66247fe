"""How long evidence is kept: events that the bank tells, legal holds, and requests to shred."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from teller_server.domain.errors import Refusal
from teller_server.domain.ids import new_id

from .custody import add_entry
from .engine import Database
from .schema import data_keys, recordings, visits
from .schema_retention import legal_holds, retention_events, shred_requests


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording that can still be read, and what its retention is counted from."""

    visit: str
    recording: str
    directory: str
    service: str
    closed_at: datetime | None
    events: Mapping[str, datetime]
    held: bool


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold that stands."""

    id: str
    visit: str
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class ShredRequest:
    """A request that waits for a second person."""

    id: str
    visit: str
    why: str
    asked_by: str
    asked_at: datetime


class RetentionStore:
    """What the branch is told, and what it may not shred."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tell(self, visit: str, event: str, at: datetime, by: str, now: datetime) -> None:
        """The bank says when something ended; said again, the newest word counts."""

        def work(connection: Connection) -> None:
            add_entry(
                connection, visit, by, "retention_told", {"event": event, "at": at.isoformat()}, now
            )
            values = {"at": at, "told_by": by, "told_at": now}
            same = (retention_events.c.visit == visit) & (retention_events.c.event == event)
            if not connection.execute(update(retention_events).where(same).values(values)).rowcount:
                connection.execute(
                    insert(retention_events).values(visit=visit, event=event, **values)
                )

        await self._database.write(work)

    async def kept(self, visit: str | None = None, after: str = "", most: int = 500) -> list[Kept]:
        """Recordings whose key is there, by visit; one visit, or a page from the one after."""
        return await self._database.read(lambda conn: read_kept(conn, visit, after, most))

    # ---- holds

    async def hold(self, visit: str, by: str, reason: str, now: datetime) -> Hold:
        """From now on nothing shreds it. `reason` is sealed. Refusal unknown_visit, key_shredded"""

        def work(connection: Connection) -> Hold:
            hold = Hold(new_id("hold", secrets.token_bytes(16)), visit, by, now)
            detail = {"hold": hold.id, "reason": reason}
            add_entry(connection, visit, by, "hold_set", detail, now)  # locks the visit
            if not read_kept(connection, visit):
                raise Refusal("key_shredded")
            values = {name: getattr(hold, name) for name in Hold.__slots__}
            connection.execute(insert(legal_holds).values(**values))
            return hold

        return await self._database.write(work)

    async def lift(self, hold: str, by: str, reason: str, now: datetime) -> Hold:
        """The hold is over. Raises Refusal hold_unknown."""

        def work(connection: Connection) -> Hold:
            found = [one for one in _holds(connection) if one.id == hold]
            if not found:
                raise Refusal("hold_unknown")
            detail = {"hold": hold, "reason": reason}
            add_entry(connection, found[0].visit, by, "hold_lifted", detail, now)
            connection.execute(
                update(legal_holds)
                .where(legal_holds.c.id == hold)
                .values(lifted_by=by, lifted_at=now)
            )
            return found[0]

        return await self._database.write(work)

    async def holds(self) -> tuple[Hold, ...]:
        """All holds that stand, the oldest first."""
        return await self._database.read(_holds)

    # ---- requests

    async def ask(self, visit: str, why: str, by: str, now: datetime) -> ShredRequest:
        """Ask for a shredding. Raises Refusal held, shred_asked, unknown_visit, key_shredded."""

        def work(connection: Connection) -> ShredRequest:
            asked = ShredRequest(new_id("shred", secrets.token_bytes(16)), visit, why, by, now)
            add_entry(connection, visit, by, "shred_asked", {"request": asked.id}, now)
            check_free(connection, visit)
            values = {name: getattr(asked, name) for name in ShredRequest.__slots__}
            connection.execute(insert(shred_requests).values(**values))
            return asked

        try:
            return await self._database.write(work)
        except IntegrityError:
            raise Refusal("shred_asked") from None

    async def asked(self, visit: str | None = None) -> tuple[ShredRequest, ...]:
        """Requests that wait for a second person."""
        statement = select(shred_requests).where(shred_requests.c.done_at.is_(None))
        if visit is not None:
            statement = statement.where(shred_requests.c.visit == visit)

        def work(connection: Connection) -> tuple[ShredRequest, ...]:
            rows = connection.execute(statement.order_by(shred_requests.c.asked_at))
            return tuple(
                ShredRequest(**{name: row._mapping[name] for name in ShredRequest.__slots__})
                for row in rows
            )

        return await self._database.read(work)

    async def withdraw(self, request: ShredRequest, by: str, now: datetime) -> None:
        """Nothing is shredded; who withdrew it stays on record."""

        def work(connection: Connection) -> None:
            detail = {"request": request.id}
            add_entry(connection, request.visit, by, "shred_withdrawn", detail, now)
            mine = (shred_requests.c.id == request.id) & shred_requests.c.done_at.is_(None)
            connection.execute(update(shred_requests).where(mine).values(done_at=now))

        await self._database.write(work)


def check_free(connection: Connection, visit: str) -> Kept:
    """In a transaction that has locked the visit: it can be read and no hold stands on it.

    Raises Refusal key_shredded, held.
    """
    found = read_kept(connection, visit)
    if not found:
        raise Refusal("key_shredded")
    if found[0].held:
        raise Refusal("held")
    return found[0]


def read_kept(
    connection: Connection, visit: str | None = None, after: str = "", most: int = 500
) -> list[Kept]:
    """See `RetentionStore.kept`."""
    statement = (
        select(
            visits.c.id, recordings.c.id.label("recording"), recordings.c.directory,
            visits.c.service, visits.c.closed_at,
        )
        .join(data_keys, data_keys.c.visit == visits.c.id)
        .outerjoin(recordings, recordings.c.visit == visits.c.id)
        .where(data_keys.c.wrapped.is_not(None), visits.c.id > after)
        .order_by(visits.c.id)
        .limit(most)
    )  # fmt: skip
    if visit is not None:
        statement = statement.where(visits.c.id == visit)
    rows = connection.execute(statement).all()
    ids = [row.id for row in rows]
    told: dict[str, dict[str, Any]] = {}
    for one in connection.execute(
        select(retention_events).where(retention_events.c.visit.in_(ids))
    ):
        told.setdefault(one.visit, {})[one.event] = one.at
    held = {hold.visit for hold in _holds(connection)}
    return [
        Kept(row.id, row.recording or "", row.directory or "", row.service, row.closed_at,
             told.get(row.id, {}), row.id in held)
        for row in rows
    ]  # fmt: skip


def _holds(connection: Connection) -> tuple[Hold, ...]:
    statement = select(legal_holds).where(legal_holds.c.lifted_at.is_(None))
    rows = connection.execute(statement.order_by(legal_holds.c.set_at))
    return tuple(Hold(**{name: row._mapping[name] for name in Hold.__slots__}) for row in rows)
