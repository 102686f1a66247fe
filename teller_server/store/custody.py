"""Who opened what, when and why: written before the first byte is shown, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from teller_server.domain.errors import Damage, Refusal

from .chain import FIRST, canonical, link
from .engine import Database
from .schema import custody, view_grants, visits


@dataclass(frozen=True, slots=True)
class CustodyEntry:
    """One act on a visit's evidence. `detail` holds plain values; free text in it is sealed."""

    seq: int
    at: datetime
    actor: str
    act: str
    detail: Mapping[str, Any]
    hash: str


class CustodyStore:
    """The custody record of each visit, as a chain, and the grants that rest on it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, visit: str, actor: str, act: str, detail: Mapping[str, Any], now: datetime
    ) -> CustodyEntry:
        """Write an entry; durable when this returns."""
        return await self._database.write(
            lambda conn: add_entry(conn, visit, actor, act, detail, now)
        )

    async def grant(
        self,
        visit: str,
        account: str,
        grant_hash: str,
        detail: Mapping[str, Any],
        now: datetime,
        expires_at: datetime,
    ) -> CustodyEntry:
        """Allow one account to view one visit for a while; the entry and the grant together."""

        def work(connection: Connection) -> CustodyEntry:
            entry = add_entry(connection, visit, account, "view_granted", detail, now)
            connection.execute(
                insert(view_grants).values(
                    grant_hash=grant_hash,
                    visit=visit,
                    account=account,
                    custody_seq=entry.seq,
                    expires_at=expires_at,
                )
            )
            return entry

        return await self._database.write(work)

    async def granted(self, grant_hash: str, visit: str, account: str, now: datetime) -> bool:
        """Whether this grant lets this account see this visit now."""
        statement = select(view_grants.c.expires_at).where(
            view_grants.c.grant_hash == grant_hash,
            view_grants.c.visit == visit,
            view_grants.c.account == account,
        )
        until = await self._database.read(lambda conn: conn.execute(statement).scalar())
        return until is not None and now < until

    async def entries(self, visit: str) -> tuple[CustodyEntry, ...]:
        """The record of a visit, oldest first; `Damage` when a link doesn't hold."""
        return await self._database.read(lambda conn: _entries(conn, visit))


def add_entry(
    connection: Connection,
    visit: str,
    actor: str,
    act: str,
    detail: Mapping[str, Any],
    now: datetime,
) -> CustodyEntry:
    """An entry in the caller's own transaction. Raises Refusal('unknown_visit')."""
    held = select(visits.c.id).where(visits.c.id == visit).with_for_update()
    if connection.execute(held).first() is None:
        raise Refusal("unknown_visit")
    newest = connection.execute(
        select(custody.c.seq, custody.c.hash)
        .where(custody.c.visit == visit)
        .order_by(custody.c.seq.desc())
        .limit(1)
    ).one_or_none()
    previous, seq = (newest.hash, newest.seq + 1) if newest else (FIRST, 1)
    body = canonical(dict(detail))
    digest = link(previous, visit, seq, now.isoformat(), actor, act, body)
    connection.execute(
        insert(custody).values(
            visit=visit, seq=seq, at=now, actor=actor, act=act, detail=body,
            previous=previous, hash=digest,
        )
    )  # fmt: skip
    return CustodyEntry(seq, now, actor, act, detail, digest)


def _entries(connection: Connection, visit: str) -> tuple[CustodyEntry, ...]:
    rows = connection.execute(
        select(custody).where(custody.c.visit == visit).order_by(custody.c.seq)
    )
    entries: list[CustodyEntry] = []
    previous = FIRST
    for seq, row in enumerate(rows, 1):
        covered = (visit, seq, row.at.isoformat(), row.actor, row.act, row.detail)
        expected = link(previous, *covered)
        if (row.seq, row.previous, row.hash) != (seq, previous, expected):
            raise Damage("custody_chain_broken", visit=visit, seq=seq)
        detail = json.loads(row.detail)
        entries.append(CustodyEntry(seq, row.at, row.actor, row.act, detail, row.hash))
        previous = row.hash
    return tuple(entries)
