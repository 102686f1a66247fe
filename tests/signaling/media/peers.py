"""Real WebRTC peers on loopback: stock aiortc connections that send pre-encoded media.

A party is recognised by how bright its picture is, so a test can tell who sees whom.
"""

import asyncio
import fractions
import functools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import av
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError

from signaling.media import CallMedia, LegAnswer, MediaEvent, MediaPolicy
from signaling.media.agent import own_addresses

WIDTH, HEIGHT, RATE = 320, 240, 20
QUICK = MediaPolicy(
    pause_after=0.6,
    dead_after=2.5,
    consent_interval=0.5,
    report_interval=0.3,
).this_machine(own_addresses())


@functools.cache
def clip(brightness: int) -> tuple[bytes, ...]:
    """Three seconds of VP8, the first frame a key frame, the others not."""
    context = av.CodecContext.create("libvpx", "w")
    context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    context.bit_rate = 250_000
    context.time_base = fractions.Fraction(1, RATE)
    context.options = {"deadline": "realtime", "cpu-used": "-8", "lag-in-frames": "0", "g": "999"}
    noise = np.random.default_rng(brightness)
    packets: list[bytes] = []
    for index in range(3 * RATE):
        picture = np.full((HEIGHT, WIDTH, 3), brightness, np.uint8)
        picture[40 : 40 + 64, 40 + index : 104 + index] = noise.integers(0, 255, (64, 64, 3))
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
        frame.pts = index
        packets += [bytes(packet) for packet in context.encode(frame)]
    return tuple(packets)


@functools.cache
def speech() -> tuple[bytes, ...]:
    """Two seconds of a tone as 20 ms Opus packets."""
    context = av.CodecContext.create("libopus", "w")
    context.sample_rate, context.layout, context.format = 48_000, "stereo", "s16"
    context.bit_rate = 32_000
    times = np.arange(96_000) / 48_000
    tone = (9000 * np.sin(2 * np.pi * 440 * times)).astype(np.int16).repeat(2)
    packets: list[bytes] = []
    for start in range(0, len(tone), 1920):
        frame = av.AudioFrame.from_ndarray(tone[None, start : start + 1920], "s16", "stereo")
        frame.sample_rate, frame.pts = 48_000, start // 2
        packets += [bytes(packet) for packet in context.encode(frame)]
    return tuple(packets)


class Source(MediaStreamTrack):
    """Sends encoded packets in real time; goes back to the key frame when asked for one."""

    def __init__(self, kind: str, packets: tuple[bytes, ...], interval: float, clock: int) -> None:
        super().__init__()
        self.kind = kind
        self.sent = 0
        self.asked = 0
        self._packets = packets
        self._interval = interval
        self._clock = clock
        self._start = 0
        self._began: float | None = None

    def keyframe(self) -> None:
        self.asked += 1
        self._start = self.sent

    async def recv(self) -> Any:
        now = time.monotonic()
        self._began = self._began or now
        await asyncio.sleep(max(0.0, self._began + self.sent * self._interval - now))
        packet = av.Packet(self._packets[(self.sent - self._start) % len(self._packets)])
        packet.pts = round(self.sent * self._interval * self._clock)
        packet.time_base = fractions.Fraction(1, self._clock)
        self.sent += 1
        return packet


@dataclass
class Watching:
    """What one incoming track has shown."""

    kind: str
    frames: int = 0
    brightness: float = 0.0
    sizes: set[tuple[int, int]] = field(default_factory=set)
    times: list[float] = field(default_factory=list)


class Wire:
    """Stands between a peer's sockets and the network; `drop(data, outgoing)` decides."""

    def __init__(self, transport: Any, peer: "Peer") -> None:
        self._transport = transport
        self._peer = peer

    def sendto(self, data: bytes, address: Any = None) -> None:
        if not self._peer.drop(data, True):
            self._transport.sendto(data, address)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def is_media(data: bytes) -> bool:
    """SRTP, not SRTCP, STUN or DTLS."""
    return 127 < data[0] < 192 and not 192 <= data[1] <= 223


class Peer:
    """One person's page."""

    def __init__(self, party: str, brightness: int = 128, seats: int = 1) -> None:
        self.party = party
        # a browser's own policy; with the default one aiortc loses the fourth m-line's transport
        self.connection = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self.video = Source("video", clip(brightness), 1 / RATE, 90_000)
        self.audio = Source("audio", speech(), 0.02, 48_000)
        self.seen: list[Watching] = []
        self.heard: list[Watching] = []
        self.drop: Callable[[bytes, bool], bool] = lambda data, outgoing: False
        self._tasks: list[asyncio.Task[None]] = []
        self.connection.on("track", self._watch)
        self.connection.addTrack(self.audio)
        sender = self.connection.addTrack(self.video)
        sender._send_keyframe = self.video.keyframe  # type: ignore[method-assign]
        for _ in range(seats - 1):
            self.connection.addTransceiver("audio", "recvonly")
            self.connection.addTransceiver("video", "recvonly")

    async def offer(self) -> str:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def join(self, call: CallMedia, leg: str, sink: Any) -> LegAnswer:
        answer = await call.answer(self.party, leg, await self.offer(), sink)
        await self.accept(answer.sdp)
        return answer

    async def accept(self, sdp: str) -> None:
        self._wire()
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.connection.close()

    def vanish(self) -> None:
        """The network is gone, in both directions."""
        self.drop = lambda data, outgoing: True

    def return_(self) -> None:
        self.drop = lambda data, outgoing: False

    def _wire(self) -> None:
        ice = self.connection.getTransceivers()[0].receiver.transport.transport
        for protocol in ice._connection._protocols:
            protocol.transport = Wire(protocol.transport, self)
            deliver = protocol.datagram_received

            def received(data: bytes, addr: Any, deliver: Any = deliver) -> None:
                if not self.drop(data, False):
                    deliver(data, addr)

            protocol.datagram_received = received

    def _watch(self, track: MediaStreamTrack) -> None:
        watching = Watching(track.kind)
        (self.seen if track.kind == "video" else self.heard).append(watching)
        self._tasks.append(asyncio.create_task(self._follow(track, watching)))

    async def _follow(self, track: MediaStreamTrack, watching: Watching) -> None:
        while True:
            try:
                frame: Any = await track.recv()
            except MediaStreamError:
                return
            watching.frames += 1
            watching.times.append(time.monotonic())
            if track.kind == "video":
                watching.sizes.add((frame.width, frame.height))
                plane = np.frombuffer(frame.planes[0], np.uint8)
                watching.brightness = float(np.median(plane))


