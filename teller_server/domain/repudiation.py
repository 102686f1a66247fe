"""“This was not me”: a customer's word that somebody else was served in their name.

It is believed first and looked into afterwards: from then on nothing of the visit may reach the
bank, and what has reached it is to be stopped. What the bank did ends it, not what was said.
"""

from __future__ import annotations

from datetime import datetime

from . import commands as c
from . import events as e
from .errors import Refusal
from .state import CALLING, QUEUED, Effect, RepudiationState, Visit

_WAITING = (Effect.PENDING, Effect.DEAD_LETTERED)


def repudiate(visit: Visit, command: c.Repudiate, now: datetime) -> tuple[e.Event, ...]:
    """Once, and of a visit in which somebody was served and which is over."""
    if visit.began_at is None or visit.state in CALLING | QUEUED:
        raise Refusal("nothing_to_repudiate")
    if visit.repudiation is not None:
        raise Refusal("already_repudiated")
    return (e.Repudiated(now, command.by, command.actor, command.note),)


def settle_repudiation(
    visit: Visit, command: c.SettleRepudiation, now: datetime
) -> tuple[e.Event, ...]:
    """`withdrawn` takes the effect that waited with it: one moment, one transaction."""
    open_repudiation(visit)
    settled = e.RepudiationSettled(now, command.end, command.detail)
    if command.end != "withdrawn" or visit.effect not in _WAITING:
        return (settled,)
    return (settled, e.EffectSettled(now, Effect.CANCELLED, "repudiated"))


def open_repudiation(visit: Visit) -> RepudiationState:
    """The repudiation that nobody has settled. Raises Refusal('no_repudiation_open')."""
    if visit.repudiation is None or visit.repudiation.end is not None:
        raise Refusal("no_repudiation_open")
    return visit.repudiation


def not_repudiated(visit: Visit) -> None:
    """Raises Refusal('repudiated'): nobody agrees to what the customer says was not theirs."""
    if visit.repudiation is not None:
        raise Refusal("repudiated")
