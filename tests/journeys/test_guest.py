"""A guarantor joins by an own link: seen and heard by all, own consents, own steps, own log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from aiohttp import WSServerHandshakeError

from teller_server.rehearse.client import Door, Refused
from teller_server.rehearse.customer import Customer
from teller_server.rehearse.guest import Guest
from teller_server.rehearse.media import RATE, Medium, encode_audio, encode_video, speechlike
from teller_server.rehearse.peer import Peer
from teller_server.rehearse.play import Play, Wishes, identify
from teller_server.rehearse.server import PrivateServer
from teller_server.rehearse.teller import Teller
from teller_server.rehearse.wire import View
from tests.journeys.people import (
    LI_LEI,
    PATIENCE,
    Cast,
    command,
    console,
    evidence_of,
    judged,
    officer,
    words_of,
)

SERVICE = "loan_interview"
GUARANTOR = "guarantor"


@dataclass(frozen=True)
class Cast3:
    """What each of the three sends."""

    customer: Medium
    teller: Medium
    guarantor: Medium


@pytest.fixture(scope="module")
async def three(cast: Cast) -> Cast3:
    """Only the guarantor needs a face; three pictures are looked at by everybody at once."""
    customer = await asyncio.to_thread(small, (40, 60, 200), 320)
    teller = await asyncio.to_thread(small, (200, 80, 40), 180)
    return Cast3(customer, teller, cast.customer)


def small(colour: tuple[int, int, int], pitch: float) -> Medium:
    """A small square that moves over one colour (BGR), and a voice."""
    pictures = []
    for number in range(4 * RATE):
        picture = np.full((120, 160, 3), colour, np.uint8)
        picture[50:70, number : number + 20] = 255
        pictures.append(picture)
    return Medium(encode_video(pictures, 60_000), encode_audio(speechlike(4, pitch)), pictures[0])


@dataclass(frozen=True)
class Talk:
    """Teller and customer in service, and short words for the guest's ways."""

    server: PrivateServer
    cast: Cast3
    teller: Teller
    customer: Customer

    async def invite(self) -> str:
        """A link, as both pages show it."""
        await self.teller.wire.send("guest.invite", party=GUARANTOR)
        line = await self.guest(lambda line: line["link"] is not None)
        link = str(line["link"])
        await self.customer.wire.until(
            lambda view: [guest["link"] for guest in view["guests"]] == [link], "the same link"
        )
        return link

    async def guest(self, ready: Any, what: str = "the guest") -> View:
        """The guest's line on the console once `ready` holds for it."""
        view = await self.teller.visit(lambda visit: ready(visit["guests"][0]), what, PATIENCE)
        return dict(view["guests"][0])

    async def joined(self, link: str) -> Guest:
        guest = await Guest.come(self.server.base, link, self.cast.guarantor)
        await guest.join()
        await self.guest(lambda line: line["here"], "the guest to be here")
        return guest

    async def refused(self, by: Teller | Customer, kind: str, **body: Any) -> str:
        said = await by.wire.send(kind, bold=True, **body)
        return (await by.wire.fault(said)).code


@asynccontextmanager
async def talk(server: PrivateServer, cast: Cast3) -> AsyncIterator[Talk]:
    async with console(server, Cast(cast.guarantor, cast.teller)) as teller:
        customer = await Customer.arrive(server.base, LI_LEI, cast.customer, service=SERVICE)
        try:
            await teller.ready()
            await teller.accept(await customer.take_ticket())
            await asyncio.gather(customer.join(), teller.join())
            await teller.in_service(PATIENCE)
            yield Talk(server, cast, teller, customer)
        finally:
            await customer.close()


async def seen_and_heard(listener: Peer, others: dict[str, Medium]) -> None:
    """Each other party's own picture is on their own seat, and they are loud."""
    async with asyncio.timeout(PATIENCE):
        while not all(_is(listener, party, others) for party in others):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def _is(listener: Peer, party: str, others: dict[str, Medium]) -> bool:
    received = listener.heard_of[party]
    if received.last is None or received.loudest < 1000:
        return False
    shown = _colour(received.last.to_ndarray(format="bgr24"))
    distances = {
        name: np.abs(shown - _colour(medium.first)).sum() for name, medium in others.items()
    }
    return min(distances, key=lambda name: distances[name]) == party and distances[party] < 60


def _colour(picture: Any) -> Any:
    return np.asarray(picture).reshape(-1, 3).mean(axis=0)


