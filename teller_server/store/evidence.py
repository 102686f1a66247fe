"""What the branch knows of its evidence: recordings, wrapped keys, objects, attested heads.

The evidence itself is files; wrapped data keys are kept here, outside write-once storage, so that
shredding one makes its recording unreadable for ever.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from teller_server.domain.errors import Refusal

from .engine import Database
from .schema import data_keys, heads, objects, recordings


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording; `state` is open, sealed, interrupted, failed or shredded."""

    id: str
    visit: str
    directory: str
    state: str
    started_at: datetime
    sealed_at: datetime | None = None
    manifest: str | None = None
    verdict: str | None = None
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key that only the key server can open; `wrapped` is None once shredded."""

    recording: str
    visit: str
    wrapped: bytes | None
    context: bytes
    created_at: datetime
    shredded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A sealed attachment of a recording, by the digest of its ciphertext."""

    recording: str
    digest: str
    visit: str
    role: str
    media_type: str
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Head:
    """An attested head: number, moment and digest, as the customer's receipt lists it."""

    recording: str
    n: int
    at: datetime
    digest: str
    stamped: bool


class EvidenceStore:
    """The index of the evidence."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def update(self, recording: str, **values: Any) -> None:
        """Change `state`, `sealed_at`, `manifest`, `verdict` or `duration_ms`."""
        statement = update(recordings).where(recordings.c.id == recording).values(**values)
        await self._database.write(lambda conn: conn.execute(statement) and None)

    async def recording(self, recording: str) -> Recording | None:
        """One recording by its id."""
        statement = select(recordings).where(recordings.c.id == recording)
        row = await self._database.read(lambda conn: conn.execute(statement).one_or_none())
        return None if row is None else Recording(**row._mapping)

    async def sealed_since(self, moment: datetime) -> tuple[Recording, ...]:
        """Recordings with a call seal of `moment` or later, oldest first."""
        statement = (
            select(recordings)
            .where(recordings.c.sealed_at >= moment, recordings.c.state != "shredded")
            .order_by(recordings.c.sealed_at)
        )
        return await self._database.read(
            lambda conn: tuple(Recording(**row._mapping) for row in conn.execute(statement))
        )

    async def key(self, recording: str) -> WrappedKey:
        """The wrapped key; `Refusal('key_shredded')` when there is nothing left to open."""
        statement = select(data_keys).where(data_keys.c.recording == recording)
        row = await self._database.read(lambda conn: conn.execute(statement).one_or_none())
        if row is None or row.wrapped is None:
            raise Refusal("key_shredded", recording=recording)
        return WrappedKey(**row._mapping)

    async def shredded(self, visits: Collection[str]) -> tuple[str, ...]:
        """Those of `visits` whose key is gone."""
        statement = select(data_keys.c.visit).where(
            data_keys.c.visit.in_(list(visits)), data_keys.c.wrapped.is_(None)
        )
        return await self._database.read(lambda conn: tuple(conn.execute(statement).scalars()))

    async def add_object(self, stored: StoredObject) -> None:
        """Index an attachment; the same digest twice is the same object."""

        def work(connection: Connection) -> None:
            same = (objects.c.recording == stored.recording) & (objects.c.digest == stored.digest)
            if connection.execute(select(objects.c.digest).where(same)).first() is None:
                connection.execute(insert(objects).values(**_plain(stored)))

        await self._database.write(work)

    async def objects(self, visit: str) -> tuple[StoredObject, ...]:
        """The attachments of a visit, oldest first."""
        statement = select(objects).where(objects.c.visit == visit).order_by(objects.c.at)
        return await self._database.read(
            lambda conn: tuple(StoredObject(**row._mapping) for row in conn.execute(statement))
        )

    async def add_head(self, head: Head) -> None:
        """Keep an attested head."""
        await self._database.write(
            lambda conn: conn.execute(insert(heads).values(**_plain(head))) and None
        )

    async def stamped(self, recording: str, n: int) -> None:
        """The timestamp authority has stamped that head."""
        statement = update(heads).where(heads.c.recording == recording, heads.c.n == n)
        await self._database.write(
            lambda conn: conn.execute(statement.values(stamped=True)) and None
        )

    async def heads(self, recording: str) -> tuple[Head, ...]:
        """The attested heads in order."""
        statement = select(heads).where(heads.c.recording == recording).order_by(heads.c.n)
        return await self._database.read(
            lambda conn: tuple(Head(**row._mapping) for row in conn.execute(statement))
        )


def _plain(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in type(value).__slots__}
