"""One command, one transaction: the events, the state, the queue and the outbox together."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from teller_server.domain import commands as c
from teller_server.domain import visit as rules
from teller_server.domain.codec import from_plain, to_plain
from teller_server.domain.errors import Damage, Refusal
from teller_server.domain.events import Event, decode, encode
from teller_server.domain.state import Visit

from .chain import FIRST, canonical, link
from .projection import project
from .schema import commands, events, visits

Alongside = Callable[[Connection], object]
"""More work for the same transaction; what it raises undoes the command as well."""

_CACHED = 4096

ROW = select(visits.c.version, visits.c.head, visits.c.snapshot)
"""What `act_on` needs to have been read of a visit."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A command that was carried out: the visit after it, and what it caused.

    `first` is the number of the first event. `duplicate`: the command's id had been carried out
    before; `events` are those of that time, `visit` is as it stands now.
    """

    visit: Visit
    events: tuple[Event, ...]
    first: int
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its number in the visit and its link in the chain."""

    seq: int
    event: Event
    hash: str


class Ledger:
    """Carries commands out on a connection. Visits seen last are remembered."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, tuple[str, Visit]] = OrderedDict()

    def act(
        self,
        connection: Connection,
        visit_id: str,
        command: c.Command,
        now: datetime,
        command_id: str | None = None,
    ) -> Applied:
        """Carry out `command` inside the caller's transaction; `Refusal` when it may not be."""
        if isinstance(command, c.OpenVisit):
            return self._open(connection, command, now, command_id)
        row = connection.execute(_LOCKED, {"visit": visit_id}).one_or_none()
        if row is None:
            raise Refusal("unknown_visit")
        if command_id is not None:
            done = connection.execute(
                _DONE_BEFORE, {"visit": visit_id, "command": command_id}
            ).one_or_none()
            if done is not None:
                told = _read_events(connection, visit_id, done.first, done.last)
                visit = self._decode(visit_id, row)
                return Applied(visit, tuple(r.event for r in told), done.first, duplicate=True)
        return self.act_on(connection, visit_id, row, command, now, command_id)

    def act_on(
        self,
        connection: Connection,
        visit_id: str,
        row: Row[Any, Any, Any],
        command: c.Command,
        now: datetime,
        command_id: str | None = None,
    ) -> Applied:
        """The same for a caller who holds the visit's row (`ROW … FOR UPDATE`) already."""
        before = self._decode(visit_id, row)
        after, caused = rules.step_to(before, command, now)
        first = row.version + 1
        head = self._append(connection, visit_id, caused, row.head, first)
        if command_id is not None:
            _remember(connection, visit_id, command_id, first, len(caused))
        if caused:
            self._keep(connection, after, first + len(caused) - 1, head)
            for event in caused:
                project(connection, after, event)
        return Applied(after, caused, first)

    def load(self, connection: Connection, visit_id: str) -> Visit | None:
        """The visit as it stands, or None."""
        row = connection.execute(_PLAIN, {"visit": visit_id}).one_or_none()
        return None if row is None else self._decode(visit_id, row)

    def _open(
        self, connection: Connection, command: c.OpenVisit, now: datetime, command_id: str | None
    ) -> Applied:
        known = connection.execute(_LOCKED, {"visit": command.visit}).one_or_none()
        if known is not None:
            if command_id is None or not _was_done(connection, command.visit, command_id):
                raise Refusal("visit_already_open")
            visit = self._decode(command.visit, known)
            told = _read_events(connection, command.visit, 1, 1)
            return Applied(visit, tuple(r.event for r in told), 1, duplicate=True)
        after, caused = rules.step_to(None, command, now)
        connection.execute(insert(visits), {**_fixed(after), **_moving(after), **_UNBORN})
        head = self._append(connection, after.id, caused, FIRST, 1)
        if command_id is not None:
            _remember(connection, after.id, command_id, 1, len(caused))
        self._keep(connection, after, len(caused), head)
        for event in caused:
            project(connection, after, event)
        return Applied(after, caused, 1)

    def _append(
        self,
        connection: Connection,
        visit_id: str,
        caused: Sequence[Event],
        head: str,
        first: int,
    ) -> str:
        rows: list[dict[str, Any]] = []
        for seq, event in enumerate(caused, first):
            name, plain = encode(event)
            body = canonical(plain)
            following = link(head, visit_id, seq, name, body)
            rows.append(
                {"visit": visit_id, "seq": seq, "at": event.at, "name": name, "body": body,
                 "previous": head, "hash": following}
            )  # fmt: skip
            head = following
        if rows:
            connection.execute(insert(events), rows if len(rows) > 1 else rows[0])
        return head

    def _keep(self, connection: Connection, visit: Visit, version: int, head: str) -> None:
        moved = {"of_visit": visit.id, "version": version, "head": head, **_moving(visit)}
        try:
            connection.execute(_MOVE, moved)
        except IntegrityError as error:
            raise Refusal("teller_busy") from error
        self._seen[visit.id] = (head, visit)
        self._seen.move_to_end(visit.id)
        while len(self._seen) > _CACHED:
            self._seen.popitem(last=False)

    def _decode(self, visit_id: str, row: Row[Any, Any, Any]) -> Visit:
        seen = self._seen.get(visit_id)
        if seen is not None and seen[0] == row.head:
            return seen[1]
        return from_plain(Visit, json.loads(row.snapshot))


