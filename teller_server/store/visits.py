"""Visits: carried forward by commands, read back, searched, and checked link by link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.state import Visit

from .engine import Database
from .ledger import Alongside, Applied, Ledger, Recorded, read_events, verify_chain
from .schema import AFTERWARDS, LIVE, events, recordings, sealed_fields, visits
from .search_terms import having

PAGE = 50


@dataclass(frozen=True, slots=True)
class VisitQuery:
    """What compliance may search by; every part is optional and all given parts must hold.

    `terms` are what the visit must have all of (see `search_terms`).
    `text` matches the start of a visit's id or ticket; `lookups` are keyed digests of what a visit
    is found by (name, document number, receipt …). `opened_from` counts, `opened_until` doesn't.
    """

    text: str | None = None
    lookups: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    opened_from: datetime | None = None
    opened_until: datetime | None = None
    teller: str | None = None
    service: str | None = None
    outcome: str | None = None
    state: str | None = None
    effect: str | None = None
    page: int = 1
    per_page: int = PAGE


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One line of the search: what can be told of a visit without opening anything."""

    id: str
    ticket: str | None
    service: str
    language: str
    state: str
    outcome: str | None
    effect: str
    teller: str | None
    recording: str | None
    opened_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    seal: str | None
    verdict: str | None
    duration_ms: int | None


@dataclass(frozen=True, slots=True)
class VisitPage:
    """One page of a search, newest first, and how many there are in all."""

    rows: tuple[VisitRow, ...]
    total: int


class VisitStore:
    """The append-only history of every visit, and its present state."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def apply(
        self,
        visit: str,
        command: c.Command,
        now: datetime,
        *,
        command_id: str | None = None,
        alongside: Alongside | None = None,
    ) -> Applied:
        """Carry a command out, once per `command_id`; `Refusal` leaves nothing behind.

        `alongside` joins the transaction (see `fields.keep`); not when it is a duplicate.
        """

        def work(connection: Connection) -> Applied:
            applied = self._ledger.act(connection, visit, command, now, command_id)
            if alongside is not None and not applied.duplicate:
                alongside(connection)
            return applied

        return await self._database.write(work)

    async def load(self, visit: str) -> Visit | None:
        """The visit as it stands, or None."""
        return await self._database.read(lambda conn: self._ledger.load(conn, visit))

    async def get(self, visit: str) -> Visit:
        """The visit as it stands; `Refusal('unknown_visit')` when there is none."""
        found = await self.load(visit)
        if found is None:
            raise Refusal("unknown_visit")
        return found

    async def events(self, visit: str, after: int = 0) -> tuple[Recorded, ...]:
        """Its events with a number above `after`, in order."""
        return await self._database.read(lambda conn: read_events(conn, visit, after))

    async def served(self, customer: str, service: str, since: datetime) -> tuple[int, int]:
        """How often this customer (keyed digest) was served this service since then.

        First the visits that came to anything, whatever the outcome, and those that still go on;
        then the calls that broke off for technical reasons.
        """
        began = (
            visits.c.customer == customer,
            visits.c.service == service,
            visits.c.began_at >= since,
        )
        broke = func.sum(case((visits.c.outcome == "aborted_technical", 1), else_=0))
        statement = select(func.count(), func.coalesce(broke, 0)).where(*began)
        all_, broken = await self._database.read(lambda conn: conn.execute(statement).one())
        return int(all_) - int(broken), int(broken)

    async def under_review(self, teller: str | None = None) -> tuple[Visit, ...]:
        """Every visit that waits for its second person, oldest first; or those of one teller."""

        def work(connection: Connection) -> tuple[Visit, ...]:
            statement = select(visits.c.id).where(LIVE, visits.c.state == "in_review")
            if teller is not None:
                statement = statement.where(visits.c.teller == teller)
            ids = connection.execute(statement.order_by(visits.c.ended_at)).scalars().all()
            found = [self._ledger.load(connection, one) for one in ids]
            return tuple(visit for visit in found if visit is not None)

        return await self._database.read(work)

    async def objected(self) -> tuple[Visit, ...]:
        """Visits with an objection that nobody has answered, the oldest first."""

        def work(connection: Connection) -> tuple[Visit, ...]:
            statement = (
                select(events.c.visit)
                .where(AFTERWARDS, events.c.name.in_(["Objected", "ObjectionAnswered"]))
                .group_by(events.c.visit)
                .having(func.count() == 1)
                .order_by(func.min(events.c.at))
            )
            ids = connection.execute(statement).scalars().all()
            found = [self._ledger.load(connection, one) for one in ids]
            return tuple(visit for visit in found if visit is not None)

        return await self._database.read(work)

    async def repudiated(self, *, refused: bool = False) -> tuple[Visit, ...]:
        """Visits whose repudiation nobody has settled, the oldest first.

        With `refused`, those as well about which the bank did nothing: a person has to.
        """

        def work(connection: Connection) -> tuple[Visit, ...]:
            named = ["Repudiated", "RepudiationSettled"]
            statement = (
                select(events.c.visit)
                .where(AFTERWARDS, events.c.name.in_(named))
                .group_by(events.c.visit)
                .order_by(func.min(events.c.at))
            )
            if not refused:
                statement = statement.having(func.count() == 1)
            ids = connection.execute(statement).scalars().all()
            found = [self._ledger.load(connection, one) for one in ids]
            return tuple(visit for visit in found if visit is not None and _open(visit))

        def _open(visit: Visit) -> bool:
            said = visit.repudiation
            return said is not None and said.end in (None, "refused" if refused else None)

        return await self._database.read(work)

    async def live(self) -> tuple[Visit, ...]:
        """Every visit that isn't closed, oldest first: where a restarted desk takes up again."""

        def work(connection: Connection) -> tuple[Visit, ...]:
            # sorted here: the index of `opened_at` would be taken for the order, whole
            ids = connection.execute(select(visits.c.id).where(LIVE)).scalars().all()
            found = [self._ledger.load(connection, visit) for visit in ids]
            alive = (visit for visit in found if visit is not None)
            return tuple(sorted(alive, key=lambda visit: visit.opened_at))

        return await self._database.read(work)

    async def verify_chain(self, visit: str) -> int:
        """How many events there are, all as they were written; else `Damage`."""
        return await self._database.read(lambda conn: verify_chain(conn, visit))

    async def search(self, query: VisitQuery) -> VisitPage:
        """What compliance finds."""
        return await self._database.read(lambda conn: _search(conn, query))


