"""Effects on their way to the bank's own systems: each is tried until it is settled or given up.

A row is written by the very transaction that decides the effect (`projection`), so none is lost
and none is invented. The key makes a second attempt harmless on the other side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from teller_server.domain import commands as c
from teller_server.domain.state import Effect

from .engine import Database
from .leases import claim_due
from .ledger import Alongside, Applied, Ledger
from .schema import UNSETTLED, effects, visits

MAX_ATTEMPTS = 24
"""About four hours: a bank's own system may be away for its maintenance."""

_LONGEST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class EffectJob:
    """An effect that this worker alone may carry out until the lease ends."""

    key: str
    visit: str
    effect: str
    attempt: int
    lease: str
    released_at: datetime
    """When the visit asked for it: the same at every attempt."""


@dataclass(frozen=True, slots=True)
class EffectLook:
    """An effect as an administrator sees it. `detail`: code of what went wrong last."""

    key: str
    visit: str
    service: str
    ticket: str | None
    effect: str
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    detail: str


def backoff(attempt: int) -> timedelta:
    """2, 4, 8 … seconds after the first, second, third failure; at most a quarter of an hour."""
    return min(_LONGEST, timedelta(seconds=2**attempt))


class OutboxStore:
    """Claim, settle, retry, give up; and take up again what a person wants tried once more."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def claim(self, now: datetime, limit: int = 10) -> tuple[EffectJob, ...]:
        """Effects that are due. A worker that dies loses its lease and another takes over."""

        def work(connection: Connection) -> tuple[EffectJob, ...]:
            claimed = claim_due(connection, effects, effects.c.key, now, limit)
            return tuple(_job(row, lease) for row, lease in claimed)

        return await self._database.write(work)

    async def committed(
        self, job: EffectJob, receipt: str, now: datetime, alongside: Alongside | None = None
    ) -> Applied:
        """The other side has it: the visit learns its receipt. Once, however often it is said.

        An effect that was given up meanwhile is taken up first: the receipt is the truth.
        `alongside` is written in the same transaction, when the receipt is new.
        """
        command, id_ = c.EffectCommitted(receipt), f"committed {job.key}"

        def work(connection: Connection) -> Applied:
            visit = self._ledger.load(connection, job.visit)
            if visit is not None and visit.effect is Effect.DEAD_LETTERED:
                self._ledger.act(connection, job.visit, c.RetryEffect("branch"), now)
            applied = self._ledger.act(connection, job.visit, command, now, id_)
            if alongside is not None and not applied.duplicate:
                alongside(connection)
            return applied

        return await self._database.write(work)

    async def failed(
        self, job: EffectJob, why: str, now: datetime, *, final: bool = False
    ) -> Applied | None:
        """Try again later; after the last attempt (or when `final`) the effect is given up.

        `why` is a code. Returns what happened to the visit when it was given up. Whoever has lost
        the lease has no say any more.
        """

        def work(connection: Connection) -> Applied | None:
            held = select(effects.c.lease).where(effects.c.key == job.key).with_for_update()
            if connection.execute(held).scalar() != job.lease:
                return None
            if final or job.attempt >= MAX_ATTEMPTS:
                command, id_ = c.EffectFailed(why), f"dead {job.key} {job.lease}"
                return self._ledger.act(connection, job.visit, command, now, id_)
            connection.execute(
                update(effects)
                .where(effects.c.key == job.key)
                .values(due_at=now + backoff(job.attempt), lease=None, detail=why)
            )
            return None

        return await self._database.write(work)

    async def state(self, visit: str) -> str | None:
        """`pending`, `committed`, `dead_lettered` or `cancelled`; None without an effect."""
        statement = select(effects.c.state).where(effects.c.visit == visit)
        return await self._database.read(lambda conn: conn.execute(statement).scalar())

    async def held_up(self) -> tuple[EffectLook, ...]:
        """Effects that were given up, and those that failed and are tried again; newest first."""
        statement = (
            select(effects, visits.c.service, visits.c.ticket)
            .join(visits, visits.c.id == effects.c.visit)
            .where(
                UNSETTLED,
                (effects.c.state == "dead_lettered")
                | ((effects.c.state == "pending") & (effects.c.detail != "")),
            )
            .order_by(effects.c.created_at.desc())
        )
        return await self._database.read(
            lambda conn: tuple(
                EffectLook(**{name: getattr(row, name) for name in EffectLook.__slots__})
                for row in conn.execute(statement)
            )
        )

    async def look(self, visit: str) -> EffectLook | None:
        """The effect of a visit, however it stands."""
        statement = (
            select(effects, visits.c.service, visits.c.ticket)
            .join(visits, visits.c.id == effects.c.visit)
            .where(effects.c.visit == visit)
        )

        def work(connection: Connection) -> EffectLook | None:
            row = connection.execute(statement).one_or_none()
            if row is None:
                return None
            return EffectLook(**{name: getattr(row, name) for name in EffectLook.__slots__})

        return await self._database.read(work)


def _job(row: Row[Any], lease: str) -> EffectJob:
    attempt = row.attempts + 1
    return EffectJob(row.key, row.visit, row.effect, attempt, lease, row.created_at)
