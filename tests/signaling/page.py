"""A page's side of the wire: what wire.js does, in Python."""

import asyncio
import json
import uuid
from collections import deque
from typing import Any

import aiohttp

from signaling.connection import SUBPROTOCOL


class Page:
    """Keeps unacknowledged messages and the last number seen, across any number of sockets."""

    def __init__(self, http: aiohttp.ClientSession, url: str, **headers: str) -> None:
        self.http = http
        self.url = url
        self.headers = {"Origin": url.rsplit("/ws", 1)[0], **headers}
        self.token: str | None = None
        self.last = 0
        self.seq = 0
        self.kept: deque[dict[str, Any]] = deque()
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        self.welcome: dict[str, Any] = {}

    async def open(self) -> dict[str, Any]:
        """A new socket: hello, welcome, and everything that was kept is said again."""
        await self.connect()
        await self.put({"v": 1, "type": "hello", "body": {"token": self.token, "last": self.last}})
        while (heard := await self.hear())["type"] != "welcome":
            if heard["type"] in {"bye", "closed"}:
                return heard
        self.welcome = heard["body"]
        self.token = self.welcome["token"]
        if not self.welcome["resumed"]:
            self.last = 0
        for envelope in list(self.kept):
            await self.put({**envelope, "ack": self.last})
        return heard

    async def connect(self) -> None:
        self.socket = await self.http.ws_connect(
            self.url, protocols=[SUBPROTOCOL], headers=self.headers
        )

    async def put(self, envelope: dict[str, Any]) -> None:
        assert self.socket
        await self.socket.send_str(json.dumps(envelope))

    async def say(self, kind: str, **body: Any) -> str:
        """A message that is kept until the server has handled it."""
        self.seq += 1
        envelope = {"v": 1, "type": kind, "id": uuid.uuid4().hex, "seq": self.seq, "body": body}
        self.kept.append(envelope)
        await self.put({**envelope, "ack": self.last})
        return envelope["id"]

    async def raw(self, text: str) -> None:
        assert self.socket
        await self.socket.send_str(text)

    async def hear(self, *kinds: str) -> dict[str, Any]:
        """The next message (of these kinds); `closed` with its code when the socket is."""
        assert self.socket
        while True:
            message = await self.socket.receive(timeout=120)
            if message.type is not aiohttp.WSMsgType.TEXT:
                return {"type": "closed", "code": self.socket.close_code}
            heard: dict[str, Any] = json.loads(message.data)
            while self.kept and self.kept[0]["seq"] <= heard["ack"]:
                self.kept.popleft()
            if heard["seq"]:
                if heard["seq"] <= self.last:
                    continue
                self.last = heard["seq"]
            if not kinds or heard["type"] in kinds:
                return heard

    async def close(self) -> None:
        """Lose the socket, as a phone does in a lift."""
        if self.socket:
            self.socket._response.close()
            await asyncio.sleep(0.01)
