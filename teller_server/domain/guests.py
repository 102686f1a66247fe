"""Further parties: a guarantor, an agent, an interpreter, each by an own link and own consents."""

from __future__ import annotations

from datetime import datetime

from . import commands as c
from . import events as e
from .errors import Refusal
from .guards import in_state, owned_by
from .state import CALLING, SERVING, Visit


def invite_guest(visit: Visit, command: c.InviteGuest, now: datetime) -> tuple[e.Event, ...]:
    """A new invitation takes the place of one that was not used, or of a guest who isn't here.

    Who had consented leaves the call by it: leg, recorder and timeline follow from that.
    """
    owned_by(visit, command.teller)
    in_state(visit, SERVING)
    if command.party not in visit.may_join:
        raise Refusal("guest_not_foreseen", party=command.party)
    guest, leg = visit.guests.get(command.party), visit.legs.get(command.party)
    if guest is not None and guest.status == "consented" and leg is not None and leg.up:
        raise Refusal("guest_already_here", party=command.party)
    invited = e.GuestInvited(now, command.party, command.guest, command.teller)
    if guest is not None and guest.status == "consented":
        return (e.GuestLeft(now, command.party, command.teller), invited)
    return (invited,)


def guest_consents(visit: Visit, command: c.GuestConsents, now: datetime) -> tuple[e.Event, ...]:
    """The further party's own taps; without the one to recording there is no joining."""
    in_state(visit, CALLING)
    guest = visit.guests.get(command.party)
    if guest is None or guest.guest != command.guest or guest.status != "invited":
        raise Refusal("invitation_gone")
    if not command.consents.get("recording"):
        raise Refusal("consent_required", consent="recording")
    return (e.GuestConsented(now, command.party, command.guest, dict(command.consents)),)


def dismiss_guest(visit: Visit, command: c.DismissGuest, now: datetime) -> tuple[e.Event, ...]:
    """A guest whose own step is open stays until it has ended."""
    owned_by(visit, command.teller)
    in_state(visit, CALLING)
    guest = visit.guests.get(command.party)
    if guest is None or guest.status == "gone":
        return ()
    if visit.current is not None and visit.current.party == command.party:
        raise Refusal("step_already_open", step=visit.current.id)
    return (e.GuestLeft(now, command.party, command.teller),)


def guest_leaves(visit: Visit, command: c.GuestLeaves, now: datetime) -> tuple[e.Event, ...]:
    """Nobody is kept in a call: also in the middle of their own step, which then waits."""
    in_state(visit, CALLING)
    guest = visit.guests.get(command.party)
    if guest is None or guest.guest != command.guest or guest.status == "gone":
        return ()
    return (e.GuestLeft(now, command.party, command.party),)


def admitted(visit: Visit, party: str) -> None:
    """Refuse media of anybody who is no party of this visit, or has not consented yet."""
    guest = visit.guests.get(party)
    if party not in visit.parties and (guest is None or guest.status != "consented"):
        raise Refusal("not_a_party")
