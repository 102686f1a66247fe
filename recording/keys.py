"""Data keys and the port behind which the bank's key server wraps them.

The wrapped key never lives in the evidence directory: what lies in write-once storage can't be
shredded.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from recording.cipher import DATA_KEY
from recording.errors import Outage
from recording.files import write_new

_VERSION: Final = b"\x01"


def new_data_key() -> bytes:
    """32 fresh random bytes for one recording."""
    return secrets.token_bytes(DATA_KEY)


class KeyWrapper(Protocol):
    """Wraps data keys. `context` is authenticated: the same bytes must be given to unwrap."""

    demo: bool

    def wrap(self, data_key: bytes, context: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes: ...


class FileKeyWrapper:
    """A master key in a file of mode 0600. For demonstrations: whoever reads the file reads all."""

    demo = True

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_new(path, secrets.token_bytes(32))
        key = path.read_bytes()
        if len(key) != 32:
            raise Outage("master_key_bad", "the master key file must hold 32 bytes")
        self._key = AESGCM(key)

    def wrap(self, data_key: bytes, context: bytes) -> bytes:
        """version ‖ nonce ‖ ciphertext."""
        nonce = os.urandom(12)
        return _VERSION + nonce + self._key.encrypt(nonce, data_key, _VERSION + context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The data key; `Outage` when the key, context or bytes are not the ones that wrapped."""
        if wrapped[:1] != _VERSION or len(wrapped) != 1 + 12 + DATA_KEY + 16:
            raise Outage("key_unwrap_refused", "not a key wrapped here")
        try:
            return self._key.decrypt(wrapped[1:13], wrapped[13:], _VERSION + context)
        except InvalidTag:
            raise Outage("key_unwrap_refused", "wrong master key or context") from None
