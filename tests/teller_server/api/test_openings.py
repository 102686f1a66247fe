"""Opened on purpose, at the real doors: what a thief's cookie gets, ranges, and second persons."""

from __future__ import annotations

import asyncio
import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import av
import pytest

from recording import format as fmt
from recording.disclosure import Wanted
from recording.parts import accepted_segments
from teller_server.desk.openings import export_grant
from teller_server.domain.errors import Refusal
from teller_server.settings_review import SecondPerson
from tests.teller_server.api.branch import Browser, Reply, Served

PURPOSE = "投诉复核"


@pytest.fixture
async def officer(doors: Served) -> Browser:
    return await signed_in(doors, "chen")


async def signed_in(doors: Served, login: str) -> Browser:
    browser = doors.browser()
    assert (await browser.sign_in("review", login)).status == 200
    return browser


@pytest.fixture(autouse=True)
def settled_accounts(doors: Served) -> None:
    """Everybody's account is as it was a week ago."""
    week = (datetime.now(UTC) - timedelta(days=7)).timestamp() * 1e6
    _write(doors, "UPDATE accounts SET created_at = ?, changed_at = NULL", int(week))


def _write(doors: Served, statement: str, *values: object) -> None:
    path = doors.branch.settings.data.directory / "branch.db"
    with closing(sqlite3.connect(path, timeout=20)) as database, database:
        database.execute(statement, values)


@contextmanager
def second_person(doors: Served, asked: SecondPerson) -> Iterator[None]:
    desk = doors.branch.openings
    before, desk._second_person = desk._second_person, asked
    try:
        yield
    finally:
        desk._second_person = before


async def ask(browser: Browser, visit: str, **more: object) -> Reply:
    body = {"purpose": PURPOSE, **more}
    return await browser.ask("POST", f"/api/review/visits/{visit}/views", body)


async def decide(browser: Browser, request: str, approve: bool, reason: str = "") -> Reply:
    body = {"approve": approve, "reason": reason}
    return await browser.ask("POST", f"/api/review/openings/{request}/decision", body)


async def seen(browser: Browser, visit: str, grant: str) -> dict[str, Any]:
    reply = await browser.ask("GET", f"/api/review/visits/{visit}/timeline?grant={grant}")
    assert reply.status == 200, reply.raw
    return dict(reply.json)


# ---- a stolen cookie


async def test_a_stolen_cookie_reaches_no_media_byte(
    doors: Served, officer: Browser, closed: str
) -> None:
    """The thief copies the cookie of somebody who proved who they are a second ago, and watches."""
    held = (await ask(officer, closed)).json["grant"]
    media = (await seen(officer, closed, held))["parties"][0]["media"]
    thief = doors.browser()
    thief.cookies.update(officer.cookies)
    assert (await thief.ask("GET", "/api/review/visits")).status == 200, "the cookie is good"
    for proof in ("", "x", officer.cookies["review"]):
        thief.proof = proof
        refused = await ask(thief, closed)
        assert (refused.status, refused.code) == (403, "fresh_authentication_required")
        asked = await ask(thief, closed, kind="export")
        assert asked.code == "fresh_authentication_required"
    for path in (media.split("?")[0], f"/api/review/visits/{closed}/timeline"):
        for grant in ("", "?grant=", "?grant=x", f"?grant={officer.cookies['review']}"):
            assert (await thief.ask("GET", path + grant)).code == "grant_needed"
    assert (await officer.ask("GET", media)).status == 200


# ---- a range


async def test_a_range_opens_its_own_segments_and_no_others(
    doors: Served, officer: Browser, closed: str
) -> None:
    whole = (await ask(officer, closed)).json["grant"]
    span = _middle(doors, closed)
    reply = await ask(officer, closed, from_ms=span[0], until_ms=span[1])
    assert (reply.json["from_ms"], reply.json["until_ms"]) == span
    part = reply.json["grant"]
    everything, some = await seen(officer, closed, whole), await seen(officer, closed, part)
    assert {one["at_ms"] for one in some["marks"]} <= {one["at_ms"] for one in everything["marks"]}
    full = await _packets(officer, everything["parties"], "customer")
    cut = await _packets(officer, some["parties"], "customer")
    assert cut
    assert set(cut) < set(full)
    first, last = _edges(doors, closed, span)
    assert first <= min(cut)
    assert max(cut) <= last


