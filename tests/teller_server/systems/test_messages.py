"""A message is posted once, as it is; who sends it learns whether to try again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from teller_server.domain.errors import Outage, Refusal
from teller_server.systems.messages import NOTICE, HttpMessenger


@dataclass
class Gateway:
    url: str = ""
    status: int = 202
    got: list[tuple[str, Any]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((request.headers.get("Authorization", ""), await request.json()))
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})


@pytest_asyncio.fixture
async def gateway() -> AsyncIterator[Gateway]:
    found = Gateway()
    app = web.Application()
    app.router.add_post("/send", found.take)
    app.router.add_post("/elsewhere", found.take)
    async with TestServer(app) as server:
        found.url = str(server.make_url("/send"))
        yield found


async def test_a_message_arrives_with_its_key_and_the_secret(gateway: Gateway) -> None:
    messenger = HttpMessenger(gateway.url, "s3cret")
    await messenger.send("13800000001", "您的验证码是 482913", NOTICE, key="n1")
    await messenger.close()
    body = {"to": "13800000001", "text": "您的验证码是 482913", "purpose": "notice", "key": "n1"}
    assert gateway.got == [("Bearer s3cret", body)]


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Refusal), (404, Refusal), (429, Outage), (500, Outage), (503, Outage), (302, Outage)],
)
async def test_a_no_is_not_a_not_now(gateway: Gateway, status: int, kind: type[Exception]) -> None:
    gateway.status = status
    messenger = HttpMessenger(gateway.url, None)
    with pytest.raises(kind):
        await messenger.send("1", "text", NOTICE)
    await messenger.close()
    assert len(gateway.got) == 1


async def test_nobody_there_is_not_now(gateway: Gateway) -> None:
    messenger = HttpMessenger("http://127.0.0.1:1/send", None)
    with pytest.raises(Outage, match="messenger_unreachable"):
        await messenger.send("1", "text", NOTICE)
    await messenger.close()
