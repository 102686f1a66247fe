"""Writes a BagIt bag (RFC 8493, SHA-256 and SHA-512): streamed, and whole under its name or absent.

Everything is written into a hidden folder beside the final one, synced, and then renamed. A failure
removes the hidden folder; a crash leaves it, and nothing under the final name.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final

from recording.errors import Outage
from recording.files import sync_directory

ALGORITHMS: Final = ("sha256", "sha512")
_DECLARATION: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*\Z")
_CHUNK: Final = 1 << 20


class Bag:
    """One bag in the making: `with Bag(place) as bag: … bag.finish(…)`. For one thread. Blocks."""

    def __init__(self, place: Path) -> None:
        self.place = self._place = place
        self._work = place.with_name(f".{place.name}.{secrets.token_hex(4)}.unfinished")
        self._payload: dict[str, dict[str, str]] = {}
        self._tags: dict[str, dict[str, str]] = {}
        self.bytes = 0

    def __enter__(self) -> Bag:
        if self._place.exists():
            raise Outage("already_written", self._place.name)
        self._place.parent.mkdir(parents=True, exist_ok=True)
        self._work.mkdir(mode=0o700)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        shutil.rmtree(self._work, ignore_errors=True)

    def add(self, name: str, content: bytes | Iterable[bytes]) -> None:
        """A payload file, `name` below `data/`, from its bytes or piece by piece."""
        if not _NAME.match(name):
            raise ValueError(f"a name that a bag can't hold: {name!r}")
        chunks = (content,) if isinstance(content, bytes) else content
        self.bytes += self._write(f"data/{name}", chunks, self._payload)

    def copy(self, name: str, source: Path) -> None:
        """A payload file that is there already."""
        with source.open("rb") as stream:
            self.add(name, iter(lambda: stream.read(_CHUNK), b""))

    def tag(self, name: str, content: bytes) -> None:
        """A file beside `data/`, for people: covered by the tag manifests."""
        if not _NAME.match(name):
            raise ValueError(f"a name that a bag can't hold: {name!r}")
        self._write(name, (content,), self._tags)

    def finish(self, info: Mapping[str, str], day: date) -> str:
        """Manifests and tag files; then the bag has its name. Returns the SHA-256 of its
        manifest-sha256.txt, by which the whole can be named."""
        told = {
            **info,
            "Bagging-Date": day.isoformat(),
            "Payload-Oxum": f"{self.bytes}.{len(self._payload)}",
        }
        lines = "".join(f"{key}: {' '.join(value.split())}\n" for key, value in told.items())
        self._write("bagit.txt", (_DECLARATION,), self._tags)
        self._write("bag-info.txt", (lines.encode(),), self._tags)
        for name in ALGORITHMS:
            self._write(f"manifest-{name}.txt", (_listed(self._payload, name),), self._tags)
        tags = dict(self._tags)
        for name in ALGORITHMS:
            self._write(f"tagmanifest-{name}.txt", (_listed(tags, name),), {})
        self._settle()
        return self._tags["manifest-sha256.txt"]["sha256"]

    def _settle(self) -> None:
        """From now on it is whole, and under its name."""
        for folder, _, _ in os.walk(self._work):
            sync_directory(Path(folder))
        try:
            self._work.rename(self._place)
        except OSError:
            if self._place.exists():
                raise Outage("already_written", self._place.name) from None
            raise
        sync_directory(self._place.parent)

    def _write(self, name: str, chunks: Iterable[bytes], kept: dict[str, dict[str, str]]) -> int:
        path = self._work / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        hashers = {algorithm: hashlib.new(algorithm) for algorithm in ALGORITHMS}
        size = 0
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "wb") as stream:
            for chunk in chunks:
                size += _put(stream, chunk)
                for hasher in hashers.values():
                    hasher.update(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        kept[name] = {algorithm: hasher.hexdigest() for algorithm, hasher in hashers.items()}
        return size


def _put(stream: BinaryIO, chunk: bytes) -> int:
    stream.write(chunk)
    return len(chunk)


def _listed(files: Mapping[str, Mapping[str, str]], algorithm: str) -> bytes:
    return "".join(f"{files[name][algorithm]}  {name}\n" for name in sorted(files)).encode()
