"""A call whose people reach the relay through the laboratory."""

from __future__ import annotations

from aiortc import RTCSessionDescription

from signaling.media.agent import own_addresses
from tests.network.impairments import Line
from tests.network.proxy import Proxy
from tests.signaling.media.peers import Meeting, Peer, until


class Rehearsal:
    """A meeting with one proxy for each party that joined through it."""

    def __init__(self) -> None:
        self.meeting = Meeting()
        self.proxies: dict[str, Proxy] = {}

    async def join(
        self, party: str, leg: str, up: Line | None = None, down: Line | None = None
    ) -> Peer:
        proxy = self.proxies[party] = await Proxy.open(own_addresses()[0], up, down)
        peer, call = self.meeting.peer(party), self.meeting.call
        offer = proxy.offered(await peer.offer())
        answer = await call.answer(party, leg, offer, self.meeting.tape(party))
        _nominate(peer)
        await peer.connection.setRemoteDescription(
            RTCSessionDescription(proxy.answered(answer.sdp), "answer")
        )
        return peer

    async def pair(self, up: Line | None = None, down: Line | None = None) -> tuple[Peer, Peer]:
        """A customer behind the bad network and a teller in the bank."""
        customer = await self.join("customer", "c1", up, down)
        teller = await self.meeting.join("teller", "t1")
        for peer in (customer, teller):
            await until(lambda peer=peer: peer.seen and peer.seen[0].frames > 5)  # type: ignore[misc]
            await until(lambda peer=peer: peer.heard[0].frames > 5)  # type: ignore[misc]
        return customer, teller

    async def close(self) -> None:
        await self.meeting.close()
        for proxy in self.proxies.values():
            proxy.close()


def _nominate(peer: Peer) -> None:
    """Every check nominates its pair, as libwebrtc's do; aiortc's consent checks don't."""
    ice = peer.connection.getTransceivers()[0].receiver.transport.transport
    agent = ice._connection
    build = agent.build_request
    agent.build_request = lambda pair, nominate: build(pair, nominate=True)  # type: ignore[method-assign]
