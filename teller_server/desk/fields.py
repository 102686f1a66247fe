"""Personal fields at rest: sealed under the visit's own data key, found again by keyed digest.

Each value is AES-256-GCM under HKDF-SHA256(data key, "fields") with a random nonce; the visit and
the field's name are associated data, so that a value can't be moved to another visit or field.
Shredding the data key shreds the values with the recording.
"""

import base64
import hashlib
import hmac
import os
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from teller_server.domain.errors import Refusal

NONCE_BYTES = 12


class FieldCipher:
    """Seals and opens the personal fields of one visit."""

    def __init__(self, visit: str, data_key: bytes) -> None:
        self._visit = visit
        kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"teller-server fields v0")
        self._aead = AESGCM(kdf.derive(data_key))

    def seal(self, name: str, value: str) -> str:
        """Return base64(nonce ‖ ciphertext) of `value` as field `name`."""
        nonce = os.urandom(NONCE_BYTES)
        return base64.b64encode(
            nonce + self._aead.encrypt(nonce, value.encode(), self._context(name))
        ).decode()

    def open(self, name: str, sealed: str) -> str:
        """Return the value. Raises Refusal('field_unreadable') on a wrong key, visit or name."""
        try:
            raw = base64.b64decode(sealed)
            plain = self._aead.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], self._context(name))
        except (InvalidTag, ValueError):
            raise Refusal("field_unreadable") from None
        return plain.decode()

    def _context(self, name: str) -> bytes:
        return f"{self._visit}|{name}".encode()


class LookupKey:
    """A keyed digest finds a person again without keeping the person's number in the clear."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def digest(self, value: str) -> str:
        """Return hex HMAC-SHA256 over the NFKC, upper-case, space-free form of `value`."""
        plain = "".join(unicodedata.normalize("NFKC", value).upper().split())
        return hmac.new(self._key, plain.encode(), hashlib.sha256).hexdigest()
