"""The floor: who of the tellers is there, and what the line looks like to everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, exists, func, insert, or_, select, update

from teller_server.domain.errors import Refusal
from teller_server.domain.estimate import WaitEstimate, estimate
from teller_server.domain.people import TellerState

from .engine import Database
from .schema import LIVE, pairings, presence, teller_lanes, tickets, visits

WISHES = frozenset({TellerState.READY, TellerState.BREAK, TellerState.AWAY})
"""What a teller says; `offered`, `busy` and `wrap_up` follow from the visit in hand."""

_HISTORY = 50
_HISTORY_AGE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Presence:
    """A teller on the floor. `visit` is what they are offered or bound to."""

    teller: str
    state: TellerState
    wish: TellerState
    reason: str | None
    since: datetime
    visit: str | None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A ticket as tellers see it; `status` is waiting, offered or in_call."""

    visit: str
    ticket: str
    service: str
    language: str
    waiting_since: datetime
    priority: int
    status: str
    away: bool
    teller: str | None
    sticky: str | None
    """The teller who served this customer before and is asked first."""


@dataclass(frozen=True, slots=True)
class Place:
    """A customer's place in line and what to expect."""

    ahead: int
    wait: WaitEstimate


@dataclass(frozen=True, slots=True)
class Figures:
    """A teller's figures since some moment."""

    visits: int
    average_s: int | None
    declined: int


class FloorStore:
    """Tellers' states, the board and the waiting times."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def set_wish(
        self, teller: str, wish: TellerState, reason: str | None, now: datetime
    ) -> None:
        """Ready, break or away from now on; a visit in hand is finished first."""
        if wish not in WISHES:
            raise Refusal("not_a_teller_state", state=wish.value)

        def work(connection: Connection) -> None:
            values = {"wish": wish.value, "reason": reason, "since": now, "free_since": now}
            mine = presence.c.teller == teller
            changed = connection.execute(update(presence).where(mine).values(**values))
            if changed.rowcount == 0:
                connection.execute(insert(presence).values(teller=teller, **values))

        await self._database.write(work)

    async def presence(self, teller: str) -> Presence | None:
        """One teller, or None who has never been on the floor."""
        found = await self._database.read(lambda conn: _presences(conn, teller))
        return found[0] if found else None

    async def tellers(self) -> tuple[Presence, ...]:
        """Everybody who has been on the floor, by account."""
        return await self._database.read(_presences)

    async def board(self) -> tuple[BoardRow, ...]:
        """Everybody waiting, offered or in a call, in the order of the queue."""
        return await self._database.read(_board)

    async def place(self, visit: str, now: datetime) -> Place | None:
        """Where a waiting visit stands and how long it may take; None when it isn't waiting."""
        return await self._database.read(lambda conn: _place(conn, visit, now))

    async def figures(self, teller: str, since: datetime) -> Figures:
        """What a teller has done since `since`, declined offers included."""
        return await self._database.read(lambda conn: _figures(conn, teller, since))

    async def declines(self, visit: str) -> int:
        """How often a visit's offers were declined."""
        statement = select(func.count()).where(
            pairings.c.visit == visit, pairings.c.state == "declined"
        )
        return await self._database.read(lambda conn: conn.execute(statement).scalar_one())


def _presences(connection: Connection, teller: str | None = None) -> tuple[Presence, ...]:
    engaged = and_(
        pairings.c.teller == presence.c.teller, pairings.c.state.in_(("offered", "live"))
    )
    statement = (
        select(presence, pairings.c.state, visits.c.id.label("visit"), visits.c.state.label("at"))
        .select_from(presence.outerjoin(pairings, engaged).outerjoin(visits))
        .order_by(presence.c.teller)
    )
    if teller is not None:
        statement = statement.where(presence.c.teller == teller)
    return tuple(
        Presence(
            row.teller,
            _state(row.state, row.at, row.wish),
            TellerState(row.wish),
            row.reason,
            row.since,
            row.visit,
        )
        for row in connection.execute(statement)
    )


