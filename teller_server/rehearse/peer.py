"""One party's side of the call: stock aiortc connections that play a medium and count."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame

from teller_server.rehearse.media import Medium, PacketTrack, audio_track, video_track
from teller_server.rehearse.wire import PATIENCE, Body, Wire

_SETTLE = 0.3  # seconds in which the far side's DTLS surely gets its keys
_CONNECT_WITHIN = PATIENCE
_ANSWER_WITHIN = PATIENCE


class CallFailed(Exception):
    """The leg did not come up."""


@dataclass(slots=True)
class Received:
    """Decoded frames of one party; `shown` once its first picture came, at that loop time.

    `loudest` is the largest sample heard (16 bit).
    """

    video: int = 0
    audio: int = 0
    loudest: int = 0
    first_picture: float = 0.0
    shown: asyncio.Event = field(default_factory=asyncio.Event)
    size: tuple[int, int] | None = None
    last: VideoFrame | None = None


@dataclass(slots=True)
class _Leg:
    name: str
    pc: RTCPeerConnection
    audio: PacketTrack
    video: PacketTrack
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def close(self) -> None:
        await self.pc.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


class Peer:
    """Offers legs over a wire, one at a time; a new one replaces the last.

    `rejoin_asked` is set when the server wants a new leg; `join` again then. `received` is what
    came of the first other party, `heard_of` of each by name.
    """

    def __init__(self, wire: Wire, medium: Medium) -> None:
        self._wire = wire
        self._medium = medium
        self._leg: _Leg | None = None
        self._former: list[_Leg] = []
        self._answers: dict[str, asyncio.Future[str]] = {}
        self.received = Received()
        self.heard_of: dict[str, Received] = {}
        self.offered_at = 0.0
        self.rejoin_asked = asyncio.Event()
        wire.hear("call.answer", self._answered)
        wire.hear("call.rejoin", lambda _body: self.rejoin_asked.set())

    async def join(self, call: Mapping[str, Any]) -> str:
        """Build a leg as the view's `call` says, until it is connected and plays; its name.

        Raises CallFailed; WireError or TimeoutError when there is no answer.
        """
        self.rejoin_asked.clear()
        leg = self._new_leg(call["ice_servers"], call.get("seats") or [""])
        old, self._leg = self._leg, leg
        await leg.pc.setLocalDescription(await leg.pc.createOffer())
        answer = asyncio.get_running_loop().create_future()
        self._answers[leg.name] = answer
        self.offered_at = asyncio.get_running_loop().time()
        await self._wire.send("call.offer", leg=leg.name, sdp=leg.pc.localDescription.sdp)
        sdp = await self._wire.settled(answer, "the answer to the offer", _ANSWER_WITHIN)
        await leg.pc.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
        await self._connected(leg.pc)
        if old is not None:
            self._former.append(old)
            await old.close()
        await self._wire.send("media.state", audio=True, video=True, reason=None)
        await asyncio.sleep(_SETTLE)
        self.play()
        return leg.name

    def play(self) -> None:
        """Send sound and picture."""
        if self._leg is not None:
            self._leg.audio.play()
            self._leg.video.play()

    def pause(self) -> None:
        """Send nothing more; the leg stays."""
        if self._leg is not None:
            self._leg.audio.pause()
            self._leg.video.pause()

    def show(self, medium: Medium) -> None:
        """Another picture from now on, over the same leg: whoever sits there is somebody else."""
        self._medium = medium
        if self._leg is not None:
            self._leg.video.change(medium.video)

    @property
    def sent(self) -> dict[str, int]:
        """Whole frames sent so far over all legs, `audio` and `video`."""
        legs = [*self._former, *([self._leg] if self._leg else [])]
        return {
            "audio": sum(leg.audio.sent for leg in legs),
            "video": sum(leg.video.sent for leg in legs),
        }

    async def close(self) -> None:
        """Hang up."""
        if self._leg is not None:
            await self._leg.close()

    def _new_leg(self, ice_servers: Sequence[Mapping[str, Any]], seats: Sequence[str]) -> _Leg:
        """One pair of lines for each party that may ever come; the first one sends, too."""
        servers = [RTCIceServer(**server) for server in ice_servers]
        pc = RTCPeerConnection(
            RTCConfiguration(iceServers=servers, bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        leg = _Leg(str(uuid.uuid4()), pc, audio_track(self._medium), video_track(self._medium))
        pc.addTrack(leg.audio)
        pc.addTrack(leg.video)
        for _ in seats[1:]:
            pc.addTransceiver("audio", direction="recvonly")
            pc.addTransceiver("video", direction="recvonly")
        for number, party in enumerate(seats):
            self.heard_of.setdefault(party, Received() if number else self.received)

        def heard(track: MediaStreamTrack) -> None:
            lines = [it.receiver.track for it in pc.getTransceivers() if it.kind == track.kind]
            work = self._receive(track, self.heard_of[seats[lines.index(track)]])
            leg.tasks.append(asyncio.create_task(work, name="rehearse.receive"))

        pc.on("track", heard)
        return leg

    async def _receive(self, track: MediaStreamTrack, received: Received) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            if isinstance(frame, AudioFrame):
                received.audio += 1
                received.loudest = max(received.loudest, int(np.abs(frame.to_ndarray()).max()))
                continue
            if not isinstance(frame, VideoFrame):
                continue
            received.video += 1
            received.size, received.last = (frame.width, frame.height), frame
            if not received.shown.is_set():
                received.first_picture = asyncio.get_running_loop().time()
                received.shown.set()

    async def _connected(self, pc: RTCPeerConnection) -> None:
        changed = asyncio.Event()
        pc.on("connectionstatechange", changed.set)
        try:
            async with asyncio.timeout(_CONNECT_WITHIN):
                while pc.connectionState in ("new", "connecting"):
                    await changed.wait()
                    changed.clear()
        except TimeoutError:
            raise CallFailed(f"no connection after {_CONNECT_WITHIN:g} s") from None
        if pc.connectionState != "connected":
            raise CallFailed(f"connection {pc.connectionState}")

    def _answered(self, body: Body) -> None:
        waiting = self._answers.pop(body["leg"], None)
        if waiting is not None and not waiting.done():
            waiting.set_result(body["sdp"])
