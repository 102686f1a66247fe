"""Attachments: photographs, portraits, forms. Encrypted whole, named by their digest."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from recording import format as fmt
from recording.cipher import open_object, seal_object
from recording.errors import Damage
from recording.files import write_new

FOLDER: Final = "objects"
MAX_OBJECT: Final = 64 << 20
_DIGEST: Final = re.compile(r"[0-9a-f]{64}\Z")
_MEDIA_TYPE: Final = re.compile(r"[a-z]+/[a-z0-9.+-]{1,80}\Z")
_ROLE: Final = re.compile(r"[a-z][a-z0-9_.-]{0,47}\Z")


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """An attachment: `digest` of the encrypted file (hex), `size` of the plaintext in bytes."""

    digest: str
    size: int
    media_type: str
    role: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the manifest and the events log."""
        return {
            "digest": self.digest,
            "size": self.size,
            "media_type": self.media_type,
            "role": self.role,
        }


def object_path(directory: Path, digest: str) -> Path:
    """Where an attachment lies."""
    if not _DIGEST.match(digest):
        raise Damage("object_unknown", "not a digest")
    return directory / FOLDER / f"{digest}.evo"


def attach(
    directory: Path,
    recording: str,
    data_key: bytes,
    data: bytes,
    media_type: str,
    role: str,
    version: int = fmt.VERSION,
) -> ObjectRef:
    """Encrypt and store; durable on return. Blocks."""
    if not _MEDIA_TYPE.match(media_type) or not _ROLE.match(role):
        raise ValueError("media type or role that the format can't hold")
    if len(data) > MAX_OBJECT:
        raise ValueError("attachment larger than 64 MiB")
    header, sealed = seal_object(data_key, recording, data, media_type, role, version)
    raw = header.pack() + sealed
    digest = hashlib.sha256(raw).hexdigest()
    path = object_path(directory, digest)
    path.parent.mkdir(exist_ok=True)
    write_new(path, raw)
    return ObjectRef(digest, len(data), media_type, role)


def read(directory: Path, recording: str, data_key: bytes, digest: str) -> tuple[ObjectRef, bytes]:
    """(reference, plaintext) of an attachment whose bytes still match their name."""
    path = object_path(directory, digest)
    name = f"{FOLDER}/{path.name}"
    if not path.is_file():
        raise Damage("object_missing", file=name)
    if path.stat().st_size > MAX_OBJECT + 4096:
        raise Damage("object_too_large", file=name)
    if file_digest(path) != digest:
        raise Damage("object_altered", file=name)
    with path.open("rb") as stream:
        header = fmt.read_object_header(stream)
        plain = open_object(data_key, recording, header, stream.read())
    return ObjectRef(digest, len(plain), header.media_type, header.role), plain


def file_digest(path: Path) -> str:
    """SHA-256 of a file in hex, read in chunks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def list_objects(directory: Path) -> list[ObjectRef]:
    """All attachments on disk by their own headers, in order of digest; no key needed."""
    found = []
    for path in sorted((directory / FOLDER).glob("*.evo")):
        with path.open("rb") as stream:
            header = fmt.read_object_header(stream)
        found.append(ObjectRef(path.stem, header.plain, header.media_type, header.role))
    return found
