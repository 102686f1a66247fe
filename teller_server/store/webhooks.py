"""Endpoints of the bank's systems, and each event's way to them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText

from .engine import Database
from .schema_outgoing import webhook_deliveries, webhook_endpoints, webhook_events

LEASE = timedelta(seconds=60)
AT_ONCE = 4
"""Deliveries to one endpoint in one round: a slow one must not keep the others waiting."""

WAITS = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 7200, 21600))
"""How long after each failure the next attempt is made; the last for all that follow."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where events go. `secret` and `former` are sealed; `state` is `on`, `off` or `removed`."""

    id: str
    url: str
    title: str
    types: tuple[str, ...]
    secret: SealedText
    former: SealedText | None
    former_until: datetime | None
    state: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryJob:
    """An event that this worker alone may send until the lease ends."""

    event: str
    body: str
    endpoint: Endpoint
    attempt: int
    lease: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far an event has come on its way to one endpoint."""

    event: str
    type: str
    visit: str
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    detail: str


class WebhookStore:
    """Endpoints kept; deliveries claimed, settled, retried, given up and taken up again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ---- endpoints

    async def add(self, endpoint: Endpoint) -> None:
        values = {
            **{name: getattr(endpoint, name) for name in Endpoint.__slots__},
            "types": " ".join(endpoint.types),
        }
        await self._database.write(
            lambda conn: conn.execute(insert(webhook_endpoints), values) and None
        )

    async def endpoints(self) -> tuple[Endpoint, ...]:
        """All that were not removed, oldest first."""
        statement = (
            select(webhook_endpoints)
            .where(webhook_endpoints.c.state != "removed")
            .order_by(webhook_endpoints.c.created_at, webhook_endpoints.c.id)
        )
        return await self._database.read(
            lambda conn: tuple(_endpoint(row) for row in conn.execute(statement))
        )

    async def endpoint(self, id_: str) -> Endpoint:
        """Refusal unknown_endpoint, also for one that was removed."""
        found = next((one for one in await self.endpoints() if one.id == id_), None)
        if found is None:
            raise Refusal("unknown_endpoint")
        return found

    async def turn(self, id_: str, state: str) -> None:
        """`on`, `off` or `removed`, which can't be undone: its secrets are gone at once.

        What is not `on` is sent nothing: events that wait go on waiting while it is off, and what
        happens meanwhile is not kept for it. What waits for a removed one goes with `sweep`.
        """
        gone = {"secret": "", "former": None, "former_until": None} if state == "removed" else {}
        await self._change(id_, state=state, **gone)

    async def rotate(self, id_: str, secret: SealedText, former_until: datetime) -> None:
        """A new secret; the one before it signs as well until `former_until`."""
        before = await self.endpoint(id_)
        await self._change(id_, secret=secret, former=before.secret, former_until=former_until)

    async def _change(self, id_: str, **values: Any) -> None:
        statement = (
            update(webhook_endpoints)
            .where(webhook_endpoints.c.id == id_, webhook_endpoints.c.state != "removed")
            .values(**values)
        )

        def work(connection: Connection) -> None:
            if connection.execute(statement).rowcount != 1:
                raise Refusal("unknown_endpoint")

        await self._database.write(work)

    # ---- deliveries

    async def claim(self, now: datetime) -> tuple[DeliveryJob, ...]:
        """Deliveries that are due, a few of each endpoint that is on."""

        def work(connection: Connection) -> tuple[DeliveryJob, ...]:
            on = select(webhook_endpoints).where(webhook_endpoints.c.state == "on")
            return tuple(
                job
                for row in connection.execute(on).all()
                for job in _claim(connection, _endpoint(row), now)
            )

        return await self._database.write(work)

    async def delivered(self, job: DeliveryJob, now: datetime, detail: str) -> None:
        """The receiver has it."""
        await self._settle(job, state="delivered", settled_at=now, detail=detail)

    async def failed(
        self, job: DeliveryJob, why: str, now: datetime, *, attempts: int, final: bool = False
    ) -> None:
        """Try again later; after `attempts` of them (or when `final`) it waits for a person."""
        if final or job.attempt >= attempts:
            await self._settle(job, state="dead", settled_at=now, detail=why)
        else:
            wait = WAITS[min(job.attempt, len(WAITS)) - 1]
            await self._settle(job, due_at=now + wait, detail=why)

    async def _settle(self, job: DeliveryJob, **values: Any) -> None:
        """Only whoever holds the lease may say what became of it."""
        statement = (
            update(webhook_deliveries)
            .where(
                webhook_deliveries.c.event == job.event,
                webhook_deliveries.c.endpoint == job.endpoint.id,
                webhook_deliveries.c.lease == job.lease,
            )
            .values(lease=None, **values)
        )
        await self._database.write(lambda conn: conn.execute(statement) and None)

    async def again(self, event: str, endpoint: str, now: datetime) -> None:
        """Send once more what was given up or delivered. Refusal delivery_under_way."""
        statement = (
            update(webhook_deliveries)
            .where(
                webhook_deliveries.c.event == event,
                webhook_deliveries.c.endpoint == endpoint,
                webhook_deliveries.c.state != "pending",
            )
            .values(state="pending", attempts=0, due_at=now, settled_at=None, detail="")
        )

        def work(connection: Connection) -> None:
            if connection.execute(statement).rowcount != 1:
                raise Refusal("delivery_under_way")

        await self._database.write(work)

    async def deliveries(self, endpoint: str, limit: int = 50) -> tuple[Delivery, ...]:
        """The newest first."""
        statement = (
            select(webhook_deliveries, webhook_events.c.type, webhook_events.c.visit)
            .join(webhook_events, webhook_events.c.id == webhook_deliveries.c.event)
            .where(webhook_deliveries.c.endpoint == endpoint)
            .order_by(webhook_deliveries.c.created_at.desc(), webhook_deliveries.c.event)
            .limit(limit)
        )
        return await self._database.read(
            lambda conn: tuple(
                Delivery(**{name: getattr(row, name) for name in Delivery.__slots__})
                for row in conn.execute(statement)
            )
        )

    async def sweep(self, before: datetime) -> None:
        """Forget what arrived before that moment, and removed endpoints with all that was theirs.

        What did not arrive stays for a person.
        """
        removed = select(webhook_endpoints.c.id).where(webhook_endpoints.c.state == "removed")
        theirs = delete(webhook_deliveries).where(webhook_deliveries.c.endpoint.in_(removed))
        removal = delete(webhook_endpoints).where(webhook_endpoints.c.state == "removed")
        arrived = delete(webhook_deliveries).where(
            webhook_deliveries.c.state == "delivered", webhook_deliveries.c.settled_at < before
        )
        named = select(webhook_deliveries.c.event)
        alone = delete(webhook_events).where(
            webhook_events.c.at < before, webhook_events.c.id.not_in(named)
        )

        def work(connection: Connection) -> None:
            connection.execute(theirs)
            connection.execute(removal)
            connection.execute(arrived)
            connection.execute(alone)

        await self._database.write(work)


def _claim(connection: Connection, endpoint: Endpoint, now: datetime) -> list[DeliveryJob]:
    rows = connection.execute(
        select(webhook_deliveries.c.event, webhook_deliveries.c.attempts)
        .where(
            webhook_deliveries.c.endpoint == endpoint.id,
            webhook_deliveries.c.state == "pending",
            webhook_deliveries.c.due_at <= now,
        )
        .order_by(webhook_deliveries.c.due_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    jobs = []
    for row in rows:
        lease = secrets.token_hex(8)
        connection.execute(
            update(webhook_deliveries)
            .where(
                webhook_deliveries.c.event == row.event,
                webhook_deliveries.c.endpoint == endpoint.id,
            )
            .values(attempts=row.attempts + 1, lease=lease, due_at=now + LEASE)
        )
        body = select(webhook_events.c.body).where(webhook_events.c.id == row.event)
        text = str(connection.execute(body).scalar_one())
        jobs.append(DeliveryJob(row.event, text, endpoint, row.attempts + 1, lease))
    return jobs


def _endpoint(row: Row[Any]) -> Endpoint:
    values = {name: getattr(row, name) for name in Endpoint.__slots__}
    return Endpoint(**{**values, "types": tuple(row.types.split())})
