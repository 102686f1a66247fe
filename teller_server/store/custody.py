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
from .custody_chain import ChainFound, Place, add_branch_act, add_link, check_chain, read_place
from .engine import Database
from .schema import custody, visits


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
    """The custody record of each visit, as a chain, and the chain over all of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, visit: str, actor: str, act: str, detail: Mapping[str, Any], now: datetime
    ) -> CustodyEntry:
        """Write an entry; durable when this returns."""
        return await self._database.write(
            lambda conn: add_entry(conn, visit, actor, act, detail, now)
        )

    async def add_branch_act(
        self, actor: str, act: str, detail: Mapping[str, Any], now: datetime
    ) -> None:
        """Write down what concerns no one visit: a search, a change of an account."""
        await self._database.write(
            lambda conn: add_branch_act(conn, actor, act, detail, now) and None
        )

    async def place(self) -> Place | None:
        """Where the chain over all visits stands."""
        return await self._database.read(read_place)

    async def check(self, wanted: frozenset[int]) -> ChainFound:
        """Read the chain over all visits and hold every entry against it; `wanted`: links whose
        hashes are to be told."""
        return await self._database.read(lambda conn: check_chain(conn, wanted))

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
    add_link(connection, (visit, seq), actor, act, digest, now)
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
