"""What a manifest says of missing milliseconds: party → medium → cause → count and ms. Keyless."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

UNKNOWN: Final = "unknown"


def unknown_ms(gaps: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> int:
    """Milliseconds that are missing and nothing shows why. Raises for what is no such summary."""
    return sum(
        int(causes[UNKNOWN]["ms"])
        for media in gaps.values()
        for causes in media.values()
        if UNKNOWN in causes
    )
