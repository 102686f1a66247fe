"""Events reach the bank's systems signed, once each as far as they can tell, and nowhere else."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
import pytest_asyncio
from aiohttp import ClientConnectorError, ClientSession, TCPConnector, web
from aiohttp.test_utils import TestServer
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from teller_server.desk.webhooks import CHANGE_OVER, Webhooks
from teller_server.domain.errors import Refusal
from teller_server.store.store import Store
from teller_server.systems.addresses import GuardedResolver, PrivateAddress, check_url, public
from teller_server.systems.delivery import WebhookSender
from teller_server.systems.signatures import new_secret, sign, signed_headers
from tests.teller_server.systems.banks import free_port
from tests.teller_server.systems.short import Short
from tests.tree import ROOT

RECEIVER = ROOT / "examples" / "webhook_receiver.py"
KEY = bytes(range(32))


def receiver() -> ModuleType:
    """The sample, as a bank would import it."""
    spec = importlib.util.spec_from_file_location("webhook_receiver", RECEIVER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["webhook_receiver"] = module
    spec.loader.exec_module(module)
    return module


@dataclass
class Inbox:
    """A receiver of the tests' own, that answers as it is told."""

    url: str = ""
    status: int = 204
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.got.append((headers, await request.read()))
        return web.Response(status=self.status, headers={"Location": "/events"})


@pytest_asyncio.fixture
async def inbox() -> AsyncIterator[Inbox]:
    found = Inbox()
    app = web.Application()
    app.router.add_post("/events", found.take)
    async with TestServer(app) as server:
        found.url = str(server.make_url("/events"))
        yield found


@dataclass
class House:
    """A store with one visit, and the desk that tells of it."""

    short: Short
    webhooks: Webhooks

    async def until_sent(self) -> None:
        """Rounds, as long as something is due."""
        for _ in range(10):
            await self.webhooks.round()


@asynccontextmanager
async def house(folder: Path, *, allow_private: bool = True) -> AsyncIterator[House]:
    store = await Store.open(f"sqlite:///{folder}/branch.db")
    short = Short(store)
    short.now = datetime.now(UTC)
    sender = WebhookSender(allow_private=allow_private)
    webhooks = Webhooks(store.webhooks, KEY, sender, lambda: short.now, attempts=3)
    try:
        yield House(short, webhooks)
    finally:
        await webhooks.close()
        await store.close()


# signatures


def test_another_library_finds_our_signature_right() -> None:
    secret, now = new_secret(), datetime.now(UTC)
    body = '{"type":"visit.closed","data":{"visit":"访问"}}'
    headers = dict(signed_headers([secret], "evt-1", now, body))
    assert Webhook(secret).verify(body, headers) == json.loads(body)
    for name, value in (
        ("webhook-id", "evt-2"),
        ("webhook-signature", sign(new_secret(), "evt-1", now, body)),
        ("webhook-timestamp", str(int(now.timestamp()) - 1)),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, {**headers, name: value})
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace("closed", "opened"), headers)


def test_while_a_secret_is_replaced_either_fits() -> None:
    old, new, now = new_secret(), new_secret(), datetime.now(UTC)
    headers = dict(signed_headers([new, old], "evt-1", now, "{}"))
    assert Webhook(old).verify("{}", headers) == {}
    assert Webhook(new).verify("{}", headers) == {}
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify("{}", headers)


def test_the_sample_receiver_takes_what_is_genuine_and_fresh() -> None:
    sample, secret, now = receiver(), new_secret(), datetime.now(UTC)
    headers = signed_headers([secret], "evt-1", now, "{}")
    at = now.timestamp()
    assert sample.verify(secret, headers, b"{}", at + 200) == "evt-1"
    for wrong in (
        lambda: sample.verify(secret, headers, b"{}", at + 400),
        lambda: sample.verify(secret, headers, b"{}", at - 400),
        lambda: sample.verify(secret, headers, b"[]", at),
        lambda: sample.verify(new_secret(), headers, b"{}", at),
        lambda: sample.verify(secret, {}, b"{}", at),
        lambda: sample.verify(secret, {**headers, "webhook-timestamp": "soon"}, b"{}", at),
    ):
        with pytest.raises(sample.NotGenuine):
            wrong()


