"""The vault: where finished evidence goes, and what it says it holds.

A file is written once. What counts is never that a write was answered but what the vault says when
it is asked afterwards: size, digest, and until when nobody can take the file away.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from recording.errors import Damage, Outage
from recording.files import TEMPORARY, sync_directory

_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Stored:
    """One file as the vault holds it. `sha256` in hex; `locked_until` None where nothing locks."""

    size: int
    sha256: str
    version: str
    locked_until: datetime | None


class Vault(Protocol):
    """Names are relative paths with `/`. Raises `Outage` when the vault can't be used now, and
    `Damage` when it holds something else under a name."""

    locks: bool

    def check(self) -> None:
        """Whether this place can be used as it was configured."""
        ...

    def put(self, name: str, path: Path, until: datetime) -> Stored:
        """Store a file, or find it stored; asked and compared before it returns."""
        ...

    def fetch(self, name: str, path: Path, version: str = "") -> None:
        """Bring a file back to `path`, by the version that was stored; it appears only whole."""
        ...

    def names(self, prefix: str) -> Iterator[str]:
        """What is stored under a prefix."""
        ...


class FolderVault:
    """A second folder, on a disk or share of its own. It locks nothing and says so."""

    locks = False

    def __init__(self, root: Path) -> None:
        self._root = root

    def check(self) -> None:
        """The folder must be there already: an unmounted share must not look like an empty one."""
        if not self._root.is_dir():
            raise Outage("vault_missing", str(self._root))

    def put(self, name: str, path: Path, until: datetime) -> Stored:  # noqa: ARG002 - no lock here
        """Copy beside, sync, compare, link into place."""
        self.check()
        digest = sha256_of(path)
        target = self._root / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            copy_whole(path, target)
        if sha256_of(target) != digest:
            raise Damage("vault_differs", file=name)
        return Stored(target.stat().st_size, digest, "", None)

    def fetch(self, name: str, path: Path, version: str = "") -> None:  # noqa: ARG002 - it has one
        """Copy back."""
        source = self._root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not source.is_file():
            raise Outage("vault_file_missing", name)
        copy_whole(source, path)

    def names(self, prefix: str) -> Iterator[str]:
        """Regular files only; raises where the folder is not there."""
        self.check()
        for path in sorted((self._root / prefix).rglob("*")):
            if path.is_file() and not path.name.startswith(TEMPORARY):
                yield path.relative_to(self._root).as_posix()


def copy_whole(source: Path, target: Path) -> None:
    """The name appears only after the bytes are on disk."""
    temporary = target.with_name(f"{TEMPORARY}{target.name}")
    with source.open("rb") as read, temporary.open("wb") as write:
        shutil.copyfileobj(read, write, _PIECE)
        write.flush()
        os.fsync(write.fileno())
    temporary.replace(target)
    sync_directory(target.parent)


def sha256_of(path: Path) -> str:
    """Hex digest of a file, in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def finished_files(directory: Path, *, closed: bool) -> list[Path]:
    """What of a package will not change any more: all of it once closed; before that everything
    but the log that is still written to."""
    found = []
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if path.is_symlink() or not path.is_file() or path.name.startswith(TEMPORARY):
            continue
        if closed or not name.startswith("afterwards."):
            found.append(path)
    return found
