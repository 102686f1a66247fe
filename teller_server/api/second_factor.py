"""Second factors: TOTP (RFC 6238). Pure; the time is an argument."""

import hmac
from datetime import datetime

import pyotp

SECONDS = 30


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Which time step has this code: the present one or a neighbour (clocks differ), or None."""
    if len(code) != 6 or not code.isascii() or not code.isdigit():
        return None
    totp = pyotp.TOTP(secret)
    current = int(now.timestamp()) // SECONDS
    found = None
    for step in (current - 1, current, current + 1):
        if hmac.compare_digest(totp.generate_otp(step), code):
            found = step
    return found


def new_secret() -> str:
    """160 random bits, base32, as authenticator apps expect."""
    return pyotp.random_base32()


def enrolment_uri(secret: str, account: str, issuer: str) -> str:
    """The `otpauth://` URI that an authenticator app reads as a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)
