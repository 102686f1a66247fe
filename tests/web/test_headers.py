"""Security headers: present on every answer, and the policy forbids what it should."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from tests.tree import ROOT
from web.headers import PERMISSIONS, content_security_policy, install_headers
from web.pages import PageContext, Pages


def parsed(policy: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (part.split() for part in policy.split(";"))}


async def _page(_request: web.Request) -> web.Response:
    return web.Response(text="page")


async def _kept(_request: web.Request) -> web.Response:
    return web.Response(text="file", headers={"Cache-Control": "public"})


@pytest.fixture
async def client():
    app = web.Application()
    install_headers(app, https=True)
    sub = web.Application()
    sub.router.add_get("/page", _page)
    app.add_subapp("/sub", sub)
    app.router.add_get("/kept", _kept)
    async with TestClient(TestServer(app)) as client:
        yield client


def test_the_policy_allows_nothing_by_default_and_nothing_inline():
    policy = parsed(content_security_policy())
    assert policy["default-src"] == ["'none'"]
    for values in policy.values():
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"} & set(values)
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert policy["require-trusted-types-for"] == ["'script'"]


def test_old_phones_may_need_the_socket_named():
    policy = parsed(content_security_policy("wss://bank.example"))
    assert policy["connect-src"] == ["'self'", "wss://bank.example"]


@pytest.mark.parametrize("path", ["/sub/page", "/missing", "/kept"])
async def test_every_answer_carries_the_headers(client, path):
    reply = await client.get(path)
    assert reply.headers["Content-Security-Policy"] == content_security_policy()
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert reply.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=(self)" in reply.headers["Permissions-Policy"]
    assert "max-age" in reply.headers["Strict-Transport-Security"]
    assert reply.headers["Server"] == ""


async def test_pages_are_not_kept_but_files_may_be(client):
    assert (await client.get("/sub/page")).headers["Cache-Control"] == "no-store"
    assert (await client.get("/kept")).headers["Cache-Control"] == "public"


async def test_plain_http_promises_no_https():
    app = web.Application()
    install_headers(app)
    async with TestClient(TestServer(app)) as client:
        assert "Strict-Transport-Security" not in (await client.get("/")).headers


def test_one_module_asks_where_anybody_is_and_no_browser_lets_it_but_on_one_page() -> None:
    scripts = (ROOT / "web" / "static" / "js").glob("*.js")
    asking = [path.name for path in scripts if "geolocation" in path.read_text("utf-8")]
    assert asking == ["customer-position.js"]
    pages = Pages.load()
    page = PageContext(language="en")
    assert "Permissions-Policy" not in pages.response("customer", page).headers  # the general one
    assert "geolocation=()" in PERMISSIONS
    own = pages.response("customer", replace(page, position=True)).headers["Permissions-Policy"]
    assert own == PERMISSIONS.replace("geolocation=()", "geolocation=(self)")
