"""What must never happen, tried: unrecorded, unlike, out of order, damaged, twice."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import skimage

from teller_server.rehearse.client import Refused
from teller_server.rehearse.media import document_photo
from teller_server.rehearse.server import PrivateServer, private_server
from tests.journeys.people import (
    HAN_MEIMEI,
    LI_LEI,
    OFTEN,
    OWEN,
    SHORT,
    STEPS,
    WANG_XIAOMING,
    Cast,
    Meeting,
    alter,
    branch_database,
    changes_in_core,
    core_database,
    eventually,
    evidence_of,
    judged,
    meeting,
    officer,
    words_of,
)
from tests.journeys.steps import BY_EYE, consent, serve_by_eye, show_document
from tests.phones import rows


async def refuse_to_be_recorded(people: Meeting) -> None:
    await people.teller.start("recording_consent")
    await people.customer.refuse("recording_consent")
    await people.wrap_up("refused_customer")
    closed = await people.closed()
    assert closed["visit"]["outcome"] == "refused_customer"
    assert closed["call"] is None


async def test_who_refuses_aloud_is_not_served_and_the_seconds_are_kept(
    branch: PrivateServer, cast: Cast
) -> None:
    async with meeting(branch, cast, LI_LEI) as people:
        await refuse_to_be_recorded(people)
    assert (await judged(evidence_of(branch, people.visit))).status == "complete"
    async with officer(branch) as reviewer:
        grant = await reviewer.view(people.visit, "拒绝录音录像的复核")
        assert (await reviewer.recorded(people.visit, grant))["customer"]["video"] > 0


@pytest.fixture
async def shredding(place: Path) -> AsyncIterator[PrivateServer]:
    policy = {**OFTEN, "refused": "shred"}
    async with private_server(place, place / "evidence", recording=policy, rules=SHORT) as server:
        yield server


async def test_where_the_bank_says_so_the_seconds_are_shredded(
    shredding: PrivateServer, cast: Cast
) -> None:
    async with meeting(shredding, cast, LI_LEI) as people:
        await refuse_to_be_recorded(people)
        database = branch_database(shredding)
        kept = "SELECT wrapped FROM data_keys WHERE visit = ?"
        await eventually(lambda: rows(database, kept, people.visit) == [(None,)], "the key gone")
        evidence = evidence_of(shredding, people.visit)
        await eventually((evidence / "shredded.json").exists, "its certificate")
        verdict = await judged(evidence)
        assert verdict.status == "complete"  # still no byte can be changed
        assert verdict.shredded
        async with officer(shredding) as reviewer:
            found = await reviewer.door.get("/api/review/visits")
            assert [line["customer_masked"] for line in found["visits"]] == [""]
            with pytest.raises(Refused, match="key_shredded"):
                await reviewer.view(people.visit, "拒绝录音录像的复核")
            custody = await reviewer.door.get(f"/api/review/visits/{people.visit}/custody")
            assert [entry["act"] for entry in custody["entries"]] == ["shredded"]


def strangers_card() -> bytes:
    """A card with somebody else's portrait."""
    path = Path(skimage.__file__).parent / "data" / "astronaut.png"
    return document_photo(np.asarray(cv2.imread(str(path)), np.uint8))


async def refused(people: Meeting, kind: str, **body: Any) -> str:
    """The code with which the branch refuses what the teller says."""
    sent = await people.teller.wire.send(kind, bold=True, **body)
    return (await people.teller.wire.fault(sent, 30)).code


async def test_a_strangers_face_can_not_be_accepted(branch: PrivateServer, cast: Cast) -> None:
    async with meeting(branch, cast, HAN_MEIMEI) as people:
        await consent(people)
        await show_document(people, strangers_card())
        await people.teller.start("face")
        check = await people.teller.check_face("face", 90)
        assert check["outcome"] == "failed"
        accept = {"check": check["id"], "verdict": "accept", "reason": "我认识他"}
        assert await refused(people, "identity.decide", **accept) == "failed_match_not_acceptable"
        passed = {"step": "face", "result": "passed", "note": None}
        assert await refused(people, "step.complete", **passed) == "identity_undecided"
        assert await refused(people, "visit.end", outcome="done", reason=None) == "steps_incomplete"
        await people.teller.wire.send(
            "identity.decide", check=check["id"], verdict="refuse", reason="与证件照片不是同一人"
        )
        await people.wrap_up("refused_bank")
        closed = await people.closed()
    assert (closed["visit"]["outcome"], closed["visit"]["effect"]) == ("refused_bank", "none")
    assert changes_in_core(branch, people.visit) == []


