"""Further parties: the teller asks one in, a link is passed on, who opens it consents and joins.

A link's secret lives in this process until it is used, so that both pages can show it; the store
has only its hash. It works once, for an hour, for one visit and one party.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from teller_server.desk.counter import Counter
from teller_server.desk.script_shelf import Scripts
from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.errors import Refusal
from teller_server.domain.events import Event
from teller_server.domain.ids import new_id
from teller_server.domain.queueing import check_consents
from teller_server.domain.script import CUSTOMER, Guest, ServiceScript, Words
from teller_server.domain.state import CALLING, Visit
from teller_server.store.guests import GuestLink, keep_link
from teller_server.store.store import Store

VISIT, GUEST = "visit-", "guest-"
LINK_MINUTES = 60

Status = Literal["invited", "consented", "here", "gone"]


@dataclass(frozen=True)
class Seat:
    """For whom a browser speaks."""

    visit_id: str
    party: str


@dataclass(frozen=True)
class GuestLine:
    """A further party as the pages list them; `link` while it can still be used."""

    party: str
    title: Words
    status: Status
    link: str | None
    here: bool


@dataclass(frozen=True)
class Joining:
    """What a redeemed link asks its holder to: the seat, and the consents to be given."""

    id: str
    party: str
    title: Words
    script: ServiceScript
    language: str


class GuestDesk:
    """All further parties. `ring` shows a fresh view; `forget` ends a replaced guest's session."""

    def __init__(
        self,
        store: Store,
        counter: Counter,
        scripts: Scripts,
        ring: Callable[..., None],
        forget: Callable[[str], None],
        base: str,
    ) -> None:
        self._store = store
        self._counter = counter
        self._scripts = scripts
        self._ring = ring
        self._forget = forget
        self._base = base
        self._links: dict[str, tuple[str, datetime]] = {}
        counter.listen(self._heard)

    # ---- the teller

    async def invite(self, visit_id: str, party: str, teller: str, command_id: str) -> None:
        """Ask a further party in. Raises Refusal: guest_not_foreseen, guest_already_here, …"""
        secret, now = secrets.token_urlsafe(32), self._counter.now()
        guest = new_id("guest", secrets.token_bytes(16))
        until = now + timedelta(minutes=LINK_MINUTES)
        link = GuestLink(guest, visit_id, party, teller, now, until)
        before = (await self._store.visits.get(visit_id)).guests.get(party)
        applied = await self._counter.act(
            visit_id,
            c.InviteGuest(party, guest, teller),
            command_id,
            alongside=keep_link(link, _hash(secret)),
        )
        if applied.duplicate:
            return
        self._links[guest] = (secret, until)
        if before is not None:
            self._links.pop(before.guest, None)
            self._forget(before.guest)
        self._ring(visit_id, teller)

    async def dismiss(self, visit_id: str, party: str, teller: str, command_id: str) -> None:
        """Let a further party go; their leg and their log end."""
        await self._counter.act(visit_id, c.DismissGuest(party, teller), command_id)

    # ---- the guest

    async def redeem(self, secret: str) -> Joining:
        """A tap on a link: it is used up, and this browser speaks for the guest.

        Raises Refusal: join_unknown, join_used, join_expired, invitation_gone.
        """
        link = await self._store.guests.redeem(_hash(secret), self._counter.now())
        self._links.pop(link.id, None)
        visit = await self._invited(link)
        self._ring(visit.id, *([visit.teller] if visit.teller else []))
        return self._joining(link, visit)

    async def consent(self, guest: str, consents: Mapping[str, bool]) -> None:
        """The guest's own taps. Raises Refusal: consent_unanswered, consent_required, …"""
        link = await self._link(guest)
        visit = await self._invited(link)
        check_consents(self._scripts.of(visit), consents)
        await self._counter.act(visit.id, c.GuestConsents(link.party, guest, dict(consents)))

    async def leave(self, guest: str, command_id: str) -> None:
        """The guest hangs up; only a new link brings them back."""
        await self.seat_of(guest)
        link = await self._link(guest)
        await self._counter.act(link.visit, c.GuestLeaves(link.party, guest), command_id)

    async def seat_of(self, subject: str) -> Seat:
        """For whom a customer's session speaks. Raises Refusal: no_visit_yet, invitation_gone."""
        if subject.startswith(VISIT):
            return Seat(subject, CUSTOMER)
        if not subject.startswith(GUEST):
            raise Refusal("no_visit_yet")
        link = await self._link(subject)
        visit = await self._store.visits.get(link.visit)
        guest = visit.guests.get(link.party)
        if guest is None or guest.guest != subject:
            raise Refusal("invitation_gone")
        if guest.status == "invited":
            raise Refusal("no_visit_yet")  # no view before the consents
        return Seat(visit.id, link.party)

    # ---- what pages show

    def guests_of(self, visit: Visit) -> tuple[GuestLine, ...]:
        """Everybody who was asked in, in the order of the script."""
        return tuple(
            self._line(visit, guest)
            for guest in self._scripts.of(visit).guests
            if guest.party in visit.guests
        )

    def subjects(self, visit: Visit) -> tuple[str, ...]:
        """On whose bells a change of this visit is rung, besides customer and teller."""
        return tuple(guest.guest for guest in visit.guests.values() if guest.status != "gone")

    def _line(self, visit: Visit, foreseen: Guest) -> GuestLine:
        guest = visit.guests[foreseen.party]
        here = guest.status == "consented" and visit.here(foreseen.party)
        secret, until = self._links.get(guest.guest, ("", self._counter.now()))
        usable = guest.status == "invited" and self._counter.now() < until
        return GuestLine(
            party=foreseen.party,
            title=foreseen.title,
            status="here" if here else guest.status,
            link=f"{self._base}/j#{secret}" if usable else None,
            here=here,
        )

    # ---- inside

    async def _link(self, guest: str) -> GuestLink:
        link = await self._store.guests.get(guest) if guest.startswith(GUEST) else None
        if link is None:
            raise Refusal("no_visit_yet")
        return link

    async def _invited(self, link: GuestLink) -> Visit:
        """The visit, as long as this very invitation stands."""
        visit = await self._store.visits.get(link.visit)
        guest = visit.guests.get(link.party)
        if visit.state not in CALLING or guest is None:
            raise Refusal("invitation_gone")
        if guest.guest != link.id or guest.status != "invited":
            raise Refusal("invitation_gone")
        return visit

    def _joining(self, link: GuestLink, visit: Visit) -> Joining:
        script = self._scripts.of(visit)
        titles = [guest.title for guest in script.guests if guest.party == link.party]
        return Joining(link.id, link.party, titles[0], script, visit.language)

    def _heard(self, visit: Visit, events: Sequence[Event]) -> None:
        """Everything that changes a visit is shown to its guests too."""
        left = {event.party for event in events if isinstance(event, e.GuestLeft)}
        for party in left:
            if visit.guests[party].status == "gone":  # else a new link was made by the same act
                self._links.pop(visit.guests[party].guest, None)
        if visit.state not in CALLING:
            for guest in visit.guests.values():
                self._links.pop(guest.guest, None)
        self._ring(*(guest.guest for guest in visit.guests.values()))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
