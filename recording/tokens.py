"""Checking an RFC 3161 response, keyless. `openssl ts -verify` must agree; the tests ask it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography import x509
from rfc3161_client import VerifierBuilder, decode_timestamp_response

from recording.errors import Damage

_MAX_RESPONSE: Final = 1 << 20


def check_token(response: bytes, data: bytes, anchors: Sequence[x509.Certificate]) -> datetime:
    """The time an RFC 3161 response attests for `data` if an anchor vouches, else `Damage`."""
    if len(response) > _MAX_RESPONSE:
        raise Damage("timestamp_bad", "too large")
    try:
        decoded = decode_timestamp_response(response)
        if decoded.status != 0:
            raise Damage("timestamp_bad", f"status {decoded.status}")
        builder = VerifierBuilder()
        for anchor in anchors:
            builder = builder.add_root_certificate(anchor)
        builder.build().verify_message(decoded, data)
        at = decoded.tst_info.gen_time
    except Damage:
        raise
    except Exception as error:
        raise Damage("timestamp_bad", str(error)[:200]) from None
    return at
