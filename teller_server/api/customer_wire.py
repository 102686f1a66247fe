"""What a customer's page may say on the wire, one handler a message."""

from signaling.dispatch import Caller, Dispatch
from signaling.messages.generic import CallCandidate, CallHealth, CallOffer, MediaState
from teller_server.api.call_wire import answer_offer, hear_health, pass_candidate, switch_tracks
from teller_server.api.messages import (
    VOCABULARY,
    StepAnswer,
    TicketLeave,
    TicketTake,
    VisitLeave,
)
from teller_server.api.problems import explain
from teller_server.desk.branch import Branch
from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.state import CALLING, QUEUED, Answer, Outcome

PARTY = "customer"


def customer_dispatch(desk: Branch) -> Dispatch:
    """The table of a customer's messages."""
    dispatch = Dispatch("customer", VOCABULARY, explain)

    async def take_ticket(caller: Caller, _message: TicketTake) -> None:
        visit = await desk.store.visits.get(caller.subject)
        await desk.reception.take_ticket(visit, caller.message)

    async def leave_queue(caller: Caller, _message: TicketLeave) -> None:
        await desk.counter.act(caller.subject, c.LeaveQueue(), caller.message)

    async def answer_step(caller: Caller, message: StepAnswer) -> None:
        command = c.AnswerStep(message.step, _answer(message))
        await desk.counter.act(caller.subject, command, caller.message)

    async def leave_visit(caller: Caller, _message: VisitLeave) -> None:
        visit = await desk.store.visits.get(caller.subject)
        if visit.state in QUEUED:
            await desk.counter.act(visit.id, c.LeaveQueue(), caller.message)
        elif visit.state in CALLING:
            command = c.Abort(Outcome.REFUSED_CUSTOMER, "customer_left")
            await desk.counter.act(visit.id, command, caller.message)

    async def offer(caller: Caller, message: CallOffer) -> None:
        await answer_offer(desk, caller, caller.subject, PARTY, message)

    async def candidate(caller: Caller, message: CallCandidate) -> None:
        await pass_candidate(desk, caller.subject, message)

    async def media(caller: Caller, message: MediaState) -> None:
        await switch_tracks(desk, caller.subject, PARTY, message)

    async def health(caller: Caller, message: CallHealth) -> None:
        hear_health(desk, caller.subject, PARTY, message)

    dispatch.on(TicketTake, take_ticket)
    dispatch.on(TicketLeave, leave_queue)
    dispatch.on(StepAnswer, answer_step)
    dispatch.on(VisitLeave, leave_visit)
    dispatch.on(CallOffer, offer)
    dispatch.on(CallCandidate, candidate)
    dispatch.on(MediaState, media)
    dispatch.on(CallHealth, health)
    return dispatch


def _answer(message: StepAnswer) -> Answer:
    match message.value:
        case {"agreed": bool(agreed)} if len(message.value) == 1:
            return "agreed" if agreed else "refused"
        case {"seen": True} if len(message.value) == 1:
            return "seen"
    raise Refusal("answer_not_expected", field="value")