async def test_a_guarantor_comes_is_recognised_drops_out_and_comes_back(
    branch: PrivateServer, three: Cast3
) -> None:
    async with talk(branch, three) as people:
        teller, customer = people.teller, people.customer
        assert (await people.guest(lambda _line: True))["status"] == "none"
        legs = dict(customer.peer.heard_of)
        link = await people.invite()
        guest = await people.joined(link)
        party = (await guest.wire.until(lambda view: view["call"], "the call"))["party"]
        assert party == GUARANTOR
        clips = {"customer": three.customer, "teller": three.teller, GUARANTOR: three.guarantor}
        for name, who in (("customer", customer), ("teller", teller), (GUARANTOR, guest)):
            others = {other: clip for other, clip in clips.items() if other != name}
            await seen_and_heard(who.peer, others)
        assert customer.peer.heard_of == legs, "nobody made a new leg for the newcomer"

        play = Play(teller, {"customer": customer, GUARANTOR: guest}, Wishes())
        await teller.start("recording_consent")
        await customer.in_step("recording_consent", "agree")
        yes = {"step": "recording_consent", "value": {"agreed": True}}
        assert await people.refused(guest, "step.answer", **yes) == "not_your_step"
        await customer.agree("recording_consent")
        await teller.complete("recording_consent")

        await play.until("guarantor_word")
        assert len(play.faces) == 1
        await teller.start("guarantor_word")
        waits = await customer.wire.until(
            lambda view: view["step"] and view["step"]["wait"] == "guest", "to wait for the guest"
        )
        step = waits["step"]
        assert (step["id"], step["mine"], step["can"]) == ("guarantor_word", False, [])
        his = {"step": "guarantor_word", "value": {"agreed": True}}
        assert await people.refused(customer, "step.answer", **his) == "not_your_step"

        await guest.peer.close()
        await people.guest(lambda line: not line["here"], "the guest to be gone")
        alone = await teller.visit(lambda visit: visit["state"], "the call to go on")
        assert alone["state"] == "in_service"
        await guest.join()
        await teller.visit(lambda visit: visit["state"] == "reverify", "reverify", PATIENCE)
        await identify(teller, "guarantor_word")
        await teller.visit(lambda visit: visit["state"] == "in_service", "to go on", PATIENCE)
        await guest.agree("guarantor_word")
        await teller.complete("guarantor_word")
        await teller.wire.send("guest.dismiss", party=GUARANTOR)
        await people.guest(lambda line: line["status"] == "gone")
        await guest.wire.until(lambda view: view["left"] and view["call"] is None, "to be let go")
        await play.to_the_end()
        await teller.end("done_with_limits")
        await teller.wrap_up("done_with_limits")
        await customer.receipt()
        await guest.close()
    await left_behind(branch, customer.visit)


async def left_behind(server: PrivateServer, visit: str) -> None:
    """Three logs that verify and play, the guest's from when they came; all on record."""
    evidence = evidence_of(server, visit)
    gaps = json.loads(await asyncio.to_thread((evidence / "manifest.json").read_bytes))["gaps"]
    assert (await judged(evidence)).status == "complete", gaps
    manifest = json.loads(await asyncio.to_thread((evidence / "manifest.json").read_bytes))
    assert manifest["parties"] == ["customer", GUARANTOR, "teller"]
    assert manifest["absent"] == []
    assert manifest["logs"][GUARANTOR][0]["from_ms"] > 0
    code, output = await command("inspect", evidence, "--data", server.data, "--json")
    found = json.loads(output.splitlines()[-1])
    assert (code, found["ok"]) == (0, True), {
        log: (one["errors"], one.get("unexplained")) for log, one in found["logs"].items()
    }
    assert found["logs"][GUARANTOR]["frames"]["video"] > 50
    async with officer(server) as reviewer:
        await reviewer.fresh()
        drawn = await reviewer.timeline(visit, await reviewer.view(visit, "复核保证人"))
        parties = {party["party"]: party for party in drawn["parties"]}
        assert set(parties) == {"customer", "teller", GUARANTOR}
        assert parties[GUARANTOR]["from_ms"] > parties["customer"]["from_ms"]
        shown = {mark["kind"] for mark in drawn["marks"]}
        assert {"GuestInvited", "GuestConsented", "GuestLeft"} <= shown
    told = await asyncio.to_thread(lambda: list(words_of(server, visit)))
    photographed = [body["party"] for name, body in told if name == "DocumentAccepted"]
    assert photographed == [GUARANTOR]


async def test_a_stranger_with_a_used_or_wrong_link_gets_nothing(
    branch: PrivateServer, three: Cast3
) -> None:
    async with talk(branch, three) as people:
        link = await people.invite()
        secret = link.partition("#")[2]
        assert secret.encode() not in await asyncio.to_thread(branch.log.read_bytes)
        async with Door(branch.base) as stranger:
            await stranger.page("/j")
            with pytest.raises(Refused, match="join_unknown"):
                await stranger.post("/api/customer/join", {"secret": "x" * 43})
            with pytest.raises(Refused, match="not_signed_in"):
                await stranger.post("/api/customer/join/consents", {"consents": {}})
        async with Door(branch.base) as first:
            await first.page("/j")
            answer = await first.post("/api/customer/join", {"secret": secret})
            assert (answer["party"], answer["party_title"]) == (GUARANTOR, "保证人")
            assert LI_LEI.name not in json.dumps(answer, ensure_ascii=False)
            await first.page("/j")
            consents = {"consents": {"recording": False, "face": True}}
            with pytest.raises(Refused, match="consent_required"):
                await first.post("/api/customer/join/consents", consents)
            with pytest.raises(WSServerHandshakeError):
                await first.wire("/ws/customer")  # nobody is let in before the consents
        async with Door(branch.base) as second:
            await second.page("/j")
            with pytest.raises(Refused, match="join_used"):
                await second.post("/api/customer/join", {"secret": secret})


async def test_a_guest_hangs_up_and_comes_back_by_a_new_link(
    branch: PrivateServer, three: Cast3
) -> None:
    async with talk(branch, three) as people:
        first = await people.joined(await people.invite())
        await first.wire.send("visit.leave", reason="customer_left")
        await first.wire.until(lambda view: view["left"] and view["call"] is None, "to have left")
        await people.guest(lambda line: line["status"] == "gone")
        guest = await people.joined(await people.invite())
        await seen_and_heard(guest.peer, {"customer": three.customer, "teller": three.teller})
        with pytest.raises(Refused, match="not_signed_in"):
            await first.door.get("/api/customer/receipt")  # the new link ended the old page
        await first.close()
        await people.teller.end("refused_customer", "测试")
        late = await guest.wire.until(lambda view: view["call"] is None, "the call to be over")
        assert late["party"] == GUARANTOR
        await people.teller.wrap_up("test")
        await guest.close()
