"""A whole visit as its three people live it, from the ticket to the replay."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from teller_server.rehearse.client import Door, Refused
from teller_server.rehearse.customer import Customer
from teller_server.rehearse.reviewer import count_frames
from teller_server.rehearse.server import PrivateServer
from teller_server.rehearse.wire import View
from tests.journeys.people import (
    HAN_MEIMEI,
    LI_LEI,
    OWEN,
    STEPS,
    WANG_XIAOMING,
    Cast,
    alter,
    branch_database,
    changes_in_core,
    command,
    console,
    eventually,
    evidence_of,
    meeting,
    officer,
    phone,
    verdict,
    words_of,
)
from tests.phones import rows


@dataclass(frozen=True, slots=True)
class Done:
    """A visit that went well, and what its customer was left with."""

    visit: str
    view: View
    receipt: Path
    evidence: Path


@pytest.fixture(scope="module")
async def done(branch: PrivateServer, cast: Cast, tmp_path_factory: pytest.TempPathFactory) -> Done:
    async with meeting(branch, cast, HAN_MEIMEI) as people:
        await people.serve()
        await people.finish()
        view = await people.closed("committed")
        held = await people.customer.door.get("/api/customer/receipt")
    receipt = tmp_path_factory.mktemp("receipt") / "receipt.json"
    receipt.write_text(json.dumps(held))
    return Done(people.visit, view, receipt, evidence_of(branch, people.visit))


def test_the_visit_is_done_and_the_change_is_in_the_core(branch: PrivateServer, done: Done) -> None:
    assert done.view["visit"]["outcome"] == "done"
    assert done.view["receipt"]["seal_status"] == "sealed"
    wanted = {"address": "杭州市西湖区彩排路 1 号", "occupation": "professional"}
    assert changes_in_core(branch, done.visit) == [wanted]


async def test_the_customers_receipt_is_proof_against_the_bank(done: Done) -> None:
    held = json.loads(done.receipt.read_text())
    assert held["heads"]
    assert re.fullmatch("[0-9a-f]{64}", held["evidence_digest"])
    closing = done.evidence / "closing.json.p7s.tsr"
    await eventually(closing.exists, "the closing seal")
    code, said = await verdict(done.evidence, done.receipt)
    assert (code, said["status"]) == (0, "complete")
    assert {step["name"]: step["ok"] for step in said["steps"]}["closing"]
    assert said["evidence_digest"] == held["evidence_digest"]


async def test_a_head_that_the_receipt_names_can_not_be_taken_away(
    done: Done, tmp_path: Path
) -> None:
    """Not even the last one, with a seal that never knew of it."""
    copy = tmp_path / "copy"
    shutil.copytree(done.evidence, copy)
    for name in ("manifest.json", "closing.json"):
        for path in copy.glob(f"{name}*"):
            path.unlink()
    for path in copy.glob("afterwards*"):
        path.unlink()
    code, _said = await verdict(copy)
    assert code == 3  # without its seal it is a recording whose end nobody attests
    for path in sorted((copy / "heads").glob("*"))[-3:]:
        if path.name.startswith(f"{len(json.loads(done.receipt.read_text())['heads']):06d}"):
            path.unlink()
    assert (await verdict(copy))[0] == 3
    code, said = await verdict(copy, done.receipt)
    assert (code, said["first_bad"]["code"]) == (1, "receipt_head_missing")


async def test_inspect_opens_what_both_sent(branch: PrivateServer, done: Done) -> None:
    code, output = await command("inspect", done.evidence, "--data", branch.data, "--json")
    found = json.loads(output.splitlines()[-1])
    assert (code, found["ok"], found["complete"]) == (0, True, True)
    for party in ("customer", "teller"):
        log = found["logs"][party]
        assert log["frames"]["video"] > 50
        assert log["frames"]["audio"] > 100
        assert log["ended"]
        assert log["sizes"] == ["640x480"]
        for medium in log["presence"].values():  # counted anew, from the media themselves
            assert medium["present_ms"] > 10 * sum(medium["lost_ms"].values())
            assert medium["unknown_ms"] == 0
    assert found["logs"]["events"]["marks"] >= 2 * len(STEPS)
    assert found["logs"]["afterwards"]["marks"] >= 3


async def test_nothing_is_shown_before_purpose_and_password(
    branch: PrivateServer, done: Done
) -> None:
    one = f"/api/review/visits/{done.visit}"
    async with officer(branch) as reviewer:
        for path in (f"{one}/timeline", f"{one}/media/customer"):
            with pytest.raises(Refused, match="grant_needed"):
                await reviewer.door.fetch(path)
        long_ago = "UPDATE web_sessions SET fresh_until = 0"
        await asyncio.to_thread(alter, branch_database(branch), long_ago)
        with pytest.raises(Refused, match="fresh_authentication_required"):
            await reviewer.view(done.visit, "复核地址变更")
        before = (await reviewer.door.get(f"{one}/custody"))["entries"]
        await reviewer.fresh()
        with pytest.raises(Refused, match="bad_request"):
            await reviewer.view(done.visit, "")
        grant = await reviewer.view(done.visit, "复核地址变更")
        entries = (await reviewer.door.get(f"{one}/custody"))["entries"]
        assert len(entries) == len(before) + 1  # written before the first byte is asked for
        assert (entries[-1]["act"], entries[-1]["purpose"]) == ("view_granted", "复核地址变更")
        other = await reviewer.door.get(one)
        assert other["customer_masked"] != HAN_MEIMEI.name
        await watch(reviewer.door, one, grant)


async def watch(door: Door, one: str, grant: str) -> None:
    """By HTTP Range, in pieces that fall anywhere, both parties play to the end."""
    drawn = await door.get(f"{one}/timeline", grant=grant)
    assert {party["party"] for party in drawn["parties"]} == {"customer", "teller"}
    for party in drawn["parties"]:
        whole = await door.fetch(party["media"])
        middle = len(whole) // 2
        pieces = [
            await door.fetch(party["media"], (0, 999)),
            await door.fetch(party["media"], (1000, middle)),
            await door.fetch(party["media"], (middle + 1, len(whole) - 1)),
        ]
        assert b"".join(pieces) == whole
        assert count_frames(whole)["video"] > 50
    starts = [mark["title"] for mark in drawn["marks"] if mark["kind"] == "step"]
    assert len(starts) == len(STEPS)
    times = [mark["at_ms"] for mark in drawn["marks"]]
    assert times == sorted(times)
    assert all(mark["until_ms"] >= mark["at_ms"] for mark in drawn["marks"] if mark["until_ms"])


async def test_every_step_is_on_record_in_order(branch: PrivateServer, done: Done) -> None:
    told = await asyncio.to_thread(lambda: list(words_of(branch, done.visit)))
    started = [body["step"] for name, body in told if name == "StepStarted"]
    ended = [(body["step"], body["result"]) for name, body in told if name == "StepEnded"]
    assert started == STEPS
    assert ended == [(step, "passed") for step in STEPS]
    names = [name for name, _ in told]
    for earlier, later in (
        ("RecordingStarted", "ServiceBegan"),
        ("ServiceBegan", "StepStarted"),
        ("EvidenceSealed", "EffectRequested"),
        ("EffectRequested", "EffectSettled"),
    ):
        assert names.index(earlier) < names.index(later)
    assert any(name == "RecordingStarted" and body["party"] == "teller" for name, body in told)


# ---- the queue


async def test_a_declined_customer_keeps_the_place_and_it_is_counted(
    branch: PrivateServer, cast: Cast
) -> None:
    async with (
        phone(branch, cast, LI_LEI) as first,
        phone(branch, cast, OWEN) as second,
    ):
        ticket = await first.take_ticket()
        await second.take_ticket()
        ahead = await second.wire.until(lambda view: view["queue"], "a place")
        assert ahead["queue"]["ahead"] == 1
        async with console(branch, cast) as teller:
            await teller.ready()
            view = await teller.wire.until(lambda view: view["offer"], "an offer", 30)
            assert (view["offer"]["ticket"], view["offer"]["declined_before"]) == (ticket, 0)
            refused = await teller.wire.send(
                "pairing.decline", bold=True, pairing=view["offer"]["pairing"], reason=""
            )
            assert (await teller.wire.fault(refused)).code
            pairing = view["offer"]["pairing"]
            await teller.wire.send("pairing.decline", pairing=pairing, reason="需要其他语言")
            await teller.wire.until(
                lambda view: view["offer"] and view["offer"]["ticket"] != ticket,
                "the next customer",
                30,
            )
            waiting = await first.wire.until(
                lambda view: view["visit"]["state"] == "waiting", "to wait again"
            )
            assert waiting["queue"]["ahead"] == 0
            await teller.wire.until(
                lambda view: (
                    (ticket, "waiting")
                    in [(line["ticket"], line["status"]) for line in view["queue"]]
                ),
                "the first in the queue again",
            )
        found = await asyncio.to_thread(lambda: list(words_of(branch, first.visit)))
        declined = [body for name, body in found if name == "OfferDeclined"]
        assert len(declined) == 1
        assert "语言" not in json.dumps(declined, ensure_ascii=False)
        for customer in (first, second):
            await give_up(customer)


async def test_who_leaves_and_comes_back_keeps_the_place(branch: PrivateServer, cast: Cast) -> None:
    async with phone(branch, cast, LI_LEI) as first, phone(branch, cast, OWEN) as second:
        ticket = await first.take_ticket()
        await second.take_ticket()
        await first.wire.close()
        wire = await first.door.wire("/ws/customer")
        view = await wire.until(lambda view: view["queue"], "the place again")
        assert (view["visit"]["ticket"], view["queue"]["ahead"]) == (ticket, 0)
        assert (await second.wire.until(lambda view: view["queue"], "a place"))["queue"]["ahead"]
        await wire.send("ticket.leave")
        await wire.until(lambda view: view["visit"]["state"] == "closed", "to have left")
        await wire.close()
        moved = await second.wire.until(lambda view: view["queue"]["ahead"] == 0, "to move up")
        assert moved["queue"]["position"] == 1
        await give_up(second)


async def give_up(customer: Customer) -> None:
    await customer.wire.send("ticket.leave")
    await customer.wire.until(lambda view: view["visit"]["state"] == "closed", "to have left")


# ---- invitations


@pytest.fixture
async def browsers(branch: PrivateServer) -> AsyncIterator[list[Door]]:
    opened = [Door(branch.base) for _ in range(3)]
    yield opened
    for door in opened:
        await door.close()


async def test_an_invitation_is_used_up_by_a_tap_not_by_opening_it(
    branch: PrivateServer, browsers: list[Door]
) -> None:
    printed = re.search(r"/i#(\S+)", branch.log.read_text())
    assert printed is not None
    secret = printed[1]
    preview, mine, other = browsers
    for _ in range(3):
        await preview.page("/i")  # what a messenger does with a link: the secret never travels
    await mine.page("/i")
    invited = await mine.post("/api/customer/redeem", {"secret": secret})
    assert invited["customer"]["name_masked"] not in ("", LI_LEI.name)
    await other.page("/i")
    with pytest.raises(Refused, match="invitation_used"):
        await other.post("/api/customer/redeem", {"secret": secret})
    with pytest.raises(Refused, match="invitation_unknown"):
        await other.post("/api/customer/redeem", {"secret": "x" * 43})
    await mine.page("/")
    visit = await open_invited(mine)
    await mine.page("/")
    code = (await mine.post("/api/customer/handoff"))["code"]
    with pytest.raises(Refused, match="handoff_unknown"):
        await other.post("/api/customer/handoff/redeem", {"code": "AAAAAAAA"})
    taken = await other.post("/api/customer/handoff/redeem", {"code": code.lower()})
    assert taken["visit"] == visit
    with pytest.raises(Refused, match="handoff_unknown"):
        await preview.post("/api/customer/handoff/redeem", {"code": code})
    await other.page("/")
    wire = await other.wire("/ws/customer")
    view = await wire.until(lambda view: view["visit"], "the visit on the other device")
    assert view["visit"]["id"] == visit
    await wire.close()
    kept = await asyncio.to_thread(
        rows, branch_database(branch), "SELECT authenticated FROM visits WHERE id = ?", visit
    )
    assert kept == [(1,)]


async def open_invited(door: Door) -> str:
    consents: dict[str, Any] = {"recording": True, "face": True}
    opened = await door.post(
        "/api/customer/visits",
        {"service": "change_of_details", "language": "zh-CN", "consents": consents},
    )
    return str(opened["visit"])


async def test_without_consent_to_be_recorded_there_is_no_visit(
    branch: PrivateServer, browsers: list[Door]
) -> None:
    door = browsers[0]
    await door.page("/")
    with pytest.raises(Refused, match="consent"):
        await door.post(
            "/api/customer/visits",
            {
                "service": "change_of_details",
                "language": "en",
                "name": WANG_XIAOMING.name,
                "document_number": WANG_XIAOMING.document_number,
                "consents": {"recording": False, "face": True},
            },
        )
