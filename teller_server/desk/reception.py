"""The queue and the floor: tickets, offers, tellers' states, and who comes and goes.

Pairing is asked for whenever somebody joins or becomes free, and once a second by the sweep, which
heals whatever a lost bell or a crash left behind.
"""

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.keys import recording_of
from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.errors import Refusal
from teller_server.domain.events import Event
from teller_server.domain.hours import OpeningHours
from teller_server.domain.ids import SealedText
from teller_server.domain.people import TellerState
from teller_server.domain.state import CALLING, QUEUED, Outcome, Visit, VisitState
from teller_server.store.store import Store

log = structlog.get_logger(__name__)

AWAY_GRACE = timedelta(seconds=15)
FORGET_AWAY = timedelta(minutes=30)
AUTOMATIC = "not_stated"


class Reception:
    """Carries customers to tellers. `ring_floor` asks for fresh views of everybody waiting."""

    def __init__(
        self,
        store: Store,
        counter: Counter,
        crew: Crew,
        hours: OpeningHours,
        ring: Callable[..., None],
        ring_floor: Callable[[], None],
        *,
        wrap_up_seconds: float,
        most_waiting: int,
    ) -> None:
        self._store = store
        self._counter = counter
        self._crew = crew
        self._hours = hours
        self._ring = ring
        self._ring_floor = ring_floor
        self._wrap_up = timedelta(seconds=wrap_up_seconds)
        self._most_waiting = most_waiting
        self._gone: dict[str, datetime] = {}
        self._empty_chairs: dict[str, datetime] = {}
        self._wrapping: dict[str, tuple[str, datetime]] = {}
        counter.listen(self._heard)

    # ---- customers

    async def take_ticket(self, visit: Visit, command_id: str) -> None:
        """Stand in the queue. Raises Refusal: branch_closed, branch_full."""
        now = self._counter.now()
        if not self._hours.is_open(now):
            raise Refusal("branch_closed")
        if visit.ticket is None and len(await self._store.floor.board()) >= self._most_waiting:
            raise Refusal("branch_full")
        ticketed = await self._store.queue.take_ticket(
            visit.id, self._hours.local_day(now), now, command_id=command_id
        )
        for applied in (ticketed.applied, *ticketed.superseded):
            if not applied.duplicate:
                self._counter.tell(applied)
        self._match(visit)

    def customer_here(self, visit: str, here: bool) -> None:
        """A customer's page came or went; a short absence is not told to anybody."""
        if here:
            self._gone.pop(visit, None)
            self._crew.start(self._back(visit), "reception.back")
        else:
            self._gone[visit] = self._counter.now()

    async def _back(self, visit_id: str) -> None:
        visit = await self._store.visits.load(visit_id)
        if visit is not None and visit.away and visit.state in QUEUED:
            await self._counter.try_act(visit_id, c.CustomerBack())
            self._match(visit)

    # ---- tellers

    async def set_state(self, teller: str, state: str, reason: str | None) -> None:
        """Ready, on a break or away; an offer in hand goes back when not ready."""
        await self._store.floor.set_wish(teller, TellerState(state), reason, self._counter.now())
        if state != "ready":
            await self._withdraw(teller)
        self._ring(teller)
        self._ring_floor()
        if state == "ready":
            await self._offer_to(teller)

    async def accept(self, teller: str, pairing: str, command_id: str) -> None:
        visit = await self._engaged(teller)
        now = self._counter.now()
        recording = recording_of(visit)
        work = self._store.queue.accept(pairing, teller, recording, now, command_id=command_id)
        await self._counter.take_turn(visit, work)

    async def decline(self, teller: str, pairing: str, reason: SealedText, command_id: str) -> None:
        visit = await self._engaged(teller)
        now = self._counter.now()
        work = self._store.queue.decline(pairing, teller, reason, now, command_id=command_id)
        applied = await self._counter.take_turn(visit, work)
        self._match(applied.visit)
        await self._offer_to(teller)

    def teller_here(self, teller: str, here: bool) -> None:
        """A console opened or closed. An offer goes back at once, the chair is empty soon after."""
        if here:
            self._empty_chairs.pop(teller, None)
        else:
            self._empty_chairs[teller] = self._counter.now()
            self._crew.start(self._withdraw(teller), "reception.withdraw")

    async def begin_anew(self) -> None:
        """After a restart nobody is here until their page has come back."""
        now = self._counter.now()
        for visit in await self._store.visits.live():
            if visit.state in QUEUED:
                self._gone.setdefault(visit.id, now)
        for teller in await self._store.floor.tellers():
            self._empty_chairs.setdefault(teller.teller, now)

    async def _engaged(self, teller: str) -> str:
        presence = await self._store.floor.presence(teller)
        if presence is None or presence.visit is None:
            raise Refusal("offer_gone")
        return presence.visit

    async def _withdraw(self, teller: str) -> None:
        presence = await self._store.floor.presence(teller)
        if presence is None or presence.state is not TellerState.OFFERED or not presence.visit:
            return
        visit = await self._store.visits.get(presence.visit)
        if visit.offer is None:
            return
        work = self._store.queue.expire(visit.offer.pairing, "teller_gone", self._counter.now())
        with contextlib.suppress(Refusal):
            await self._counter.take_turn(visit.id, work)
            self._match(visit)

    # ---- pairing

    def _match(self, visit: Visit) -> None:
        async def match() -> None:
            offered = await self._store.queue.match_lane(
                visit.skill, visit.language, self._counter.now()
            )
            if offered is not None:
                self._counter.tell(offered)

        self._crew.start(match(), "reception.match")

    async def _offer_to(self, teller: str) -> None:
        offered = await self._store.queue.match_teller(teller, self._counter.now())
        if offered is not None:
            self._counter.tell(offered)

    def _heard(self, visit: Visit, events: Sequence[Event]) -> None:
        for event in events:
            match event:
                case e.OfferMade() | e.OfferDeclined() | e.OfferEnded() | e.OfferAccepted():
                    self._ring(event.teller)
                case e.ServiceEnded():
                    deadline = self.wrap_up_deadline(visit)
                    if deadline is not None and visit.owner is not None:
                        self._wrapping[visit.id] = (visit.owner, deadline)
                case e.WrappedUp():
                    self._wrapping.pop(visit.id, None)
                    self._ring(event.teller)
                    self._crew.start(self._offer_to(event.teller), "reception.offer")
        if visit.teller is not None:
            self._ring(visit.teller)
        self._ring(visit.id)
        if any(isinstance(event, _MOVES_THE_QUEUE) for event in events):
            self._ring_floor()

    def wrap_up_deadline(self, visit: Visit) -> datetime | None:
        if visit.state is not VisitState.WRAP_UP or visit.teller_released or not visit.ended_at:
            return None
        return visit.ended_at + self._wrap_up

    # ---- the sweep

    async def sweep(self) -> None:
        """Once a second: offers that ran out, absences, wrap-ups past their time."""
        now = self._counter.now()
        for applied in await self._store.queue.reap(now):
            self._counter.tell(applied)
        for teller, since in list(self._empty_chairs.items()):
            if now - since > AWAY_GRACE:
                await self._leave_chair(teller)
        for visit_id, since in list(self._gone.items()):
            if now - since > AWAY_GRACE:
                await self._left(visit_id, now - since)
        for visit_id, (teller, deadline) in list(self._wrapping.items()):
            if deadline < now:
                await self._counter.try_act(visit_id, c.WrapUp(teller, AUTOMATIC))

    async def _leave_chair(self, teller: str) -> None:
        """Nobody is offered to a console that isn't open."""
        del self._empty_chairs[teller]
        presence = await self._store.floor.presence(teller)
        if presence is not None and presence.wish is TellerState.READY:
            await self.set_state(teller, TellerState.AWAY, "console_closed")

    async def _left(self, visit_id: str, absent: timedelta) -> None:
        visit = await self._store.visits.load(visit_id)
        if visit is None or visit.state not in QUEUED:
            if visit is None or visit.state not in CALLING:
                self._gone.pop(visit_id, None)
            return
        if absent > FORGET_AWAY:
            await self._counter.try_act(visit_id, c.Abort(Outcome.NO_SHOW, "did_not_return"))
            self._gone.pop(visit_id, None)
        elif visit.ticket is not None and not visit.away:
            await self._counter.try_act(visit_id, c.CustomerAway())


_MOVES_THE_QUEUE = (
    e.TicketTaken,
    e.CustomerWentAway,
    e.CustomerCameBack,
    e.OfferMade,
    e.OfferAccepted,
    e.OfferDeclined,
    e.OfferEnded,
    e.ServiceEnded,
    e.WrappedUp,
    e.VisitClosed,
)
