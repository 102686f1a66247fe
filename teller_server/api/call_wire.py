"""What both pages say about the call."""

from signaling.dispatch import Caller
from signaling.messages.generic import (
    CallAnswer,
    CallCandidate,
    CallHealth,
    CallOffer,
    MediaState,
)
from teller_server.desk.branch import Branch


async def answer_offer(
    desk: Branch, caller: Caller, visit_id: str, party: str, message: CallOffer
) -> None:
    """A new leg: the answer goes back to whoever offered."""
    visit = await desk.store.visits.get(visit_id)
    sdp = await desk.call.answer(visit, party, message.leg, message.sdp)
    await desk.switchboard.push(caller.subject, CallAnswer(leg=message.leg, sdp=sdp))


async def pass_candidate(desk: Branch, visit_id: str, party: str, message: CallCandidate) -> None:
    """A candidate for this party's own leg; one for any other leg is of no effect."""
    picture = desk.call.pictures.get(visit_id)
    peer = picture.peers.get(party) if picture else None
    if picture is not None and (peer is None or peer.leg != message.leg):
        return
    visit = await desk.store.visits.get(visit_id)
    await desk.call.candidate(visit, message.leg, message.candidate, message.mid)


async def switch_tracks(desk: Branch, visit_id: str, party: str, message: MediaState) -> None:
    visit = await desk.store.visits.get(visit_id)
    desk.call.media_state(visit, party, message.audio, message.video, message.reason or "")
    if message.virtual:
        desk.continuity.named_virtual(visit_id, party)


def hear_health(desk: Branch, visit_id: str, party: str, message: CallHealth) -> None:
    """What this browser sees of the call, kept as a mark when it is bad."""
    if (message.stall or 0) > 1000 or (message.loss or 0) > 0.05:
        body = {"party": party, "stall_ms": message.stall, "loss": message.loss}
        desk.evidence.mark(visit_id, "weak_network", body)
