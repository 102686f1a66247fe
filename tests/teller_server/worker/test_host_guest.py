"""A worker lets a further party into a running call and out again, with real media."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from recording.evidence import Evidence
from recording.inspect import inspect
from recording.seal import FileSigner
from recording.verify import verify
from signaling.media.agent import own_addresses
from signaling.media.policy import MediaPolicy
from teller_server.worker.host import CallHost
from tests.signaling.media.peers import Peer, until

KEY = bytes(range(32))
POLICY = MediaPolicy().this_machine(own_addresses())
SEEN = {"customer": 60, "teller": 200, "guarantor": 130}


@dataclass
class Desk:
    """The desk's end, in the same process, and the people of the call."""

    directory: Path
    evidence: Evidence
    host: CallHost = field(init=False)
    news: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    people: dict[str, Peer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.host = CallHost(POLICY, lambda verb, body: self.news.append((verb, body)))
        self.epoch = time.monotonic()
        self.recorder: dict[str, Any] = {
            "directory": str(self.directory),
            "recording": "rec-1",
            "data_key": base64.b64encode(KEY).decode(),
            "epoch": self.epoch,
            "epoch_wall": datetime.now(UTC).isoformat(),
        }

    async def ask(self, verb: str, **body: Any) -> dict[str, Any]:
        return await self.host.handle(verb, {"call": "visit-1", **body})

    async def open(self) -> None:
        parties = ["customer", "teller"]
        await self.ask("open", parties=parties, expected=list(SEEN), **self.recorder)

    async def join(self, party: str, leg: str) -> Peer:
        peer = self.people[leg] = Peer(party, SEEN[party], seats=2)
        answer = await self.ask("answer", party=party, leg=leg, sdp=await peer.offer())
        await peer.accept(answer["sdp"])
        return peer

    def confirmed(self, party: str) -> bool:
        told = [body for verb, body in self.news if verb == "sealed" and body["party"] == party]
        return {"audio", "video"} <= {kind for body in told for kind in body["kinds"]}


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    directory = tmp_path / "evidence" / "rec-1"
    evidence = Evidence.create(
        directory, "rec-1", "visit-1", ["customer", "teller"], KEY, datetime.now(UTC), "test"
    )
    opened = Desk(directory, evidence)
    await opened.open()
    yield opened
    for peer in opened.people.values():
        await peer.leave()
    await opened.host.close()


async def test_a_guest_is_heard_and_recorded_from_the_moment_they_are_let_in(
    desk: Desk, tmp_path: Path
) -> None:
    customer, teller = await desk.join("customer", "c1"), await desk.join("teller", "t1")
    await until(lambda: desk.confirmed("customer") and desk.confirmed("teller"))
    with pytest.raises(KeyError):  # nobody who isn't recorded
        await desk.join("guarantor", "too-early")
    came_ms = (time.monotonic() - desk.epoch) * 1000
    await desk.ask("party", party="guarantor", **desk.recorder)
    guest = await desk.join("guarantor", "g1")
    await until(lambda: desk.confirmed("guarantor"))
    for peer in (customer, teller, guest):
        await until(lambda peer=peer: all(w.frames > 5 for w in peer.seen + peer.heard))  # type: ignore[misc]
        others = [level for party, level in SEEN.items() if party != peer.party]
        assert [w.brightness for w in peer.seen] == pytest.approx(others, abs=20)
    await desk.ask("part", party="guarantor")
    dead = [body for verb, body in desk.news if verb == "leg" and body["kind"] == "LegDead"]
    assert [(body["party"], body["cause"]) for body in dead] == [("guarantor", "parted")]
    with pytest.raises(KeyError):
        await desk.join("guarantor", "too-late")
    before = customer.seen[0].frames
    await until(lambda: customer.seen[0].frames > before + 5)
    await desk.ask("close")
    desk.evidence.seal(datetime.now(UTC), FileSigner(tmp_path / "signer"), None, {})
    assert verify(desk.directory).status == "complete"
    logs = inspect(desk.directory, KEY).logs
    assert set(logs) == {"customer", "teller", "guarantor"}
    assert logs["guarantor"].ended
    assert logs["guarantor"].frames["video"] > 5
    assert (logs["guarantor"].first_ms or 0) >= came_ms - 100
    assert not logs["guarantor"].errors


async def test_nobody_comes_back_unrecorded_while_being_let_go(desk: Desk) -> None:
    await desk.ask("party", party="guarantor", **desk.recorder)
    await desk.join("guarantor", "g1")
    await until(lambda: desk.confirmed("guarantor"))
    again = desk.people["g2"] = Peer("guarantor", SEEN["guarantor"], seats=2)
    offer = await again.offer()
    going = asyncio.create_task(desk.ask("part", party="guarantor"))
    await asyncio.sleep(0)
    assert not going.done()
    with pytest.raises(KeyError):
        await desk.ask("answer", party="guarantor", leg="g2", sdp=offer)
    await going
    await desk.ask("close")
    assert verify(desk.directory).first_bad is None
