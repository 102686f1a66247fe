"""A synthetic party's call against a stock aiortc far side: what is sent arrives, counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from teller_server.rehearse.media import Medium, PacketTrack, audio_track, pattern, video_track
from teller_server.rehearse.peer import Peer


class FarSide:
    """Stands where the wire is, and answers offers with a connection of its own."""

    def __init__(self, medium: Medium) -> None:
        self.medium = medium
        self.hearers: dict[str, Any] = {}
        self.said: list[str] = []
        self.decoded = {"audio": 0, "video": 0}
        self.tracks: list[PacketTrack] = []
        self.connections: list[RTCPeerConnection] = []
        self.tasks: list[asyncio.Task[None]] = []

    def hear(self, kind: str, hearer: Any) -> None:
        self.hearers[kind] = hearer

    async def settled(self, answer: asyncio.Future[str], what: str, within: float) -> str:
        return await asyncio.wait_for(answer, within)

    async def send(self, kind: str, **body: Any) -> str:
        self.said.append(kind)
        if kind == "call.offer":
            await self.answer(body)
        return "id"

    async def answer(self, body: dict[str, Any]) -> None:
        pc = RTCPeerConnection()
        self.connections.append(pc)
        tracks = [audio_track(self.medium), video_track(self.medium)]
        self.tracks += tracks
        for track in tracks:
            pc.addTrack(track)
        pc.on("track", lambda track: self.tasks.append(asyncio.create_task(self.count(track))))
        await pc.setRemoteDescription(RTCSessionDescription(body["sdp"], "offer"))
        await pc.setLocalDescription(await pc.createAnswer())
        answer = {"leg": body["leg"], "sdp": pc.localDescription.sdp}
        self.hearers["call.answer"](answer)

    async def count(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                await track.recv()
                self.decoded[track.kind] += 1
        except MediaStreamError:
            return

    async def close(self) -> None:
        await asyncio.gather(*(pc.close() for pc in self.connections))
        await asyncio.gather(*self.tasks)


async def soon(holds: Callable[[], bool]) -> None:
    for _ in range(400):
        if holds():
            return
        await asyncio.sleep(0.05)
    pytest.fail("it never held")


@pytest.fixture(scope="module")
def medium() -> Medium:
    return pattern(seconds=2)


async def test_what_is_sent_is_what_arrives(medium: Medium) -> None:
    far = FarSide(medium)
    peer = Peer(far, medium)  # type: ignore[arg-type]
    try:
        await peer.join({"ice_servers": []})
        for track in far.tracks:
            track.play()
        await asyncio.wait_for(peer.received.shown.wait(), 120)
        await soon(lambda: peer.sent["video"] >= 40 and peer.received.audio >= 20)
        peer.pause()
        sent = peer.sent
        await soon(lambda: all(far.decoded[kind] >= 0.9 * sent[kind] for kind in sent))
        await asyncio.sleep(0.1)
        assert peer.sent == sent, "paused is silent"
        assert peer.received.size == (640, 480)
        assert peer.received.first_picture > peer.offered_at
    finally:
        await peer.close()
        await far.close()


async def test_a_second_leg_replaces_the_first(medium: Medium) -> None:
    far = FarSide(medium)
    peer = Peer(far, medium)  # type: ignore[arg-type]
    try:
        first = await peer.join({"ice_servers": []})
        far.hearers["call.rejoin"]({"reason": "leg_dead"})
        assert peer.rejoin_asked.is_set()
        second = await peer.join({"ice_servers": []})
        assert first != second
        assert not peer.rejoin_asked.is_set()
        assert far.said.count("call.offer") == 2
        await soon(lambda: far.decoded["video"] >= 10)
    finally:
        await peer.close()
        await far.close()
