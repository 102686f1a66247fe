"""The administrator's doors: what was given up is decided with a reason; endpoints are kept."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from teller_server.api.auth import hash_cookie
from teller_server.domain.ids import new_id
from teller_server.store.keys import keep_key
from tests.teller_server.api.branch import Browser, Served
from tests.teller_server.systems.short import Short

PATIENCE = 180.0
WHY = {"purpose": "客户来电要求"}


@pytest.fixture
async def admin(doors: Served) -> Browser:
    browser = doors.browser("en")
    assert (await browser.sign_in("admin", "root")).status == 200
    return browser


@pytest.fixture
async def given_up(doors: Served) -> str:
    """A visit without evidence on the disk: its change was refused at once."""
    branch = doors.branch
    short = Short(branch.store, new_id("visit", secrets.token_bytes(16)))
    short.now = datetime.now(UTC) - timedelta(minutes=1)  # its steps take seconds each
    _, row = await branch.keys.make(short.visit, short.now)
    short.alongside = lambda connection: keep_key(connection, row)
    await short.done()
    await until(doors, short.visit, "dead_lettered")
    return short.visit


async def until(doors: Served, visit: str, state: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while await doors.branch.store.outbox.state(visit) != state:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def listed(admin: Browser, visit: str) -> dict[str, Any] | None:
    found = (await admin.ask("GET", "/api/admin/effects")).json["effects"]
    return next((one for one in found if one["visit"] == visit), None)


async def test_what_was_given_up_is_listed_with_its_cause_in_words(
    admin: Browser, given_up: str
) -> None:
    one = await listed(admin, given_up)
    assert one is not None
    assert (one["state"], one["ticket"], one["attempts"]) == ("dead_lettered", "A001", 1)
    assert one["cause"].startswith("The evidence does not verify")


async def test_trying_again_needs_a_reason_and_is_kept_in_custody(
    doors: Served, admin: Browser, given_up: str
) -> None:
    path = f"/api/admin/effects/{given_up}/retry"
    assert (await admin.ask("POST", path, {"purpose": "  "})).code == "bad_request"
    reply = await admin.ask("POST", path, WHY)
    assert (reply.status, reply.json) == (202, {"effect": "pending"})
    await until(doors, given_up, "dead_lettered")  # its evidence is no better
    (entry,) = await doors.branch.store.custody.entries(given_up)
    assert (entry.actor, entry.act) == ("staff-root", "effect_retried")
    assert "客户" not in str(entry.detail)


async def test_giving_up_for_good_is_told_and_final(
    doors: Served, admin: Browser, given_up: str
) -> None:
    path = f"/api/admin/effects/{given_up}/cancel"
    assert (await admin.ask("POST", path, WHY)).json == {"effect": "cancelled"}
    assert await listed(admin, given_up) is None
    assert (await admin.ask("POST", path, WHY)).code == "effect_not_given_up"
    visit = await doors.branch.store.visits.get(given_up)
    assert visit.effect.value == "cancelled"


async def test_an_old_sign_in_decides_nothing(doors: Served, admin: Browser, given_up: str) -> None:
    session = hash_cookie(admin.cookies["admin"])
    await doors.branch.store.sessions.freshen(session, datetime(2020, 1, 1, tzinfo=UTC), "")
    for path, body in (
        (f"/api/admin/effects/{given_up}/retry", WHY),
        (f"/api/admin/effects/{given_up}/cancel", WHY),
        ("/api/admin/webhooks", {"url": "https://x.example/", "title": "x", "types": ["a"]}),
    ):
        reply = await admin.ask("POST", path, body)
        assert (reply.status, reply.code) == (403, "fresh_authentication_required")


async def test_an_endpoint_is_public_and_its_secret_shown_once(admin: Browser) -> None:
    body = {"url": "https://127.0.0.1/events", "title": "CRM", "types": ["visit.closed"]}
    refused = await admin.ask("POST", "/api/admin/webhooks", body)
    assert (refused.status, refused.code) == (409, "endpoint_not_allowed")
    body["url"] = "https://hooks.bank.example/events"
    made = (await admin.ask("POST", "/api/admin/webhooks", body)).json
    assert made["secret"].startswith("whsec_")
    listing = await admin.ask("GET", "/api/admin/webhooks")
    (endpoint,) = [one for one in listing.json["endpoints"] if one["id"] == made["id"]]
    assert (endpoint["title"], endpoint["types"], endpoint["state"]) == (
        "CRM", ["visit.closed"], "on",
    )  # fmt: skip
    assert made["secret"].encode() not in listing.raw
    path = f"/api/admin/webhooks/{made['id']}"
    turned = await admin.ask("POST", f"{path}/rotate", {})
    assert turned.json["secret"] != made["secret"]
    assert (await admin.ask("GET", f"{path}/deliveries")).json == {"deliveries": []}
    assert (await admin.ask("POST", f"{path}/state", {"state": "removed"})).status == 200
    assert (await admin.ask("POST", f"{path}/rotate", {})).code == "unknown_endpoint"
    unknown = {**body, "types": ["visit.everything"]}
    reply = await admin.ask("POST", "/api/admin/webhooks", unknown)
    assert reply.code == "unknown_event_type"


async def test_the_demo_core_shows_orders_and_messages(doors: Served) -> None:
    browser = doors.browser()
    await browser.sign_in("core", "root")
    demo = doors.branch.outside.demo
    assert demo is not None
    await demo.send("13800000001", "您的验证码是 482913", "code")
    ledger = (await browser.ask("GET", "/api/core/ledger")).json
    assert ledger["messages"][0]["text"] == "您的验证码是 482913"
    assert {one["reference"] for one in ledger["customers"]} >= {"C100001", "C200001"}