@dataclass
class Heard:
    """One call of a sink's `frame`."""

    data: bytes
    rtp_time: int
    keyframe: bool
    arrived: float


class Tape:
    """A recorder that keeps everything it is told."""

    def __init__(self) -> None:
        self.legs: list[str] = []
        self.frames: dict[str, list[Heard]] = {"audio": [], "video": []}
        self.losses: list[tuple[str, int, int, str]] = []
        self.holes: list[tuple[str, int, int, tuple[tuple[int, int], ...]]] = []
        self.numbers: dict[str, list[tuple[int, int]]] = {"audio": [], "video": []}
        self.states: list[tuple[str, str]] = []
        self.reports: list[tuple[str, int, int]] = []

    def frame(
        self,
        kind: str,
        codec: str,
        data: bytes,
        rtp_time: int,
        clock_rate: int,
        keyframe: bool,
        arrived: float,
        seq: int = -1,
        packets: int = 1,
    ) -> None:
        self.numbers[kind].append((seq - packets + 1, seq))
        assert (codec, clock_rate) == {"audio": ("opus", 48_000), "video": ("VP8", 90_000)}[kind]
        self.frames[kind].append(Heard(data, rtp_time, keyframe, arrived))

    def sender_report(self, kind: str, ntp: int, rtp_time: int, arrived: float) -> None:
        self.reports.append((kind, ntp, rtp_time))

    def lost(
        self,
        kind: str,
        rtp_from: int,
        rtp_to: int,
        cause: str,
        arrived: float,
        after: int = -1,
        before: int = -1,
        missing: tuple[tuple[int, int], ...] = (),
    ) -> None:
        self.holes.append((kind, after, before, missing))
        if rtp_from < rtp_to:
            self.losses.append((kind, rtp_from, rtp_to, cause))

    def leg(
        self, leg: str, kinds: tuple[str, ...] = ("audio", "video"), at: float | None = None
    ) -> None:
        self.legs.append(leg)

    def leg_state(self, leg: str, state: str, at: float) -> None:
        self.states.append((leg, state))

    def unexplained(self) -> list[tuple[int, int]]:
        """Holes in the speech of one leg about which nothing was said."""
        told = {(since, until) for kind, since, until, _ in self.losses if kind == "audio"}
        times = [frame.rtp_time for frame in self.frames["audio"]]
        holes = {(a + 960, b) for a, b in pairwise(times) if b != a + 960}
        return sorted(holes - told)


class Log:
    """The events of a call."""

    def __init__(self) -> None:
        self.events: list[MediaEvent] = []

    def __call__(self, event: MediaEvent) -> None:
        self.events.append(event)

    def of(self, kind: type[MediaEvent], leg: str | None = None) -> list[Any]:
        return [e for e in self.events if isinstance(e, kind) and leg in (None, e.leg)]


class Meeting:
    """A call and its people, all closed at the end, whatever happens in between."""

    def __init__(self, policy: MediaPolicy = QUICK, expected: tuple[str, ...] = ()) -> None:
        self.log = Log()
        self.call = CallMedia("call", policy, self.log, expected)
        self.peers: list[Peer] = []
        self.tapes: dict[str, Tape] = {}

    def peer(self, party: str, seats: int = 1) -> Peer:
        brightness = {"customer": 60, "teller": 200}.get(party, 130)
        self.peers.append(Peer(party, brightness, seats))
        return self.peers[-1]

    def tape(self, party: str) -> Tape:
        return self.tapes.setdefault(party, Tape())

    async def join(self, party: str, leg: str, seats: int = 1) -> Peer:
        peer = self.peer(party, seats)
        await peer.join(self.call, leg, self.tape(party))
        return peer

    async def pair(self) -> tuple[Peer, Peer]:
        """Customer (leg c1) and teller (leg t1), each seen and heard by the other."""
        customer, teller = await self.join("customer", "c1"), await self.join("teller", "t1")
        for peer in (customer, teller):
            await until(lambda peer=peer: peer.seen and peer.seen[0].frames > 5)  # type: ignore[misc]
            await until(lambda peer=peer: peer.heard[0].frames > 5)  # type: ignore[misc]
        return customer, teller

    async def close(self) -> None:
        for peer in self.peers:
            await peer.leave()
        await self.call.close()


async def until(condition: Callable[[], Any], within: float = 60.0) -> None:
    """Wait for something to become true; the limit only keeps a broken test from hanging."""
    give_up = time.monotonic() + within
    while not condition():
        if time.monotonic() > give_up:
            raise AssertionError("waited in vain")
        await asyncio.sleep(0.02)
