"""Static files: one hash over the tree, immutable, compressed, nothing else reachable."""

from __future__ import annotations

import gzip

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from web.assets import IMMUTABLE, Assets


@pytest.fixture
async def client():
    assets = Assets({"js/a.js": b"export const a = 1;\n" * 50, "icon.svg": b"<svg/>"})
    app = web.Application()
    assets.install(app)
    async with TestClient(TestServer(app), auto_decompress=False) as client:
        yield client, assets


def test_the_address_changes_with_any_content_or_name():
    one = Assets({"a.js": b"1", "b.js": b"2"})
    assert one.base == Assets({"b.js": b"2", "a.js": b"1"}).base
    assert one.base != Assets({"a.js": b"12", "b.js": b""}).base
    assert one.base != Assets({"c.js": b"1", "b.js": b"2"}).base


def test_a_missing_file_is_found_out_when_the_page_is_rendered():
    with pytest.raises(KeyError, match=r"no\.js"):
        Assets({}).url("no.js")


def test_an_unknown_kind_of_file_is_refused_at_start():
    with pytest.raises(ValueError, match="no known media type"):
        Assets({"a.exe": b""})


async def test_a_file_may_be_kept_for_ever(client):
    http, assets = client
    reply = await http.get(assets.url("js/a.js"), headers={"Accept-Encoding": "gzip"})
    assert reply.status == 200
    assert reply.headers["Cache-Control"] == IMMUTABLE
    assert reply.headers["Content-Type"].startswith("text/javascript")
    assert reply.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(await reply.read()).startswith(b"export const a")


async def test_a_browser_without_gzip_gets_plain_text(client):
    http, assets = client
    reply = await http.get(assets.url("js/a.js"), headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in reply.headers
    assert (await reply.read()).startswith(b"export const a")


@pytest.mark.parametrize(
    "path", ["/s/000000000000/js/a.js", "{base}/js/b.js", "{base}/../pages.py", "{base}/%2e%2e/x"]
)
async def test_nothing_else_is_reachable(client, path):
    http, assets = client
    reply = await http.get(path.replace("{base}", assets.base))
    assert reply.status == 404


async def test_every_browser_finds_an_icon(client):
    http, _ = client
    assert (await http.get("/favicon.ico")).status == 200


def test_the_real_tree_is_small_enough_for_a_phone():
    assets = Assets.load()
    shown = ("js/customer", "css/customer", "css/tokens", "css/base")
    mine = [n for n in assets.names() if n.startswith(shown) or "/" not in n]
    size = sum(len(assets._assets[n].zipped or assets._assets[n].body) for n in mine)
    assert size < 150_000