# addresses


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "fe80::1%eth0",
        "fec0::1", "feff::1", "2002:5db8:d822::1", "192.88.99.1", "::ffff:192.88.99.1",
    ],
)  # fmt: skip
def test_no_address_of_ours_is_public(address: str) -> None:
    assert not public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8"])
def test_the_internet_is(address: str) -> None:
    assert public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://bank.example/events", "https://localhost/events", "https://10.0.0.1/events",
        "https://[::1]/events", "https://2130706433/", "https://127.1/", "https://0x7f.0.0.1/",
        "https://user:pass@bank.example/", "https://bank.example/#part", "ftp://bank.example/",
        "https:///events", "https://bank.example:99999/", "https://metadata.google.internal/",
        "https://bank.example/ events", "https://银行.example/", "https://[::ffff:7f00:1]/",
        "javascript:alert(1)", "",
    ],
)  # fmt: skip
def test_an_endpoint_is_public_and_plain(url: str) -> None:
    with pytest.raises(Refusal, match="endpoint_not_allowed"):
        check_url(url, allow_private=False)


def test_a_public_endpoint_is_taken() -> None:
    check_url("https://hooks.bank.example:8443/a/b?c=d", allow_private=False)
    check_url("http://127.0.0.1:9191/events", allow_private=True)


async def test_a_name_that_leads_home_is_not_connected_to(inbox: Inbox) -> None:
    """A name is judged by where it leads when it is used, not by how it looked when typed in."""
    guarded = TCPConnector(resolver=GuardedResolver())
    async with ClientSession(connector=guarded) as http:
        with pytest.raises(ClientConnectorError) as raised:
            await http.post(inbox.url.replace("127.0.0.1", "localhost"))
    assert isinstance(raised.value.os_error, PrivateAddress)
    assert inbox.got == []


# deliveries


async def test_an_event_arrives_signed_whole_and_once(tmp_path: Path, inbox: Inbox) -> None:
    async with house(tmp_path) as at:
        _, secret = await at.webhooks.register(inbox.url, "Core", ["visit.opened"], "staff-root")
        await at.short.open()
        await at.until_sent()
        ((headers, body),) = inbox.got
        event = Webhook(secret).verify(body.decode(), headers)
        assert event["type"] == "visit.opened"
        assert headers["webhook-id"] == event["id"]
        assert headers["content-type"].startswith("application/cloudevents+json")
        assert "cookie" not in headers
        (endpoint,) = await at.webhooks.endpoints()
        (delivery,) = await at.webhooks.deliveries(endpoint.id)
        assert (delivery.state, delivery.detail, delivery.visit) == ("delivered", "204", "visit-1")


async def test_the_secret_is_not_in_the_database(tmp_path: Path, inbox: Inbox) -> None:
    async with house(tmp_path) as at:
        _, secret = await at.webhooks.register(inbox.url, "Core", ["visit.opened"], "staff-root")
    assert secret.startswith("whsec_")
    whole = b"".join(path.read_bytes() for path in sorted(tmp_path.glob("*")))  # noqa: ASYNC240
    assert secret.removeprefix("whsec_").encode() not in whole


