"""What a customer's page may say on the wire, one handler a message."""

from signaling.dispatch import Caller, Dispatch
from signaling.messages.generic import CallCandidate, CallHealth, CallOffer, MediaState
from teller_server.api import messages as m
from teller_server.api.call_wire import answer_offer, hear_health, pass_candidate, switch_tracks
from teller_server.api.problems import explain
from teller_server.desk.branch import Branch
from teller_server.desk.guests import Seat
from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.script import CUSTOMER
from teller_server.domain.state import CALLING, QUEUED, Answer, Outcome, Visit


class CustomerWire:
    """The handlers; a subject is the visit itself, or the seat of a further party."""

    def __init__(self, desk: Branch) -> None:
        self._desk = desk

    async def seat(self, caller: Caller) -> Seat:
        return await self._desk.guests.seat_of(caller.subject)

    async def visit(self, caller: Caller) -> tuple[Visit, str]:
        """The visit, and whose page this is."""
        seat = await self.seat(caller)
        return await self._desk.store.visits.get(seat.visit_id), seat.party

    async def take_ticket(self, caller: Caller, _message: m.TicketTake) -> None:
        visit = await self._own(caller)
        await self._desk.admission.may_queue(visit)
        await self._desk.reception.take_ticket(visit, caller.message)

    async def leave_queue(self, caller: Caller, _message: m.TicketLeave) -> None:
        visit = await self._own(caller)
        await self._desk.counter.act(visit.id, c.LeaveQueue(), caller.message)

    async def answer_step(self, caller: Caller, message: m.StepAnswer) -> None:
        seat = await self.seat(caller)
        command = c.AnswerStep(message.step, _answer(message), seat.party)
        await self._desk.counter.act(seat.visit_id, command, caller.message)

    async def decline_challenge(self, caller: Caller, message: m.ChallengeDecline) -> None:
        visit, party = await self.visit(caller)
        await self._desk.challenge.instead(visit, party, message.step, caller.message)

    async def tell_place(self, caller: Caller, message: m.PlaceTold) -> None:
        visit = await self._own(caller)
        await self._desk.place.told(
            visit.id,
            message.latitude,
            message.longitude,
            message.accuracy,
            message.at,
            caller.message,
        )

    async def decline_place(self, caller: Caller, message: m.PlaceDeclined) -> None:
        visit = await self._own(caller)
        await self._desk.place.declined(visit.id, message.reason, caller.message)

    async def leave_visit(self, caller: Caller, _message: m.VisitLeave) -> None:
        """The customer's leaving ends the visit; a further party's does not."""
        visit, party = await self.visit(caller)
        if party != CUSTOMER:
            await self._desk.guests.leave(caller.subject, caller.message)
            return
        if visit.state in QUEUED:
            await self._desk.counter.act(visit.id, c.LeaveQueue(), caller.message)
        elif visit.state in CALLING:
            command = c.Abort(Outcome.REFUSED_CUSTOMER, "customer_left")
            await self._desk.counter.act(visit.id, command, caller.message)

    async def _own(self, caller: Caller) -> Visit:
        """The customer's own business: nobody queues for somebody else."""
        visit, party = await self.visit(caller)
        if party != CUSTOMER:
            raise Refusal("not_your_step")
        return visit

    # ---- papers and codes

    async def page(self, caller: Caller, message: m.PaperPage) -> None:
        seat = await self.seat(caller)
        command = c.TurnPage(message.paper, message.page, seat.party)
        await self._desk.counter.act(seat.visit_id, command, caller.message)

    async def request_code(self, caller: Caller, message: m.CodeRequest) -> None:
        visit, party = await self.visit(caller)
        await self._desk.signatures.send_code(visit, party, message.step, caller.message)

    async def enter_code(self, caller: Caller, message: m.CodeEnter) -> None:
        visit, party = await self.visit(caller)
        await self._desk.signatures.enter_code(
            visit, party, message.step, message.code, caller.message
        )

    # ---- the call

    async def offer(self, caller: Caller, message: CallOffer) -> None:
        seat = await self.seat(caller)
        await answer_offer(self._desk, caller, seat.visit_id, seat.party, message)

    async def candidate(self, caller: Caller, message: CallCandidate) -> None:
        seat = await self.seat(caller)
        await pass_candidate(self._desk, seat.visit_id, seat.party, message)

    async def media(self, caller: Caller, message: MediaState) -> None:
        seat = await self.seat(caller)
        await switch_tracks(self._desk, seat.visit_id, seat.party, message)

    async def health(self, caller: Caller, message: CallHealth) -> None:
        seat = await self.seat(caller)
        hear_health(self._desk, seat.visit_id, seat.party, message)


def customer_dispatch(desk: Branch) -> Dispatch:
    """The table of a customer's messages."""
    wire, dispatch = CustomerWire(desk), Dispatch("customer", m.VOCABULARY, explain)
    dispatch.on(m.TicketTake, wire.take_ticket)
    dispatch.on(m.TicketLeave, wire.leave_queue)
    dispatch.on(m.StepAnswer, wire.answer_step)
    dispatch.on(m.PaperPage, wire.page)
    dispatch.on(m.CodeRequest, wire.request_code)
    dispatch.on(m.CodeEnter, wire.enter_code)
    dispatch.on(m.ChallengeDecline, wire.decline_challenge)
    dispatch.on(m.PlaceTold, wire.tell_place)
    dispatch.on(m.PlaceDeclined, wire.decline_place)
    dispatch.on(m.VisitLeave, wire.leave_visit)
    dispatch.on(CallOffer, wire.offer)
    dispatch.on(CallCandidate, wire.candidate)
    dispatch.on(MediaState, wire.media)
    dispatch.on(CallHealth, wire.health)
    return dispatch


def _answer(message: m.StepAnswer) -> Answer:
    match message.value:
        case {"agreed": bool(agreed)} if len(message.value) == 1:
            return "agreed" if agreed else "refused"
        case {"seen": True} if len(message.value) == 1:
            return "seen"
    raise Refusal("answer_not_expected", field="value")
