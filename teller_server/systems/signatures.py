"""Signatures of outgoing events, as Standard Webhooks 1.0 has them.

What is signed is `id.timestamp.body`; the signature is HMAC-SHA256 in base64 behind `v1,`. While a
secret is being replaced both sign, so a receiver may change over at its own time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """A secret as the receiver keeps it: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret: str, id_: str, at: datetime, body: str) -> str:
    """One signature: `v1,` and base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{id_}.{int(at.timestamp())}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def signed_headers(signing: Sequence[str], id_: str, at: datetime, body: str) -> Mapping[str, str]:
    """The three headers of a delivery; `signing` are the secrets that are valid now."""
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(sign(secret, id_, at, body) for secret in signing),
    }
