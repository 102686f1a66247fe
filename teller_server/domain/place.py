"""Where the customer is, as far as the packs ask: the network's country, the device's position.

Both are asked for by the visit's own policy alone. What is not known lets nothing go on where it
is required; the customer may always say no, and then another channel is offered in words.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from . import commands as c
from . import events as e
from .errors import Refusal
from .guards import in_state
from .script import CUSTOMER
from .state import CALLING, QUEUED, StepState, Visit

CALM = timedelta(seconds=5)
"""A page tells no more often: every telling is an event that is kept."""
_LIVE = QUEUED | CALLING
PlaceStatus = Literal["asked", "told", "declined", "stale"]
"""`stale`: told, and too old by now; it is asked for again."""


def see_network(visit: Visit, command: c.SeeNetwork, now: datetime) -> tuple[e.Event, ...]:
    """Only what is new is an event; a visit whose packs don't ask keeps nothing."""
    in_state(visit, _LIVE)
    policy, seen = visit.policy.network, visit.network
    if policy is None:
        return ()
    if seen is not None and (seen.country, seen.kinds) == (command.country, command.kinds):
        return ()
    admitted = policy.admits(command.country, command.kinds)
    return (e.NetworkSeen(now, command.country, command.kinds, admitted, command.source),)


def tell_place(visit: Visit, command: c.TellPlace, now: datetime) -> tuple[e.Event, ...]:
    """A position is taken only where the packs ask for one."""
    purposes = _asked(visit)
    told = visit.place is not None and visit.place.why is None
    if told and visit.place is not None and now < visit.place.at + CALM:
        raise Refusal("place_just_told")
    return (e.PlaceTold(now, command.position, command.accuracy_m, purposes),)


def decline_place(visit: Visit, command: c.DeclinePlace, now: datetime) -> tuple[e.Event, ...]:
    """A no may follow a yes: then what was told is no longer where the customer is."""
    _asked(visit)
    if visit.place is not None and visit.place.why == command.why:
        return ()
    return (e.PlaceDeclined(now, command.why),)


def no_ticket(visit: Visit) -> str | None:
    """Why this customer can't stand in the queue from where the page is: a code, or None."""
    policy = visit.policy.network
    if policy is None or not policy.block:
        return None
    return None if visit.network and visit.network.admitted else "network_not_admitted"


def not_placed(visit: Visit, step: StepState, now: datetime) -> str | None:
    """Why a step that needs a live picture has to wait until more is known: a code, or None."""
    if not step.live_video:
        return None
    return no_ticket(visit) or place_missing(visit, now)


def place_missing(visit: Visit, now: datetime) -> str | None:
    """Why the position does not do, by the server's clock: a code, or None."""
    policy, place = visit.policy.place, visit.place
    if policy is None or not policy.required:
        return None
    if place is None:
        return "place_missing"
    if place.why is not None:
        return "place_declined"
    return "place_too_old" if place_too_old(visit, now) else None


def place_status(visit: Visit, now: datetime) -> PlaceStatus | None:
    """How the question for the position stands; None where nobody asks, or asks any more."""
    place = visit.place
    if visit.policy.place is None or visit.state not in _LIVE:
        return None
    if place is None:
        return "asked"
    if place.why is not None:
        return "declined"
    return "stale" if place_too_old(visit, now) else "told"


def place_until(visit: Visit) -> datetime | None:
    """Until when the newest position does; None without one, or where it never grows old."""
    policy, place = visit.policy.place, visit.place
    if policy is None or place is None or place.why is not None or not policy.max_age_seconds:
        return None
    return place.at + timedelta(seconds=policy.max_age_seconds)


def place_too_old(visit: Visit, now: datetime) -> bool:
    """Whether the newest position came longer ago than the packs allow, or before a rejoin."""
    until = place_until(visit)
    return _told_before_rejoin(visit) or (until is not None and now > until)


def _told_before_rejoin(visit: Visit) -> bool:
    """Whoever dropped out of the service may have come back from elsewhere."""
    place, leg = visit.place, visit.legs.get(CUSTOMER)
    if place is None or leg is None or visit.began_at is None:
        return False
    return place.at < leg.since and visit.began_at < leg.since


def _asked(visit: Visit) -> tuple[str, ...]:
    """What the position is asked for; refused where it is not asked for, or the visit is over."""
    in_state(visit, _LIVE)
    if visit.policy.place is None:
        raise Refusal("place_not_asked")
    return visit.policy.place.purposes