async def test_a_new_secret_comes_into_use_while_the_old_one_still_fits(
    tmp_path: Path, inbox: Inbox
) -> None:
    async with house(tmp_path) as at:
        endpoint, old = await at.webhooks.register(
            inbox.url, "Core", ["visit.opened", "visit.closed"], "staff-root"
        )
        new = await at.webhooks.rotate(endpoint.id, "staff-root")
        await at.short.open()
        await at.until_sent()
        headers, body = inbox.got[0]
        for secret in (old, new):
            assert Webhook(secret).verify(body.decode(), headers)
        at.short.now += CHANGE_OVER
        event = (await at.webhooks.deliveries(endpoint.id))[0].event
        await at.webhooks.again(event, endpoint.id, "staff-root")
        await at.until_sent()
        headers, body = inbox.got[1]
        assert len(headers["webhook-signature"].split()) == 1
        sample = receiver()
        sent_at = at.short.now.timestamp()
        assert sample.verify(new, headers, body, sent_at) == event
        with pytest.raises(sample.NotGenuine):
            sample.verify(old, headers, body, sent_at)


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500])
async def test_any_other_answer_is_tried_again_until_given_up(
    tmp_path: Path, inbox: Inbox, status: int
) -> None:
    inbox.status = status
    async with house(tmp_path) as at:
        endpoint, _ = await at.webhooks.register(inbox.url, "Core", ["visit.opened"], "staff-root")
        await at.short.open()
        for _ in range(5):
            await at.webhooks.round()
            at.short.later(hours=7)
        assert len(inbox.got) == 3
        (delivery,) = await at.webhooks.deliveries(endpoint.id)
        assert (delivery.state, delivery.detail) == ("dead", f"endpoint_failed {status}")
        inbox.status = 204
        await at.webhooks.again(delivery.event, endpoint.id, "staff-root")
        with pytest.raises(Refusal, match="delivery_under_way"):
            await at.webhooks.again(delivery.event, endpoint.id, "staff-root")
        await at.webhooks.round()
        assert {headers["webhook-id"] for headers, _ in inbox.got} == {delivery.event}


async def test_an_endpoint_that_is_gone_is_turned_off(tmp_path: Path, inbox: Inbox) -> None:
    inbox.status = 410
    async with house(tmp_path) as at:
        await at.webhooks.register(inbox.url, "Core", ["visit.opened"], "staff-root")
        await at.short.open()
        await at.until_sent()
        (endpoint,) = await at.webhooks.endpoints()
        assert endpoint.state == "off"
        assert len(inbox.got) == 1


async def test_a_private_endpoint_is_refused_unless_allowed(tmp_path: Path, inbox: Inbox) -> None:
    async with house(tmp_path, allow_private=False) as at:
        with pytest.raises(Refusal, match="endpoint_not_allowed"):
            await at.webhooks.register(inbox.url, "Core", ["visit.opened"], "staff-root")


@pytest.mark.parametrize("types", [[], ["visit.opened", "visit.everything"]])
async def test_only_types_there_are(tmp_path: Path, inbox: Inbox, types: list[str]) -> None:
    async with house(tmp_path) as at:
        with pytest.raises(Refusal, match="unknown_event_type"):
            await at.webhooks.register(inbox.url, "Core", types, "staff-root")


async def test_the_sample_receiver_keeps_each_event_once(tmp_path: Path) -> None:
    sample = receiver()
    async with house(tmp_path) as at:
        port = free_port()
        url = f"http://127.0.0.1:{port}/events"
        _, secret = await at.webhooks.register(url, "Core", ["visit.opened"], "staff-root")
        server = TestServer(sample.build(tmp_path / "events.db", secret), port=port)
        await at.short.open()
        await at.webhooks.round()  # nobody is there yet
        async with server:
            at.short.later(minutes=1)
            at.short.now = max(at.short.now, datetime.now(UTC) - timedelta(seconds=1))
            await at.until_sent()
            (endpoint,) = await at.webhooks.endpoints()
            (delivery,) = await at.webhooks.deliveries(endpoint.id)
            assert delivery.state == "delivered"
            await at.webhooks.again(delivery.event, endpoint.id, "staff-root")
            await at.until_sent()
            (delivery,) = await at.webhooks.deliveries(endpoint.id)
            assert delivery.state == "delivered"
    with sqlite3.connect(tmp_path / "events.db") as db:
        rows = db.execute("SELECT id, type FROM events").fetchall()
    assert rows == [(delivery.event, "visit.opened")]
