"""Effects on their way to the bank's own systems: each is tried until it is settled or given up.

A row is written by the very transaction that decides the effect (`projection`), so none is lost
and none is invented. The key makes a second attempt harmless on the other side.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from teller_server.domain import commands as c

from .engine import Database
from .ledger import Applied, Ledger
from .schema import effects

MAX_ATTEMPTS = 8
LEASE = timedelta(seconds=60)
_LONGEST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class EffectJob:
    """An effect that this worker alone may carry out until the lease ends."""

    key: str
    visit: str
    effect: str
    attempt: int
    lease: str


def backoff(attempt: int) -> timedelta:
    """2, 4, 8 … seconds after the first, second, third failure; at most a quarter of an hour."""
    return min(_LONGEST, timedelta(seconds=2**attempt))


class OutboxStore:
    """Claim, settle, retry, give up."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def claim(self, now: datetime, limit: int = 10) -> tuple[EffectJob, ...]:
        """Effects that are due. A worker that dies loses its lease and another takes over."""

        def work(connection: Connection) -> tuple[EffectJob, ...]:
            rows = connection.execute(
                select(effects)
                .where(effects.c.state == "pending", effects.c.due_at <= now)
                .order_by(effects.c.due_at)
                .limit(limit)
                .with_for_update(skip_locked=True)
            ).all()
            jobs = []
            for row in rows:
                lease = secrets.token_hex(8)
                connection.execute(
                    update(effects)
                    .where(effects.c.key == row.key)
                    .values(attempts=row.attempts + 1, lease=lease, due_at=now + LEASE)
                )
                jobs.append(EffectJob(row.key, row.visit, row.effect, row.attempts + 1, lease))
            return tuple(jobs)

        return await self._database.write(work)

    async def committed(self, job: EffectJob, receipt: str, now: datetime) -> Applied:
        """The other side has it: the visit learns its receipt. Once, however often it is said."""
        command = c.EffectCommitted(receipt)
        return await self._database.write(
            lambda conn: self._ledger.act(conn, job.visit, command, now, f"committed {job.key}")
        )

    async def failed(
        self, job: EffectJob, why: str, now: datetime, *, final: bool = False
    ) -> Applied | None:
        """Try again later; after the last attempt (or when `final`) the effect is given up.

        `why` is a code. Returns what happened to the visit when it was given up.
        """

        def work(connection: Connection) -> Applied | None:
            if final or job.attempt >= MAX_ATTEMPTS:
                command = c.EffectFailed(why)
                return self._ledger.act(connection, job.visit, command, now, f"dead {job.key}")
            connection.execute(
                update(effects)
                .where(effects.c.key == job.key, effects.c.lease == job.lease)
                .values(due_at=now + backoff(job.attempt), lease=None, detail=why)
            )
            return None

        return await self._database.write(work)

    async def state(self, visit: str) -> str | None:
        """`pending`, `committed`, `dead_lettered` or `cancelled`; None without an effect."""
        statement = select(effects.c.state).where(effects.c.visit == visit)
        return await self._database.read(lambda conn: conn.execute(statement).scalar())
