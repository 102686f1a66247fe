"""Which addresses the branch may post events to: the public internet, unless it is told otherwise.

An endpoint's address is typed in by a person, and a name may be pointed anywhere at any time. So
the name is resolved here, every address it has is judged, and the connection goes to a judged one.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

from teller_server.domain.errors import Refusal

_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
_RELAYS = ipaddress.ip_network("192.88.99.0/24")  # of 6to4: to whichever is near (RFC 7526)
MAX_URL = 500


class PrivateAddress(OSError):
    """A name leads to an address that isn't public."""


def public(address: str) -> bool:
    """Whether an address is one of the public internet; one inside another is judged itself."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return public(str(ip.ipv4_mapped))
        if ip in _TRANSLATED:
            return public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip.sixtofour is not None or ip.teredo is not None or ip.is_site_local:
            return False
    if ip in _RELAYS:
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def check_url(url: str, *, allow_private: bool) -> None:
    """Refusal endpoint_not_allowed unless events may be posted to this address."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise Refusal("endpoint_not_allowed", field="url") from None
    schemes = ("https", "http") if allow_private else ("https",)
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= MAX_URL
    if not plain or parts.scheme not in schemes or not host or parts.username or parts.fragment:
        raise Refusal("endpoint_not_allowed", field="url")
    if not allow_private and not _may_be_public(host):
        raise Refusal("endpoint_not_allowed", field="url")


def _may_be_public(host: str) -> bool:
    """By the name alone; a name that isn't an address is judged when it is resolved."""
    try:
        return public(host)
    except ValueError:
        last = host.rstrip(".").rsplit(".", maxsplit=1)[-1].lower()
        # `0x7f.1` and `2130706433` are addresses to a resolver, though not written as such
        odd = last.isdigit() or last.startswith("0x")
        return "." in host and not odd and last not in ("localhost", "local", "internal")


class GuardedResolver(AbstractResolver):
    """Resolves names; refuses one that leads to any address that isn't public."""

    def __init__(self) -> None:
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not found or not all(public(one["host"]) for one in found):
            raise PrivateAddress(f"{host} is not public")
        return found

    async def close(self) -> None:
        await self._inner.close()
