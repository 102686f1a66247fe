"""Segment and object encryption: one AES-256-GCM call each, every one under its own key.

Keys are derived by HKDF-SHA-256 (RFC 5869) from the recording's data key, so that one range can be
disclosed without the rest. Each header carries a commitment to the key that opens it, because
AES-GCM alone lets two keys open one ciphertext; it is made of that key, so that whoever is given a
segment key alone can tell it from any other.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from collections.abc import Iterable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from recording.errors import Damage
from recording.format import READABLE, VERSION, ObjectHeader, PartHeader, SegmentHeader, leaf

DATA_KEY: Final = 32
_LABEL: Final = {version: b"teller-server evidence v%d " % version for version in READABLE}


def _derive(data_key: bytes, version: int, label: bytes, *fields: bytes) -> bytes:
    if len(data_key) != DATA_KEY:
        raise ValueError("a data key has 32 bytes")
    info = _LABEL[version] + label + b"".join(struct.pack(">H", len(f)) + f for f in fields)
    return HKDF(hashes.SHA256(), 32, None, info).derive(data_key)


def key_commitment(key: bytes, version: int = VERSION) -> bytes:
    """What a segment's or object's header says about its key: SHA-256(label ‖ key)."""
    return hashlib.sha256(_LABEL[version] + b"key commitment" + key).digest()


def commitment(data_key: bytes, recording: str, version: int = VERSION) -> bytes:
    """What a part header and recording.json say about the data key without revealing it."""
    return _derive(data_key, version, b"commitment", recording.encode())


def check_key(data_key: bytes, recording: str, committed: bytes, version: int = VERSION) -> None:
    """Refuse a data key that the evidence does not commit to."""
    if not hmac.compare_digest(commitment(data_key, recording, version), committed):
        raise Damage("wrong_key", "the data key is not the one this recording commits to")


def segment_key(data_key: bytes, part: PartHeader, sequence: int) -> tuple[bytes, bytes]:
    """(key, commitment) of one segment."""
    key = _derive(
        data_key, part.version, b"segment", part.recording.encode(), part.log.encode(),
        struct.pack(">II", part.part, sequence),
    )  # fmt: skip
    return key, key_commitment(key, part.version)


def object_key(
    data_key: bytes, recording: str, salt: bytes, version: int = VERSION
) -> tuple[bytes, bytes]:
    """(key, commitment) of one attachment."""
    key = _derive(data_key, version, b"object", recording.encode(), salt)
    return key, key_commitment(key, version)


def marks_digest(data_key: bytes, recording: str, marks: bytes, version: int = VERSION) -> str:
    """Keyed digest of all marks: after shredding nobody can confirm a guess of their content."""
    key = _derive(data_key, version, b"marks", recording.encode())
    return hmac.digest(key, marks, "sha256").hex()


class SegmentCipher:
    """Encrypts and opens the segments of one part."""

    def __init__(self, data_key: bytes, part: PartHeader) -> None:
        check_key(data_key, part.recording, part.key_commitment, part.version)
        self._data_key = data_key
        self._part = part
        self._prefix = part.pack()

    def encrypt(self, header: SegmentHeader, plain: bytes) -> tuple[SegmentHeader, bytes, bytes]:
        """Returns the finished header, the ciphertext and the leaf."""
        key, commit = segment_key(self._data_key, self._part, header.sequence)
        header = SegmentHeader(
            header.sequence, header.flags, header.init, header.media, len(plain), header.from_ms,
            header.to_ms, header.key_ms, header.wall_ms, os.urandom(12), commit, header.previous,
            self._part.version,
        )  # fmt: skip
        raw = header.pack()
        sealed = AESGCM(key).encrypt(header.nonce, plain, self._prefix + raw)
        return header, sealed, leaf(raw, sealed)

    def decrypt(self, header: SegmentHeader, ciphertext: bytes) -> bytes:
        """The plaintext, or `Damage`."""
        key = segment_key(self._data_key, self._part, header.sequence)
        return _open_segment(key, self._prefix, header, ciphertext)


class KeptSegments:
    """Opens the chosen segments of one part. Holds their own keys and no data key: what was not
    chosen can't be opened with it."""

    def __init__(self, data_key: bytes, part: PartHeader, sequences: Iterable[int]) -> None:
        check_key(data_key, part.recording, part.key_commitment, part.version)
        self._keys = {n: segment_key(data_key, part, n) for n in sequences}
        self._prefix = part.pack()

    def decrypt(self, header: SegmentHeader, ciphertext: bytes) -> bytes:
        """The plaintext, or `Damage`."""
        key = self._keys.get(header.sequence)
        if key is None:
            raise Damage("wrong_segment_key", segment=header.sequence)
        return _open_segment(key, self._prefix, header, ciphertext)


def _open_segment(
    key: tuple[bytes, bytes], prefix: bytes, header: SegmentHeader, ciphertext: bytes
) -> bytes:
    if not hmac.compare_digest(key[1], header.commitment):
        raise Damage("wrong_segment_key", segment=header.sequence)
    try:
        return AESGCM(key[0]).decrypt(header.nonce, ciphertext, prefix + header.pack())
    except InvalidTag:
        raise Damage("not_authentic", segment=header.sequence) from None


def seal_object(
    data_key: bytes,
    recording: str,
    plain: bytes,
    media_type: str,
    role: str,
    version: int = VERSION,
) -> tuple[ObjectHeader, bytes]:
    """Header and ciphertext of one attachment."""
    salt = os.urandom(32)
    key, commit = object_key(data_key, recording, salt, version)
    header = ObjectHeader(media_type, role, len(plain), salt, os.urandom(12), commit, version)
    aad = recording.encode() + b"\x00" + header.pack()
    return header, AESGCM(key).encrypt(header.nonce, plain, aad)


def open_object(data_key: bytes, recording: str, header: ObjectHeader, ciphertext: bytes) -> bytes:
    """Plaintext of one attachment, or `Damage`."""
    key, commit = object_key(data_key, recording, header.salt, header.version)
    if not hmac.compare_digest(commit, header.commitment):
        raise Damage("wrong_key", "object")
    try:
        aad = recording.encode() + b"\x00" + header.pack()
        return AESGCM(key).decrypt(header.nonce, ciphertext, aad)
    except InvalidTag:
        raise Damage("not_authentic", "object") from None
