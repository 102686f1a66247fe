"""Handed over and held from the review page: who may, once, and what it leaves behind."""

from __future__ import annotations

import asyncio
import io
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bagit
import pytest

from recording.verify import verify
from teller_server.domain.errors import Refusal
from tests.recording.handed import Court
from tests.teller_server.api.branch import Browser, Reply, Served
from tests.teller_server.api.test_openings import ask, decide, signed_in

WHY = "法院调取证据 2026-118"


@pytest.fixture(scope="module")
def court(tmp_path_factory: pytest.TempPathFactory) -> Court:
    return Court.found(tmp_path_factory.mktemp("court"))


@pytest.fixture(autouse=True)
def settled_accounts(doors: Served) -> None:
    """Everybody's account is as it was a week ago."""
    path = doors.branch.settings.data.directory / "branch.db"
    week = int((datetime.now(UTC) - timedelta(days=7)).timestamp() * 1e6)
    with closing(sqlite3.connect(path, timeout=20)) as database, database:
        database.execute("UPDATE accounts SET created_at = ?, changed_at = NULL", (week,))


@pytest.fixture
async def officer(doors: Served) -> Browser:
    return await signed_in(doors, "chen")


def pem(court: Court) -> str:
    return (court.folder / "court.pem").read_text()


async def prepare(browser: Browser, visit: str, grant: str, certificate: str) -> Reply:
    body = {"grant": grant, "certificate": certificate}
    return await browser.ask("POST", f"/api/review/visits/{visit}/packages", body)


async def granted(doors: Served, browser: Browser, visit: str, second: str = "liu") -> str:
    """A grant for an export, to which a colleague has agreed."""
    asked = await browser.ask(
        "POST", f"/api/review/visits/{visit}/views", {"purpose": WHY, "kind": "export"}
    )
    assert asked.status == 202, asked.raw
    request = asked.json["request"]
    early = await browser.ask("POST", f"/api/review/openings/{request}/grant", {})
    assert early.code == "second_person_needed"
    colleague = await signed_in(doors, second)
    assert (await decide(colleague, request, True)).status == 200
    given = await browser.ask("POST", f"/api/review/openings/{request}/grant", {})
    return str(given.json["grant"])


async def test_a_package_comes_once_verifies_and_opens_for_its_recipient_alone(
    doors: Served, officer: Browser, closed: str, court: Court, tmp_path: Path
) -> None:
    ready = await prepare(officer, closed, await granted(doors, officer, closed), pem(court))
    assert ready.status == 201, ready.raw
    assert "CN=" in ready.json["recipient"]
    other = await signed_in(doors, "liu")
    assert (await other.ask("GET", ready.json["url"])).code == "grant_needed"
    got = await officer.ask("GET", ready.json["url"])
    assert (got.status, got.headers["Content-Type"]) == (200, "application/zip")
    assert closed in got.headers["Content-Disposition"]
    assert (await officer.ask("GET", ready.json["url"])).code == "grant_needed", "once"
    await asyncio.to_thread(_look_into, got.raw, closed, court, tmp_path)
    entries = (await officer.ask("GET", f"/api/review/visits/{closed}/custody")).json["entries"]
    acts = [entry["act"] for entry in entries]
    assert acts[-2:] == ["exported", "export_finished"]
    assert entries[-2]["purpose"] == WHY
    data = doors.branch.settings.data.directory
    assert not list(data.rglob("*.webm")), "no film in the clear was left behind"


