"""One browser at one door: pages, JSON requests, cookies, the CSRF token. No media, no script."""

from __future__ import annotations

import re
from html import unescape
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientResponse, ClientSession, ClientTimeout, ContentTypeError, CookieJar
from yarl import URL

from teller_server.rehearse.wire import Wire

_CSRF = re.compile(r'<meta name="csrf" content="([^"]*)">')
_TIMEOUT = ClientTimeout(total=60)


class Refused(Exception):
    """The server said no: HTTP status, stable code and its sentence."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(f"{code} ({status}) {message}".strip())
        self.status = status
        self.code = code


class Door:
    """A browser that has opened one of the branch's pages. An async context manager."""

    def __init__(self, base: str) -> None:
        self._base = URL(base)
        # unsafe: browsers keep cookies of 127.0.0.1, aiohttp only when told to
        self._http = ClientSession(cookie_jar=CookieJar(unsafe=True), timeout=_TIMEOUT)
        self._csrf = ""
        self._proof = ""  # of the last password, as a page keeps it

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Shut the browser; wires that it opened go with it."""
        await self._http.close()

    async def page(self, path: str) -> str:
        """Open a page and take its CSRF token. Raises Refused when it isn't shown."""
        async with self._http.get(self._base.join(URL(path))) as response:
            html = await response.text()
            if response.status != 200:
                raise Refused(response.status, "page_not_shown", path)
        token = _CSRF.search(html)
        self._csrf = unescape(token.group(1)) if token else ""
        return html

    async def get(self, path: str, **query: str) -> Any:
        """A JSON answer. Raises Refused."""
        return await self._ask("GET", path, query=query)

    async def post(self, path: str, body: object = None, **query: str) -> Any:
        """A JSON answer to a JSON body. Raises Refused."""
        return await self._ask("POST", path, query=query, json=body if body is not None else {})

    async def upload(self, path: str, data: bytes, media_type: str, **query: str) -> Any:
        """A JSON answer to raw bytes. Raises Refused."""
        headers = {"Content-Type": media_type}
        return await self._ask("POST", path, query=query, data=data, headers=headers)

    async def fetch(self, path: str, span: tuple[int, int] | None = None) -> bytes:
        """Raw bytes, of one HTTP Range (first and last byte) if asked. Raises Refused."""
        headers = {"Range": f"bytes={span[0]}-{span[1]}"} if span else {}
        async with self._http.get(self._base.join(URL(path)), headers=headers) as response:
            if response.status not in (200, 206):
                raise await _refusal(response)
            return await response.read()

    async def sign_in(self, audience: str, account: str, password: str) -> None:
        """Sign in as staff at `teller`, `review` or `core`. Raises Refused."""
        await self.page(f"/{audience}/sign-in")
        await self.post(f"/api/{audience}/sign-in", {"account": account, "password": password})
        await self.page(f"/{audience}")

    async def wire(self, path: str) -> Wire:
        """Open the page's WebSocket and greet."""
        url = self._base.join(URL(path)).with_scheme("wss" if self._secure else "ws")
        return await Wire.connect(self._http, str(url), self._origin)

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str],
        headers: dict[str, str] | None = None,
        **body: Any,
    ) -> Any:
        sent = {"Origin": self._origin, "X-CSRF": self._csrf, **(headers or {})}
        if self._proof:
            sent["X-Fresh"] = self._proof
        url = self._base.join(URL(path)).update_query(query)
        async with self._http.request(method, url, headers=sent, **body) as response:
            if response.status >= 400:
                raise await _refusal(response)
            said = await response.json() if response.content_type == "application/json" else None
        if isinstance(said, dict) and isinstance(said.get("proof"), str):
            self._proof = said["proof"]
        return said

    @property
    def _secure(self) -> bool:
        return self._base.scheme == "https"

    @property
    def _origin(self) -> str:
        return str(self._base.origin())


async def _refusal(response: ClientResponse) -> Refused:
    try:
        said = await response.json()
        return Refused(response.status, str(said["code"]), str(said.get("message", "")))
    except (ContentTypeError, ValueError, KeyError, TypeError):
        return Refused(response.status, "no_reason_given", response.reason or "")
