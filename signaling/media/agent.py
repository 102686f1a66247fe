"""Our ICE agent: aioice's, within the policy.

It binds the addresses and ports the operator chose, gives no packet to an address outside the
candidate policy, keeps consent as RFC 7675 says, and hands media datagrams straight to the leg
instead of a queue.
"""

import asyncio
import random
import socket
import struct
from collections.abc import Callable
from functools import partial
from typing import Any

from aioice import Candidate, Connection, stun
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import StunProtocol, get_host_addresses
from aiortc import RTCIceGatherer

from signaling.errors import Outage
from signaling.media.candidates import CandidateGate
from signaling.media.consent import Consent
from signaling.media.policy import MediaPolicy

_SOCKET_BUFFER = 1 << 20
_EARLY_MEDIA = 64
_QUEUE_LIMIT = 256

Route = tuple[asyncio.DatagramTransport, tuple[str, int]]


class MediaProtocol(StunProtocol):
    """One bound socket. The first byte tells what came (RFC 7983): media skip the STUN parser,
    and what is neither media, DTLS nor STUN goes no further (an empty datagram from anybody
    would end aiortc's DTLS task).
    """

    receiver: "IceAgent"

    def datagram_received(self, data: bytes | str, addr: tuple[Any, ...]) -> None:
        assert isinstance(data, bytes)
        agent = self.receiver
        first = data[0] if data else 255
        if 127 < first < 192:
            agent.media(data)
        elif 19 < first < 64:
            agent.data_received(data, 1)
        elif first < 4 and agent.gate.admits(addr[0]):
            self._stun(data, addr)
        else:
            agent.malformed += 1

    def _stun(self, data: bytes, addr: tuple[Any, ...]) -> None:
        try:
            super().datagram_received(data, addr)
        except (struct.error, LookupError, AssertionError, TypeError):
            # aioice's parser trusts lengths and the presence of attributes
            self.receiver.malformed += 1


class IceAgent(Connection):
    """One leg's ICE connection, one component, controlled unless the peer is ICE-lite."""

    def __init__(self, policy: MediaPolicy, gate: CandidateGate) -> None:
        super().__init__(ice_controlling=False)
        self.gate = gate
        self.consent = Consent(policy.consent_interval, policy.consent_expiry)
        self.malformed = 0
        self._policy = policy
        self.media: Callable[[bytes], None] = self._keep_early
        """Takes each media datagram."""
        self._early: list[bytes] = []
        self._learned: set[tuple[str, int]] = set()
        self._pair: Any = None
        self._route: Route | None = None

    def open(self, media: Callable[[bytes], None]) -> None:
        """Give media datagrams to `media` from now on, those that were early first."""
        self.media = media
        early, self._early = self._early, []
        for data in early:
            media(data)

    def _keep_early(self, data: bytes) -> None:
        if len(self._early) < _EARLY_MEDIA:
            self._early.append(data)

    def data_received(self, data: bytes, component: int) -> None:
        # aioice gives what it can't parse as STUN to us, too; only DTLS may reach the queue
        if 19 < data[0] < 64 and self._queue.qsize() < _QUEUE_LIMIT:
            super().data_received(data, component)

    @property
    def route(self) -> Route | None:
        """Where media go now; follows a re-nomination."""
        pair = self._nominated.get(1)
        if pair is not self._pair:
            self._pair = pair
            self._route = (pair.protocol.transport, pair.remote_addr) if pair else None
        return self._route

    async def add_remote_candidate(self, remote_candidate: Candidate | None) -> None:
        if remote_candidate is None:
            await super().add_remote_candidate(None)
            return
        wanted = remote_candidate
        if self.gate.take(wanted.host, wanted.port, wanted.component, wanted.transport):
            self._learned.add((wanted.host, wanted.port))
            await super().add_remote_candidate(wanted)

    def request_received(
        self, message: stun.Message, addr: tuple[str, int], protocol: StunProtocol
    ) -> None:
        """A valid check from a new address makes it a peer-reflexive candidate, which counts."""
        source = (addr[0], addr[1])
        if source not in self._learned:
            if not message.check_message_integrity(self.local_password.encode()):
                return
            if not self.gate.take(*source, 1, "udp"):
                return
            self._learned.add(source)
        super().request_received(message, addr, protocol)

    async def query_consent(self) -> None:
        assert self.remote_password is not None
        await self.consent.run(
            lambda: list(self._nominated.values()),
            partial(self.build_request, nominate=False),
            self.remote_password.encode(),
        )
        self._query_consent_task = None
        await self.close()

    async def get_component_candidates(
        self,
        component: int,
        addresses: list[str],
        timeout: int = 5,  # noqa: ASYNC109, ARG002  the signature is aioice's
    ) -> list[Candidate]:
        chosen = self._policy.addresses
        candidates = []
        for address in addresses if chosen is None else chosen:
            protocol = await self._bind(address)
            if protocol is None:
                continue
            host, port = protocol.transport.get_extra_info("sockname")[:2]
            protocol.local_candidate = Candidate(
                foundation=candidate_foundation("host", "udp", host),
                component=component,
                transport="udp",
                priority=candidate_priority(component, "host"),
                host=host,
                port=port,
                type="host",
            )
            self._protocols.append(protocol)
            candidates.append(protocol.local_candidate)
        if not candidates:
            raise Outage("no_media_port", "no UDP port could be bound for media")
        return candidates

    async def _bind(self, address: str) -> MediaProtocol | None:
        loop = asyncio.get_running_loop()
        low, high = self._policy.port_min, self._policy.port_max
        start = random.randint(low, high)
        for offset in range(high - low + 1):
            port = low + (start - low + offset) % (high - low + 1)
            try:
                transport, protocol = await loop.create_datagram_endpoint(
                    lambda: MediaProtocol(self), local_addr=(address, port)
                )
            except OSError:
                continue
            handle = transport.get_extra_info("socket")
            if handle is not None:
                handle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SOCKET_BUFFER)
            return protocol
        return None


class Gatherer(RTCIceGatherer):
    """aiortc's gatherer around our agent, so that its ICE transport uses it."""

    def __init__(self, policy: MediaPolicy, gate: CandidateGate) -> None:
        super().__init__(iceServers=[])
        self.agent = IceAgent(policy, gate)
        self._connection = self.agent


def own_addresses() -> tuple[str, ...]:
    """This machine's interface addresses, without loopback and link-local ones."""
    return tuple(get_host_addresses(use_ipv4=True, use_ipv6=False))
