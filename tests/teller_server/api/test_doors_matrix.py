"""Every route against everybody. The matrix is made from the router: no new door is forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from aiohttp import web

from teller_server.api.words import WORDS
from teller_server.api.words_bank import BANK_WORDS
from tests.teller_server.api.branch import AUDIENCES, Browser, Reply, Served
from tests.teller_server.api.house import PASSWORD

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "",
}
FILLED = {
    "{visit}": "visit-01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "{party}": "customer",
    "{digest}": "0" * 64,
    "{tree}": "none",
    "{name}": "none.js",
    "{endpoint}": "hook-01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "{event}": "evt-01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "{notice}": "notice-" + "0" * 26,
    "{invitation}": "inv-" + "0" * 26,
    "{webhook}": "hook-" + "0" * 26,
    "{document}": "contract",
    "{secret}": "0" * 43,
}
# Who may pass which door. What is not here is for nobody.
PUBLIC = (
    "GET /",
    "GET /i",
    "GET /j",
    "GET /n",
    "GET /receipt",
    "GET /healthz",
    "GET /favicon.ico",
    "GET /s/{tree}/{name}",
    "GET /d/{secret}",
    "GET /api/bank/docs",
    "GET /api/bank/openapi.json",
    "POST /api/customer/scope",
    "GET /api/customer/branch",
    "GET /api/customer/probe",
    "POST /api/customer/probe",
    "POST /api/customer/redeem",
    "POST /api/customer/join",
    "POST /api/customer/repudiation",
    "POST /api/customer/receipt/check",
    "POST /api/customer/visits",
    "POST /api/customer/handoff/redeem",
    "GET /teller/sign-in",
    "GET /review/sign-in",
    "GET /core/sign-in",
    "GET /admin/sign-in",
    "POST /api/teller/sign-in",
    "POST /api/review/sign-in",
    "POST /api/core/sign-in",
    "POST /api/admin/sign-in",
)
OWN = {
    "/api/customer/": {"customer", "invited"},
    "/ws/customer": {"customer", "invited"},
    "/api/teller/": {"teller"},
    "/ws/teller": {"teller"},
    "/teller": {"teller"},
    "/api/review/": {"compliance"},
    "/review": {"compliance"},
    "/api/core/": {"core"},
    "/core": {"core"},
    "/api/admin/": {"admin"},
    "/admin": {"admin"},
    "/api/bank/v1/": set(),  # for keys: no browser of anybody opens it
}
ROLES = (
    "nobody",
    "customer",
    "invited",
    "teller",
    "compliance",
    "core",
    "admin",
    "supervisor",
    "dismissed",
    "signed out",
)
LAST = ("sign-out", "leave")  # they end the session that the other cells need


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    pattern: str

    @property
    def path(self) -> str:
        path = self.pattern
        for name, value in FILLED.items():
            path = path.replace(name, value)
        return path

    def open_to(self, role: str) -> bool:
        shown = "GET" if self.method == "HEAD" else self.method
        if f"{shown} {self.pattern}" in PUBLIC:
            return True
        return any(self.pattern.startswith(door) and role in who for door, who in OWN.items())


def routes(app: web.Application) -> Iterator[Route]:
    found = {
        Route(route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None
    }
    return iter(sorted(found, key=lambda r: (r.pattern.endswith(LAST), r.pattern, r.method)))


@pytest.fixture(scope="module")
async def everybody(doors: Served) -> AsyncIterator[dict[str, Browser]]:
    """A browser of each role. Whoever has a cookie shows it at every door, under every name."""
    people = {role: doors.browser() for role in ROLES}
    accounts = doors.branch.store.accounts
    await people["customer"].arrive()
    invitation = await doors.branch.admission.invite(
        "change_of_details", "en", "李雷", "3301", "test"
    )
    secret = invitation.secret
    await people["invited"].ask("POST", "/api/customer/redeem", {"secret": secret})
    await people["teller"].sign_in("teller", "zhao")
    await people["compliance"].sign_in("review", "liu")
    await people["core"].sign_in("core", "root")
    await people["admin"].sign_in("admin", "root")
    await doors.hire("former", "前柜员", "teller")
    await people["dismissed"].sign_in("teller", "former")
    await accounts.change("staff-former", disabled=True)
    await doors.hire("promoted", "原柜员", "teller")
    await people["supervisor"].sign_in("teller", "promoted")
    await accounts.change("staff-promoted", roles=frozenset({"supervisor"}))
    await people["signed out"].sign_in("review", "liu")
    kept = dict(people["signed out"].cookies)
    await people["signed out"].ask("POST", "/api/review/sign-out")
    people["signed out"].cookies = kept
    for browser in people.values():
        for cookie in list(browser.cookies.values())[:1]:
            browser.cookies = dict.fromkeys(AUDIENCES, cookie)
    yield people
    await accounts.change("staff-former", disabled=False)


async def test_only_the_expected_cells_are_open(
    doors: Served, everybody: dict[str, Browser]
) -> None:
    wrong, cells = [], 0
    for route in routes(doors.server.app):
        for role, browser in everybody.items():
            kept = dict(browser.cookies)
            reply = await _knock(browser, route)
            browser.cookies = kept
            cells += 1
            if _passed(reply) is not route.open_to(role) or _bare(reply):
                wrong.append((role, route.method, route.pattern, reply.status, reply.code))
    assert wrong == []
    assert cells == len(list(routes(doors.server.app))) * len(ROLES) > 500


async def _knock(browser: Browser, route: Route) -> Reply:
    body: object = {} if route.method == "POST" else None
    protocol = "teller.v1" if route.pattern.startswith("/ws") else None
    return await browser.ask(route.method, route.path, body, Sec_WebSocket_Protocol=protocol)


def _passed(reply: Reply) -> bool:
    """Whether the door let it in, whatever was said inside."""
    assert reply.status < 500, reply
    return reply.status != 401 or reply.code not in ("not_signed_in", "key_needed", "")


def _bare(reply: Reply) -> bool:
    """Whether a header that protects is missing, or an error says nothing that we worded."""
    policy = reply.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        return True
    if any(reply.headers.get(name) != value for name, value in HEADERS.items()):
        return True
    return reply.status >= 400 and bool(reply.raw) and reply.code not in WORDS | BANK_WORDS


def test_the_table_names_no_door_that_is_gone(doors: Served) -> None:
    known = {f"{route.method} {route.pattern}" for route in routes(doors.server.app)}
    assert set(PUBLIC) - known == set()
    for door in OWN:
        assert any(route.split()[1].startswith(door) for route in known), door


async def test_people_who_open_a_page_are_sent_to_sign_in(doors: Served) -> None:
    stranger = doors.browser()
    for path, door in (
        ("/teller", "teller"),
        ("/review", "review"),
        (f"/review/{FILLED['{visit}']}", "review"),
        ("/core", "core"),
        ("/admin", "admin"),
    ):
        reply = await stranger.ask("GET", path, Accept="text/html,*/*")
        assert (reply.status, reply.headers["Location"]) == (303, f"/{door}/sign-in")
        assert not _bare(reply)


@pytest.mark.parametrize(
    "path", ["/nothing", "/api/nothing", "/s/../../etc/passwd", "/%00", "/.git"]
)
async def test_what_is_not_there_is_said_in_words(doors: Served, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        reply = await doors.browser().ask(method, path)
        assert (reply.status, reply.code) == (404, "not_found")
        assert not _bare(reply)


async def test_a_person_gets_a_page_that_says_so(doors: Served) -> None:
    for path, language, words in (
        ("/nothing", "en", "There is no such page"),
        ("/x/y", "zh-CN", 'lang="zh-CN"'),
    ):
        reply = await doors.browser(language).ask("GET", path, Accept="text/html,*/*")
        assert (reply.status, reply.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
        assert words in reply.raw.decode()


async def test_behind_a_door_strangers_do_not_learn_what_is_there(doors: Served) -> None:
    stranger, teller = doors.browser(), doors.browser()
    await teller.sign_in("teller", "zhao")
    for path in ("/api/teller/nothing", "/api/teller/objects/short", "/teller/nothing"):
        assert (await stranger.ask("GET", path)).code in ("not_signed_in", "not_found")
        assert (await teller.ask("GET", path)).code == "not_found"
    assert (await stranger.ask("GET", "/api/review/visits/x")).code == "not_signed_in"


async def test_a_method_that_a_door_does_not_know(doors: Served) -> None:
    for path in ("/", "/healthz", "/i"):
        reply = await doors.browser().ask("DELETE", path)
        assert (reply.status, reply.code) == (405, "not_found")
        assert not _bare(reply)


async def test_even_what_is_not_http_learns_no_version(doors: Served) -> None:
    for words in (b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"GET /\r\nx\r\n\r\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", doors.server.port)
        writer.write(words)
        said = await asyncio.wait_for(reader.read(), 60)
        writer.close()
        assert b"aiohttp" not in said.lower()
        assert b"python" not in said.lower()
        assert b"Traceback" not in said


# ---- side by side


async def test_every_page_is_signed_in_side_by_side_in_one_browser(doors: Served) -> None:
    one = doors.browser()
    opened = await one.arrive("李雷", "330106199001010028")
    desks = {"teller": "wang", "review": "chen", "core": "root", "admin": "root"}
    for audience, login in desks.items():
        assert (await one.sign_in(audience, login)).status == 200
    assert set(one.cookies) == set(AUDIENCES)
    assert len(set(one.cookies.values())) == len(AUDIENCES)
    for page in ("/", "/teller", "/review", "/core", "/admin"):
        shown = await one.ask("GET", page, Accept="text/html")
        assert shown.status == 200
        assert b'"signed_in": true' in shown.raw
    assert opened.json["visit"].encode() in (await one.ask("GET", "/")).raw
    assert (await one.ask("POST", "/api/review/sign-out")).status == 200
    for page, status in (("/teller", 200), ("/review", 401), ("/core", 200)):
        assert (await one.ask("GET", page)).status == status


async def test_cookies_are_for_the_server_alone(doors: Served) -> None:
    one = doors.browser()
    for audience, login, site in (("teller", "wang", "Strict"), ("core", "root", "Strict")):
        entered = await one.sign_in(audience, login)
        assert f"SameSite={site}" in entered.headers["Set-Cookie"]
        assert "HttpOnly" in entered.headers["Set-Cookie"]
    opened = await one.arrive("李雷", "330106199001010028")
    assert "SameSite=Lax" in opened.headers["Set-Cookie"]
    assert "HttpOnly" in opened.headers["Set-Cookie"]


async def test_a_wrong_role_learns_nothing_at_sign_in(doors: Served) -> None:
    stranger = doors.browser()
    said = {
        (audience, login): await stranger.sign_in(audience, login, password)
        for audience, login, password in (
            ("teller", "chen", PASSWORD),
            ("review", "wang", PASSWORD),
            ("core", "sun", PASSWORD),
            ("admin", "chen", PASSWORD),
            ("review", "nobody", PASSWORD),
            ("review", "chen", "wrong" * 3),
        )
    }
    assert {(reply.status, reply.raw) for reply in said.values()} == {
        (401, next(iter(said.values())).raw)
    }
    assert next(iter(said.values())).code == "bad_credentials"
