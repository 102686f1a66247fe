"""One-time codes: six digits that nobody can guess from others, kept only as a keyed digest.

When one may be sent, tried and used is `domain/signing.py`.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

DIGITS: Final = 6
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
