"""What our server adds to a packet's way from one party to the other.

`python -m bench.latency [--json] [--seconds N]`

Two stock peers in one process note when each media datagram leaves a socket and when it arrives at
the other's. Sequence numbers are in the clear (RFC 3711), so each packet is found again behind the
relay. The references, in the same run, are the two peers connected directly and, where apt's janus
is installed, Janus with recording. Added is the percentile minus the direct one's; ours records as
in production, alone and with four more calls in the same server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
import aiortc.rtcrtpreceiver as receiver_module
from aiortc import RTCPeerConnection

from bench import _media_clip, _media_janus
from bench._media_load import HttpDoor, JanusDoor, Queues, Threads, connected, peer
from bench.machine import describe
from bench.media import free_port, server

LIMIT_MS: Final = 10.0
SETTLE: Final = 3.0
TOGETHER: Final = 4
OPUS, VP8 = 96, 97  # aiortc's payload types; retransmissions have others
LOST_AFTER: Final = 1.0

Seen = dict[tuple[int, int], float]  # payload type and sequence number → monotonic seconds


class Noted:
    """A peer's socket with a clock at each side of it."""

    def __init__(self, connection: RTCPeerConnection) -> None:
        self.sent: Seen = {}
        self.arrived: Seen = {}
        ice = connection.getTransceivers()[0].receiver.transport.transport
        for protocol in ice._connection._protocols:
            self._listen(protocol)

    def _listen(self, protocol: Any) -> None:
        transport, deliver = protocol.transport, protocol.datagram_received

        class Outgoing:
            def sendto(_, data: bytes, address: Any = None) -> None:  # noqa: N805
                note(self.sent, data)
                transport.sendto(data, address)

            def __getattr__(_, name: str) -> Any:  # noqa: N805
                return getattr(transport, name)

        def received(data: bytes, address: Any) -> None:
            note(self.arrived, data)
            deliver(data, address)

        protocol.transport, protocol.datagram_received = Outgoing(), received


def note(seen: Seen, data: bytes) -> None:
    if len(data) > 12 and 127 < data[0] < 192 and data[1] & 0x7F in (OPUS, VP8):
        seen.setdefault((data[1] & 0x7F, int.from_bytes(data[2:4])), time.monotonic())


def delays(sent: Seen, arrived: Seen) -> list[float]:
    """Seconds on the way of every packet that arrived, whatever was added to its number."""
    found: list[float] = []
    for kind in (OPUS, VP8):
        out = {number: at for (k, number), at in sent.items() if k == kind}
        came = {number: at for (k, number), at in arrived.items() if k == kind}
        found += _matched(out, came)
    return found


def _matched(out: dict[int, float], came: dict[int, float]) -> list[float]:
    """The shift of numbers under which nothing arrives before it was sent, soonest of all."""
    number, at = list(came.items())[len(came) // 2]
    best: list[float] = []
    for candidate, began in out.items():
        if not 0 <= at - began < LOST_AFTER:
            continue
        shift = candidate - number
        ways = [came[n] - out[k] for n in came if (k := (n + shift) % 65536) in out]
        if len(ways) > len(came) / 2 and min(ways) >= 0 and (not best or sum(ways) < sum(best)):
            best = ways
    return best


@asynccontextmanager
async def pair(door: HttpDoor | JanusDoor | None, clip: Any) -> AsyncIterator[list[Any]]:
    """Two connected peers, behind a server or (None) directly."""
    if door is not None:
        peers = await door.call("probe", clip)
    else:
        peers = [peer(clip), peer(clip)]
        await peers[0].setLocalDescription(await peers[0].createOffer())
        await peers[1].setRemoteDescription(peers[0].localDescription)
        await peers[1].setLocalDescription(await peers[1].createAnswer())
        await peers[0].setRemoteDescription(peers[1].localDescription)
        await asyncio.gather(*map(connected, peers))
    try:
        yield peers
    finally:
        for one in peers:
            await one.close()


async def probe(door: HttpDoor | JanusDoor | None, clip: Any, seconds: float) -> list[float]:
    async with pair(door, clip) as peers:
        await asyncio.sleep(SETTLE)
        one, other = map(Noted, peers)
        await asyncio.sleep(seconds)
        return delays(one.sent, other.arrived) + delays(other.sent, one.arrived)


async def measure(variant: str, beside: int, clip: Path, folder: Path, seconds: float) -> Any:
    """One row: the percentiles of one call's packets, with `beside` more calls on the server."""
    media = _media_clip.packets(clip)
    async with AsyncExitStack() as stack:
        door: HttpDoor | JanusDoor | None = None
        if variant != "direct":
            port = free_port()
            await asyncio.to_thread(stack.enter_context, server(variant, folder, port))
            url = f"http://127.0.0.1:{port}"
            http = await stack.enter_async_context(aiohttp.ClientSession())
            door = (
                HttpDoor(http, url)
                if variant == "ours"
                else JanusDoor(http, f"{url}/janus,{folder}")
            )
            if beside:
                await asyncio.to_thread(stack.enter_context, load(url, beside, clip))
        ways = sorted(await probe(door, media, seconds))
    return {
        "variant": variant,
        "calls": beside + (variant != "direct"),
        **{
            f"p{share}_ms": round(1000 * ways[len(ways) * share // 100], 2)
            for share in (50, 95, 99)
        },
        "packets": len(ways),
    }


@contextmanager
def load(url: str, calls: int, clip: Path) -> Any:
    """More calls, in a process of their own."""
    command = [sys.executable, "-m", "bench._media_load", "http", str(calls), url, str(clip)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        try:
            yield
        finally:
            child.kill()


def run(seconds: float, root: Path) -> dict[str, Any]:
    clip = root / "clip.mkv"
    _media_clip.encode(clip)
    plan = [("direct", 0), ("ours", 0), ("ours", TOGETHER)]
    if _media_janus.version() is not None:
        plan.append(("janus", 0))
    rows: list[dict[str, Any]] = []
    for number, (variant, beside) in enumerate(plan):
        folder = root / str(number)
        folder.mkdir()
        row = asyncio.run(measure(variant, beside, clip, folder, seconds))
        row["added_p95_ms"] = round(row["p95_ms"] - (rows[0]["p95_ms"] if rows else 0), 2)
        rows.append(row)
        print(json.dumps(row), flush=True)
    rows[0]["added_p95_ms"] = 0.0
    added = max(row["added_p95_ms"] for row in rows if row["variant"] == "ours")
    return {
        "bench": "latency",
        "rows": rows,
        "added_p95_ms": added,
        "limit_ms": LIMIT_MS,
        "within_limit": added <= LIMIT_MS,
        **describe(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.latency", description=__doc__)
    parser.add_argument("--json", action="store_true", help="only JSON lines")
    parser.add_argument("--seconds", type=float, default=15.0, help="measured per row")
    options = parser.parse_args()
    receiver_module.queue = Queues  # type: ignore[assignment]
    receiver_module.threading = Threads  # type: ignore[assignment]
    with tempfile.TemporaryDirectory(prefix="bench-latency-") as folder:
        result = run(options.seconds, Path(folder))
    if not options.json:
        print(f"added by our server: p95 {result['added_p95_ms']} ms (limit {LIMIT_MS:g} ms)")
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
