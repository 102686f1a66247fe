"""The callers of `bench.media`: two-party calls of stock aiortc peers, in a process of their own.

`python -m bench._media_load DOOR CALLS URL CLIP`, DOOR being `http` (ours, stock) or `janus`.
Prints one JSON line when every call is connected and one with what arrived when a line is read from
stdin. Peers neither encode nor decode: frames are counted as they leave the jitter buffer.
"""

from __future__ import annotations

import asyncio
import contextlib
import fractions
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import aiortc.rtcrtpreceiver as receiver_module
import av
import uvloop
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from bench._media_clip import packets

SETTLE = 3.0


class Counting:
    """In place of the decoder's queue."""

    every: list[Counting] = []  # noqa: RUF012

    def __init__(self) -> None:
        self.count = 0
        self.codec = ""
        self.gap = 0.0
        self._last = 0.0
        Counting.every.append(self)

    def put(self, item: Any) -> None:
        if item is None:
            return
        now = time.monotonic()
        self.codec = item[0].name
        self.count += 1
        self.gap = max(self.gap, now - self._last) if self._last else 0.0
        self._last = now


class NoDecoder:
    def __init__(self, *_args: Any, **_kwargs: Any) -> None: ...
    def start(self) -> None: ...
    def join(self) -> None: ...


class Queues:
    Queue = Counting


class Threads:
    Thread = NoDecoder
    Event = receiver_module.threading.Event


class Source(MediaStreamTrack):
    """Sends the clip in real time; back to its key frame when asked for one."""

    def __init__(self, kind: str, clip: list[bytes]) -> None:
        super().__init__()
        self.kind = kind
        self._clip = clip
        self._interval, self._clock = (0.02, 48_000) if kind == "audio" else (0.04, 90_000)
        self._index = self._start = 0
        self._keyed = -100
        self._began: float | None = None

    def keyframe(self) -> None:
        if self._index - self._keyed > 12:
            self._keyed = self._start = self._index

    async def recv(self) -> Any:
        if self._began is None:
            self._began = time.monotonic() + random.random() * self._interval
        wait = self._began + self._index * self._interval - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        elif wait < -0.5:
            self._index += int(-wait / self._interval)
        packet = av.Packet(self._clip[(self._index - self._start) % len(self._clip)])
        packet.pts = round(self._index * self._interval * self._clock)
        packet.time_base = fractions.Fraction(1, self._clock)
        self._index += 1
        return packet


def peer(clip: dict[str, list[bytes]]) -> RTCPeerConnection:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTrack(Source("audio", clip["audio"]))
    video = Source("video", clip["video"])
    sender = connection.addTrack(video)
    sender._send_keyframe = video.keyframe  # type: ignore[method-assign]
    return connection


async def connected(connection: RTCPeerConnection) -> None:
    up = asyncio.Event()

    @connection.on("connectionstatechange")
    def _() -> None:
        if connection.connectionState == "connected":
            up.set()

    if connection.connectionState != "connected":
        async with asyncio.timeout(60):
            await up.wait()


