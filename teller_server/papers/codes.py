"""One-time codes: six digits that nobody can guess from others, kept only as a keyed digest."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

from teller_server.domain.errors import Refusal

DIGITS: Final = 6
TRIES: Final = 5
LIFETIME: Final = timedelta(minutes=3)
AGAIN_AFTER: Final = timedelta(seconds=60)
ENTROPY: Final = 16  # bytes


def make_code(entropy: bytes) -> str:
    """Six digits from at least 16 random bytes, uniform to one part in 10^32."""
    if len(entropy) < ENTROPY:
        raise ValueError("too little entropy for a code")
    return f"{int.from_bytes(entropy, 'big') % 10**DIGITS:0{DIGITS}d}"


def code_digest(key: bytes, visit: str, step: str, code: str) -> str:
    """What is kept of a code: HMAC-SHA-256 (hex), good for this visit and step only."""
    parts = (visit.encode(), step.encode(), code.encode())
    message = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    return hmac.new(key, b"one-time code v0\0" + message, hashlib.sha256).hexdigest()


def code_matches(key: bytes, visit: str, step: str, typed: str, kept: str) -> bool:
    """Whether what was typed is the code, compared in constant time. Spaces do not count."""
    plain = "".join(typed.split())
    if len(plain) != DIGITS or not plain.isascii() or not plain.isdigit():
        return False
    return hmac.compare_digest(code_digest(key, visit, step, plain), kept)


def check_again(sent_at: datetime | None, now: datetime) -> None:
    """Refusal `code_too_soon` unless a new code may be sent now."""
    if sent_at is not None and now < sent_at + AGAIN_AFTER:
        wait = (sent_at + AGAIN_AFTER - now).total_seconds()
        raise Refusal("code_too_soon", seconds=int(wait) + 1)
