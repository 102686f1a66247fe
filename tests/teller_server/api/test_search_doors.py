"""Found by what happened and what was said: at the real doors, without opening a key."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from teller_server.domain.errors import Outage
from tests.teller_server.api.branch import Browser, Served
from tests.teller_server.api.test_openings import signed_in
from tests.teller_server.kept import shredded

SEARCH = "/api/review/visits/search"
SAID = "客户要求到柜台办理"


@pytest.fixture
async def officer(doors: Served) -> Browser:
    return await signed_in(doors, "chen")


@pytest.fixture
async def indexed(doors: Served, closed: str) -> str:
    await doors.branch.opened.search.index(closed)
    return closed


async def found(browser: Browser, **wanted: str) -> list[str]:
    if "words" in wanted:
        reply = await browser.ask("POST", SEARCH, wanted)
    else:
        address = "&".join(f"{name}={value}" for name, value in wanted.items())
        reply = await browser.ask("GET", f"/api/review/visits?{address}")
    assert reply.status == 200, reply.raw
    return [row["id"] for row in reply.json["visits"]]


async def test_a_visit_is_found_by_its_words_and_by_what_happened(
    doors: Served, officer: Browser, indexed: str
) -> None:
    uses = await _uses(doors)
    assert await found(officer, words="柜台办理") == [indexed]
    assert await found(officer, words="柜台 办理 客户") == [indexed]
    assert await found(officer, words="柜台 转账") == []
    reply = await officer.ask("GET", "/api/review/filters")
    offered = {one["id"]: one["title"] for one in reply.json["marks"]}
    assert offered["face_failed"] == "Face match: mismatch"
    assert await found(officer, words="柜台办理", mark="face_failed") == []
    by_mark = await officer.ask("GET", "/api/review/visits?mark=signed")
    assert by_mark.json["total"] == 0
    assert await _uses(doors) == uses, "searching opens no key"


async def test_words_are_never_in_an_address_and_the_search_is_in_custody(
    doors: Served, officer: Browser, indexed: str
) -> None:
    assert (await officer.ask("GET", "/api/review/visits?words=x")).code == "bad_request"
    for nothing in ("x", "。", "柜"):
        refused = await officer.ask("POST", SEARCH, {"words": nothing})
        assert refused.code == "words_too_short", nothing
    assert (await officer.ask("GET", "/api/review/visits?mark=x")).code == "bad_request"
    await found(officer, words="柜台办理", mark="hold")
    last = _rows(doors, "SELECT actor, act, detail FROM custody_chain ORDER BY n DESC LIMIT 1")[0]
    assert last[:2] == ("staff-chen", "searched")
    assert '"mark":"hold"' in last[2]
    assert '"said":"' in last[2]
    assert "柜台" not in last[2]


async def test_nothing_that_was_said_lies_in_the_index(doors: Served, indexed: str) -> None:
    terms = [row[0] for row in _rows(doors, "SELECT term FROM search_terms")]
    assert any(term.startswith("w:") for term in terms)
    assert all(term.startswith("m:") or len(term) == 34 for term in terms)
    assert not any(part in term for term in terms for part in ("柜台", SAID))


async def test_what_was_said_while_the_key_server_was_away_is_indexed_later(
    doors: Served, officer: Browser, indexed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = doors.branch.opened.search
    await doors.branch.store.search.replace(indexed, {"m:hold"}, datetime.now(UTC), cut=False)

    async def away(*_: object) -> bytes:
        raise Outage("key_server_away")

    with monkeypatch.context() as patched:
        patched.setattr(search._keys, "get", away)
        search._changed[indexed] = None
        await search.round()
    assert await found(officer, words="柜台办理") == []
    await search.catch_up()
    assert await found(officer, words="柜台办理") == [indexed]


async def test_a_shredded_visit_is_found_by_nothing_any_more(
    doors: Served, officer: Browser, indexed: str
) -> None:
    visit = (await doors.browser().arrive("王小明", "440305199507230013")).json["visit"]
    terms = {doors.branch.review._word_key.term("柜台"), "m:hold"}
    now = datetime.now(UTC)
    await doors.branch.store.search.replace(visit, terms, now, cut=False)
    assert visit in await found(officer, words="柜台")
    await shredded(doors.branch.store, visit, now)
    await doors.branch.keys.let_go()
    assert await found(officer, words="柜台") == [indexed]
    await doors.branch.store.search.replace(visit, terms, now, cut=False)
    assert await found(officer, mark="hold") == [], "no index without a key"


async def _uses(doors: Served) -> int:
    return int(_rows(doors, "SELECT count(*) FROM key_uses")[0][0])


def _rows(doors: Served, statement: str) -> list[tuple[str, ...]]:
    path = doors.branch.settings.data.directory / "branch.db"
    with closing(sqlite3.connect(path, timeout=20)) as database:
        return list(database.execute(statement))
