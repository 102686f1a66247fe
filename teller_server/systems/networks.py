"""Which country a network address belongs to, by databases of the bank's in MaxMind DB format.

They are read whole when the branch starts: a look-up touches no disk, and a file that is replaced
meanwhile changes nothing before the next start. No address is kept or logged here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import maxminddb

from teller_server.domain.errors import Outage

_KINDS: Mapping[str, tuple[str, ...]] = {
    "hosting": ("is_hosting_provider",),
    "proxy": ("is_public_proxy", "is_residential_proxy"),
    "tor": ("is_tor_exit_node",),
    "vpn": ("is_anonymous_vpn",),
}
"""Kind → the marks of a record, as the databases of anonymous networks name them."""


@dataclass(frozen=True, slots=True)
class Network:
    """What is known of a network. `country`: ISO 3166-1, empty when it isn't known."""

    country: str = ""
    kinds: tuple[str, ...] = ()


class NetworkCountries(Protocol):
    """Knows networks. `source` names the databases and the days they were built."""

    @property
    def source(self) -> str: ...
    @property
    def knows_countries(self) -> bool: ...
    @property
    def knows_kinds(self) -> bool: ...

    def look_up(self, address: str) -> Network:
        """What is known of an address; of none that can't be read, or that is private."""


class NetworkDatabases:
    """The files that the settings name; without any nothing is known."""

    def __init__(self, countries: Path | None = None, kinds: Path | None = None) -> None:
        """Raises Outage network_database_missing (no such file), network_database_unreadable."""
        self._countries = _read(countries)
        self._kinds = _read(kinds)

    @property
    def source(self) -> str:
        """`GeoLite2-Country 2026-11-20`, and the other behind it."""
        return ", ".join(_named(one) for one in (self._countries, self._kinds) if one)

    @property
    def knows_countries(self) -> bool:
        return self._countries is not None

    @property
    def knows_kinds(self) -> bool:
        return self._kinds is not None

    def look_up(self, address: str) -> Network:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return Network()
        if isinstance(parsed, ipaddress.IPv6Address):
            parsed = parsed.ipv4_mapped or parsed
        country = _record(self._countries, parsed).get("country")
        code = country.get("iso_code", "") if isinstance(country, dict) else ""
        marks = _record(self._kinds, parsed)
        kinds = tuple(kind for kind, names in _KINDS.items() if any(map(marks.get, names)))
        return Network(code if isinstance(code, str) else "", kinds)


Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _read(path: Path | None) -> maxminddb.Reader | None:
    if path is None:
        return None
    try:
        return maxminddb.open_database(path, maxminddb.MODE_MEMORY)
    except OSError as error:
        why = type(error).__name__
        raise Outage("network_database_missing", path=str(path), why=why) from None
    except (maxminddb.InvalidDatabaseError, ValueError, TypeError, KeyError, IndexError):
        raise Outage("network_database_unreadable", path=str(path)) from None


def _record(database: maxminddb.Reader | None, address: Address) -> dict[str, Any]:
    """A database's record; empty where it has none. A broken one knows nothing."""
    if database is None:
        return {}
    try:
        found = database.get(address)
    except (maxminddb.InvalidDatabaseError, ValueError, IndexError):
        return {}
    return found if isinstance(found, dict) else {}


def _named(database: maxminddb.Reader) -> str:
    about = database.metadata()
    return f"{about.database_type} {datetime.fromtimestamp(about.build_epoch, UTC):%Y-%m-%d}"
