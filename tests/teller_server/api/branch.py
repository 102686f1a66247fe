"""The real application on a free port: real store, real worker, and browsers of everybody."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import aiohttp
import structlog
from aiohttp.test_utils import TestServer

from teller_server.api.auth import csrf_token
from teller_server.app import build_app, open_branch
from teller_server.desk.attestations import seed_demo
from teller_server.desk.branch import Branch
from teller_server.settings import load
from teller_server.store.accounts import Account
from tests.teller_server.api.house import HASH, PASSWORD

AUDIENCES = ("customer", "teller", "review", "core", "admin")
PEOPLE = {
    "wang": ("王敏", "teller"),
    "zhao": ("赵磊", "teller"),
    "chen": ("陈雨", "compliance"),
    "liu": ("刘洋", "compliance"),
    "root": ("管理员", "admin"),
    "sun": ("孙静", "supervisor"),
}
HAN = ("韩梅梅", "310104198805120041")
CONSENTS = {"recording": True, "face": True, "face_storage": True}
INTAKE = {"item": "address"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a browser got."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def code(self) -> str:
        """The error's code, or nothing."""
        is_json = self.headers.get("Content-Type", "").partition(";")[0].endswith("json")
        said = self.json if is_json and self.raw else {}
        return str(said.get("code", "")) if isinstance(said, dict) else ""


@dataclass
class Browser:
    """One browser: its cookies by audience. It sends what a page of ours would send."""

    url: str
    http: aiohttp.ClientSession
    cookies: dict[str, str] = field(default_factory=dict)
    language: str = "en"
    proof: str = ""

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        data: bytes | None = None,
        **headers: str | None,
    ) -> Reply:
        sent: dict[str, str | None] = {
            "Origin": self.url,
            "Accept-Language": self.language,
            "Cookie": "; ".join(f"vb_{name}={value}" for name, value in self.cookies.items()),
            "X-CSRF": self.csrf(path),
            "X-Fresh": self.proof,
        }
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.request(
            method,
            self.url + path,
            json=body if data is None else None,
            data=data,
            headers={name: value for name, value in sent.items() if value},
            allow_redirects=False,
        ) as reply:
            found = Reply(reply.status, reply.headers, await reply.read())
        for name, morsel in reply.cookies.items():
            self.cookies[name.removeprefix("vb_")] = morsel.value
        if method == "POST" and path.endswith(("/sign-in", "/fresh")) and found.status == 200:
            self.proof = found.json.get("proof") or self.proof
        return found

    def csrf(self, path: str) -> str:
        """The token of the page that would send this."""
        audience = next((name for name in AUDIENCES if f"/{name}" in path), "customer")
        return csrf_token(self.cookies.get(audience, ""))

    async def sign_in(self, audience: str, login: str, password: str = PASSWORD) -> Reply:
        form = {"account": login, "password": password}
        return await self.ask("POST", f"/api/{audience}/sign-in", form)

    async def arrive(self, name: str = HAN[0], number: str = HAN[1], **changed: object) -> Reply:
        """Open a visit; `changed` parts of the form."""
        form: dict[str, object] = {
            "service": "change_of_details",
            "language": "zh-CN",
            "consents": CONSENTS,
            "intake": INTAKE,
            "name": name,
            "document_number": number,
        }
        return await self.ask("POST", "/api/customer/visits", form | changed)

    async def wire(
        self, audience: str, *, origin: str | None = None, **hello: object
    ) -> aiohttp.ClientWebSocketResponse:
        """A socket that has said hello."""
        socket = await self.http.ws_connect(
            f"{self.url}/ws/{audience}",
            protocols=("teller.v1",),
            headers={
                "Origin": origin or self.url,
                "Cookie": f"vb_{audience}={self.cookies.get(audience, '')}",
                "Accept-Language": self.language,
            },
            max_msg_size=0,
        )
        greeting = {"token": None, "last": 0, **hello}
        await socket.send_str(json.dumps({"v": 1, "type": "hello", "id": "h", "body": greeting}))
        return socket


async def heard(socket: aiohttp.ClientWebSocketResponse, *kinds: str) -> dict[str, Any]:
    """The next message of one of these types, as a whole envelope."""
    async with asyncio.timeout(120):
        while True:
            said: dict[str, Any] = json.loads(await socket.receive_str())
            if said["type"] in kinds:
                return said


@dataclass
class Served:
    """A branch that is open."""

    branch: Branch
    server: TestServer
    logged: list[str] = field(default_factory=list)
    sessions: list[aiohttp.ClientSession] = field(default_factory=list)

    @property
    def url(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    def browser(self, language: str = "en") -> Browser:
        http = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        self.sessions.append(http)
        return Browser(self.url, http, language=language)

    async def account(self, login: str) -> Account:
        found = await self.branch.store.accounts.by_name(login)
        assert found is not None
        return found

    async def staff(self) -> None:
        for login, (name, role) in PEOPLE.items():
            await self.hire(login, name, role)

    async def hire(self, login: str, name: str, role: str) -> None:
        teller = role == "teller"
        await self.branch.store.accounts.add(
            Account(
                id=f"staff-{login}",
                name=login,
                display_name=name,
                number=f"N-{login}",
                roles=frozenset({role}),
                skills=frozenset({"change_of_details"} if teller else ()),
                languages=frozenset({"zh-CN", "en"} if teller else ()),
                password_hash=HASH,
                created_at=datetime.now(UTC),
            )
        )


@asynccontextmanager
async def served(place: Path, **given: Mapping[str, object]) -> AsyncIterator[Served]:
    """Serve a demonstration branch from `place`; `given` are groups of settings."""
    groups: dict[str, Any] = {
        "branch": {"always_open": True},
        "staff": {"totp_required": False},
        "media": {"workers": 1},
        # so that a test may come from an address of its own
        "server": {"proxies": ["127.0.0.1/32"]},
        "limits": {"requests_burst": 100_000, "sockets_rate": 100},
        "recording": {"min_free_mb": 0},
    }
    for name, group in given.items():
        groups[name] = {**groups.get(name, {}), **group}
    settings = load(demo=True, data={"directory": place / "data"}, **groups)
    branch = await open_branch(settings)
    await seed_demo(branch.store, branch.rules, datetime.now(UTC))
    server = TestServer(build_app(branch), shutdown_timeout=1)
    await server.start_server(access_log=None)
    found = Served(branch, server)
    with kept_logs(found.logged):
        try:
            yield found
        finally:
            for http in found.sessions:
                await http.close()
            await server.close()


@contextmanager
def kept_logs(lines: list[str]) -> Iterator[None]:
    """Everything that is logged in the block, as it would be written, added to `lines`."""

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    def keep(_logger: object, _method: str, event: structlog.typing.EventDict) -> NoReturn:
        lines.append(json.dumps(event, ensure_ascii=False, default=str))
        raise structlog.DropEvent

    keeper = Keeper()
    logging.getLogger().addHandler(keeper)
    before = structlog.get_config()  # another branch may be open around this one
    structlog.configure(processors=[structlog.processors.format_exc_info, keep])
    try:
        yield
    finally:
        structlog.configure(**before)
        logging.getLogger().removeHandler(keeper)