def _look_into(raw: bytes, visit: str, court: Court, place: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        assert packed.testzip() is None
        packed.extractall(place)
    package = place / visit
    bagit.Bag(str(package)).validate()
    assert verify(package / "data" / "evidence").status == "complete"
    opened = subprocess.run(
        ["openssl", "cms", "-decrypt", "-binary", "-inform", "DER",
         "-in", package / "data/keys/keys.json.p7m", "-recip", court.folder / "court.pem",
         "-inkey", court.folder / "court.key"],
        capture_output=True, check=True,
    )  # fmt: skip
    assert b'"data_key"' in opened.stdout


async def test_an_export_takes_an_export_grant_ones_own_and_a_fresh_password(
    doors: Served, officer: Browser, closed: str, court: Court
) -> None:
    view = (await ask(officer, closed)).json["grant"]
    other = await signed_in(doors, "liu")
    theirs = await granted(doors, other, closed, "chen")
    for held in ("", "x", view, theirs):
        assert (await prepare(officer, closed, held, pem(court))).code == "grant_needed"
    own = await granted(doors, officer, closed)
    assert (await prepare(officer, closed, own, "-" * 100)).code == "recipient_unusable"
    officer.proof = ""
    refused = await prepare(officer, closed, own, pem(court))
    assert refused.code == "fresh_authentication_required"


async def test_a_receiver_who_goes_away_leaves_nothing_running(
    doors: Served, officer: Browser, closed: str, court: Court
) -> None:
    ready = await prepare(officer, closed, await granted(doors, officer, closed), pem(court))
    desk, token = doors.branch.opened.handover, ready.json["url"].rsplit("/", 1)[1]
    pieces = desk.pieces(desk.take(token, closed, "staff-chen"))
    assert (await anext(pieces)).startswith(b"PK")
    async with asyncio.timeout(120):
        await pieces.aclose()
    assert not [one for one in asyncio.all_tasks() if one.get_name() == "export.stream"]
    again = await prepare(officer, closed, await granted(doors, officer, closed), pem(court))
    assert (await officer.ask("GET", again.json["url"])).status == 200, "the turn is free"


async def test_a_hold_is_set_listed_and_lifted_with_reasons_and_nothing_shreds_meanwhile(
    doors: Served, officer: Browser, closed: str
) -> None:
    path = f"/api/review/visits/{closed}/holds"
    assert (await officer.ask("POST", path, {"reason": "   "})).code == "bad_request"
    held = await officer.ask("POST", path, {"reason": WHY})
    assert held.status == 201, held.raw
    (line,) = [
        one
        for one in (await officer.ask("GET", "/api/review/holds")).json["holds"]
        if one["id"] == held.json["hold"]
    ]
    assert (line["visit"], line["by"], line["reason"]) == (closed, "陈雨", WHY)
    now = datetime.now(UTC)
    with pytest.raises(Refusal, match="held"):
        await doors.branch.store.retention.ask(closed, "test", "staff-chen", now)
    stolen = doors.browser()
    stolen.cookies.update(officer.cookies)
    lift = f"/api/review/holds/{line['id']}/lift"
    refused = await stolen.ask("POST", lift, {"reason": "判决已生效"})
    assert refused.code == "fresh_authentication_required"
    assert (await officer.ask("POST", lift, {"reason": "判决已生效"})).status == 200
    assert (await officer.ask("POST", lift, {"reason": "判决已生效"})).code == "hold_unknown"
    entries = (await officer.ask("GET", f"/api/review/visits/{closed}/custody")).json["entries"]
    told = [(one["act"], one["reason"]) for one in entries if one["act"].startswith("hold")]
    assert told == [("hold_set", WHY), ("hold_lifted", "判决已生效")]


async def test_the_sound_of_a_party_is_told_on_a_grant_only(officer: Browser, closed: str) -> None:
    bare = f"/api/review/visits/{closed}/sound/customer"
    assert (await officer.ask("GET", bare)).code == "grant_needed"
    held = (await ask(officer, closed)).json["grant"]
    found = (await officer.ask("GET", f"{bare}?grant={held}")).json
    assert found["from"] == 0
    assert any(level is not None and level > -60 for level in found["levels"])
    beyond = await officer.ask("GET", f"{bare}?grant={held}&from=9999")
    assert beyond.json["levels"] == []
