"""A chain of hashes: each link covers the one before it, so nothing can be changed in between."""

from __future__ import annotations

import hashlib
import json

FIRST = "0" * 64
"""What the first link of every chain names as the one before it."""


def link(previous: str, *parts: str | int) -> str:
    """SHA-256, hex, over `previous` and the parts as compact JSON in their order."""
    covered = json.dumps([previous, *parts], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(covered.encode()).hexdigest()


def canonical(body: object) -> str:
    """A JSON text that is the same for the same content."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