async def test_of_a_range_only_what_its_marks_name_is_shown(
    doors: Served, officer: Browser, closed: str
) -> None:
    whole = (await ask(officer, closed)).json["grant"]
    (photo, *_) = (await seen(officer, closed, whole))["objects"]
    before = await ask(officer, closed, from_ms=0, until_ms=1)
    narrow = before.json["grant"]
    assert (await seen(officer, closed, narrow))["objects"] == []
    path = photo["url"].split("?")[0]
    reply = await officer.ask("GET", f"{path}?grant={narrow}")
    assert (reply.status, reply.code) == (404, "not_found")
    wide = (await ask(officer, closed, from_ms=0, until_ms=10**9)).json["grant"]
    assert photo["digest"] in [
        one["digest"] for one in (await seen(officer, closed, wide))["objects"]
    ]
    assert (await officer.ask("GET", f"{path}?grant={wide}")).status == 200


async def test_findings_and_verdicts_need_a_grant_for_all_of_it(
    officer: Browser, closed: str
) -> None:
    part = (await ask(officer, closed, from_ms=0, until_ms=500)).json["grant"]
    reply = await officer.ask("GET", f"/api/review/visits/{closed}/findings?grant={part}")
    assert (reply.status, reply.code) == (403, "grant_too_narrow")
    body = {"verdict": "approve"}
    reply = await officer.ask("POST", f"/api/review/visits/{closed}/decision?grant={part}", body)
    assert (reply.status, reply.code) == (403, "grant_too_narrow")


@pytest.mark.parametrize(
    "odd",
    [
        {"from_ms": -1},
        {"from_ms": 5, "until_ms": 5},
        {"until_ms": 0},
        {"from_ms": "0"},
        {"until_ms": 10**11},
        {"kind": "all"},
    ],
)
async def test_odd_ranges_are_refused(officer: Browser, closed: str, odd: dict[str, Any]) -> None:
    assert (await ask(officer, closed, **odd)).code == "bad_request"


