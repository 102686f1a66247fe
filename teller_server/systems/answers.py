"""What an HTTP status of another system means, and how its JSON is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

REFUSED_LATER = frozenset({408, 425, 429})
"""4xx that say "not now" rather than "no"."""


def asks_again(status: int) -> bool:
    """Whether the same request may succeed later."""
    return status in REFUSED_LATER or status >= 500


def pick(answer: Any, path: str) -> Any:
    """The value at a dotted path (`receipt.number`, `items.0.id`); None when it isn't there."""
    found = answer
    for part in path.split("."):
        if isinstance(found, Mapping):
            found = found.get(part)
        elif isinstance(found, list) and part.isdigit() and int(part) < len(found):
            found = found[int(part)]
        else:
            return None
    return found


def pick_text(answer: Any, path: str) -> str:
    """The same as text: numbers as written, nothing as empty."""
    found = pick(answer, path)
    return "" if found is None or isinstance(found, dict | list) else str(found)


async def read_whole(reply: aiohttp.ClientResponse, most: int) -> bytes:
    """The body of an answer; what is longer than `most` bytes is cut off."""
    parts: list[bytes] = []
    length = 0
    async for part in reply.content.iter_chunked(64 * 1024):
        parts.append(part)
        length += len(part)
        if length > most:
            break
    return b"".join(parts)[:most]
