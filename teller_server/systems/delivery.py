"""One event to one endpoint over HTTP: no redirects, no cookies, nothing of the answer kept."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from teller_server.domain.errors import Outage, Refusal

from .addresses import GuardedResolver, PrivateAddress, check_url
from .answers import read_whole

CONTENT = "application/cloudevents+json; charset=utf-8"
_TIMES = aiohttp.ClientTimeout(total=10, connect=5)
_MOST = 16 * 1024
GONE = 410


class WebhookSender:
    """Posts events; keeps its connections."""

    def __init__(self, *, allow_private: bool, agent: str = "teller-server") -> None:
        self._allow_private = allow_private
        self._agent = agent
        self._http: aiohttp.ClientSession | None = None

    def check(self, url: str) -> None:
        """Refusal endpoint_not_allowed."""
        check_url(url, allow_private=self._allow_private)

    async def send(self, url: str, headers: Mapping[str, str], body: str) -> int:
        """Post `body` as it is; returns the 2xx status.

        Refusal endpoint_not_allowed, endpoint_gone: never to this address. Outage
        endpoint_unreachable, endpoint_failed: try again later.
        """
        self.check(url)
        try:
            async with self._session().post(
                url,
                data=body.encode(),
                headers={**headers, "Content-Type": CONTENT},
                allow_redirects=False,
            ) as reply:
                await read_whole(reply, _MOST)
                status = reply.status
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            if _is_private(error):
                raise Refusal("endpoint_not_allowed") from None
            raise Outage("endpoint_unreachable", kind=type(error).__name__) from None
        if status == GONE:
            raise Refusal("endpoint_gone")
        if not 200 <= status < 300:
            raise Outage("endpoint_failed", status=status)
        return status

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            resolver = None if self._allow_private else GuardedResolver()
            self._http = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=resolver, limit=32, ttl_dns_cache=30),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=_TIMES,
                headers={"User-Agent": self._agent},
                auto_decompress=False,
            )
        return self._http


def _is_private(error: BaseException) -> bool:
    """aiohttp wraps what its resolver raises."""
    inner = getattr(error, "os_error", None)
    return any(isinstance(e, PrivateAddress) for e in (error, inner, error.__cause__))
