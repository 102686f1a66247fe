"""What the queue and the outbox learn of each event, in the transaction that writes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update
from sqlalchemy.exc import IntegrityError

from teller_server.domain import events as e
from teller_server.domain.errors import Refusal
from teller_server.domain.state import Visit
from teller_server.domain.ticket import queue_key

from .outgoing import announce
from .schema import effects, pairings, presence, tickets


def project(connection: Connection, visit: Visit, event: e.Event) -> None:
    """Bring the tables beside the visit up to date; most events don't concern them."""
    change = _CHANGES.get(type(event))
    if change is not None:
        change(connection, visit, event)
    announce(connection, visit, event)


def _ticket_taken(connection: Connection, visit: Visit, event: e.TicketTaken) -> None:
    connection.execute(
        insert(tickets),
        {
            "visit": visit.id,
            "number": event.number,
            "skill": visit.skill,
            "language": visit.language,
            "enqueued_at": event.at,
            "queue_key": queue_key(event.at, event.priority),
            "priority": event.priority,
            "away": False,
            "state": "waiting",
        },
    )


def _went_away(connection: Connection, visit: Visit, _: e.CustomerWentAway) -> None:
    _ticket(connection, visit, away=True)


def _came_back(connection: Connection, visit: Visit, _: e.CustomerCameBack) -> None:
    _ticket(connection, visit, away=False)


def _offer_made(connection: Connection, visit: Visit, event: e.OfferMade) -> None:
    try:
        connection.execute(
            insert(pairings),
            {
                "id": event.pairing,
                "visit": visit.id,
                "teller": event.teller,
                "state": "offered",
                "offered_at": event.at,
                "expires_at": event.expires_at,
            },
        )
    except IntegrityError as error:
        raise Refusal("teller_busy") from error
    _ticket(connection, visit, state="offered")


def _offer_accepted(connection: Connection, visit: Visit, event: e.OfferAccepted) -> None:
    _pairing(connection, event.pairing, state="live", accepted_at=event.at)
    _ticket(connection, visit, state="in_call")


def _offer_declined(connection: Connection, visit: Visit, event: e.OfferDeclined) -> None:
    _pairing(connection, event.pairing, state="declined", ended_at=event.at, reason=event.reason)
    _ticket(connection, visit, state="waiting")
    _free(connection, event.teller, event)


def _offer_ended(connection: Connection, visit: Visit, event: e.OfferEnded) -> None:
    _pairing(connection, event.pairing, state="ended", ended_at=event.at, reason=event.cause)
    _ticket(connection, visit, state="waiting")


def _wrapped_up(connection: Connection, visit: Visit, event: e.WrappedUp) -> None:
    if visit.pairing is not None:
        _pairing(connection, visit.pairing, state="done", ended_at=event.at)
    _ticket(connection, visit, state="served")
    _free(connection, event.teller, event)


def _visit_closed(connection: Connection, visit: Visit, _: e.VisitClosed) -> None:
    if visit.ticket is not None and visit.pairing is None:
        _ticket(connection, visit, state="left")


def _effect_requested(connection: Connection, visit: Visit, event: e.EffectRequested) -> None:
    connection.execute(
        insert(effects).values(
            key=event.key,
            visit=visit.id,
            effect=event.effect,
            state="pending",
            attempts=0,
            due_at=event.at,
            created_at=event.at,
            detail="",
        )
    )


def _effect_settled(connection: Connection, visit: Visit, event: e.EffectSettled) -> None:
    statement = update(effects).where(effects.c.visit == visit.id)
    connection.execute(statement.values(state=event.effect.value, detail=event.detail, lease=None))


def _effect_retried(connection: Connection, visit: Visit, event: e.EffectRetried) -> None:
    statement = update(effects).where(effects.c.visit == visit.id)
    again = statement.values(state="pending", attempts=0, due_at=event.at, lease=None)
    connection.execute(again)


# Built once: SQLAlchemy takes longer to build a statement than SQLite to run it. The columns that
# are set are those named by the parameters.
_TICKET = update(tickets).where(tickets.c.visit == bindparam("of_visit"))
_PAIRING = update(pairings).where(pairings.c.id == bindparam("of_pairing"))


def _ticket(connection: Connection, visit: Visit, **values: Any) -> None:
    connection.execute(_TICKET, {"of_visit": visit.id, **values})


def _pairing(connection: Connection, pairing: str, **values: Any) -> None:
    connection.execute(_PAIRING, {"of_pairing": pairing, **values})


def _free(connection: Connection, teller: str, event: e.Event) -> None:
    """Who has been free for longest is asked first."""
    connection.execute(
        update(presence).where(presence.c.teller == teller).values(free_since=event.at)
    )


_CHANGES: dict[type[e.Event], Callable[[Connection, Visit, Any], None]] = {
    e.TicketTaken: _ticket_taken,
    e.CustomerWentAway: _went_away,
    e.CustomerCameBack: _came_back,
    e.OfferMade: _offer_made,
    e.OfferAccepted: _offer_accepted,
    e.OfferDeclined: _offer_declined,
    e.OfferEnded: _offer_ended,
    e.WrappedUp: _wrapped_up,
    e.VisitClosed: _visit_closed,
    e.EffectRequested: _effect_requested,
    e.EffectSettled: _effect_settled,
    e.EffectRetried: _effect_retried,
}