async def test_no_key_stays_in_the_desk_when_the_grant_has_ended(
    doors: Served, officer: Browser, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = (await ask(officer, closed)).json["grant"]
    media = (await seen(officer, closed, held))["parties"][0]["media"]
    await officer.ask("GET", media)
    branch = doors.branch
    assert _held(branch)
    later = datetime.now(UTC) + timedelta(minutes=31)
    monkeypatch.setattr(branch.counter, "now", lambda: later)
    await branch.openings.sweep()
    await branch.review.sweep()
    assert not _held(branch)
    assert not branch.review._media


def _held(branch: Any) -> list[str]:
    return [slot[2] for slot in branch.keys._held if slot[2].startswith("grant ")]


# ---- a second person


async def test_an_export_waits_for_somebody_else(
    doors: Served, officer: Browser, closed: str
) -> None:
    reply = await ask(officer, closed, kind="export", from_ms=100, until_ms=900)
    assert reply.status == 202
    request = reply.json["request"]
    grant = f"/api/review/openings/{request}/grant"
    assert (await officer.ask("POST", grant)).code == "second_person_needed"
    assert (await decide(officer, request, True)).code == "second_person_needed", "not oneself"
    other = await signed_in(doors, "liu")
    (shown,) = [
        one
        for one in (await other.ask("GET", "/api/review/openings")).json["requests"]
        if one["id"] == request
    ]
    assert (shown["purpose"], shown["mine"], shown["kind"]) == (PURPOSE, False, "export")
    assert (shown["from_ms"], shown["until_ms"]) == (100, 900)
    assert (await decide(other, request, True)).status == 200
    assert (await decide(other, request, False, "太宽")).code == "request_decided"
    assert (await other.ask("POST", grant)).code == "unknown_request", "not the second person's"
    given = await officer.ask("POST", grant)
    assert (given.status, given.json["kind"]) == (201, "export")
    assert (await officer.ask("POST", grant)).code == "request_used"
    token = given.json["grant"]
    timeline = await officer.ask("GET", f"/api/review/visits/{closed}/timeline?grant={token}")
    assert timeline.code == "grant_needed", "an export is not a viewing"
    requests, now = doors.branch.store.view_requests, datetime.now(UTC)
    allowed = await export_grant(requests, token, closed, Wanted(100, 900), now)
    assert allowed.account == "staff-chen"
    marks = Wanted(marks=frozenset({"1"}))
    for odd in (Wanted(0, 900), Wanted(100, None), Wanted(None, 900), None, marks):
        with pytest.raises(Refusal, match="grant_too_narrow"):
            await export_grant(requests, token, closed, odd, now)
    with pytest.raises(Refusal, match="grant_needed"):
        await export_grant(requests, token, "visit-1", Wanted(100, 900), now)
    acts = [one.act for one in await doors.branch.store.custody.entries(closed)]
    assert [act for act in acts if act.startswith("view_")][-3:] == [
        "view_asked",
        "view_approved",
        "view_granted",
    ]


async def test_a_refusal_has_a_reason_that_the_asker_reads(
    doors: Served, officer: Browser, closed: str
) -> None:
    request = (await ask(officer, closed, kind="export")).json["request"]
    other = await signed_in(doors, "liu")
    assert (await decide(other, request, False)).code == "reason_needed"
    assert (await decide(other, request, False, "与投诉无关")).status == 200
    found = (await officer.ask("GET", "/api/review/openings")).json["requests"]
    (mine,) = [one for one in found if one["id"] == request]
    assert (mine["approved"], mine["reason"], mine["decided_by"]) == (False, "与投诉无关", "刘洋")
    reply = await officer.ask("POST", f"/api/review/openings/{request}/grant")
    assert reply.code == "second_person_needed"


async def test_viewing_waits_too_where_the_bank_says_so(
    doors: Served, officer: Browser, closed: str
) -> None:
    with second_person(doors, SecondPerson.ALWAYS):
        request = (await ask(officer, closed)).json["request"]
        assert (await decide(await signed_in(doors, "liu"), request, True)).status == 200
        given = await officer.ask("POST", f"/api/review/openings/{request}/grant")
        assert await seen(officer, closed, given.json["grant"])
    with second_person(doors, SecondPerson.NEVER):  # cn-bank still asks for one before an export
        assert (await ask(officer, closed)).status == 201
        assert (await ask(officer, closed, kind="export")).status == 202


async def test_who_served_the_visit_and_whose_account_is_new_agree_to_nothing(
    doors: Served, officer: Browser, closed: str
) -> None:
    request = (await ask(officer, closed, kind="export")).json["request"]
    now = int(datetime.now(UTC).timestamp() * 1e6)
    _write(doors, "UPDATE accounts SET roles = 'compliance teller' WHERE name = 'wang'")
    try:
        teller = await signed_in(doors, "wang")
        assert (await decide(teller, request, True)).code == "second_person_needed"
    finally:
        _write(doors, "UPDATE accounts SET roles = 'teller' WHERE name = 'wang'")
    other = await signed_in(doors, "liu")
    _write(doors, "UPDATE accounts SET changed_at = ? WHERE name = 'liu'", now)
    assert (await decide(other, request, True)).code == "account_changed"
    _write(doors, "UPDATE accounts SET changed_at = ? WHERE name = 'liu'", now - 25 * 3600 * 10**6)
    other.proof = ""
    assert (await decide(other, request, True)).code == "fresh_authentication_required"


async def test_an_administrator_neither_views_nor_approves(doors: Served, closed: str) -> None:
    """However the roles came together: here somebody wrote them into the database."""
    root = doors.browser()
    await root.sign_in("admin", "root")
    assert (await ask(root, closed)).status == 401
    _write(doors, "UPDATE accounts SET roles = 'admin compliance' WHERE name = 'root'")
    try:
        assert (await root.sign_in("review", "root")).code == "bad_credentials"
    finally:
        _write(doors, "UPDATE accounts SET roles = 'admin' WHERE name = 'root'")


# ---- helpers


def _segments(doors: Served, visit: str) -> list[fmt.SegmentHeader]:
    root = doors.branch.settings.evidence_directory
    (directory,) = root.glob(f"*/*/*/{visit.replace('visit-', 'rec-', 1)}")
    return [
        segment.header
        for _, _, segments in accepted_segments(directory, "customer")
        for segment in segments
        if segment.header.media
    ]


def _middle(doors: Served, visit: str) -> tuple[int, int]:
    headers = _segments(doors, visit)
    one = headers[len(headers) // 2]
    return one.from_ms + 1, one.from_ms + 2


def _edges(doors: Served, visit: str, span: tuple[int, int]) -> tuple[int, int]:
    touched = [h for h in _segments(doors, visit) if h.to_ms >= span[0] and h.from_ms < span[1]]
    return min(h.from_ms for h in touched), max(h.to_ms for h in touched)


async def _packets(browser: Browser, parties: list[dict[str, Any]], party: str) -> list[int]:
    (path,) = [one["media"] for one in parties if one["party"] == party]
    raw = (await browser.ask("GET", path)).raw

    def times() -> list[int]:
        with av.open(io.BytesIO(raw), "r") as container:
            return [
                int(packet.pts * packet.time_base * 1000)
                for packet in container.demux()
                if packet.size and packet.pts is not None and packet.time_base is not None
            ]

    return await asyncio.to_thread(times)
