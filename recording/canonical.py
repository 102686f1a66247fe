"""Canonical JSON (RFC 8785): what is signed is exactly what is stored."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import rfc8785

from recording.errors import Damage

MAX_DOCUMENT: Final = 16 << 20


def dump(document: dict[str, Any]) -> bytes:
    """The one byte form of a document."""
    return rfc8785.dumps(document)


def parse(raw: bytes, name: str) -> dict[str, Any]:
    """Parse a stored document; `Damage` unless it is an object in canonical form."""
    try:
        document = json.loads(raw)
        canonical = rfc8785.dumps(document)
    except (ValueError, RecursionError, rfc8785.CanonicalizationError):
        raise Damage("document_bad", "not JSON", file=name) from None
    if not isinstance(document, dict):
        raise Damage("document_bad", "not an object", file=name)
    if canonical != raw:
        raise Damage("document_not_canonical", file=name)
    return document


def load(path: Path, name: str) -> tuple[dict[str, Any], bytes]:
    """(document, raw bytes) of a file of at most 16 MiB."""
    raw = read_limited(path, name)
    return parse(raw, name), raw


def read_limited(path: Path, name: str, limit: int = MAX_DOCUMENT) -> bytes:
    """The bytes of a regular file that is not larger than it may be."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(limit + 1)
    except OSError as error:
        raise Damage("file_missing", error.strerror or "", file=name) from None
    if len(raw) > limit:
        raise Damage("file_too_large", file=name)
    return raw


def digest(raw: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(raw).hexdigest()


def stamp(at: datetime) -> str:
    """UTC with milliseconds, `2026-11-23T04:00:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
