"""Identifiers: opaque, random, safe in a URL and easy to read aloud."""

from __future__ import annotations

import base64
from typing import NewType

SealedText = NewType("SealedText", str)
"""Ciphertext (text form) that the desk made of what a person wrote; empty when nothing was written.

Free text may name a person, so commands and events carry it only in this form.
"""

UNSAID = SealedText("")
"""Nothing was written."""

_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def new_id(kind: str, entropy: bytes) -> str:
    """`kind-XXXXXXXX…` in Crockford's base 32; 16 bytes of entropy give 26 characters."""
    body = base64.b32encode(entropy).decode("ascii").rstrip("=")
    return f"{kind}-{body.translate(_CROCKFORD)}"
