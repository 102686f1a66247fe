"""A visit keeps the rules it was opened under: in its evidence, and on every page."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from recording.evidence import Evidence
from teller_server.desk import purposes
from teller_server.desk.keys import recording_of
from teller_server.desk.pack_shelf import Packs
from teller_server.domain import commands as c
from teller_server.domain.policy import load_packs
from teller_server.domain.script_reader import parse_script
from teller_server.domain.state import VisitState
from teller_server.domain.state_plan import PackPin
from teller_server.worker import pool
from tests.journeys.people import HOUSE
from tests.teller_server.desk.house import SERVICE, TELLER, House, house
from tests.teller_server.desk.own_rules import own_rules

TEXT = (HOUSE / "packs" / "house.yaml").read_text(encoding="utf-8")
LATER = TEXT.replace("HOUSE-1", "HOUSE-2").replace("2026.11", "2026.12")


def pin(text: str) -> PackPin:
    return PackPin("house", "v", hashlib.sha256(text.encode()).hexdigest())


def shelf(text: str, folder: Path) -> Packs:
    return Packs({pin(text).digest: text}, folder)


async def sealed_package(opened: House) -> dict[str, bytes]:
    """The rules in the sealed evidence of a visit, by role, checked against the visit's pins."""
    visit = await opened.accepted()
    await opened.in_state(visit, VisitState.WRAP_UP)
    closed = await opened.do(visit, c.WrapUp(TELLER, "nothing_done"))
    closed = await opened.until(closed, lambda it: it.sealed)
    branch = opened.branch
    recording = await branch.store.evidence.recording(recording_of(visit.id))
    assert recording is not None
    directory = branch.evidence.directory(recording)
    evidence = Evidence.open(directory, await branch.keys.get(visit.id, purposes.SEAL))
    listed = json.loads((directory / "manifest.json").read_bytes())["objects"]
    held = {one["role"]: evidence.read_object(one["digest"]) for one in listed}
    assert set(held) == {"script", "pack_house"}
    (pack,) = closed.policy.packs
    assert hashlib.sha256(held["pack_house"]).hexdigest() == pack.digest
    script = json.loads(held["script"])
    assert parse_script(script["text"], script["name"], script["parts"]).digest == closed.script
    return held


@pytest.mark.parametrize(
    "after", [LATER.encode(), b"\xff\xfe not UTF-8"], ids=["changed", "broken"]
)
async def test_the_evidence_holds_the_script_and_the_packs_that_the_branch_opened_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: bytes
) -> None:
    monkeypatch.setattr(pool, "NEW_WORKER_SECONDS", 0.5)
    rules = own_rules(tmp_path / "rules")
    async with house(tmp_path, rules) as opened:
        (tmp_path / "rules" / "packs" / "house.yaml").write_bytes(after)
        held = await sealed_package(opened)
    assert held["pack_house"].decode() == TEXT


def test_an_earlier_pack_is_found_after_a_change(tmp_path: Path) -> None:
    shelf(TEXT, tmp_path)
    after = shelf(LATER, tmp_path)
    assert after.written(pin(TEXT)) == TEXT.encode()
    assert after.written(pin(LATER)) == LATER.encode()
    assert after.written(pin("never there")) is None
    clause = after.clause([pin(TEXT)], "HOUSE-1")
    assert clause == load_packs({"house.yaml": TEXT})[0].clauses["HOUSE-1"]
    assert after.clause([pin(LATER)], "HOUSE-1") is None


@pytest.mark.parametrize("damage", [b"", b"pack: house\n", LATER.encode()])
def test_a_pack_that_was_changed_on_the_shelf_is_not_passed_off_as_the_visits(
    tmp_path: Path, damage: bytes
) -> None:
    shelf(TEXT, tmp_path)
    (tmp_path / f"{pin(TEXT).digest}.yaml").write_bytes(damage)
    assert shelf(LATER, tmp_path).written(pin(TEXT)) is None


async def test_a_clause_that_nobody_has_any_more_is_named_and_said_to_be_gone(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, own_rules(tmp_path / "rules")) as opened:
        visit = await opened.customer()
        limited = replace(visit.policy, scope=("HOUSE-1", "HOUSE-9"))
        known, gone = opened.branch.findings._scope(replace(visit, policy=limited), "en")
    assert (known["text"], known["verified"]) == ("None", True)
    assert (gone["source"], gone["verified"]) == ("HOUSE-9", False)
    assert "can't be found" in gone["text"]


async def test_who_waits_for_a_service_that_was_taken_out_blanks_nobodys_console(
    tmp_path: Path,
) -> None:
    rules = own_rules(tmp_path / "rules")
    extra = tmp_path / "rules" / "scripts" / "extra.yaml"
    script = (tmp_path / "rules" / "scripts" / f"{SERVICE}.yaml").read_text(encoding="utf-8")
    extra.write_text(script.replace(f"service: {SERVICE}", "service: extra"), encoding="utf-8")
    async with house(tmp_path, rules) as opened:
        visit = await opened.customer("extra")
        await opened.branch.reception.take_ticket(visit, "ticket")
        (line,) = (await opened.branch.show.teller(TELLER, "zh-CN"))["queue"]
        assert line["service_title"] == "变更"
    extra.unlink()
    async with house(tmp_path, rules) as opened:
        (line,) = (await opened.branch.show.teller(TELLER, "zh-CN"))["queue"]
        assert line["service_title"] == "extra"
        page = await opened.branch.show.customer(visit.id)
        assert page["visit"]["service_title"] == "变更"
