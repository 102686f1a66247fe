"""The queue: tickets are numbered, kept in order, offered once at a time and accepted once.

Each verb is one transaction. Correctness is the database's (partial unique indexes); two matchers
at the same moment can't pair anybody twice, and a ticket whose offer ends waits at its old place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.ticket import (
    STICKY_PATIENCE,
    lane_letter,
    lane_of,
    ticket_number,
)

from .dialect import one_at_a_time
from .engine import Database
from .ledger import Applied, Ledger
from .matching import free_tellers, lanes_waiting, match_teller
from .schema import lanes, pairings, presence, tickets, visits

STICKY_WITHIN = timedelta(hours=24)
"""A customer who was served by a teller this recently is offered to that teller first."""


@dataclass(frozen=True, slots=True)
class Ticketed:
    """A ticket was taken; `superseded` are earlier visits of the same customer that left."""

    applied: Applied
    superseded: tuple[Applied, ...] = ()


class QueueStore:
    """The line in front of the tellers."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def take_ticket(
        self,
        visit: str,
        day: date,
        now: datetime,
        *,
        priority: int = 0,
        command_id: str | None = None,
    ) -> Ticketed:
        """Number the visit (the branch's local `day`) and put it in line.

        Only an authenticated customer supersedes an own earlier ticket or finds the same teller.
        """

        def work(connection: Connection) -> Ticketed:
            return _take_ticket(connection, self._ledger, visit, day, now, priority, command_id)

        return await self._database.write(work)

    async def match_teller(self, teller: str, now: datetime) -> Applied | None:
        """Offer the next customer to this teller, who must be ready and free."""
        try:
            return await self._database.write(
                lambda conn: match_teller(conn, self._ledger, teller, now)
            )
        except Refusal as refusal:
            if refusal.code == "teller_busy":  # another matcher was faster
                return None
            raise

    async def match_lane(self, skill: str, language: str, now: datetime) -> Applied | None:
        """Somebody has joined a lane: ask its free tellers, who waited longest first."""
        for teller in await self._database.read(lambda conn: free_tellers(conn, skill, language)):
            offered = await self.match_teller(teller, now)
            if offered is not None:
                return offered
        return None

    async def accept(
        self, pairing: str, teller: str, recording: str, now: datetime, *, command_id: str
    ) -> Applied:
        """The teller takes the visit; asking again with the same `command_id` tells the same."""
        command = c.Accept(pairing, teller, recording)
        return await self._answer(pairing, command, now, command_id)

    async def decline(
        self, pairing: str, teller: str, reason: SealedText, now: datetime, *, command_id: str
    ) -> Applied:
        """The teller gives it back with a reason; the ticket keeps its place."""
        return await self._answer(pairing, c.Decline(pairing, teller, reason), now, command_id)

    async def expire(self, pairing: str, cause: str, now: datetime) -> Applied:
        """Withdraw an offer before its time (`teller_gone`), or note that it ran out."""
        return await self._answer(pairing, c.ExpireOffer(pairing, cause), now, None)

    async def reap(self, now: datetime) -> tuple[Applied, ...]:
        """End what ran out, then pair whoever is free: the sweep that heals a lost bell.

        A teller who let an offer run out is set `away`, so that the next customer isn't kept
        waiting by an empty chair.
        """
        done = list(await self._database.write(lambda conn: _reap(conn, self._ledger, now)))
        for skill, language in await self._database.read(lanes_waiting):
            while (offered := await self.match_lane(skill, language, now)) is not None:
                done.append(offered)
        return tuple(done)

    async def _answer(
        self, pairing: str, command: c.Command, now: datetime, command_id: str | None
    ) -> Applied:
        def work(connection: Connection) -> Applied:
            visit = connection.execute(
                select(pairings.c.visit).where(pairings.c.id == pairing)
            ).scalar()
            if visit is None:
                raise Refusal("offer_gone")
            return self._ledger.act(connection, visit, command, now, command_id)

        return await self._database.write(work)


def _take_ticket(
    connection: Connection,
    ledger: Ledger,
    visit_id: str,
    day: date,
    now: datetime,
    priority: int,
    command_id: str | None,
) -> Ticketed:
    visit = ledger.load(connection, visit_id)
    if visit is None:
        raise Refusal("unknown_visit")
    if visit.authenticated:
        one_at_a_time(connection, f"customer {visit.customer}")
    if visit.ticket is not None:  # a duplicate, or a refusal: no number is used up
        number = visit.ticket
    else:
        number = _next_number(connection, lane_of(visit.skill, visit.language), day)
    applied = ledger.act(connection, visit_id, c.TakeTicket(number, priority), now, command_id)
    if applied.duplicate or not visit.authenticated:
        return Ticketed(applied)
    _keep_for_known_teller(connection, visit_id, visit.customer, now)
    earlier = connection.execute(
        select(visits.c.id).where(
            visits.c.customer == visit.customer,
            visits.c.authenticated,
            visits.c.id != visit_id,
            visits.c.state.in_(("consented", "waiting", "offered")),
        )
    ).scalars()
    left = c.LeaveQueue("superseded")
    return Ticketed(applied, tuple(ledger.act(connection, v, left, now) for v in earlier.all()))


def _next_number(connection: Connection, lane: str, day: date) -> str:
    one_at_a_time(connection, "lanes")
    row = connection.execute(select(lanes).where(lanes.c.lane == lane)).one_or_none()
    if row is None:
        known = connection.execute(select(func.count()).select_from(lanes)).scalar_one()
        letter, count = lane_letter(known), 1
        connection.execute(
            insert(lanes).values(lane=lane, letter=letter, day=day.isoformat(), taken=count)
        )
        return ticket_number(letter, count)
    count = row.taken + 1 if row.day == day.isoformat() else 1
    connection.execute(
        update(lanes).where(lanes.c.lane == lane).values(day=day.isoformat(), taken=count)
    )
    return ticket_number(row.letter, count)


def _keep_for_known_teller(
    connection: Connection, visit: str, customer: str, now: datetime
) -> None:
    """The teller of the customer's last visit is asked first, if on duty and it was recent."""
    teller = connection.execute(
        select(visits.c.teller)
        .join(presence, presence.c.teller == visits.c.teller)
        .where(
            visits.c.customer == customer,
            visits.c.authenticated,
            visits.c.id != visit,
            visits.c.accepted_at > now - STICKY_WITHIN,
            presence.c.wish == "ready",
        )
        .order_by(visits.c.accepted_at.desc())
        .limit(1)
    ).scalar()
    if teller is not None:
        connection.execute(
            update(tickets)
            .where(tickets.c.visit == visit)
            .values(sticky=teller, sticky_until=now + STICKY_PATIENCE)
        )


def _reap(connection: Connection, ledger: Ledger, now: datetime) -> tuple[Applied, ...]:
    due = connection.execute(
        select(pairings.c.id, pairings.c.visit, pairings.c.teller)
        .where(pairings.c.state == "offered", pairings.c.expires_at <= now)
        .order_by(pairings.c.expires_at)
        .limit(100)
    ).all()
    done = []
    for row in due:
        try:
            done.append(ledger.act(connection, row.visit, c.ExpireOffer(row.id), now))
        except Refusal:  # answered while we looked
            continue
        connection.execute(
            update(presence)
            .where(presence.c.teller == row.teller, presence.c.wish == "ready")
            .values(wish="away", reason="no_answer", since=now)
        )
    return tuple(done)
