"""What a customer's page may say on the wire, one handler a message."""

from signaling.dispatch import Caller, Dispatch
from signaling.messages.generic import CallCandidate, CallHealth, CallOffer, MediaState
from teller_server.api import messages as m
from teller_server.api.call_wire import answer_offer, hear_health, pass_candidate, switch_tracks
from teller_server.api.problems import explain
from teller_server.desk.branch import Branch
from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.state import CALLING, QUEUED, Answer, Outcome

PARTY = "customer"


class CustomerWire:
    """The handlers; a customer's subject is the visit itself."""

    def __init__(self, desk: Branch) -> None:
        self._desk = desk

    async def take_ticket(self, caller: Caller, _message: m.TicketTake) -> None:
        visit = await self._desk.store.visits.get(caller.subject)
        await self._desk.admission.may_queue(visit)
        await self._desk.reception.take_ticket(visit, caller.message)

    async def leave_queue(self, caller: Caller, _message: m.TicketLeave) -> None:
        await self._desk.counter.act(caller.subject, c.LeaveQueue(), caller.message)

    async def answer_step(self, caller: Caller, message: m.StepAnswer) -> None:
        command = c.AnswerStep(message.step, _answer(message))
        await self._desk.counter.act(caller.subject, command, caller.message)

    async def leave_visit(self, caller: Caller, _message: m.VisitLeave) -> None:
        visit = await self._desk.store.visits.get(caller.subject)
        if visit.state in QUEUED:
            await self._desk.counter.act(visit.id, c.LeaveQueue(), caller.message)
        elif visit.state in CALLING:
            command = c.Abort(Outcome.REFUSED_CUSTOMER, "customer_left")
            await self._desk.counter.act(visit.id, command, caller.message)

    # ---- the call

    async def offer(self, caller: Caller, message: CallOffer) -> None:
        await answer_offer(self._desk, caller, caller.subject, PARTY, message)

    async def candidate(self, caller: Caller, message: CallCandidate) -> None:
        await pass_candidate(self._desk, caller.subject, PARTY, message)

    async def media(self, caller: Caller, message: MediaState) -> None:
        await switch_tracks(self._desk, caller.subject, PARTY, message)

    async def health(self, caller: Caller, message: CallHealth) -> None:
        hear_health(self._desk, caller.subject, PARTY, message)


def customer_dispatch(desk: Branch) -> Dispatch:
    """The table of a customer's messages."""
    wire, dispatch = CustomerWire(desk), Dispatch("customer", m.VOCABULARY, explain)
    dispatch.on(m.TicketTake, wire.take_ticket)
    dispatch.on(m.TicketLeave, wire.leave_queue)
    dispatch.on(m.StepAnswer, wire.answer_step)
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
