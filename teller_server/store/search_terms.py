"""The terms a visit is found by: written whole, removed with the visit's key."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from .engine import Database
from .schema import data_keys, recordings, visits
from .schema_search import search_terms, search_visits

ALIVE = data_keys.c.wrapped.is_not(None)


class SearchTerms:
    """Which visit has which terms."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def replace(
        self, visit: str, terms: Collection[str], now: datetime, *, cut: bool
    ) -> None:
        """The terms of a visit, all of them anew; none once its key was shredded."""

        def work(connection: Connection) -> None:
            forget_terms(connection, visit)
            alive = select(data_keys.c.visit).where(data_keys.c.visit == visit, ALIVE)
            if connection.execute(alive.with_for_update()).first() is None:
                return
            row = {"visit": visit, "indexed_at": now, "cut": cut}
            connection.execute(insert(search_visits).values(**row))
            if terms:
                rows = [{"visit": visit, "term": term} for term in sorted(terms)]
                connection.execute(insert(search_terms), rows)

        await self._database.write(work)

    async def missing(self, most: int) -> tuple[str, ...]:
        """Sealed visits that can be read and have never been indexed, the newest first."""
        known = select(search_visits.c.visit)
        statement = (
            select(visits.c.id)
            .join(recordings, recordings.c.visit == visits.c.id)
            .join(data_keys, data_keys.c.visit == visits.c.id)
            .where(recordings.c.sealed_at.is_not(None), ALIVE, visits.c.id.not_in(known))
            .order_by(visits.c.opened_at.desc())
            .limit(most)
        )
        return await self._database.read(
            lambda conn: tuple(conn.execute(statement).scalars().all())
        )


def having(term: str) -> ColumnElement[bool]:
    """A condition on visits: this term is theirs."""
    return visits.c.id.in_(select(search_terms.c.visit).where(search_terms.c.term == term))


def forget_terms(connection: Connection, visit: str) -> None:
    """Nothing finds this visit by what happened or was said in it any more."""
    for table in (search_terms, search_visits):
        connection.execute(delete(table).where(table.c.visit == visit))
