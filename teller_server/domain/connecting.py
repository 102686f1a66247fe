"""Legs and recorders: who is connected, and whether it is being written down."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from . import commands as c
from . import events as e
from .evolution import evolve
from .guards import in_state, owned_by
from .guests import admitted
from .ids import UNSAID
from .script import CUSTOMER
from .state import CALLING, SERVING, Outcome, Visit, VisitState

TELLER: Final = "teller"


def leg_up(visit: Visit, command: c.LegUp, now: datetime) -> tuple[e.Event, ...]:
    """A customer who comes back in mid-service must be recognised again."""
    in_state(visit, CALLING)
    admitted(visit, command.party)
    known = visit.legs.get(command.party)
    if known is not None and known.leg == command.leg and known.up:
        return ()
    again = known is not None
    joined = e.LegJoined(now, command.party, command.leg, again)
    if again and visit.state in SERVING and command.party != TELLER:
        return (joined, *_back(visit, command.party, now))
    return _begin(visit, joined, now)


def _back(visit: Visit, party: str, now: datetime) -> tuple[e.Event, ...]:
    """A guest who was never recognised has nothing to lose by dropping out."""
    if party != CUSTOMER and not visit.recognised(party):
        return ()
    return (e.ReverifyRequired(now, "rejoined", party),)


def leg_down(visit: Visit, command: c.LegDown, now: datetime) -> tuple[e.Event, ...]:
    """Late news of a leg that was replaced, or of a call that is over, changes nothing."""
    known = visit.legs.get(command.party)
    if visit.state not in CALLING or known is None or known.leg != command.leg or not known.up:
        return ()
    lost = e.LegLost(now, command.party, command.leg, command.cause)
    strict = visit.policy.on_disruption == "abort_fresh" and visit.state in SERVING
    if not strict or command.party not in visit.parties:
        return (lost,)
    return (lost, e.ServiceEnded(now, Outcome.ABORTED_TECHNICAL, "branch", "disrupted", UNSAID))


def recording_confirmed(
    visit: Visit, command: c.RecordingConfirmed, now: datetime
) -> tuple[e.Event, ...]:
    """The service begins by itself as soon as everybody is connected and recorded.

    Late news of a guest who has gone says nothing of whoever comes in their place.
    """
    in_state(visit, CALLING)
    admitted(visit, command.party)
    if command.party in visit.recorded:
        return ()
    return _begin(visit, e.RecordingStarted(now, command.party), now)


def recording_failed(
    visit: Visit, command: c.RecordingFailed, now: datetime
) -> tuple[e.Event, ...]:
    """No recording, no service: the call ends. Until the seal, what was done is undone."""
    broke = e.RecordingBroke(now, command.party, command.cause)
    if visit.state is VisitState.WRAP_UP and not visit.sealed:
        return (broke,)
    in_state(visit, CALLING)
    ended = e.ServiceEnded(now, Outcome.ABORTED_TECHNICAL, "branch", "recorder_failed", UNSAID)
    return (broke, ended)


def hold(visit: Visit, command: c.Hold, now: datetime) -> tuple[e.Event, ...]:
    """Hold stops what the parties see of each other, never the recording."""
    owned_by(visit, command.teller)
    if command.on:
        in_state(visit, (VisitState.IN_SERVICE,))
        return (e.HoldBegan(now, command.teller),)
    in_state(visit, (VisitState.ON_HOLD,))
    return (e.HoldEnded(now, command.teller),)


def _begin(visit: Visit, event: e.Event, now: datetime) -> tuple[e.Event, ...]:
    """`event`, and the begin of service when it was the last thing missing."""
    after = evolve(visit, event)
    ready = after.connected and after.fully_recorded
    if visit.state is VisitState.CONNECTING and ready:
        return (event, e.ServiceBegan(now))
    return (event,)
