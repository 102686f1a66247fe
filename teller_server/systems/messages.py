"""Short messages to people's phones: one-time codes, and notices of what was changed.

Whoever sends decides about trying again; `key` lets the other side drop what it has seen before.
"""

from __future__ import annotations

from typing import Protocol

import aiohttp

from teller_server.domain.errors import Outage, Refusal

from .answers import REFUSED_LATER

CODE, NOTICE = "code", "notice"
"""What a message is for: a one-time code, or word of a change that was made."""

_TIMES = aiohttp.ClientTimeout(total=10, connect=3)


class Messenger(Protocol):
    """Sends one message."""

    async def send(self, to: str, text: str, purpose: str, key: str = "") -> None:
        """`to` is a telephone number. Outage: try later; Refusal: never to this number."""

    async def close(self) -> None:
        """Let go of connections."""


class HttpMessenger:
    """Posts `{to, text, purpose, key}` as JSON to the bank's message gateway."""

    def __init__(self, url: str, secret: str | None) -> None:
        self._url = url
        self._secret = secret
        self._http: aiohttp.ClientSession | None = None

    async def send(self, to: str, text: str, purpose: str, key: str = "") -> None:
        """Any 2xx is taken for sent; other 4xx than 408, 425 and 429 for a refusal."""
        body = {"to": to, "text": text, "purpose": purpose, "key": key}
        try:
            async with self._session().post(self._url, json=body, allow_redirects=False) as reply:
                status = reply.status
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Outage("messenger_unreachable", kind=type(error).__name__) from None
        if 200 <= status < 300:
            return
        if 400 <= status < 500 and status not in REFUSED_LATER:
            raise Refusal("messenger_refused", status=status)
        raise Outage("messenger_unreachable", status=status)

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            headers = {"Authorization": f"Bearer {self._secret}"} if self._secret else {}
            self._http = aiohttp.ClientSession(timeout=_TIMES, headers=headers)
        return self._http
