"""What the bank's systems are told of a visit: written by the transaction that makes it happen.

An event is a CloudEvent 1.0 in JSON. It holds ids and codes only, never anything about a person:
whoever receives it reads the rest through the bank's API, with a key of its own.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from teller_server.domain import events as e
from teller_server.domain.ids import new_id
from teller_server.domain.state import Effect, Visit

from .schema_outgoing import webhook_deliveries, webhook_endpoints, webhook_events

SOURCE = "/teller-server"
SPEC = "1.0"

Facts = Mapping[str, Any]


def announce(connection: Connection, visit: Visit, event: e.Event) -> None:
    """Write the event for every endpoint that asked for its type; most events are for nobody."""
    told = _TOLD.get(type(event))
    if told is None:
        return
    kind, facts = told
    endpoints = [row.id for row in connection.execute(_ON) if kind in row.types.split()]
    if not endpoints:
        return
    id_ = new_id("evt", secrets.token_bytes(16))
    body = cloud_event(id_, kind, visit, event, facts(visit, event))
    connection.execute(
        insert(webhook_events),
        {"id": id_, "visit": visit.id, "type": kind, "at": event.at, "body": body},
    )
    connection.execute(
        insert(webhook_deliveries),
        [
            {
                "event": id_,
                "endpoint": endpoint,
                "state": "pending",
                "attempts": 0,
                "due_at": event.at,
                "created_at": event.at,
                "detail": "",
            }
            for endpoint in endpoints
        ],
    )


def cloud_event(id_: str, kind: str, visit: Visit, event: e.Event, facts: Facts) -> str:
    """The event as JSON text, as it is signed and sent."""
    told = {
        "specversion": SPEC,
        "id": id_,
        "source": SOURCE,
        "type": kind,
        "subject": visit.id,
        "time": event.at.isoformat(),
        "datacontenttype": "application/json",
        "data": {"visit": visit.id, "service": visit.service, **facts},
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _opened(_: Visit, event: e.VisitOpened) -> Facts:
    return {"language": event.language, "authenticated": event.authenticated}


def _began(_visit: Visit, _event: e.ServiceBegan) -> Facts:
    return {}


def _ended(_: Visit, event: e.ServiceEnded) -> Facts:
    return {"outcome": event.outcome.value, "completed": event.completed}


def _review_asked(_: Visit, event: e.ReviewAsked | e.ReviewEscalated) -> Facts:
    return {"due_at": event.due_at.isoformat()}


def _review_decided(_: Visit, event: e.ReviewDecided) -> Facts:
    return {"approved": event.approved, "outcome": event.outcome.value}


def _settled(visit: Visit, event: e.EffectSettled) -> Facts:
    """`receipt` is the bank's own number and word; `reason` a code of why there is none."""
    key = "receipt" if event.effect is Effect.COMMITTED else "reason"
    return {"effect": visit.effect_name, "state": event.effect.value, key: event.detail}


def _closed(_: Visit, event: e.VisitClosed) -> Facts:
    return {"outcome": event.outcome.value, "code": event.code}


def _objected(_: Visit, event: e.Objected) -> Facts:
    return {"due_at": event.due_at.isoformat()}


def _repudiated(_: Visit, event: e.Repudiated) -> Facts:
    """`by`: `link` of a notice, or `hotline`."""
    return {"by": event.by}


def _repudiation_settled(visit: Visit, event: e.RepudiationSettled) -> Facts:
    """`receipt` is the bank's own number and word for what it stopped; `reason` a code."""
    key = "receipt" if event.end == "stopped" else "reason"
    detail = {key: event.detail} if event.detail else {}
    return {"effect": visit.effect_name, "end": event.end, **detail}


_TOLD: Mapping[type[e.Event], tuple[str, Callable[[Visit, Any], Facts]]] = {
    e.VisitOpened: ("visit.opened", _opened),
    e.ServiceBegan: ("visit.service_began", _began),
    e.ServiceEnded: ("visit.ended", _ended),
    e.ReviewAsked: ("visit.review_asked", _review_asked),
    e.ReviewEscalated: ("visit.review_overdue", _review_asked),
    e.ReviewDecided: ("visit.review_decided", _review_decided),
    e.EffectSettled: ("visit.effect_settled", _settled),
    e.VisitClosed: ("visit.closed", _closed),
    e.Objected: ("visit.objected", _objected),
    e.Repudiated: ("visit.repudiated", _repudiated),
    e.RepudiationSettled: ("visit.repudiation_settled", _repudiation_settled),
}

TYPES: tuple[str, ...] = tuple(kind for kind, _ in _TOLD.values())
"""Every type of event, in the order of a visit."""

_ON = select(webhook_endpoints.c.id, webhook_endpoints.c.types).where(
    webhook_endpoints.c.state == "on"
)
