"""Three doors and a customer's, with nothing behind them but a bell that says who rang."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import pyotp
from aiohttp import web

from teller_server.api.auth import Auth
from teller_server.api.guards import AUTH, identity_of, limit_requests, require, set_cookie
from teller_server.api.passwords import hash_password
from teller_server.api.problems import answer_problems
from teller_server.api.signin import freshen, sign_in, sign_out
from teller_server.settings import Settings, load
from teller_server.store.accounts import Account
from teller_server.store.store import Store

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
START = datetime(2026, 6, 13, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def on(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class House:
    url: str
    store: Store
    auth: Auth
    clock: Clock
    signed_out: list[str] = field(default_factory=list)

    async def hire(self, name: str, *roles: str, totp: bool = False, **more: Any) -> Account:
        account = Account(
            id=f"acc-{name}",
            name=name,
            display_name=name.title(),
            number=f"T-{name}",
            roles=frozenset(roles),
            password_hash=HASH,
            created_at=START,
            totp_secret=f"sealed:acc-{name}:{SECRET}" if totp else None,
            **more,
        )
        await self.store.accounts.add(account)
        return account

    def code(self) -> str:
        return pyotp.TOTP(SECRET).at(self.clock.at)


class Browser:
    """One browser: cookies and the last CSRF token it was given."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.csrf: dict[str, str] = {}

    async def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, Any]:
        audience = path.split("/")[2]
        sent = {"Origin": self.house.url, "X-CSRF": self.csrf.get(audience, ""), **headers}
        sent = {name.replace("_", "-"): value for name, value in sent.items() if value}
        async with self.http.request(
            method, self.house.url + path, json=body, headers=sent, allow_redirects=False
        ) as reply:
            if token := reply.headers.get("X-CSRF"):
                self.csrf[audience] = token
            is_json = reply.content_type == "application/json"
            return reply.status, await reply.json() if is_json else dict(reply.headers)

    async def sign_in(
        self, audience: str, name: str, password: str = PASSWORD, totp: str | None = None
    ) -> tuple[int, Any]:
        form = {"account": name, "password": password, "totp": totp}
        return await self.ask("POST", f"/api/{audience}/sign-in", form)


def _unseal(account: str, sealed: str) -> str:
    kind, owner, secret = sealed.split(":")
    assert (kind, owner) == ("sealed", account)
    return secret


async def _who(request: web.Request) -> web.Response:
    return web.json_response({"subject": identity_of(request).subject})


async def _view(request: web.Request) -> web.Response:
    request.config_dict[AUTH].require_fresh(identity_of(request))
    return web.json_response({"seen": True})


async def _open_visit(request: web.Request) -> web.Response:
    auth = request.config_dict[AUTH]
    opened = await auth.open_visit(request.query["visit"])
    response = web.json_response({})
    set_cookie(response, auth.settings, "customer", opened)
    return response


async def _fail(_request: web.Request) -> web.Response:
    raise ZeroDivisionError


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="house-")


async def _template() -> Path:
    """A database with its tables and nothing in them, made once."""
    path = Path(_folder().name, "branch.db")
    if not await asyncio.to_thread(path.exists):
        await (await Store.open(f"sqlite:///{path}")).close()
    return path


@asynccontextmanager
async def house(folder: Path, **given: Any) -> AsyncIterator[tuple[House, Browser]]:
    given.setdefault("staff", {"totp_required": False})
    settings: Settings = load(**given)
    database = folder / "branch.db"
    if not await asyncio.to_thread(database.exists):
        await asyncio.to_thread(shutil.copy, await _template(), database)
    store = await Store.open(f"sqlite:///{database}")
    clock = Clock()
    auth = Auth(store.accounts, store.sessions, settings, _unseal, clock)
    found = House("", store, auth, clock)

    async def heard(identity: Any) -> None:
        found.signed_out.append(identity.subject)

    app = web.Application(middlewares=[answer_problems, limit_requests(settings)])
    app[AUTH] = auth
    for audience in ("teller", "review", "core"):
        enter = sign_in(audience)
        door = web.Application(middlewares=[require(audience, (enter,))])
        door.router.add_post("/sign-in", enter)
        door.router.add_post("/sign-out", sign_out(audience, heard))
        door.router.add_post("/fresh", freshen)
        door.router.add_get("/who", _who)
        door.router.add_post("/who", _who)
        door.router.add_get("/view", _view)
        door.router.add_get("/fail", _fail)
        app.add_subapp(f"/api/{audience}", door)
    door = web.Application(middlewares=[require("customer", (_open_visit,))])
    door.router.add_post("/visits", _open_visit)
    door.router.add_get("/who", _who)
    door.router.add_post("/who", _who)
    app.add_subapp("/api/customer", door)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    browser = Browser(found)
    try:
        yield found, browser
    finally:
        await browser.http.close()
        await runner.cleanup()
        await store.close()
