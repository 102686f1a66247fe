"""Recordings by the day they began, and the statements made of each day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, insert, select

from .engine import Database
from .evidence import Recording
from .schema import recordings
from .schema_days import days


@dataclass(frozen=True, slots=True)
class Day:
    """A day (UTC) whose statement was made; `digest` of that statement."""

    day: date
    digest: str
    made_at: datetime


class DayStore:
    """The archive day by day."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last(self) -> Day | None:
        """The newest day of the chain."""
        statement = select(days).order_by(days.c.day.desc()).limit(1)
        row = await self._database.read(lambda conn: conn.execute(statement).one_or_none())
        return None if row is None else Day(date.fromisoformat(row.day), row.digest, row.made_at)

    async def add(self, day: Day) -> None:
        values = {"day": day.day.isoformat(), "digest": day.digest, "made_at": day.made_at}
        await self._database.write(
            lambda conn: conn.execute(insert(days).values(**values)) and None
        )

    async def first_recording(self) -> datetime | None:
        """When the first recording of all began."""
        statement = select(recordings.c.started_at).order_by(recordings.c.started_at).limit(1)
        return await self._database.read(lambda conn: conn.execute(statement).scalar())

    async def began(self, since: datetime, until: datetime) -> tuple[Recording, ...]:
        """Recordings that began in [since, until)."""
        wanted = recordings.c.started_at >= since, recordings.c.started_at < until
        return await self._all(select(recordings).where(*wanted))

    async def sealed_late(self, before: datetime, since: datetime) -> tuple[Recording, ...]:
        """Recordings that began before `before` and were sealed at `since` or later."""
        wanted = recordings.c.started_at < before, recordings.c.sealed_at >= since
        return await self._all(select(recordings).where(*wanted))

    async def sealed(self, after: str, limit: int = 200) -> tuple[Recording, ...]:
        """Recordings with a call seal by their ids, from the one after `after`."""
        wanted = recordings.c.id > after, recordings.c.manifest.is_not(None)
        return await self._all(
            select(recordings).where(*wanted).order_by(recordings.c.id).limit(limit)
        )

    async def _all(self, statement: Select[tuple[object, ...]]) -> tuple[Recording, ...]:
        return await self._database.read(
            lambda conn: tuple(Recording(**row._mapping) for row in conn.execute(statement))
        )