async def test_without_face_consent_the_teller_looks_and_no_step_can_be_skipped(
    branch: PrivateServer, cast: Cast
) -> None:
    async with meeting(branch, cast, WANG_XIAOMING, face=False) as people:
        for step in STEPS[1:]:
            assert await refused(people, "step.start", step=step) == "step_out_of_order"
        await consent(people)
        await show_document(people)
        await people.teller.start("face")
        assert await refused(people, "step.start", step="details") == "step_already_open"
        assert await refused(people, "identity.check") == "face_consent_missing"
        look: dict[str, Any] = {"check": None, "verdict": "alternative"}
        assert await refused(people, "identity.decide", **look, reason=None) == "reason_required"
        assert await refused(people, "identity.decide", **look, reason=" ") == "reason_required"
        await people.teller.wire.send("identity.decide", **look, reason=BY_EYE)
        await people.teller.complete("face")
        await people.teller.start("details")
        draft = {"step": "details", "fields": {"address": ""}}
        assert await refused(people, "form.draft", **draft) == "form_invalid"
        passed = {"step": "details", "result": "passed", "note": None}
        assert await refused(people, "step.complete", **passed) == "form_not_drafted"
        await people.finish("sign_at_branch", "客户希望到网点办理")
        assert (await people.closed())["visit"]["outcome"] == "sign_at_branch"
    told = dict(words_of(branch, people.visit))
    assert told["IdentityDecided"]["verdict"] == "alternative"
    assert BY_EYE not in str(told)
    assert "CheckBegan" not in told


# ---- no seal, no commit


def flip(part: Path) -> None:
    """One bit of one byte in the middle of a log."""
    with part.open("r+b") as stream:
        stream.seek(part.stat().st_size // 2)
        byte = stream.read(1)[0]
        stream.seek(-1, 1)
        stream.write(bytes([byte ^ 1]))


@contextmanager
def core_out_of_reach(server: PrivateServer) -> Iterator[None]:
    """Somebody else holds the bank's own system."""
    with closing(sqlite3.connect(core_database(server), timeout=20)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


async def test_nothing_arrives_when_the_evidence_is_damaged_before_the_commit(
    branch: PrivateServer, cast: Cast
) -> None:
    async with meeting(branch, cast, OWEN, face=False) as people:
        await serve_by_eye(people, "27 Quay Street, Bath")
        with core_out_of_reach(branch):
            await people.finish()
            await people.closed("pending")
            evidence = evidence_of(branch, people.visit)
            attempts = "SELECT attempts FROM effects WHERE visit = ? AND detail <> ''"
            database = branch_database(branch)
            await eventually(lambda: rows(database, attempts, people.visit), "a first attempt")
            flip(evidence / "customer.0000.evs")
        closed = await people.closed("dead_lettered")
        assert closed["visit"]["outcome"] == "done"  # what was said stays said; nothing was done
    assert changes_in_core(branch, people.visit) == []
    await seen_as_damaged(branch, people.visit)


async def test_nothing_arrives_when_the_evidence_is_damaged_before_the_seal(
    branch: PrivateServer, cast: Cast
) -> None:
    async with meeting(branch, cast, OWEN, face=False) as people:
        await serve_by_eye(people, "27 Quay Street, Bath")
        flip(evidence_of(branch, people.visit) / "teller.0000.evs")
        await people.finish()
        closed = await people.closed()
        assert closed["visit"]["outcome"] == "aborted_technical"
        assert closed["visit"]["effect"] == "cancelled"
        assert closed["notice"]["code"] == "seal_failed"
    assert changes_in_core(branch, people.visit) == []
    await seen_as_damaged(branch, people.visit)


async def seen_as_damaged(server: PrivateServer, visit: str) -> None:
    async with officer(server) as reviewer:
        verdict = await reviewer.verdict(visit)
        assert verdict["status"] == "damaged"
        assert verdict["first_bad"]["file"].endswith(".0000.evs")
        found = await reviewer.door.post("/api/review/visits/search", {"q": visit})
        assert [line["verdict"] for line in found["visits"]] == ["damaged"]


async def test_an_effect_that_is_sent_again_changes_nothing(
    branch: PrivateServer, cast: Cast
) -> None:
    """As after a crash between the core's answer and our note of it."""
    async with meeting(branch, cast, HAN_MEIMEI, face=False) as people:
        await serve_by_eye(people, "上海市徐汇区衡山路4号")
        await people.finish()
        await people.closed("committed")
    once = changes_in_core(branch, people.visit)
    database = branch_database(branch)
    again = "UPDATE effects SET state = 'pending', lease = NULL, due_at = 0 WHERE visit = ?"
    await asyncio.to_thread(alter, database, again, people.visit)
    attempts = "SELECT attempts FROM effects WHERE visit = ?"
    await eventually(lambda: rows(database, attempts, people.visit) == [(2,)], "a second attempt")
    await asyncio.sleep(1)
    assert changes_in_core(branch, people.visit) == once
    told = [name for name, _ in words_of(branch, people.visit)]
    assert told.count("EffectSettled") == 1
    await asyncio.to_thread(
        alter, database, "UPDATE effects SET state = 'committed' WHERE visit = ?", people.visit
    )
