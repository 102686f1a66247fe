"""The review desk over a visit that was lived: purpose, grants, ranges, what is written down."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from teller_server.api.words import say
from tests.teller_server.api.branch import HAN, Browser, Reply, Served
from tests.teller_server.api.conftest import Call
from tests.teller_server.api.house import PASSWORD

PURPOSE = "复核身份证照片"


@pytest.fixture
async def officer(doors: Served) -> Browser:
    browser = doors.browser()
    assert (await browser.sign_in("review", "chen")).status == 200
    return browser


async def grant(browser: Browser, visit: str) -> str:
    reply = await browser.ask("POST", f"/api/review/visits/{visit}/views", {"purpose": PURPOSE})
    assert reply.status == 201, reply.raw
    return str(reply.json["grant"])


def refused(reply: Reply, status: int, code: str) -> None:
    assert (reply.status, reply.code) == (status, code), reply.raw[:200]
    assert reply.json["message"] == say(code, "en")


async def doors_of(officer: Browser, visit: str) -> list[str]:
    """Every address that shows something of the recording."""
    held = await grant(officer, visit)
    shown = await officer.ask("GET", f"/api/review/visits/{visit}/timeline?grant={held}")
    timeline = shown.json
    media = [party["media"] for party in timeline["parties"]]
    objects = [kept["url"] for kept in timeline["objects"]]
    assert len(media) == 2
    assert objects
    timed = f"/api/review/visits/{visit}/timeline?grant={held}"
    return [path.split("?")[0] for path in (timed, *media, *objects)]


# ---- grants


async def test_nothing_is_seen_without_a_grant_of_ones_own_for_this_visit_now(
    doors: Served, officer: Browser, closed: str
) -> None:
    other = doors.browser()
    await other.sign_in("review", "liu")
    visitor = doors.browser()
    another = (await visitor.arrive("王小明", "440305199507230013")).json["visit"]
    own, theirs = await grant(officer, closed), await grant(other, closed)
    elsewhere, old = await grant(officer, another), await grant(officer, closed)
    await _age(doors, officer, closed)
    own = await grant(officer, closed)
    for path in await doors_of(officer, closed):
        assert (await officer.ask("GET", f"{path}?grant={own}")).status == 200
        for held in ("", "x", theirs, elsewhere, old, own[:-1], own + "x", f"{own}%00"):
            refused(await officer.ask("GET", f"{path}?grant={held}"), 403, "grant_needed")
        refused(await officer.ask("GET", path), 403, "grant_needed")
        refused(await visitor.ask("GET", f"{path}?grant={own}"), 401, "not_signed_in")


async def _age(doors: Served, officer: Browser, visit: str) -> None:
    """What was granted so far ran out a second ago."""
    path = doors.branch.settings.data.directory / "branch.db"
    past = datetime.now(UTC) - timedelta(seconds=1)
    with closing(sqlite3.connect(path, timeout=20)) as database, database:
        (kept,) = database.execute("SELECT expires_at FROM view_grants LIMIT 1").fetchone()
        value = past.timestamp() if isinstance(kept, float) else past.timestamp() * 1e6
        stamp = value if isinstance(kept, float) else int(value)
        database.execute(
            "UPDATE view_grants SET expires_at = ? WHERE account = 'staff-chen' AND visit = ?",
            (stamp, visit),
        )


@pytest.mark.parametrize("purpose", ["", "abc", "    ", "  a  ", "x" * 301, "复核\n身份", None, 1])
async def test_a_purpose_is_a_purpose(
    doors: Served, officer: Browser, closed: str, purpose: object
) -> None:
    before = len(await doors.branch.store.custody.entries(closed))
    path = f"/api/review/visits/{closed}/views"
    refused(await officer.ask("POST", path, {"purpose": purpose}), 400, "bad_request")
    assert len(await doors.branch.store.custody.entries(closed)) == before


async def test_viewing_takes_a_fresh_password_and_is_written_first(
    doors: Served, officer: Browser, closed: str
) -> None:
    path = doors.branch.settings.data.directory / "branch.db"
    with closing(sqlite3.connect(path, timeout=20)) as database, database:
        database.execute("UPDATE web_sessions SET fresh_until = 0 WHERE subject = 'staff-chen'")
    views = f"/api/review/visits/{closed}/views"
    reply = await officer.ask("POST", views, {"purpose": PURPOSE})
    refused(reply, 403, "fresh_authentication_required")
    wrong = await officer.ask("POST", "/api/review/fresh", {"password": "wrong" * 3})
    refused(wrong, 401, "bad_credentials")
    await officer.ask("POST", "/api/review/fresh", {"password": PASSWORD})
    await grant(officer, closed)
    entries = (await officer.ask("GET", f"/api/review/visits/{closed}/custody")).json["entries"]
    assert (entries[-1]["actor"], entries[-1]["purpose"]) == ("陈雨", PURPOSE)


# ---- ranges


async def _media(officer: Browser, visit: str) -> str:
    held = await grant(officer, visit)
    return f"/api/review/visits/{visit}/media/customer?grant={held}"


@pytest.mark.scaled(15, "206 with exactly the bytes asked for, over HTTP")
async def test_ranges_are_honoured_to_the_byte(officer: Browser, closed: str) -> None:
    path = await _media(officer, closed)
    whole = await officer.ask("GET", path)
    size = len(whole.raw)
    assert (whole.status, whole.headers["Accept-Ranges"]) == (200, "bytes")
    assert whole.raw.startswith(b"\x1aE\xdf\xa3")
    for header, start, stop in (
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, size),
        ("bytes=100-199", 100, 200),
        ("bytes=-10", size - 10, size),
        (f"bytes=-{size * 2}", 0, size),
        (f"bytes={size - 1}-", size - 1, size),
        (f"bytes=5-{'9' * 18}", 5, size),
    ):
        part = await officer.ask("GET", path, Range=header)
        assert (part.status, part.raw) == (206, whole.raw[start:stop]), header
        assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{size}"


@pytest.mark.scaled(15, "odd ranges: the whole, or 416")
async def test_odd_ranges_get_the_whole_or_nothing(officer: Browser, closed: str) -> None:
    path = await _media(officer, closed)
    size = len((await officer.ask("GET", path)).raw)
    for header in ("bytes=", "bytes=-", "bytes=a-b", "bytes=1-2,5-6", "bytes=9-3", "items=0-1",
                   "bytes=-1-2", "bytes=0x1-", f"bytes={'9' * 4000}-", "bytes=٣-"):  # fmt: skip
        reply = await officer.ask("GET", path, Range=header)
        assert (reply.status, len(reply.raw)) == (200, size), header[:20]
    for header in (f"bytes={size}-", f"bytes={'9' * 18}-", "bytes=-0"):
        reply = await officer.ask("GET", path, Range=header)
        assert (reply.status, reply.headers["Content-Range"]) == (416, f"bytes */{size}"), header
        assert reply.raw == b""


async def test_what_was_not_recorded_is_not_found(officer: Browser, closed: str) -> None:
    held = await grant(officer, closed)
    base = f"/api/review/visits/{closed}"
    for path in (f"{base}/media/interpreter", f"{base}/media/events", f"{base}/objects/{'0' * 64}"):
        refused(await officer.ask("GET", f"{path}?grant={held}"), 404, "not_found")
    nobody = f"/api/review/visits/visit-{'0' * 26}"
    for path in (nobody, f"{nobody}/verify", f"{nobody}/custody"):
        refused(await officer.ask("GET", path), 404, "unknown_visit")
    reply = await officer.ask("POST", f"{nobody}/views", {"purpose": PURPOSE})
    refused(reply, 404, "unknown_visit")


async def test_an_open_visit_has_nothing_to_view_yet(doors: Served, officer: Browser) -> None:
    visit = (await doors.browser().arrive("王小明", "440305199507230013")).json["visit"]
    held = await grant(officer, visit)
    for path in (f"timeline?grant={held}", f"media/customer?grant={held}", "verify"):
        reply = await officer.ask("GET", f"/api/review/visits/{visit}/{path}")
        refused(reply, 404, "no_recording")


# ---- searching


async def test_people_are_found_by_words_that_no_address_shows(
    officer: Browser, closed: str
) -> None:
    for words in HAN:
        found = await officer.ask("POST", "/api/review/visits/search", {"q": words})
        assert closed in [row["id"] for row in found.json["visits"]]
        refused(await officer.ask("GET", f"/api/review/visits?q={words}"), 400, "bad_request")
    (row,) = (await officer.ask("POST", "/api/review/visits/search", {"q": closed})).json["visits"]
    assert row["customer_masked"] == "韩**"
    nobody = await officer.ask("POST", "/api/review/visits/search", {"q": HAN[0][:1]})
    assert nobody.json["total"] == 0, "part of a name finds nobody"


async def test_filters_of_any_shape(officer: Browser) -> None:
    pages = ("page=0", "page=-1", f"page={'9' * 5000}", "page=999999999")
    others = ("from=2026-01-01", "to=2026-12-31", "teller='%20OR%201=1", "outcome=%00", "service=x")
    for query in (*pages, *others):
        reply = await officer.ask("GET", f"/api/review/visits?{query}")
        assert reply.status == 200, query
        assert isinstance(reply.json["visits"], list)
    for name in ("from", "to"):
        for day in ("x", "0001-01-01", "9999-12-31", "2026-13-01", "0001-01-01T00:00:00%2B23:59"):
            reply = await officer.ask("GET", f"/api/review/visits?{name}={day}")
            refused(reply, 400, "bad_request")
            assert reply.json["field"] == name
    for form in ({}, {"q": "x" * 81}, {"q": "x", "page": 0}, {"q": "x", "page": "1"}, {"q": 1}):
        refused(await officer.ask("POST", "/api/review/visits/search", form), 400, "bad_request")


# ---- what is written down


async def test_no_log_names_a_person_or_holds_a_secret(
    doors: Served, call: Call, officer: Browser, closed: str
) -> None:
    """Of a whole visit, and of every refusal that was asked for before this."""
    structlog.get_logger("teller_server").info("heard")
    logging.getLogger("teller_server").warning("heard")
    logged = "\n".join(doors.logged)
    assert logged.count("heard") == 2, "logs are kept"
    people = [*HAN, "李雷", "330106199001010028", "王小明", "440305199507230013"]
    words = ["客户要求到柜台办理", "已预约", PURPOSE, PASSWORD]
    tokens = [call.customer.wire._token or "-", *officer.cookies.values()]
    assert [secret for secret in (*people, *words, *tokens) if secret in logged] == []
    assert await doors.branch.store.visits.get(closed)
