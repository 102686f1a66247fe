"""One chain over every custody entry of every visit, and over the branch's own acts.

A visit's list alone can't tell that its newest entry was taken away; the link after it can, and the
signed head of this chain tells of the newest link of all (docs/evidence-format.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from teller_server.domain.errors import Damage

from .chain import FIRST, canonical, link
from .dialect import one_at_a_time
from .schema import custody
from .schema_custody import custody_chain

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the chain stands: the number and the hash of its newest link."""

    n: int
    hash: str


@dataclass(frozen=True, slots=True)
class BranchAct:
    """An act that is of no one visit."""

    at: datetime
    actor: str
    act: str
    detail: Mapping[str, Any]


@dataclass(slots=True)
class ChainFound:
    """What reading the whole chain found. `at` has the hash of each link that was asked for;
    `acts` are those of accounts."""

    links: int = 0
    at: dict[int, str] = field(default_factory=dict)
    acts: list[BranchAct] = field(default_factory=list)
    problems: list[Damage] = field(default_factory=list)


def add_link(
    connection: Connection,
    entry: tuple[str, int] | None,
    actor: str,
    act: str,
    detail: str,
    now: datetime,
) -> Place:
    """In the caller's transaction. `entry`: (visit, seq), then `detail` is the entry's hash."""
    one_at_a_time(connection, "custody_chain")
    newest = read_place(connection)
    previous, n = (newest.hash, newest.n + 1) if newest else (FIRST, 1)
    visit, seq = entry or (None, None)
    digest = link(previous, n, _micros(now), visit or "", seq or 0, actor, act, detail)
    connection.execute(
        insert(custody_chain).values(
            n=n, at=now, visit=visit, seq=seq, actor=actor, act=act, detail=detail,
            previous=previous, hash=digest,
        )
    )  # fmt: skip
    return Place(n, digest)


def add_branch_act(
    connection: Connection, actor: str, act: str, detail: Mapping[str, Any], now: datetime
) -> Place:
    """An act that is of no one visit: a search, a change of an account."""
    return add_link(connection, None, actor, act, canonical(dict(detail)), now)


def read_place(connection: Connection) -> Place | None:
    """The newest link."""
    statement = select(custody_chain.c.n, custody_chain.c.hash).order_by(custody_chain.c.n.desc())
    row = connection.execute(statement.limit(1)).one_or_none()
    return Place(row.n, row.hash) if row else None


def check_chain(connection: Connection, wanted: frozenset[int]) -> ChainFound:
    """Every link, and every visit's entries held against it."""
    found, previous = ChainFound(), FIRST
    linked: dict[tuple[str, int], str] = {}
    for row in connection.execute(select(custody_chain).order_by(custody_chain.c.n)):
        covered = (row.visit or "", row.seq or 0, row.actor, row.act, row.detail)
        right = link(previous, found.links + 1, _micros(row.at), *covered)
        if (row.n, row.previous, row.hash) != (found.links + 1, previous, right):
            found.problems.append(Damage("custody_chain_broken", seq=found.links + 1))
            return found
        if row.visit is not None:
            linked[row.visit, row.seq] = row.detail
        elif row.act.startswith("account_"):
            detail = json.loads(row.detail)
            found.acts.append(BranchAct(row.at, row.actor, row.act, detail))
        found.links, previous = row.n, row.hash
        if row.n in wanted:
            found.at[row.n] = row.hash
    _check_entries(connection, linked, found)
    return found


def _check_entries(
    connection: Connection, linked: dict[tuple[str, int], str], found: ChainFound
) -> None:
    before: tuple[str, str] = ("", FIRST)
    statement = select(custody).order_by(custody.c.visit, custody.c.seq)
    for row in connection.execute(statement):
        previous = before[1] if before[0] == row.visit else FIRST
        covered = (row.visit, row.seq, row.at.isoformat(), row.actor, row.act, row.detail)
        right = link(previous, *covered) == row.hash
        if not right or linked.pop((row.visit, row.seq), None) != row.hash:
            found.problems.append(Damage("custody_chain_broken", visit=row.visit, seq=row.seq))
        before = (row.visit, row.hash)
    for visit, seq in sorted(linked):
        found.problems.append(Damage("custody_entry_gone", visit=visit, seq=seq))


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
