"""A UDP proxy between one peer and the media relay: a bad network that needs no privilege.

Each side gets the proxy's address instead of the other's candidate, so every check, handshake and
packet of the leg crosses it. What impairments hold back is kept for later; too much is lost.
"""

from __future__ import annotations

import asyncio
import re
from typing import cast

from tests.network.impairments import Line

Address = tuple[str, int]

MOST_HELD = 4096  # datagrams on their way through one direction
_CANDIDATE = re.compile(r"a=candidate:(\S+) 1 udp (\d+) (\S+) (\d+) typ host[^\r\n]*", re.I)
_OTHER = re.compile(r"a=candidate:[^\r\n]*\r?\n")


class _Side(asyncio.DatagramProtocol):
    """One socket of the proxy; what it hears leaves by `out`, towards `whom` it last heard."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.out: _Side | None = None
        self.peer: Address | None = None
        self.transport: asyncio.DatagramTransport | None = None
        self.held = self.overflowed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def error_received(self, exc: Exception) -> None:
        """A closed port answers with ICMP; the next datagram tries again."""

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.peer = addr
        loop = asyncio.get_running_loop()
        now = loop.time()
        on = self.line.goes_on(len(data), now)
        if on is None:
            return
        if on <= now:
            self._pass(data)
        elif self.held < MOST_HELD:
            self.held += 1
            loop.call_at(on, self._later, data)
        else:
            self.overflowed += 1

    def _later(self, data: bytes) -> None:
        self.held -= 1
        self._pass(data)

    def _pass(self, data: bytes) -> None:
        out = self.out
        if out is None or out.peer is None or out.transport is None or out.transport.is_closing():
            return
        out.transport.sendto(data, out.peer)

    @property
    def address(self) -> Address:
        assert self.transport is not None
        host, port = self.transport.get_extra_info("sockname")[:2]
        return host, port

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()


class Proxy:
    """`up` is the way from the peer to the relay, `down` the way back."""

    def __init__(self, up: Line, down: Line) -> None:
        self.up, self.down = up, down
        self._near, self._far = _Side(up), _Side(down)

    @classmethod
    async def open(
        cls, host: str, up: Line | None = None, down: Line | None = None, port: int = 0
    ) -> Proxy:
        proxy = cls(up or Line(), down or Line())
        proxy._near = await _bound(host, proxy.up, port)
        proxy._far = await _bound(host, proxy.down)
        proxy._near.out, proxy._far.out = proxy._far, proxy._near
        return proxy

    def offered(self, sdp: str) -> str:
        """The peer's description as the relay shall read it."""
        sdp, peer = _replaced(sdp, self._far.address)
        self._near.peer = peer or self._near.peer
        return sdp

    def answered(self, sdp: str) -> str:
        """The relay's description as the peer shall read it."""
        sdp, relay = _replaced(sdp, self._near.address)
        self._far.peer = relay or self._far.peer
        return sdp

    def leads_to(self, relay: Address) -> None:
        """Where the peer's datagrams go, if no answer was read."""
        self._far.peer = relay

    async def move(self) -> None:
        """Another NAT mapping: from now on the relay hears the peer from a new port."""
        old = self._far
        self._far = await _bound(old.address[0], self.down)
        self._far.peer, self._far.out, self._near.out = old.peer, self._near, self._far
        old.close()

    @property
    def overflowed(self) -> int:
        return self._near.overflowed + self._far.overflowed

    def close(self) -> None:
        self._near.close()
        self._far.close()


async def _bound(host: str, line: Line, port: int = 0) -> _Side:
    loop = asyncio.get_running_loop()
    _, side = await loop.create_datagram_endpoint(lambda: _Side(line), local_addr=(host, port))
    return side


def _replaced(sdp: str, by: Address) -> tuple[str, Address | None]:
    """The first host candidate of each m-line under another address, the others left out.

    The address that it had, unless it was a name that only its own machine can resolve.
    """
    found = _CANDIDATE.search(sdp)
    if found is None:
        return sdp, None
    had = None if found[3].endswith(".local") else (found[3], int(found[4]))
    line = f"a=candidate:{found[1]} 1 udp {found[2]} {by[0]} {by[1]} typ host"
    head, *media = re.split(r"(?m)^(?=m=)", sdp)
    return head + "".join(_one(section, line) for section in media), had


def _one(section: str, line: str) -> str:
    first = _OTHER.search(section)
    if first is None:
        return section
    return section[: first.start()] + line + "\r\n" + _OTHER.sub("", section[first.start() :])
