"""Real media through a real worker: what is lost on the way is in the ledger, with its cause."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from recording import playback
from recording.inspect import Inspection, inspect
from tests.signaling.media.peers import is_media, until
from tests.signaling.media.test_weak_network import RTX
from tests.teller_server.worker.test_host_guest import KEY, Desk, desk

__all__ = ["desk"]


def inspected(opened: Desk, party: str) -> tuple[Inspection, dict[str, set[str]]]:
    """The judgement, and the causes of each medium of a party."""
    causes: dict[str, set[str]] = {"audio": set(), "video": set()}
    for gap in playback.gaps(opened.directory, party, KEY):
        causes[gap["kind"]].add(gap["cause"])
    return inspect(opened.directory, KEY), causes


async def test_packets_that_never_come_are_lost_by_their_numbers(desk: Desk) -> None:
    customer = await desk.join("customer", "c1")
    await desk.join("teller", "t1")
    await until(lambda: desk.confirmed("customer"))
    doomed: set[bytes] = set()

    def drop(data: bytes, outgoing: bool) -> bool:
        """Sixty packets for good: their retransmissions as well."""
        if not outgoing or not is_media(data):
            return False
        if data[1] & 0x7F == RTX:
            return True
        name = data[2:4] + data[8:12]
        if len(doomed) < 60:
            doomed.add(name)
        return name in doomed

    customer.drop = drop
    await until(lambda: len(doomed) == 60)
    await asyncio.sleep(1.5)
    await desk.ask("close")
    found, causes = inspected(desk, "customer")
    assert found.ok, found.logs
    assert found.complete
    assert "packet_loss" in causes["audio"]
    tallies = [body["streams"] for verb, body in desk.news if verb == "leg" and body.get("streams")]
    missing = sum(stream["missing"] for tally in tallies for stream in tally.values())
    holes = [r for r in playback.read_records(desk.directory, "customer", KEY) if r["t"] == "hole"]
    assert missing == sum(hole["lost"] for hole in holes)
    assert 0 < missing <= 60


async def test_a_camera_that_is_switched_off_is_the_cause(desk: Desk) -> None:
    customer = await desk.join("customer", "c1")
    await desk.join("teller", "t1")
    await until(lambda: desk.confirmed("customer"))
    line: Any = next(t for t in customer.connection.getTransceivers() if t.kind == "video")
    await desk.ask("switched", party="customer", kinds={"video": False})
    line.sender.replaceTrack(None)
    went = time.monotonic()
    await asyncio.sleep(2.0)
    # a camera's clock goes on while nobody is sent its pictures
    customer.video.sent += round((time.monotonic() - went) / customer.video._interval)
    customer.video.keyframe()
    line.sender.replaceTrack(customer.video)
    await desk.ask("switched", party="customer", kinds={"video": True})
    await asyncio.sleep(1.0)
    await desk.ask("close")
    found, causes = inspected(desk, "customer")
    assert found.ok, found.logs
    assert found.complete
    assert "camera_off" in causes["video"]
    assert "camera_off" not in causes["audio"]
