"""Which addresses may get a packet."""

import pytest

from signaling.media import MediaPolicy
from signaling.media.candidates import CandidateGate


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.251",
        "255.255.255.255",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:db8::1",
        "localhost",
        "a1b2.local",
        "bank.example",
        "",
        "1.2.3",
        "0x7f.1",
        "2130706433",
    ],
)
def test_nothing_inward_or_by_name_is_admitted_by_default(host: str) -> None:
    assert not CandidateGate(MediaPolicy()).admits(host)


@pytest.mark.parametrize("host", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"])
def test_what_is_globally_reachable_is_admitted(host: str) -> None:
    assert CandidateGate(MediaPolicy()).admits(host)


def test_a_banks_own_network_is_admitted_when_configured() -> None:
    gate = CandidateGate(MediaPolicy(allowed_networks=("10.20.0.0/16", "fd00:1::/32")))
    assert gate.admits("10.20.3.4")
    assert gate.admits("::ffff:10.20.3.4")
    assert gate.admits("fd00:1::9")
    assert not gate.admits("10.21.0.1")
    assert not gate.admits("127.0.0.1")


def test_this_machine_opens_loopback_and_its_own_addresses_only() -> None:
    policy = MediaPolicy().this_machine(("192.0.2.2",))
    gate = CandidateGate(policy)
    assert policy.addresses == ("127.0.0.1", "192.0.2.2")
    assert gate.admits("127.0.0.1")
    assert gate.admits("192.0.2.2")
    assert not gate.admits("192.0.2.3")


def test_only_udp_of_the_first_component_counts_and_only_so_many() -> None:
    gate = CandidateGate(MediaPolicy(max_candidates=2))
    assert not gate.take("8.8.8.8", 5000, 1, "tcp")
    assert not gate.take("8.8.8.8", 5000, 2, "udp")
    assert not gate.take("8.8.8.8", 0, 1, "udp")
    assert gate.take("8.8.8.8", 5000, 1, "UDP")
    assert gate.take("8.8.8.8", 5001, 1, "udp")
    assert not gate.take("8.8.8.8", 5002, 1, "udp")
    assert gate.refused == 4