def _state(pairing: str | None, visit: str | None, wish: str) -> TellerState:
    if pairing == "offered":
        return TellerState.OFFERED
    if pairing == "live":
        return TellerState.WRAP_UP if visit == "wrap_up" else TellerState.BUSY
    return TellerState(wish)


def _board(connection: Connection) -> tuple[BoardRow, ...]:
    statement = (
        select(
            tickets.c.visit,
            tickets.c.number.label("ticket"),
            visits.c.service,
            tickets.c.language,
            tickets.c.enqueued_at.label("waiting_since"),
            tickets.c.priority,
            tickets.c.state.label("status"),
            tickets.c.away,
            visits.c.owner.label("teller"),
            tickets.c.sticky,
        )
        .join(visits, visits.c.id == tickets.c.visit)
        .where(LIVE, visits.c.state.in_(_ON_BOARD))
        .order_by(tickets.c.queue_key, tickets.c.visit)
    )
    return tuple(BoardRow(**row._mapping) for row in connection.execute(statement))


_ON_BOARD = ("waiting", "offered", "connecting", "in_service", "reverify", "on_hold")


def _place(connection: Connection, visit: str, now: datetime) -> Place | None:
    mine = connection.execute(
        select(tickets, visits.c.service)
        .join(visits, visits.c.id == tickets.c.visit)
        .where(tickets.c.visit == visit, tickets.c.state.in_(("waiting", "offered")))
    ).one_or_none()
    if mine is None:
        return None
    earlier = or_(
        tickets.c.queue_key < mine.queue_key,
        and_(tickets.c.queue_key == mine.queue_key, tickets.c.visit < visit),
    )
    same_lane = and_(tickets.c.skill == mine.skill, tickets.c.language == mine.language)
    ahead = connection.execute(
        select(func.count())
        .select_from(tickets)
        .where(tickets.c.state == "waiting", same_lane, ~tickets.c.away, earlier)
    ).scalar_one()
    free, busy = _on_duty(connection, mine.skill, mine.language)
    durations = connection.execute(
        select(visits.c.accepted_at, visits.c.ended_at)
        .where(
            visits.c.service == mine.service,
            visits.c.language == mine.language,
            visits.c.ended_at > now - _HISTORY_AGE,
            visits.c.began_at.is_not(None),
        )
        .order_by(visits.c.ended_at.desc())
        .limit(_HISTORY)
    ).all()
    seconds = [(row.ended_at - row.accepted_at).total_seconds() for row in durations]
    return Place(ahead, estimate(ahead, free, busy, seconds))


def _on_duty(connection: Connection, skill: str, language: str) -> tuple[int, int]:
    """Tellers of a lane who are free, and those who are engaged but will be free again."""
    engaged = exists().where(
        pairings.c.teller == presence.c.teller, pairings.c.state.in_(("offered", "live"))
    )
    row = connection.execute(
        select(
            func.count().filter(~engaged).label("free"),
            func.count().filter(engaged).label("busy"),
        )
        .select_from(presence)
        .join(teller_lanes, teller_lanes.c.teller == presence.c.teller)
        .where(
            teller_lanes.c.skill == skill,
            teller_lanes.c.language == language,
            presence.c.wish == "ready",
        )
    ).one()
    return row.free, row.busy


def _figures(connection: Connection, teller: str, since: datetime) -> Figures:
    rows = connection.execute(
        select(pairings.c.state, pairings.c.accepted_at, pairings.c.ended_at).where(
            pairings.c.teller == teller, pairings.c.offered_at >= since
        )
    ).all()
    done = [row for row in rows if row.state == "done"]
    seconds = [(row.ended_at - row.accepted_at).total_seconds() for row in done]
    average = round(sum(seconds) / len(seconds)) if seconds else None
    declined = sum(1 for row in rows if row.state == "declined")
    return Figures(len(done), average, declined)
