"""From the consents to the teller who takes the visit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from . import commands as c
from . import events as e
from .errors import Refusal
from .guards import in_state, stated
from .place import no_ticket
from .plan import plan
from .script import CUSTOMER, ServiceScript
from .state import QUEUED, Offer, Outcome, Visit, VisitState
from .ticket import clamp_priority

PARTIES = (CUSTOMER, "teller")
_IN_LINE = (VisitState.WAITING, VisitState.OFFERED)


def open_visit(command: c.OpenVisit, now: datetime) -> tuple[e.Event, ...]:
    """A visit begins with every consent answered, and each required one given."""
    script = command.script
    if command.language not in script.languages:
        raise Refusal("language_not_offered", language=command.language)
    check_consents(script, command.consents)
    return (
        e.VisitOpened(
            at=now,
            visit=command.visit,
            service=script.service,
            skill=script.skill,
            script=script.digest,
            script_version=script.version,
            language=command.language,
            customer=command.customer,
            authenticated=command.authenticated,
            consents=dict(command.consents),
            parties=PARTIES,
            steps=tuple(plan(step) for step in script.steps),
            policy=command.policy,
            holds=dict(command.holds),
            may_join=tuple(guest.party for guest in script.guests),
        ),
    )


def check_consents(script: ServiceScript, consents: Mapping[str, bool]) -> None:
    """Refuse unless every consent is answered by its own tap, each required one with yes.

    For the customer and for every further party alike: silence is no answer.
    """
    for consent in script.consents:
        given = consents.get(consent.id)
        if given is None:
            raise Refusal("consent_unanswered", consent=consent.id)
        if consent.required and not given:
            raise Refusal("consent_required", consent=consent.id)
    unknown = consents.keys() - {consent.id for consent in script.consents}
    if unknown:
        raise Refusal("unknown_consent", consent=min(unknown))


def take_ticket(visit: Visit, command: c.TakeTicket, now: datetime) -> tuple[e.Event, ...]:
    """A visit takes one ticket, once; not from a network that its packs don't admit."""
    if visit.ticket is not None:
        raise Refusal("ticket_already_taken", ticket=visit.ticket)
    in_state(visit, (VisitState.CONSENTED,))
    code = no_ticket(visit)
    if code is not None:
        raise Refusal(code)
    return (e.TicketTaken(now, command.number, clamp_priority(command.priority)),)


def leave_queue(visit: Visit, command: c.LeaveQueue, now: datetime) -> tuple[e.Event, ...]:
    """The customer may leave at any time before a teller has accepted."""
    in_state(visit, QUEUED)
    closed = e.VisitClosed(now, Outcome.REFUSED_CUSTOMER, command.reason)
    return (*withdrawn(visit, command.reason, now), closed)


def customer_away(visit: Visit, _: c.CustomerAway, now: datetime) -> tuple[e.Event, ...]:
    """Away keeps the place, but ends an offer: nobody would answer the teller."""
    in_state(visit, _IN_LINE)
    if visit.away:
        return ()
    return (e.CustomerWentAway(now), *withdrawn(visit, "customer_away", now))


def customer_back(visit: Visit, _: c.CustomerBack, now: datetime) -> tuple[e.Event, ...]:
    """Back in line at the very place that was kept."""
    in_state(visit, _IN_LINE)
    return (e.CustomerCameBack(now),) if visit.away else ()


def offer(visit: Visit, command: c.Offer, now: datetime) -> tuple[e.Event, ...]:
    """One offer at a time, only of a customer who is there."""
    in_state(visit, (VisitState.WAITING,))
    if visit.away:
        raise Refusal("customer_away")
    if command.expires_at <= now:
        raise Refusal("offer_expired")
    return (e.OfferMade(now, command.pairing, command.teller, command.expires_at),)


def accept(visit: Visit, command: c.Accept, now: datetime) -> tuple[e.Event, ...]:
    """A pairing is accepted once, by the teller it was offered to, in time."""
    if visit.pairing is not None:
        same = visit.pairing == command.pairing
        raise Refusal("pairing_already_accepted" if same else "offer_gone")
    made = _standing_offer(visit, command.pairing)
    if made.teller != command.teller:
        raise Refusal("offer_not_yours")
    if now >= made.expires_at:
        raise Refusal("offer_expired")
    return (e.OfferAccepted(now, command.pairing, command.teller, command.recording),)


def decline(visit: Visit, command: c.Decline, now: datetime) -> tuple[e.Event, ...]:
    """The visit waits again at its old place; the decline and its reason stay on record."""
    made = _standing_offer(visit, command.pairing)
    if made.teller != command.teller:
        raise Refusal("offer_not_yours")
    stated(command.reason)
    return (e.OfferDeclined(now, command.pairing, command.teller, command.reason),)


def expire_offer(visit: Visit, command: c.ExpireOffer, now: datetime) -> tuple[e.Event, ...]:
    """Nobody answered in time, or the teller has gone."""
    made = _standing_offer(visit, command.pairing)
    if command.cause == "expired" and now < made.expires_at:
        raise Refusal("offer_still_open")
    return (e.OfferEnded(now, made.pairing, made.teller, command.cause),)


def withdrawn(visit: Visit, cause: str, now: datetime) -> tuple[e.Event, ...]:
    """The end of the standing offer, if there is one."""
    if visit.offer is None:
        return ()
    return (e.OfferEnded(now, visit.offer.pairing, visit.offer.teller, cause),)


def _standing_offer(visit: Visit, pairing: str) -> Offer:
    if visit.offer is None or visit.offer.pairing != pairing:
        raise Refusal("offer_gone")
    return visit.offer
