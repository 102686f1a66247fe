"""What is kept about keys beside the wrapped keys themselves: the root, every use, every check.

A use is written down before the key server is asked, so that whatever stands in the server's own
log and not here was not our doing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from teller_server.domain.errors import Outage

from .custody import add_entry
from .engine import Database
from .evidence import WrappedKey
from .schema import custody, data_keys
from .schema_keys import key_checks, key_uses, root_keys

ROOT = "root"


@dataclass(frozen=True, slots=True)
class KeyUse:
    """One unwrapping. `subject` is a visit or `root`; `permission` names the grant it rests on."""

    id: str
    at: datetime
    subject: str
    purpose: str
    actor: str | None = None
    permission: str | None = None
    custody_seq: int | None = None


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """One reading of the key server's audit log, up to `place`; each finding is plain values."""

    id: int
    at: datetime
    place: str
    read: int
    findings: tuple[Mapping[str, Any], ...]


class KeyStore:
    """The keys' own records."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ---- the root of the desk's own keys

    async def root(self) -> bytes | None:
        """The wrapped root; None where it is the master key file itself."""
        statement = select(root_keys.c.wrapped).where(root_keys.c.name == ROOT)
        return await self._database.read(lambda conn: conn.execute(statement).scalar())

    async def keep_root(self, wrapped: bytes, now: datetime) -> None:
        """Once. Raises Outage('keys_initialised') when there is one."""

        def work(connection: Connection) -> None:
            if connection.execute(select(root_keys.c.name)).first() is not None:
                raise Outage("keys_initialised")
            row = {"name": ROOT, "wrapped": wrapped, "created_at": now}
            connection.execute(insert(root_keys).values(**row))

        await self._database.write(work)

    async def root_rewrapped(self, before: bytes, after: bytes) -> None:
        statement = update(root_keys).where(root_keys.c.name == ROOT, root_keys.c.wrapped == before)
        await self._database.write(
            lambda conn: conn.execute(statement.values(wrapped=after)) and None
        )

    async def initialised_at(self) -> datetime | None:
        statement = select(root_keys.c.created_at).where(root_keys.c.name == ROOT)
        return await self._database.read(lambda conn: conn.execute(statement).scalar())

    # ---- wrapped data keys

    async def wrapped(self, after: str = "", limit: int = 500) -> tuple[WrappedKey, ...]:
        """Data keys that are not shredded, by recording, from the one after `after`."""
        statement = (
            select(data_keys)
            .where(data_keys.c.recording > after, data_keys.c.wrapped.is_not(None))
            .order_by(data_keys.c.recording)
            .limit(limit)
        )
        return await self._database.read(
            lambda conn: tuple(WrappedKey(**row._mapping) for row in conn.execute(statement))
        )

    async def rewrapped(self, recording: str, before: bytes, after: bytes) -> bool:
        """Put `after` in the place of `before`; False when it was shredded or changed meanwhile."""
        statement = (
            update(data_keys)
            .where(data_keys.c.recording == recording, data_keys.c.wrapped == before)
            .values(wrapped=after)
        )
        return await self._database.write(lambda conn: conn.execute(statement).rowcount == 1)

    # ---- uses

    async def use(self, use: KeyUse) -> KeyUse:
        """Write a use down; where it serves a person, with its entry in the custody chain."""

        def work(connection: Connection) -> KeyUse:
            noted = use
            if use.actor is not None:
                detail = {"use": use.id, "for": use.purpose, "permission": use.permission}
                entry = add_entry(connection, use.subject, use.actor, "key_opened", detail, use.at)
                noted = KeyUse(
                    use.id, use.at, use.subject, use.purpose, use.actor, use.permission, entry.seq
                )
            values = {name: getattr(noted, name) for name in KeyUse.__slots__}
            connection.execute(insert(key_uses).values(**values))
            return noted

        return await self._database.write(work)

    async def uses(self, ids: Collection[str]) -> dict[str, KeyUse]:
        """Those of `ids` that are known."""
        statement = select(key_uses).where(key_uses.c.id.in_(list(ids)))
        return await self._database.read(
            lambda conn: {row.id: KeyUse(**row._mapping) for row in conn.execute(statement)}
        )

    async def used_between(self, since: datetime, until: datetime) -> int:
        statement = select(func.count()).where(key_uses.c.at >= since, key_uses.c.at < until)
        return int(await self._database.read(lambda conn: conn.execute(statement).scalar() or 0))

    async def entered(self, use: KeyUse) -> bool:
        """Whether the custody chain has the entry that this use says it has."""
        statement = select(custody.c.detail).where(
            custody.c.visit == use.subject,
            custody.c.seq == use.custody_seq,
            custody.c.actor == use.actor,
            custody.c.act == "key_opened",
        )
        found = await self._database.read(lambda conn: conn.execute(statement).scalar())
        return found is not None and json.loads(found).get("use") == use.id

    # ---- checks

    async def checked(self, now: datetime, place: str, read: int, findings: Any) -> KeyCheck:
        """Keep what a reading of the audit log found."""

        def work(connection: Connection) -> KeyCheck:
            newest = connection.execute(select(func.max(key_checks.c.id))).scalar() or 0
            row = {"id": newest + 1, "at": now, "place": place, "read": read}
            body = json.dumps(list(findings), ensure_ascii=False)
            connection.execute(insert(key_checks).values(**row, findings=body))
            return KeyCheck(newest + 1, now, place, read, tuple(findings))

        return await self._database.write(work)

    async def checks(self, limit: int = 30) -> tuple[KeyCheck, ...]:
        """The newest first."""
        statement = select(key_checks).order_by(key_checks.c.id.desc()).limit(limit)

        def work(connection: Connection) -> tuple[KeyCheck, ...]:
            return tuple(
                KeyCheck(row.id, row.at, row.place, row.read, tuple(json.loads(row.findings)))
                for row in connection.execute(statement)
            )

        return await self._database.read(work)
