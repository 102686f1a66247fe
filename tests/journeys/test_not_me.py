"""A telephone is taken over, whole: what the bank says beforehand, the papers that it downloads,
the notice to the old number, the tap on its link, and the next attempt."""

from __future__ import annotations

import asyncio
import hashlib
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from teller_server.api.bank.keys import SCOPES, make_key
from teller_server.rehearse.client import Door, Refused
from teller_server.rehearse.reviewer import Reviewer
from teller_server.rehearse.server import PrivateServer, private_server
from teller_server.store.store import Store
from tests.journeys.hurry import hurried
from tests.journeys.people import (
    OFTEN,
    PATIENCE,
    WANG_XIAOMING,
    Cast,
    core_database,
    eventually,
    officer,
)
from tests.journeys.test_services import Served, decided, findings, served

NUMBER = "440305199507230013"
_LINK = re.compile(r"(http://127\.0\.0\.1:\d+)/n#([A-Za-z0-9_-]{32})")


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PrivateServer]:
    place = tmp_path_factory.mktemp("not-me")
    rules = {"directory": str(hurried(place / "bank"))}
    async with private_server(place, place / "evidence", recording=OFTEN, rules=rules) as running:
        yield running


def phone(server: PrivateServer) -> str:
    """What the bank holds of Wang."""
    with closing(sqlite3.connect(core_database(server))) as db:
        wanted = "SELECT phone FROM customers WHERE document = ?"
        return str(db.execute(wanted, (NUMBER,)).fetchone()[0])


async def beforehand(at: Served) -> dict[str, Any]:
    """What the console shows of the bank's word once the decision is open."""
    play = at.play(answers={"number_reason.old_alive": "yes"})
    await play.until("decision")
    await at.teller.start("decision")
    view = await at.teller.visit(
        lambda visit: visit["current"]["decision"]["bank"]["status"] != "asking",
        "the bank's word",
        PATIENCE,
    )
    bank: dict[str, Any] = view["current"]["decision"]["bank"]
    return bank


async def downloads(server: PrivateServer, visit: str) -> None:
    """One of the bank's programs finds the visit by its receipt, and what it downloads fits."""
    store = await Store.open(f"sqlite:///{server.data / 'branch.db'}")
    try:
        key = await make_key(store.bank, "archive", frozenset(SCOPES), 1, "test", datetime.now(UTC))
    finally:
        await store.close()
    headers = {"Authorization": f"Bearer {key}"}
    base = f"{server.base}/api/bank/v1/visits"
    async with aiohttp.ClientSession(headers=headers, raise_for_status=True) as http:

        async def read(path: str) -> Any:
            async with http.get(base + path) as reply:
                return await reply.json()

        receipt = (await read(f"/{visit}"))["receipt"].split(" ")[0]
        found = await read(f"?receipt={receipt}&effect=committed")
        assert [one["id"] for one in found["visits"]] == [visit]
        (form,) = (await read(f"/{visit}/documents"))["documents"]
        async with http.get(f"{base}/{visit}/documents/{form['id']}") as reply:
            pdf = await reply.read()
        assert form["sha256"] == hashlib.sha256(pdf).hexdigest()
        assert form["sha256"] != form["digest"]  # it was signed and sealed after it was read
        assert (await read(f"/{visit}/result"))["effect"] == "committed"
        assert (await read(f"/{visit}/evidence"))["status"] == "complete"


async def settled(reader: Reviewer, visit: str) -> dict[str, Any]:
    """What the review desk shows once the bank has answered."""
    async with asyncio.timeout(PATIENCE):
        while True:
            said: dict[str, Any] = (await findings(reader, visit))["repudiation"]
            if said["end"] is not None:
                return said
            await asyncio.sleep(0.5)


@pytest.mark.proof  # takes long; each of its parts has tests of its own
async def test_a_telephone_taken_over_is_given_back_by_a_tap(
    server: PrivateServer, cast: Cast
) -> None:
    before = phone(server)
    async with served(server, cast, WANG_XIAOMING, "change_of_details", item="phone") as at:
        assert await beforehand(at) == {"status": "accepted", "reasons": []}
        await at.teller.decide_matter("decision", "approve")
        await at.finish()
        await at.under_review()
        visit = at.customer.visit
        async with officer(server) as checker:
            found = await findings(checker, visit)
            assert found["decision"]["bank"]["status"] == "accepted"
            await decided(checker, visit, "approve")
        await at.customer.receipt("committed", PATIENCE)
        await eventually(lambda: len(at.phone.told()) == 2, "both numbers told")
        assert phone(server) != before
        await downloads(server, visit)

        (text,) = [
            text for to, text, what in at.phone.messages() if (to, what) == (before, "notice")
        ]
        link = _LINK.search(text)
        assert link is not None
        assert link[1] == server.base
        async with Door(server.base) as stranger:
            assert "不是我本人办理" in await stranger.page("/n")
            with pytest.raises(Refused, match="repudiation_link_unknown"):
                await stranger.post("/api/customer/repudiation", {"secret": "x" * 32})
            await stranger.post("/api/customer/repudiation", {"secret": link[2]})
        await eventually(lambda: phone(server) == before, "the number given back")
        async with officer(server) as reader:
            said = await settled(reader, visit)
        assert (said["by"], said["receiver"], said["end"]) == ("link", "before", "stopped")

    async with served(server, cast, WANG_XIAOMING, "change_of_details", item="phone") as again:
        bank = await beforehand(again)
        assert bank["status"] == "objected"
        assert "限制期" in bank["reasons"][0] or "limits" in bank["reasons"][0]
