"""What a teller's console may say on the wire, one handler a message."""

from signaling.dispatch import Caller, Dispatch
from signaling.messages.generic import CallCandidate, CallHealth, CallOffer, MediaState
from teller_server.api import messages as m
from teller_server.api.call_wire import answer_offer, hear_health, pass_candidate, switch_tracks
from teller_server.api.problems import explain
from teller_server.desk.branch import Branch
from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.state import Visit, VisitState

PARTY = "teller"


class TellerWire:
    """The handlers; each acts on the visit the teller is bound to."""

    def __init__(self, desk: Branch) -> None:
        self._desk = desk

    async def visit(self, caller: Caller) -> Visit:
        """The visit in this teller's hands. Raises Refusal('no_visit_in_hand')."""
        presence = await self._desk.store.floor.presence(caller.subject)
        if presence is None or presence.visit is None:
            raise Refusal("no_visit_in_hand")
        return await self._desk.store.visits.get(presence.visit)

    async def act(self, caller: Caller, command: c.Command) -> None:
        visit = await self.visit(caller)
        await self._desk.counter.act(visit.id, command, caller.message)

    async def seal(self, caller: Caller, name: str, text: str | None) -> SealedText:
        if not text:
            return SealedText("")
        return await self._desk.service.seal((await self.visit(caller)).id, name, text)

    # ---- the floor

    async def state(self, caller: Caller, message: m.SetTellerState) -> None:
        await self._desk.reception.set_state(caller.subject, message.state, message.reason)

    async def accept(self, caller: Caller, message: m.PairingAccept) -> None:
        await self._desk.reception.accept(caller.subject, message.pairing, caller.message)

    async def decline(self, caller: Caller, message: m.PairingDecline) -> None:
        try:
            reason = await self.seal(caller, "reason", message.reason)
        except Refusal:
            raise Refusal("offer_gone") from None  # it ran out while the reason was written
        await self._desk.reception.decline(caller.subject, message.pairing, reason, caller.message)

    # ---- the script

    async def start(self, caller: Caller, message: m.StepStart) -> None:
        visit = await self.visit(caller)
        await self._desk.service.start(visit, caller.subject, message.step, caller.message)

    async def complete(self, caller: Caller, message: m.StepComplete) -> None:
        note = await self.seal(caller, "note", message.note)
        command = c.CompleteStep(
            message.step,
            caller.subject,
            message.result,
            note,
            message.verdict,
            tuple(message.flags),
        )
        await self.act(caller, command)

    async def record(self, caller: Caller, message: m.QuestionRecord) -> None:
        await self._desk.service.record(
            await self.visit(caller),
            caller.subject,
            message.step,
            message.question,
            message.value,
            message.clear,
            caller.message,
        )

    async def begin_challenge(self, caller: Caller, message: m.ChallengeBegin) -> None:
        visit = await self.visit(caller)
        await self._desk.challenge.begin(visit, caller.subject, message.step, caller.message)

    async def no_movement(self, caller: Caller, message: m.ChallengeAlternative) -> None:
        visit = await self.visit(caller)
        note = await self._desk.service.seal(visit.id, "note", message.reason)
        await self._desk.challenge.instead(
            visit, caller.subject, message.step, caller.message, note
        )

    async def turn(self, caller: Caller, message: m.PaperTurn) -> None:
        await self.act(caller, c.TurnPage(message.paper, message.page, caller.subject))

    async def sign_anew(self, caller: Caller, message: m.SignAnew) -> None:
        reason = await self.seal(caller, "reason", message.reason)
        await self.act(caller, c.SignAnew(message.step, caller.subject, reason))

    async def invite(self, caller: Caller, message: m.GuestInvite) -> None:
        visit = await self.visit(caller)
        await self._desk.guests.invite(visit.id, message.party, caller.subject, caller.message)

    async def dismiss(self, caller: Caller, message: m.GuestDismiss) -> None:
        visit = await self.visit(caller)
        await self._desk.guests.dismiss(visit.id, message.party, caller.subject, caller.message)

    async def answer_review(self, caller: Caller, message: m.ReviewAnswer) -> None:
        """Of a visit this teller served; it is not in hand any more."""
        served = await self._desk.store.visits.get(message.visit)
        if served.teller != caller.subject:  # before a key is used for words of nobody
            raise Refusal("not_your_visit")
        answer = await self._desk.service.seal(message.visit, "answer", message.text)
        command = c.AnswerReview(caller.subject, answer)
        await self._desk.counter.act(message.visit, command, caller.message)

    async def check(self, caller: Caller, _message: m.IdentityCheck) -> None:
        visit = await self.visit(caller)
        await self._desk.identity.check(visit, caller.subject, caller.message)

    async def ask_registry(self, caller: Caller, message: m.RegistryAsk) -> None:
        await self.act(caller, c.AskRegistry(message.step, caller.subject, message.check))

    async def decide(self, caller: Caller, message: m.IdentityDecide) -> None:
        visit = await self.visit(caller)
        reason = await self._desk.service.seal(visit.id, "reason", message.reason)
        command: c.Command = c.DecideIdentity(
            caller.subject, message.verdict, message.check, reason
        )
        never_compared = visit.state is VisitState.REVERIFY and not visit.face_settled
        if never_compared and message.verdict == "alternative":
            command = c.Reverified(caller.subject, reason)  # by eye: there is no face to repeat
        await self._desk.counter.act(visit.id, command, caller.message)

    async def correct(self, caller: Caller, message: m.DocumentCorrect) -> None:
        await self._desk.identity.documents.correct(
            await self.visit(caller),
            caller.subject,
            message.step,
            message.side,
            message.field,
            message.value,
            caller.message,
        )

    async def compare(self, caller: Caller, message: m.DocumentCompare) -> None:
        self._desk.identity.documents.compare(await self.visit(caller), message.step, message.side)

    async def draft(self, caller: Caller, message: m.FormDraft) -> None:
        visit = await self.visit(caller)
        await self._desk.service.draft(
            visit, caller.subject, message.step, message.fields, caller.message
        )

    async def hold(self, caller: Caller, message: m.CallHold) -> None:
        await self.act(caller, c.Hold(caller.subject, message.on))

    async def end(self, caller: Caller, message: m.VisitEnd) -> None:
        visit = await self.visit(caller)
        await self._desk.service.end(
            visit,
            caller.subject,
            message.outcome,
            message.reason,
            caller.message,
            message.flags,
        )

    async def wrap_up(self, caller: Caller, message: m.VisitWrapUp) -> None:
        note = await self.seal(caller, "note", message.note)
        await self.act(caller, c.WrapUp(caller.subject, message.disposition, note))

    # ---- the call

    async def offer(self, caller: Caller, message: CallOffer) -> None:
        visit = await self.visit(caller)
        await answer_offer(self._desk, caller, visit.id, PARTY, message)

    async def candidate(self, caller: Caller, message: CallCandidate) -> None:
        await pass_candidate(self._desk, (await self.visit(caller)).id, PARTY, message)

    async def media(self, caller: Caller, message: MediaState) -> None:
        await switch_tracks(self._desk, (await self.visit(caller)).id, PARTY, message)

    async def health(self, caller: Caller, message: CallHealth) -> None:
        hear_health(self._desk, (await self.visit(caller)).id, PARTY, message)


