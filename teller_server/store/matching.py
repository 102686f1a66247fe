"""Who is offered to whom: one statement finds the head of each of a teller's lanes."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Connection, String, bindparam, exists, select, text

from teller_server.domain.commands import Offer
from teller_server.domain.ids import new_id

from .ledger import ROW, Applied, Ledger
from .schema import Instant, pairings, presence, visits

OFFER_SECONDS = timedelta(seconds=20)
DECLINE_PAUSE = timedelta(seconds=60)
"""A visit that a teller declined isn't offered to the same teller again for this long."""

_TRIES = 8

# One statement: the teller's own returning customer (turn 0), and the head of each lane (turn 1).
_HEADS = """
    SELECT i.visit, 0 AS turn, i.queue_key FROM tickets i
    JOIN teller_lanes l ON l.teller = :teller AND l.skill = i.skill AND l.language = i.language
    WHERE i.state = 'waiting' AND i.sticky = :teller AND NOT i.away AND {open}
    UNION ALL
    SELECT t.visit, 1 AS turn, t.queue_key FROM teller_lanes l JOIN tickets t ON t.visit = (
        SELECT i.visit FROM tickets i
        WHERE i.state = 'waiting' AND i.skill = l.skill AND i.language = l.language
          AND NOT i.away AND (i.sticky IS NULL OR i.sticky_until <= :now) AND {open}
        ORDER BY i.queue_key, i.visit LIMIT 1)
    WHERE l.teller = :teller
    ORDER BY 2, 3, 1 LIMIT 1
"""
_RESTED = """NOT EXISTS (SELECT 1 FROM pairings d WHERE d.visit = i.visit AND d.teller = :teller
    AND d.state = 'declined' AND d.ended_at > :rested)"""

_ASKED = (
    bindparam("teller", type_=String),
    bindparam("now", type_=Instant),
    bindparam("rested", type_=Instant),
)
_NEXT = text(_HEADS.format(open=_RESTED)).bindparams(*_ASKED)
_NEXT_BUT = text(_HEADS.format(open=f"{_RESTED} AND i.visit NOT IN :taken")).bindparams(
    *_ASKED, bindparam("taken", expanding=True, type_=String)
)

_READY = (
    select(presence.c.teller)
    .where(
        presence.c.teller == bindparam("teller"),
        presence.c.wish == "ready",
        ~exists().where(
            pairings.c.teller == presence.c.teller, pairings.c.state.in_(("offered", "live"))
        ),
    )
    .with_for_update()
)
_TAKE = ROW.where(visits.c.id == bindparam("visit"), visits.c.state == "waiting").with_for_update(
    skip_locked=True
)

_FREE = text(
    """
    SELECT p.teller FROM presence p JOIN teller_lanes l ON l.teller = p.teller
    WHERE l.skill = :skill AND l.language = :language AND p.wish = 'ready'
      AND NOT EXISTS (SELECT 1 FROM pairings x
                      WHERE x.teller = p.teller AND x.state IN ('offered', 'live'))
    ORDER BY p.free_since, p.teller LIMIT :limit
    """
).bindparams(bindparam("limit", type_=BigInteger))

_LANES_WAITING = text(
    "SELECT DISTINCT skill, language FROM tickets WHERE state = 'waiting' AND NOT away"
)


def match_teller(
    connection: Connection, ledger: Ledger, teller: str, now: datetime
) -> Applied | None:
    """Offer the next customer to a teller who is ready and free; None when there is none.

    The order is `ticket.next_for`'s: the teller's own returning customer first, else the
    smallest queue key over the heads of the teller's lanes.
    """
    if connection.execute(_READY, {"teller": teller}).first() is None:
        return None
    taken: list[str] = []
    for _ in range(_TRIES):
        visit = _candidate(connection, teller, now, taken)
        if visit is None:
            return None
        row = connection.execute(_TAKE, {"visit": visit}).one_or_none()
        if row is None:
            taken.append(visit)  # another matcher has it in hand
            continue
        pairing = new_id("p", secrets.token_bytes(16))
        command = Offer(pairing, teller, now + OFFER_SECONDS)
        return ledger.act_on(connection, visit, row, command, now)
    return None


def free_tellers(
    connection: Connection, skill: str, language: str, limit: int = 200
) -> tuple[str, ...]:
    """Tellers of a lane who are ready and free, those free for longest first."""
    lane = {"skill": skill, "language": language, "limit": limit}
    return tuple(connection.execute(_FREE, lane).scalars())


def lanes_waiting(connection: Connection) -> tuple[tuple[str, str], ...]:
    """The lanes (skill, language) in which somebody waits."""
    return tuple((row.skill, row.language) for row in connection.execute(_LANES_WAITING))


def _candidate(connection: Connection, teller: str, now: datetime, taken: list[str]) -> str | None:
    asked = {"teller": teller, "now": now, "rested": now - DECLINE_PAUSE}
    if taken:
        found = connection.execute(_NEXT_BUT, {**asked, "taken": taken}).first()
    else:
        found = connection.execute(_NEXT, asked).first()
    return None if found is None else str(found.visit)