def read_events(connection: Connection, visit_id: str, after: int = 0) -> tuple[Recorded, ...]:
    """The visit's events with a number above `after`, in order."""
    return _read_events(connection, visit_id, after + 1, 2**31 - 1)


def verify_chain(connection: Connection, visit_id: str) -> int:
    """Recompute every link and replay every event; `Damage` where something isn't as written.

    Returns the number of events. The state row must be exactly what the events make of it.
    """
    row = connection.execute(_PLAIN, {"visit": visit_id}).one_or_none()
    if row is None:
        raise Refusal("unknown_visit")
    head, visit = FIRST, None
    rows = connection.execute(
        select(events).where(events.c.visit == visit_id).order_by(events.c.seq)
    )
    count = 0
    for count, entry in enumerate(rows, 1):
        expected = link(head, visit_id, count, entry.name, entry.body)
        if (entry.seq, entry.previous, entry.hash) != (count, head, expected):
            raise Damage("event_chain_broken", visit=visit_id, seq=count)
        body = json.loads(entry.body)
        if entry.at != datetime.fromisoformat(body["at"]):
            raise Damage("event_time_changed", visit=visit_id, seq=count)
        visit = rules.evolve(visit, decode(entry.name, body))
        head = entry.hash
    if visit is None or (row.version, row.head) != (count, head):
        raise Damage("event_chain_cut", visit=visit_id, seq=count)
    if _kept(row.snapshot) != visit:
        raise Damage("visit_state_changed", visit=visit_id, seq=count)
    return count


def _kept(snapshot: str) -> Visit | None:
    """The state as it was kept, maybe by an earlier release that knew fewer fields of it."""
    try:
        return from_plain(Visit, json.loads(snapshot))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _read_events(
    connection: Connection, visit_id: str, first: int, last: int
) -> tuple[Recorded, ...]:
    statement = (
        select(events.c.seq, events.c.name, events.c.body, events.c.hash)
        .where(events.c.visit == visit_id, events.c.seq.between(first, last))
        .order_by(events.c.seq)
    )
    return tuple(
        Recorded(row.seq, decode(row.name, json.loads(row.body)), row.hash)
        for row in connection.execute(statement)
    )


def _fixed(visit: Visit) -> dict[str, Any]:
    """What a search needs to see of a visit and never changes."""
    return {
        "id": visit.id,
        "service": visit.service,
        "language": visit.language,
        "customer": visit.customer,
        "authenticated": visit.authenticated,
        "opened_at": visit.opened_at,
    }


def _moving(visit: Visit) -> dict[str, Any]:
    """What changes as the visit goes on; the snapshot holds the whole."""
    return {
        "state": visit.state.value,
        "outcome": visit.outcome.value if visit.outcome else None,
        "effect": visit.effect.value,
        "ticket": visit.ticket,
        "teller": visit.teller,
        "owner": visit.owner,
        "recording": visit.recording,
        "accepted_at": visit.accepted_at,
        "began_at": visit.began_at,
        "ended_at": visit.ended_at,
        "closed_at": visit.closed_at,
        "snapshot": canonical(to_plain(visit)),
    }


def _was_done(connection: Connection, visit_id: str, command_id: str) -> bool:
    known = {"visit": visit_id, "command": command_id}
    return connection.execute(_DONE_BEFORE, known).one_or_none() is not None


def _remember(
    connection: Connection, visit_id: str, command_id: str, first: int, count: int
) -> None:
    values = {"visit": visit_id, "command": command_id, "first": first, "last": first + count - 1}
    connection.execute(insert(commands), values)


_UNBORN = {"version": 0, "head": FIRST}
_MOVE = update(visits).where(visits.c.id == bindparam("of_visit"))
_PLAIN = ROW.where(visits.c.id == bindparam("visit"))
_LOCKED = _PLAIN.with_for_update()
_DONE_BEFORE = select(commands.c.first, commands.c.last).where(
    commands.c.visit == bindparam("visit"), commands.c.command == bindparam("command")
)