def _search(connection: Connection, query: VisitQuery) -> VisitPage:
    conditions = _conditions(query)
    total = connection.execute(select(func.count()).select_from(visits).where(*conditions))
    per_page = max(1, min(query.per_page, 200))
    shown = [visits.c[name] for name in VisitRow.__slots__ if name in visits.c]
    statement = (
        select(
            *shown, recordings.c.state.label("seal"), recordings.c.verdict, recordings.c.duration_ms
        )
        .select_from(visits.outerjoin(recordings, recordings.c.id == visits.c.recording))
        .where(*conditions)
        .order_by(visits.c.opened_at.desc(), visits.c.id)
        .limit(per_page)
        .offset((max(1, query.page) - 1) * per_page)
    )
    rows = tuple(VisitRow(**row._mapping) for row in connection.execute(statement))
    return VisitPage(rows, total.scalar_one())


def _conditions(query: VisitQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.text:
        starts = query.text.strip()
        conditions.append(
            or_(
                visits.c.id.istartswith(starts, autoescape=True),
                visits.c.ticket.istartswith(starts, autoescape=True),
            )
        )
    for lookup in query.lookups:
        known = select(sealed_fields.c.visit).where(sealed_fields.c.lookup == lookup)
        conditions.append(visits.c.id.in_(known))
    conditions += [having(term) for term in query.terms]
    if query.opened_from:
        conditions.append(visits.c.opened_at >= query.opened_from)
    if query.opened_until:
        conditions.append(visits.c.opened_at < query.opened_until)
    for column, value in (
        (visits.c.teller, query.teller),
        (visits.c.service, query.service),
        (visits.c.outcome, query.outcome),
        (visits.c.state, query.state),
        (visits.c.effect, query.effect),
    ):
        if value:
            conditions.append(column == value)
    return conditions
