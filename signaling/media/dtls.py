"""The SRTP datapath of one leg: datagram → unprotect → stream, and packet → protect → socket.

All of it is synchronous: no task, queue or await per packet. aiortc makes the DTLS association
and its SRTP sessions; from then on it sees only DTLS records.
"""

import struct
import time
from collections.abc import Callable
from typing import Protocol

import pylibsrtp
from aiortc import RTCDtlsTransport

from signaling.media import rtcp, rtp
from signaling.media.agent import IceAgent
from signaling.media.srtp import SrtpSession
from signaling.media.twcc import Arrivals

_GARBAGE = (pylibsrtp.Error, ValueError, IndexError, struct.error)


class Inbound(Protocol):
    """A stream that takes packets of its payload types."""

    def packet(self, packet: rtp.Packet) -> None: ...


class Datapath:
    """Built before the handshake, opened after it. `quiet` keeps everything from being sent."""

    def __init__(
        self,
        agent: IceAgent,
        max_nack: int,
        control: Callable[[rtcp.Message, float], None],
        lost: Callable[[str], None],
    ) -> None:
        self._agent = agent
        self._max_nack = max_nack
        self._control = control
        self._lost = lost
        self._rx: SrtpSession | None = None
        self._tx: SrtpSession | None = None
        self._streams: dict[int, Inbound] = {}
        self._transport_id = 0
        self._awake: Callable[[float], None] | None = None
        self.arrivals: Arrivals | None = None
        self.quiet = False
        self.heard = time.monotonic()
        self.packets_in = self.packets_out = self.bytes_out = 0
        self.malformed = self.unsent = 0

    def expect(self, payload_type: int, stream: Inbound) -> None:
        self._streams[payload_type] = stream

    def number_transport(self, extension: int) -> None:
        """The peer numbers all its packets in this header extension; note their arrivals."""
        self._transport_id = extension
        self.arrivals = Arrivals()

    def open(self, dtls: RTCDtlsTransport) -> str:
        """Take over the SRTP sessions; returns the name of their protection profile."""
        assert dtls._ssl is not None
        assert dtls._rx_srtp is not None
        assert dtls._tx_srtp is not None
        self._rx, self._tx = SrtpSession(dtls._rx_srtp), SrtpSession(dtls._tx_srtp)
        profile: bytes = dtls._ssl.get_selected_srtp_profile()
        self.heard = time.monotonic()
        return profile.decode()

    def start(self) -> None:
        """Let media in, those that came during the last steps of the handshake first."""
        self._agent.open(self.received)

    def wake(self, awake: Callable[[float], None] | None) -> None:
        """Call `awake` at the next authenticated packet."""
        self._awake = awake

    @property
    def rtt(self) -> float:
        return self._agent.consent.rtt

    def note_rtt(self, rtt: float) -> None:
        """A round trip in seconds, measured by a listener's report."""
        self._agent.consent.note_rtt(rtt)

    def received(self, data: bytes) -> None:
        """One datagram that looks like SRTP or SRTCP. Never raises; counts what it can't read."""
        now = time.monotonic()
        assert self._rx is not None
        try:
            if 192 <= data[1] <= 223:
                plain = self._rx.unprotect_rtcp(data)
                self._hear(now)
                for message in rtcp.read(plain, self._max_nack):
                    self._control(message, now)
                return
            packet = rtp.parse(self._rx.unprotect(data), self._transport_id, now)
        except _GARBAGE:
            self.malformed += 1
            return
        self.packets_in += 1
        self.heard = now
        if self._awake is not None:
            self._hear(now)
        if packet.transport_seq >= 0 and self.arrivals is not None:
            self.arrivals.add(packet.transport_seq, now)
        stream = self._streams.get(packet.payload_type)
        if stream is not None:
            stream.packet(packet)

    def _hear(self, now: float) -> None:
        self.heard = now
        awake = self._awake
        if awake is not None:
            self._awake = None
            awake(now)

    def send_rtp(self, packet: bytes) -> None:
        if self._tx is not None and not self.quiet:
            try:
                self._send(self._tx.protect(packet))
            except pylibsrtp.Error:
                self.unsent += 1

    def send_rtcp(self, packet: bytes) -> None:
        if self._tx is not None and not self.quiet:
            try:
                self._send(self._tx.protect_rtcp(packet))
            except pylibsrtp.Error:
                self.unsent += 1

    def close(self) -> None:
        self.quiet = True
        self._tx = None

    def _send(self, data: bytes) -> None:
        route = self._agent.route
        if route is None:
            self.unsent += 1
            return
        transport, address = route
        if transport.is_closing():
            self._lost("transport_closed")
            return
        transport.sendto(data, address)
        self.packets_out += 1
        self.bytes_out += len(data)
