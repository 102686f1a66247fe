"""A small writer of MaxMind DB files (format 2.0), for databases of a few networks.

https://maxmind.github.io/MaxMind-DB/: a binary search tree of 24-bit records, 16 zero bytes, the
data section, and the metadata behind a marker. IPv4 networks lie under ::/96.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

BUILT = datetime(2026, 11, 20, tzinfo=UTC)
_MARKER = b"\xab\xcd\xefMaxMind.com"
_STRING, _MAP, _UINT16, _UINT32, _UINT64, _ARRAY, _BOOL = 2, 7, 5, 6, 9, 11, 14


def written(path: Path, kind: str, networks: Mapping[str, Mapping[str, Any]]) -> Path:
    """The file, with a record for each network."""
    data, offsets = b"", {}
    for network, record in networks.items():
        offsets[network] = len(data)
        data += _value(record)
    nodes = _tree(offsets)
    records = b"".join(_record(half, len(nodes)) for node in nodes for half in node)
    about = {
        "binary_format_major_version": (_UINT16, 2),
        "binary_format_minor_version": (_UINT16, 0),
        "build_epoch": (_UINT64, int(BUILT.timestamp())),
        "database_type": kind,
        "description": {"en": kind},
        "ip_version": (_UINT16, 6),
        "languages": ["en"],
        "node_count": (_UINT32, len(nodes)),
        "record_size": (_UINT16, 24),
    }
    path.write_bytes(records + bytes(16) + data + _MARKER + _value(about))
    return path


def countries(path: Path, networks: Mapping[str, str]) -> Path:
    """A database of countries."""
    records = {net: {"country": {"iso_code": code}} for net, code in networks.items()}
    return written(path, "Test-Country", records)


def kinds(path: Path, networks: Mapping[str, str]) -> Path:
    """A database of anonymous networks: network → the mark of its record."""
    return written(path, "Test-Anonymous-IP", {net: {m: True} for net, m in networks.items()})


def _tree(offsets: Mapping[str, int]) -> list[list[int | None]]:
    """Nodes of two halves: another node, `-1 - offset` of a record, or nothing."""
    nodes: list[list[int | None]] = [[None, None]]
    for network, offset in offsets.items():
        at, bits = 0, _bits(network)
        for bit in bits[:-1]:
            following = nodes[at][bit]
            if following is None:
                nodes.append([None, None])
                following = nodes[at][bit] = len(nodes) - 1
            at = following
        nodes[at][bits[-1]] = -1 - offset
    return nodes


def _bits(network: str) -> list[int]:
    net = ipaddress.ip_network(network)
    lead = 128 - net.max_prefixlen
    number = int(net.network_address)
    whole = [0] * lead + [number >> shift & 1 for shift in reversed(range(net.max_prefixlen))]
    return whole[: lead + net.prefixlen]


def _record(half: int | None, count: int) -> bytes:
    if half is None:
        return count.to_bytes(3, "big")
    return (half if half >= 0 else count + 16 - 1 - half).to_bytes(3, "big")


def _value(value: Any) -> bytes:
    match value:
        case bool():
            return _control(_BOOL, int(value))
        case str():
            return _control(_STRING, len(value.encode())) + value.encode()
        case (kind, int(number)):
            raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
            return _control(kind, len(raw)) + raw
        case list():
            return _control(_ARRAY, len(value)) + b"".join(map(_value, value))
    pairs = (_value(name) + _value(inner) for name, inner in value.items())
    return _control(_MAP, len(value)) + b"".join(pairs)


def _control(kind: int, size: int) -> bytes:
    """Everything here is short: sizes beyond 28 take one byte more."""
    first, more = (size, b"") if size < 29 else (29, bytes([size - 29]))
    if kind < 8:
        return bytes([kind << 5 | first]) + more
    return bytes([first, kind - 7]) + more
