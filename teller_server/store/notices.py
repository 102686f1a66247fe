"""Notices to customers on their way: each is sent until it is out, or given up for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from teller_server.domain.ids import SealedText

from .engine import Database
from .leases import claim_due
from .repudiation_links import NewLink, keep_link
from .schema_outgoing import notices

MAX_ATTEMPTS = 10
_LONGEST = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Notice:
    """A message for one receiver (`before`, `after`: the number that was, the one that is)."""

    id: str
    visit: str
    receiver: str
    sealed: SealedText
    link: NewLink | None = None
    """The link that it names, until it is kept."""


@dataclass(frozen=True, slots=True)
class NoticeJob:
    """A notice that this worker alone may send until the lease ends."""

    notice: Notice
    attempt: int
    lease: str


@dataclass(frozen=True, slots=True)
class NoticeLook:
    """A notice as an administrator sees it: not what it says."""

    id: str
    visit: str
    receiver: str
    state: str
    attempts: int
    created_at: datetime
    detail: str


def keep_notices(connection: Connection, written: tuple[Notice, ...], now: datetime) -> None:
    """Keep notices, in the transaction of what they tell of; one with a known id is there."""
    for notice in written:
        known = select(notices.c.id).where(notices.c.id == notice.id)
        if connection.execute(known).first() is None:
            values = {
                "id": notice.id,
                "visit": notice.visit,
                "receiver": notice.receiver,
                "sealed": notice.sealed,
                "state": "pending",
                "attempts": 0,
                "due_at": now,
                "created_at": now,
                "detail": "",
            }
            connection.execute(insert(notices), values)
            if notice.link is not None:
                keep_link(connection, notice.link, notice.visit, notice.receiver, now)


class NoticeStore:
    """Claim, settle, retry, give up, take up again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, now: datetime, limit: int = 10) -> tuple[NoticeJob, ...]:
        """Notices that are due."""

        def work(connection: Connection) -> tuple[NoticeJob, ...]:
            claimed = claim_due(connection, notices, notices.c.id, now, limit)
            return tuple(_job(row, lease) for row, lease in claimed)

        return await self._database.write(work)

    async def sent(self, job: NoticeJob, now: datetime) -> None:
        """It is out."""
        await self._settle(job, state="sent", settled_at=now, detail="")

    async def failed(self, job: NoticeJob, why: str, now: datetime, *, final: bool = False) -> None:
        """Try again later; after the last attempt (or when `final`) it is given up."""
        if final or job.attempt >= MAX_ATTEMPTS:
            await self._settle(job, state="dead", settled_at=now, detail=why)
        else:
            wait = min(_LONGEST, timedelta(seconds=2**job.attempt))
            await self._settle(job, due_at=now + wait, detail=why)

    async def _settle(self, job: NoticeJob, **values: Any) -> None:
        statement = (
            update(notices)
            .where(notices.c.id == job.notice.id, notices.c.lease == job.lease)
            .values(lease=None, **values)
        )
        await self._database.write(lambda conn: conn.execute(statement) and None)

    async def again(self, id_: str, now: datetime) -> bool:
        """Take one up again that was given up; whether there was one."""
        statement = (
            update(notices)
            .where(notices.c.id == id_, notices.c.state == "dead")
            .values(state="pending", attempts=0, due_at=now, settled_at=None)
        )
        return await self._database.write(lambda conn: conn.execute(statement).rowcount == 1)

    async def given_up(self) -> tuple[NoticeLook, ...]:
        """Those that wait for a person, newest first."""
        statement = (
            select(notices).where(notices.c.state == "dead").order_by(notices.c.created_at.desc())
        )
        return await self._database.read(
            lambda conn: tuple(
                NoticeLook(**{name: getattr(row, name) for name in NoticeLook.__slots__})
                for row in conn.execute(statement)
            )
        )


def _job(row: Row[Any], lease: str) -> NoticeJob:
    notice = Notice(row.id, row.visit, row.receiver, row.sealed)
    return NoticeJob(notice, row.attempts + 1, lease)
