"""A further party in a running call: let in by own consents, missed by nobody, let go cleanly."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil
import pytest

from recording.inspect import inspect
from recording.verify import verify
from teller_server.desk.purposes import SERVICE
from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.state import Outcome, Visit, VisitState
from tests.signaling.media.peers import until
from tests.teller_server.desk.parlour import PATIENCE, VISIT, Parlour, parlour
from tests.teller_server.material import REASON, TELLER

CONSENTS = {"recording": True, "face": True}


async def refused(room: Parlour, leg: str) -> str:
    with pytest.raises(Refusal) as refusal:
        await room.join("guarantor", leg)
    return refusal.value.code


async def served(room: Parlour) -> None:
    """Customer and teller are in service."""
    await room.accepted()
    await room.join("customer", "c1")
    await room.join("teller", "t1")
    await room.until(lambda visit: visit.state is VisitState.IN_SERVICE)


async def invite(room: Parlour, guest: str) -> None:
    await room.do(c.InviteGuest("guarantor", guest, TELLER))


async def test_a_guest_comes_drops_out_comes_back_and_is_let_go(tmp_path: Path) -> None:
    async with parlour(tmp_path) as room:
        await served(room)
        assert await refused(room, "uninvited") == "no_media_now"
        await invite(room, "guest-1")
        assert await refused(room, "without consent") == "no_media_now"
        await room.do(c.GuestConsents("guarantor", "guest-1", CONSENTS))
        guest = await room.join("guarantor", "g1")
        for peer in (room.people[0], room.people[1], guest):
            await until(lambda peer=peer: all(w.frames > 5 for w in peer.seen + peer.heard))  # type: ignore[misc]

        await guest.leave()
        visit = await room.until(lambda visit: not visit.here("guarantor"))
        assert room.call.rejoin_deadline(visit) is None
        await room.call.sweep()
        assert (await room.visit()).state is VisitState.IN_SERVICE

        await room.join("guarantor", "g2")
        await room.do(c.DismissGuest("guarantor", TELLER))
        await until(lambda: "guarantor" not in room.call.pictures[VISIT].peers, PATIENCE)
        assert await refused(room, "let go") == "no_media_now"
        await invite(room, "guest-2")
        await room.do(c.GuestConsents("guarantor", "guest-2", CONSENTS))
        await room.join("guarantor", "g3")
        found = await sealed(room, tmp_path)
        assert verify(found).status == "complete"
        logs = inspect(found, await room.keys.get(VISIT, SERVICE)).logs
        assert set(logs) == {"customer", "teller", "guarantor", "events", "afterwards"}
        assert logs["guarantor"].parts == 2
        assert logs["guarantor"].ended


async def test_with_another_worker_the_guest_is_asked_back_too(tmp_path: Path) -> None:
    async with parlour(tmp_path) as room:
        await served(room)
        await invite(room, "guest-1")
        await room.do(c.GuestConsents("guarantor", "guest-1", CONSENTS))
        await room.join("guarantor", "g1")
        (first,) = room.workers.pids()
        psutil.Process(first).send_signal(signal.SIGKILL)
        await until(lambda: len(room.asked_back) == 3, PATIENCE)
        assert room.asked_back == ["customer", "teller", "guarantor"]
        assert not (await room.visit()).here("guarantor")
        guest = await room.join("guarantor", "g2")  # before anybody else is back
        customer = await room.join("customer", "c2")
        await until(lambda: guest.seen[0].frames > 5 and customer.seen[1].frames > 5)
        await room.join("teller", "t2")
        found = await sealed(room, tmp_path)
        assert verify(found).status == "complete"
        gaps = inspect(found, await room.keys.get(VISIT, SERVICE)).logs["guarantor"].gaps
        assert "recorder_restart" in {gap["cause"] for gap in gaps}


async def test_who_was_asked_in_and_never_came_is_missed_by_nobody(tmp_path: Path) -> None:
    async with parlour(tmp_path) as room:
        await served(room)
        await invite(room, "guest-1")
        await room.do(c.GuestConsents("guarantor", "guest-1", CONSENTS))
        assert room.call.pictures[VISIT].seats == ("customer", "teller", "guarantor")
        assert set(room.call.pictures[VISIT].peers) == {"customer", "teller"}
        found = await sealed(room, tmp_path)
        assert verify(found).status == "complete"
        assert b'"absent":[]' in (found / "manifest.json").read_bytes()


async def sealed(room: Parlour, place: Path) -> Path:
    """The call ends; where its package lies once both seals are stamped."""
    await room.do(c.EndService(TELLER, Outcome.REFUSED_CUSTOMER, REASON), c.WrapUp(TELLER, "test"))
    stamps: list[Path] = []

    def stamped(_visit: Visit) -> bool:
        stamps[:] = place.rglob("closing.json.p7s.tsr")
        return bool(stamps)

    await room.until(stamped)
    return stamps[0].parent