class HttpDoor:
    """One POST per leg: `{call, party, sdp}` → `{sdp}`."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = url

    async def call(self, name: str, clip: dict[str, list[bytes]]) -> list[RTCPeerConnection]:
        peers = []
        for party in ("customer", "teller"):
            connection = peer(clip)
            await connection.setLocalDescription(await connection.createOffer())
            body = {"call": name, "party": party, "sdp": connection.localDescription.sdp}
            async with self._http.post(f"{self._url}/offer", json=body) as response:
                answer = (await response.json())["sdp"]
            await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
            await connected(connection)
            peers.append(connection)
        return peers


class JanusDoor:
    """Janus' VideoCall plugin over its REST interface, both sides recorded."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url, self._folder = url.split(",")
        self._polls: list[asyncio.Task[None]] = []

    async def call(self, name: str, clip: dict[str, list[bytes]]) -> list[RTCPeerConnection]:
        customer, teller = await self._attach(), await self._attach()
        for who, side in ((f"c{name}", customer), (f"t{name}", teller)):
            await self._say(side, {"request": "register", "username": who})
            await self._event(side, "registered")
        caller, callee = peer(clip), peer(clip)
        await caller.setLocalDescription(await caller.createOffer())
        offer = {"type": "offer", "sdp": caller.localDescription.sdp}
        await self._say(customer, {"request": "call", "username": f"t{name}"}, offer)
        incoming = await self._event(teller, "incomingcall")
        await callee.setRemoteDescription(RTCSessionDescription(incoming["jsep"]["sdp"], "offer"))
        await callee.setLocalDescription(await callee.createAnswer())
        answer = {"type": "answer", "sdp": callee.localDescription.sdp}
        await self._say(teller, {"request": "accept"}, answer)
        accepted = await self._event(customer, "accepted")
        await caller.setRemoteDescription(RTCSessionDescription(accepted["jsep"]["sdp"], "answer"))
        await connected(caller)
        await connected(callee)
        for who, side in ((f"c{name}", customer), (f"t{name}", teller)):
            file = f"{self._folder}/{who}"
            await self._say(side, {"request": "set", "record": True, "filename": file})
        return [caller, callee]

    async def _post(self, url: str, body: dict[str, Any]) -> Any:
        body["transaction"] = f"t{random.getrandbits(40)}"
        async with self._http.post(url, json=body) as response:
            return await response.json()

    async def _attach(self) -> tuple[str, asyncio.Queue[Any]]:
        session = await self._post(self._url, {"janus": "create"})
        base = f"{self._url}/{session['data']['id']}"
        plugin = {"janus": "attach", "plugin": "janus.plugin.videocall"}
        handle = await self._post(base, plugin)
        events: asyncio.Queue[Any] = asyncio.Queue()
        self._polls.append(asyncio.create_task(self._poll(base, events)))
        return f"{base}/{handle['data']['id']}", events

    async def _poll(self, base: str, events: asyncio.Queue[Any]) -> None:
        while True:
            async with self._http.get(f"{base}?maxev=1") as response:
                event = await response.json()
            if event.get("janus") != "keepalive":
                events.put_nowait(event)

    async def _say(self, side: Any, body: dict[str, Any], jsep: Any = None) -> None:
        message = {"janus": "message", "body": body} | ({"jsep": jsep} if jsep else {})
        await self._post(side[0], message)

    async def _event(self, side: Any, name: str) -> Any:
        async with asyncio.timeout(30):
            while True:
                event = await side[1].get()
                data = event.get("plugindata", {}).get("data", {})
                if data.get("result", {}).get("event") == name:
                    return event


def arrived(calls: int, since: dict[str, int], seconds: float) -> dict[str, float]:
    """Frames per second and leg, and the longest time without a picture."""
    now = counts()
    return {
        "video": round((now["VP8"] - since["VP8"]) / seconds / calls / 2, 2),
        "audio": round((now["opus"] - since["opus"]) / seconds / calls / 2, 2),
        "gap": round(max((q.gap for q in Counting.every if q.codec == "VP8"), default=0.0), 3),
    }


def counts() -> dict[str, int]:
    return {
        codec: sum(q.count for q in Counting.every if q.codec == codec) for codec in ("VP8", "opus")
    }


async def main(door: str, calls: int, url: str, clip: Path) -> None:
    receiver_module.queue = Queues  # type: ignore[assignment]
    receiver_module.threading = Threads  # type: ignore[assignment]
    media = packets(clip)
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=90)) as http:
        opens = JanusDoor(http, url) if door == "janus" else HttpDoor(http, url)
        peers = []
        for number in range(calls):
            peers += await opens.call(str(number), media)
        await asyncio.sleep(SETTLE)
        for counting in Counting.every:
            counting.gap = 0.0
        since, began = counts(), time.monotonic()
        print(json.dumps({"ready": len(peers)}), flush=True)
        await loop.run_in_executor(None, sys.stdin.readline)
        print(json.dumps(arrived(calls, since, time.monotonic() - began)), flush=True)
        await loop.run_in_executor(None, sys.stdin.readline)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])))
