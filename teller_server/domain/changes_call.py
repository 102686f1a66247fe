"""What the queue, legs, recorders, holds and further parties change of a visit."""

from __future__ import annotations

from dataclasses import replace

from . import events as e
from .changes import Changes, with_person
from .reading import nobody_reads
from .script import CUSTOMER
from .state import GuestState, LegState, Offer, Outcome, Visit, VisitState

CALL = Changes()


@CALL.on(e.TicketTaken)
def _ticket_taken(visit: Visit, event: e.TicketTaken) -> Visit:
    return replace(
        visit,
        state=VisitState.WAITING,
        ticket=event.number,
        priority=event.priority,
        enqueued_at=event.at,
    )


@CALL.on(e.CustomerWentAway)
def _went_away(visit: Visit, _: e.CustomerWentAway) -> Visit:
    return replace(visit, away=True)


@CALL.on(e.CustomerCameBack)
def _came_back(visit: Visit, _: e.CustomerCameBack) -> Visit:
    return replace(visit, away=False)


@CALL.on(e.OfferMade)
def _offer_made(visit: Visit, event: e.OfferMade) -> Visit:
    offer = Offer(event.pairing, event.teller, event.at, event.expires_at)
    return replace(visit, state=VisitState.OFFERED, offer=offer)


@CALL.on(e.OfferAccepted)
def _offer_accepted(visit: Visit, event: e.OfferAccepted) -> Visit:
    return replace(
        visit,
        state=VisitState.CONNECTING,
        offer=None,
        teller=event.teller,
        pairing=event.pairing,
        recording=event.recording,
        accepted_at=event.at,
    )


@CALL.on(e.OfferDeclined)
def _offer_declined(visit: Visit, _: e.OfferDeclined) -> Visit:
    return replace(visit, state=VisitState.WAITING, offer=None, declined=visit.declined + 1)


@CALL.on(e.OfferEnded)
def _offer_ended(visit: Visit, _: e.OfferEnded) -> Visit:
    return replace(visit, state=VisitState.WAITING, offer=None)


# --- the call ---


@CALL.on(e.LegJoined)
def _leg_joined(visit: Visit, event: e.LegJoined) -> Visit:
    legs = {**visit.legs, event.party: LegState(event.leg, up=True, since=event.at)}
    return replace(visit, legs=legs)


@CALL.on(e.LegLost)
def _leg_lost(visit: Visit, event: e.LegLost) -> Visit:
    legs = {**visit.legs, event.party: LegState(event.leg, up=False, since=event.at)}
    lost = replace(visit, legs=legs)
    return nobody_reads(lost, event.at) if event.party == visit.subject else lost


@CALL.on(e.RecordingStarted)
def _recording_started(visit: Visit, event: e.RecordingStarted) -> Visit:
    return replace(visit, recorded=(*visit.recorded, event.party))


@CALL.on(e.RecordingBroke)
def _recording_broke(visit: Visit, event: e.RecordingBroke) -> Visit:
    """What was recorded incompletely is not done, even when the last words were lost."""
    recorded = tuple(party for party in visit.recorded if party != event.party)
    outcome = Outcome.ABORTED_TECHNICAL if visit.completed else visit.outcome
    return replace(visit, recorded=recorded, outcome=outcome, completed=False)


@CALL.on(e.ServiceBegan)
def _service_began(visit: Visit, event: e.ServiceBegan) -> Visit:
    return replace(visit, state=VisitState.IN_SERVICE, began_at=event.at)


@CALL.on(e.ReverifyRequired)
def _reverify_required(visit: Visit, event: e.ReverifyRequired) -> Visit:
    """Every comparison in hand was of the person before; a held call is verified after it.

    Attempts begin anew only after a face that was settled: dropping out wins no further tries.
    """
    begun = visit.person(event.party).doubt
    settled = visit.recognised(event.party) and not begun
    checks = 0 if settled else visit.person(event.party).checks
    changed = with_person(visit, event.party, check=None, checks=checks, decision=None, doubt=True)
    if visit.reverify is not None:
        return changed  # one after the other
    held = visit.state is VisitState.ON_HOLD
    state = visit.state if held else VisitState.REVERIFY
    return replace(changed, state=state, reverify=event.reason, reverify_party=event.party)


@CALL.on(e.ReverifyEnded)
def _reverify_ended(visit: Visit, _: e.ReverifyEnded) -> Visit:
    return _sure_of(visit, visit.reverify_party)


def _sure_of(visit: Visit, party: str) -> Visit:
    """`party` is in doubt no more: the next one who dropped out is looked at, if there is any.

    A held call stays held.
    """
    known = with_person(visit, party, doubt=False)
    if visit.reverify is None or visit.reverify_party != party:
        return known
    others = [name for name, person in known.people.items() if person.doubt]
    if others:
        return replace(known, reverify_party=others[0])
    held = visit.state is VisitState.ON_HOLD
    state = visit.state if held else VisitState.IN_SERVICE
    return replace(known, state=state, reverify=None, reverify_party=CUSTOMER)


@CALL.on(e.HoldBegan)
def _hold_began(visit: Visit, event: e.HoldBegan) -> Visit:
    held = replace(visit, state=VisitState.ON_HOLD, hold_since=event.at)
    return nobody_reads(held, event.at)


@CALL.on(e.HoldEnded)
def _hold_ended(visit: Visit, _: e.HoldEnded) -> Visit:
    state = VisitState.REVERIFY if visit.reverify else VisitState.IN_SERVICE
    return replace(visit, state=state, hold_since=None)


# --- further parties ---


@CALL.on(e.GuestInvited)
def _guest_invited(visit: Visit, event: e.GuestInvited) -> Visit:
    return _with_guest(visit, event.party, GuestState(event.guest, "invited"))


@CALL.on(e.GuestConsented)
def _guest_consented(visit: Visit, event: e.GuestConsented) -> Visit:
    return _with_guest(visit, event.party, GuestState(event.guest, "consented", event.consents))


@CALL.on(e.GuestLeft)
def _guest_left(visit: Visit, event: e.GuestLeft) -> Visit:
    """Whoever comes back is here again only once a new recording of them is on disk.

    Nobody waits for who has gone to be recognised, and a page before nobody is not read.
    """
    alone = nobody_reads(visit, event.at) if event.party == visit.subject else visit
    gone = replace(visit.guests[event.party], status="gone")
    recorded = tuple(party for party in visit.recorded if party != event.party)
    legs = dict(visit.legs)
    if event.party in legs:
        legs[event.party] = replace(legs[event.party], up=False, since=event.at)
    left = _sure_of(replace(alone, recorded=recorded, legs=legs), event.party)
    return _with_guest(left, event.party, gone)


def _with_guest(visit: Visit, party: str, guest: GuestState) -> Visit:
    return replace(visit, guests={**visit.guests, party: guest})
