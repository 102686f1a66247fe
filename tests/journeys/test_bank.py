"""A bank of its own behind a visit: away, asked again, told once; and a receiver of events."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from teller_server.api.passwords import hash_password
from teller_server.domain.ids import new_id
from teller_server.domain.people import Role
from teller_server.rehearse.client import Door
from teller_server.rehearse.server import PrivateServer
from teller_server.settings import load
from teller_server.store.accounts import Account
from teller_server.store.store import Store
from tests.journeys.people import HAN_MEIMEI, LI_LEI, SHORT, Cast, alter, eventually, meeting
from tests.journeys.steps import serve_by_eye
from tests.phones import rows
from tests.teller_server.systems.banks import SAMPLE, SECRET, SampleBank, free_port, sample_bank
from tests.teller_server.systems.test_webhooks import receiver

PASSWORD = "an administrator's own"
TYPES = ["visit.opened", "visit.ended", "visit.effect_settled", "visit.closed"]


@dataclass
class Town:
    """A branch, the bank behind it, an administrator's browser, and what the receiver has kept."""

    server: PrivateServer
    bank: SampleBank
    admin: Door
    events: Path

    def told(self, visit: str) -> list[str]:
        """Types of the events that arrived of a visit."""
        found = rows(self.events, "SELECT type, body FROM events")
        return [kind for kind, body in found if json.loads(body)["subject"] == visit]

    def orders(self, visit: str) -> list[str]:
        """Receipts that the bank gave for a visit."""
        statement = "SELECT number FROM orders WHERE key LIKE ? AND state = 'done'"
        return [number for (number,) in rows(self.bank.folder / "bank.db", statement, f"{visit}/%")]

    async def waiting(self, visit: str, state: str) -> dict[str, Any]:
        """The line of a visit on the administrator's page, once it says `state`."""
        async with asyncio.timeout(90):
            while True:
                found = (await self.admin.get("/api/admin/effects"))["effects"]
                for one in found:
                    if one["visit"] == visit and one["state"] == state:
                        return one
                await asyncio.sleep(0.2)


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    place = tmp_path_factory.mktemp("town")
    async with AsyncExitStack() as open_until_then:
        bank = await open_until_then.enter_async_context(sample_bank(place))
        told = (SAMPLE / "description.yaml").read_text(encoding="utf-8")
        description = place / "bank.yaml"
        description.write_text(told.replace(":9090/", f":{bank.port}/"), encoding="utf-8")
        server = PrivateServer(
            place,
            place / "evidence",
            rules=SHORT,
            core={"adapter": "rest", "description": str(description), "secret": SECRET},
            webhooks={"allow_private": True},
        )
        await server.staff()
        await administrator(server)
        await server.start()
        open_until_then.push_async_callback(server.stop)
        admin = await open_until_then.enter_async_context(Door(server.base))
        await admin.page("/admin/sign-in")
        await admin.post("/api/admin/sign-in", {"account": "root", "password": PASSWORD})
        await admin.page("/admin")
        port = free_port()
        body = {"title": "CRM", "url": f"http://127.0.0.1:{port}/events", "types": TYPES}
        secret = (await admin.post("/api/admin/webhooks", body))["secret"]
        app = receiver().build(place / "events.db", secret)
        await open_until_then.enter_async_context(TestServer(app, port=port))
        yield Town(server, bank, admin, place / "events.db")


async def administrator(server: PrivateServer) -> None:
    store = await Store.open(load(data={"directory": str(server.data)}).database_url)
    await store.accounts.add(
        Account(
            id=new_id("staff", secrets.token_bytes(16)),
            name="root",
            display_name="管理员",
            number="A9001",
            roles=frozenset({Role.ADMIN}),
            password_hash=await asyncio.to_thread(hash_password, PASSWORD),
            created_at=datetime.now(UTC),
        )
    )
    await store.close()


async def test_a_bank_that_is_away_gets_the_change_once_when_it_is_back(
    town: Town, cast: Cast
) -> None:
    async with meeting(town.server, cast, HAN_MEIMEI, face=False) as people:
        await serve_by_eye(people, "上海市徐汇区天平路2号")
        await town.bank.stop()
        await people.finish()
        view = await people.closed("pending")
        assert view["receipt"]["core_receipt"] is None
        held = await town.waiting(people.visit, "pending")
        assert held["attempts"] >= 1
        await town.bank.start()
        view = await people.closed("committed")
    (number,) = town.orders(people.visit)
    assert view["receipt"]["core_receipt"] == number
    assert view["receipt"]["core_status"] == "已变更"
    await eventually(lambda: len(town.told(people.visit)) == len(TYPES), "every event")
    assert sorted(town.told(people.visit)) == sorted(TYPES)


async def test_a_change_that_was_refused_waits_for_a_person_and_is_then_made_once(
    town: Town, cast: Cast
) -> None:
    books = town.bank.folder / "bank.db"
    async with meeting(town.server, cast, LI_LEI, face=False) as people:
        await serve_by_eye(people, "杭州市余杭区文一西路969号")
        alter(books, "UPDATE customers SET id = 'merged' WHERE id = 'C100001'")
        await people.finish()
        await people.closed("dead_lettered")
        held = await town.waiting(people.visit, "dead_lettered")
        assert "核心系统中没有该客户" in held["cause"] or "does not know" in held["cause"]
        alter(books, "UPDATE customers SET id = 'C100001' WHERE id = 'merged'")
        path = f"/api/admin/effects/{people.visit}/retry"
        await town.admin.post(path, {"purpose": "客户信息已恢复"})
        await people.closed("committed")
    assert len(town.orders(people.visit)) == 1
    found = (await town.admin.get("/api/admin/effects"))["effects"]
    assert [one for one in found if one["visit"] == people.visit] == []