def teller_dispatch(desk: Branch) -> Dispatch:
    """The table of a teller's messages."""
    wire, dispatch = TellerWire(desk), Dispatch("teller", m.VOCABULARY, explain)
    dispatch.on(m.SetTellerState, wire.state)
    dispatch.on(m.PairingAccept, wire.accept)
    dispatch.on(m.PairingDecline, wire.decline)
    dispatch.on(m.StepStart, wire.start)
    dispatch.on(m.StepComplete, wire.complete)
    dispatch.on(m.QuestionRecord, wire.record)
    dispatch.on(m.ChallengeBegin, wire.begin_challenge)
    dispatch.on(m.ChallengeAlternative, wire.no_movement)
    dispatch.on(m.PaperTurn, wire.turn)
    dispatch.on(m.SignAnew, wire.sign_anew)
    dispatch.on(m.GuestInvite, wire.invite)
    dispatch.on(m.GuestDismiss, wire.dismiss)
    dispatch.on(m.ReviewAnswer, wire.answer_review)
    dispatch.on(m.IdentityCheck, wire.check)
    dispatch.on(m.IdentityDecide, wire.decide)
    dispatch.on(m.DocumentCorrect, wire.correct)
    dispatch.on(m.DocumentCompare, wire.compare)
    dispatch.on(m.RegistryAsk, wire.ask_registry)
    dispatch.on(m.FormDraft, wire.draft)
    dispatch.on(m.CallHold, wire.hold)
    dispatch.on(m.VisitEnd, wire.end)
    dispatch.on(m.VisitWrapUp, wire.wrap_up)
    dispatch.on(CallOffer, wire.offer)
    dispatch.on(CallCandidate, wire.candidate)
    dispatch.on(MediaState, wire.media)
    dispatch.on(CallHealth, wire.health)
    return dispatch
