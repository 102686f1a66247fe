"""Databases of networks: what they say of an address, and that a missing one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from teller_server.domain.errors import Outage
from teller_server.systems.networks import Network, NetworkDatabases

from . import mmdb

COUNTRIES = {"49.32.0.0/11": "IN", "91.0.0.0/10": "DE", "2401:4900::/32": "IN"}
KINDS = {
    "91.10.0.0/16": "is_anonymous_vpn",
    "49.40.1.0/24": "is_hosting_provider",
    "49.40.2.0/24": "is_tor_exit_node",
    "49.40.3.0/24": "is_residential_proxy",
}


@pytest.fixture
def databases(tmp_path: Path) -> NetworkDatabases:
    return NetworkDatabases(
        mmdb.countries(tmp_path / "c.mmdb", COUNTRIES), mmdb.kinds(tmp_path / "k.mmdb", KINDS)
    )


@pytest.mark.parametrize(
    ("address", "country", "kinds"),
    [
        ("49.36.1.2", "IN", ()),
        ("::ffff:49.36.1.2", "IN", ()),
        ("2401:4900:1::7", "IN", ()),
        ("91.10.3.4", "DE", ("vpn",)),
        ("49.40.1.9", "IN", ("hosting",)),
        ("49.40.2.9", "IN", ("tor",)),
        ("49.40.3.9", "IN", ("proxy",)),
        ("8.8.8.8", "", ()),
        ("127.0.0.1", "", ()),
        ("10.1.2.3", "", ()),
        ("2001:db8::1", "", ()),
        ("not an address", "", ()),
        ("", "", ()),
    ],
)
def test_what_is_known_of_an_address(
    databases: NetworkDatabases, address: str, country: str, kinds: tuple[str, ...]
) -> None:
    assert databases.look_up(address) == Network(country, kinds)


def test_the_source_names_both_and_when_they_were_built(databases: NetworkDatabases) -> None:
    assert databases.source == "Test-Country 2026-11-20, Test-Anonymous-IP 2026-11-20"
    assert databases.knows_countries
    assert databases.knows_kinds


def test_without_databases_nothing_is_known() -> None:
    none = NetworkDatabases()
    assert none.look_up("49.36.1.2") == Network()
    assert (none.source, none.knows_countries, none.knows_kinds) == ("", False, False)


def test_a_file_replaced_meanwhile_changes_nothing(tmp_path: Path) -> None:
    path = mmdb.countries(tmp_path / "c.mmdb", COUNTRIES)
    databases = NetworkDatabases(path)
    path.write_bytes(b"")
    assert databases.look_up("49.36.1.2").country == "IN"


def test_what_is_no_database_is_told_to_the_operator(tmp_path: Path) -> None:
    with pytest.raises(Outage, match="network_database_missing"):
        NetworkDatabases(tmp_path / "none.mmdb")
    with pytest.raises(Outage, match="network_database_missing"):
        NetworkDatabases(tmp_path)
    whole = mmdb.countries(tmp_path / "c.mmdb", COUNTRIES)
    for spoilt in (b"", b"country,network\n", whole.read_bytes()[:-40]):
        (tmp_path / "s.mmdb").write_bytes(spoilt)
        with pytest.raises(Outage, match="network_database_unreadable"):
            NetworkDatabases(None, tmp_path / "s.mmdb")
