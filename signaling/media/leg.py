"""One party's connection to a call: an ICE and a DTLS transport with its streams.

connecting → up ⇄ paused → dead. A leg is never revived: a rejoin makes a new one for its party.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aiortc import RTCCertificate, RTCDtlsTransport, RTCIceTransport
from aiortc.rtcicetransport import RTCIceCandidate
from aiortc.sdp import candidate_to_sdp

from signaling.media import rtcp
from signaling.media.agent import Gatherer
from signaling.media.answer import Outgoing, Transport, write_answer
from signaling.media.candidates import CandidateGate
from signaling.media.delivery import Delivery
from signaling.media.dtls import Datapath
from signaling.media.events import (
    FirstPacket,
    LegDead,
    LegPaused,
    LegResumed,
    LegUp,
    MediaEvent,
    SinkFailed,
)
from signaling.media.offer import Offer, Section
from signaling.media.policy import MediaPolicy
from signaling.media.receiver import Receiver
from signaling.media.rtp import TRANSPORT_SEQUENCE
from signaling.media.sender import Sender
from signaling.media.sink import FrameSink, Tap
from signaling.media.watchdog import Pulse, Watchdog

log = logging.getLogger(__name__)

_KINDS = ("audio", "video")
_CLOSE_WITHIN = 5.0


class Leg:
    def __init__(
        self,
        names: tuple[str, str, str],
        offer: Offer,
        policy: MediaPolicy,
        sink: FrameSink,
        taps: list[Tap],
        emit: Callable[[MediaEvent], None],
        changed: Callable[[], None],
    ) -> None:
        """`names` are call, party and leg; `changed` is called when who can be heard changes."""
        self.names = names
        self.state = "connecting"
        self.receivers: dict[str, Receiver] = {}
        self.senders: dict[str, list[Sender]] = {kind: [] for kind in _KINDS}
        self._offer = offer
        self._policy = policy
        self._sink = sink
        self._emit = emit
        self._changed = changed
        self._sink_failed = self._began = False
        self._gate = CandidateGate(policy)
        self._gatherer = Gatherer(policy, self._gate)
        self._gatherer.agent.ice_controlling = offer.ice.iceLite
        self._ice = RTCIceTransport(self._gatherer)
        self._certificate = RTCCertificate.generateCertificate()
        self._dtls = RTCDtlsTransport(self._ice, [self._certificate])
        self._role = "server" if offer.dtls.role == "client" else "client"
        self._dtls._set_role(self._role)
        self._path = Datapath(self._gatherer.agent, policy.max_nack, self._control, self.end)
        self._watchdog = Watchdog(policy.pause_after, policy.dead_after, time.monotonic())
        self._running: asyncio.Task[None] | None = None
        self._outgoing: dict[int, Outgoing] = {}
        self._own_ssrc = secrets.randbits(32)
        self._make_streams(taps)

    @property
    def party(self) -> str:
        return self.names[1]

    @property
    def name(self) -> str:
        return self.names[2]

    @property
    def seats(self) -> int:
        """How many other parties this leg's page can show."""
        return max(len(senders) for senders in self.senders.values())

    @property
    def local_fingerprint(self) -> str:
        first = self._certificate.getFingerprints()[0]
        return f"{first.algorithm} {first.value}"

    @property
    def remote_fingerprint(self) -> str:
        return self._offer.fingerprint

    async def answer(self) -> str:
        """Bind sockets and write the answer; raises Outage when no port is free."""
        await self._gatherer.gather()
        for candidate in self._offer.candidates:
            await self._ice.addRemoteCandidate(candidate)
        if self._offer.candidates_complete:
            await self._ice.addRemoteCandidate(None)
        local = self._gatherer.getLocalParameters()
        assert local.usernameFragment is not None
        assert local.password is not None
        transport = Transport(
            local.usernameFragment,
            local.password,
            tuple(
                candidate_to_sdp(self._announced(c)) for c in self._gatherer.getLocalCandidates()
            ),
            self.local_fingerprint,
            self._role,
        )
        incoming = frozenset(self._first(kind).index for kind in self.receivers)
        return write_answer(self._offer, transport, incoming, self._outgoing)

    def start(self) -> None:
        """Connect in the background; what comes of it is told by events."""
        self._running = asyncio.create_task(self._run(), name=f"leg {self.name}")

    async def candidate(self, candidate: RTCIceCandidate | None, mid: str | None) -> None:
        """A trickled candidate of the bundled transport, or None for the end of candidates."""
        if candidate is None or mid is None or mid == self._offer.owner:
            await self._ice.addRemoteCandidate(candidate)

    def tick(self, now: float, lag: float) -> None:
        if self.state not in ("up", "paused"):
            return
        self._watchdog.heard = self._path.heard
        pulse = self._watchdog.look(now, lag)
        if pulse is Pulse.DEAD:
            self.end("silent")
            return
        if pulse is Pulse.PAUSED:
            self._pause(now)
        for receiver in self.receivers.values():
            receiver.tick(now)
        feedback = self._path.arrivals.take() if self._path.arrivals is not None else None
        if feedback is not None:
            media = next((r.ssrc for r in self.receivers.values() if r.ssrc is not None), 0)
            self._path.send_rtcp(rtcp.transport_feedback(self._own_ssrc, media, feedback))

    def end(self, cause: str) -> None:
        """The leg is dead, now; its sockets are closed by `close`. Later calls change nothing."""
        if self.state == "dead":
            return
        now = time.monotonic()
        self.state = "dead"
        for receiver in self.receivers.values():
            receiver.end(now)
        self._path.close()
        self._changed()
        self._tell_sink("ended", now)
        tally = {kind: receiver.tally() for kind, receiver in self.receivers.items()}
        self._emit(LegDead(*self.names, now, cause, tally))

    async def close(self) -> None:
        """Release the sockets."""
        self.end("dropped")
        if self._running is not None and self._running is not asyncio.current_task():
            self._running.cancel()
        try:
            async with asyncio.timeout(_CLOSE_WITHIN):
                await self._dtls.stop()
                await self._ice.stop()
                await self._gatherer.agent.close()
        except TimeoutError:
            log.warning("leg %s did not close in time", self.name)

    def stats(self) -> dict[str, Any]:
        path = self._path
        return {
            "party": self.party,
            "state": self.state,
            "rtt_ms": round(path.rtt * 1000, 1),
            "packets_in": path.packets_in,
            "packets_out": path.packets_out,
            "bytes_out": path.bytes_out,
            "malformed": path.malformed + self._gatherer.agent.malformed,
            "unsent": path.unsent,
            "candidates_refused": self._gate.refused,
            "in": {kind: receiver.stats() for kind, receiver in self.receivers.items()},
            "out": [s.stats() for senders in self.senders.values() for s in senders],
        }

    def _announced(self, candidate: RTCIceCandidate) -> RTCIceCandidate:
        return replace(candidate, ip=self._policy.announced.get(candidate.ip, candidate.ip))

    def _first(self, kind: str) -> Section:
        return self._offer.of_kind(kind)[0]

    def _make_streams(self, taps: list[Tap]) -> None:
        """The first line of each kind is the party's own; every receiving line is a seat."""
        for kind in _KINDS:
            sections = self._offer.of_kind(kind)
            if sections and sections[0].sends:
                delivery = Delivery(kind, self._sink, self._sink_broke)
                if kind == "video":
                    delivery.taps = taps
                self.receivers[kind] = Receiver(
                    sections[0], self._path, self._policy, delivery, self._own_ssrc, self._heard
                )
            for seat, section in enumerate(s for s in sections if s.receives):
                outgoing = Outgoing(seat, secrets.randbits(32), secrets.randbits(32))
                self._outgoing[section.index] = outgoing
                self.senders[kind].append(Sender(section, outgoing, self._path, self._policy))
        numbers = [
            s.extensions[TRANSPORT_SEQUENCE]
            for s in self._offer.sections
            if s.usable and TRANSPORT_SEQUENCE in s.extensions and "transport-cc" in s.feedback
        ]
        if numbers:
            self._path.number_transport(numbers[0])

    async def _run(self) -> None:
        try:
            async with asyncio.timeout(self._policy.connect):
                await self._ice.start(self._offer.ice)
                if self._ice.state != "completed":
                    self.end("ice_failed")
                    return
                await self._dtls.start(self._offer.dtls)
                if self._dtls.state != "connected":
                    self.end("dtls_failed")
                    return
        except TimeoutError:
            self.end("connect_timeout")
            return
        if self.state == "connecting":
            self._up()

    def _up(self) -> None:
        self._ice.on("statechange", self._ice_changed)
        self._dtls.on("statechange", self._dtls_changed)
        profile = self._path.open(self._dtls)
        self.state = "up"
        self._began = True
        try:
            self._sink.leg(self.name, tuple(self.receivers), time.monotonic())
        except Exception as error:
            self._sink_broke(error)
        self._emit(
            LegUp(
                *self.names,
                time.monotonic(),
                self.local_fingerprint,
                self.remote_fingerprint,
                profile,
            )
        )
        self._changed()
        self._path.start()

    def _ice_changed(self) -> None:
        if self._ice.state in ("failed", "closed"):
            self.end("consent_lost")

    def _dtls_changed(self) -> None:
        if self._dtls.state in ("failed", "closed"):
            self.end("peer_closed")

    def _pause(self, now: float) -> None:
        self.state = "paused"
        self._path.quiet = True
        self._path.wake(self._resume)
        for receiver in self.receivers.values():
            receiver.pause()
        self._tell_sink("paused", now)
        self._changed()
        self._emit(LegPaused(*self.names, now, self._watchdog.silence(now)))

    def _resume(self, now: float) -> None:
        if self.state != "paused":
            return
        self.state = "up"
        self._path.quiet = False
        paused = self._watchdog.resume(now)
        for receiver in self.receivers.values():
            receiver.request_keyframe(now)
        self._tell_sink("resumed", now)
        self._changed()
        self._emit(LegResumed(*self.names, now, paused))

    def _tell_sink(self, state: str, now: float) -> None:
        """A leg that never came up was never one for the recording."""
        if self._began:
            try:
                self._sink.leg_state(self.name, state, now)
            except Exception as error:
                self._sink_broke(error)

    def _heard(self, kind: str) -> None:
        self._emit(FirstPacket(*self.names, time.monotonic(), kind))

    def _sink_broke(self, error: BaseException) -> None:
        if not self._sink_failed:
            self._sink_failed = True
            self._emit(SinkFailed(*self.names, time.monotonic(), type(error).__name__))

    def _control(self, message: rtcp.Message, now: float) -> None:
        """RTCP from the peer goes to the stream that it names."""
        if isinstance(message, rtcp.SenderReport):
            for receiver in self.receivers.values():
                if receiver.ssrc == message.ssrc:
                    receiver.control(message, now)
            return
        named = message.media if isinstance(message.media, tuple) else (message.media,)
        for senders in self.senders.values():
            for sender in senders:
                if sender.ssrc in named:
                    sender.feedback(message, now)
