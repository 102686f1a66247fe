"""Durable, write-once files: written beside, synced, linked into place, never replaced."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from recording.errors import Outage

TEMPORARY: Final = ".new-"


def sync_directory(path: Path) -> None:
    """Make names in `path` durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_all(fd: int, data: bytes) -> None:
    """Write every byte or raise OSError (also when the disk takes only a part)."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def create(path: Path, data: bytes) -> int:
    """Create `path` with `data`, durable, and return its descriptor (read-write, at the end).

    The name appears only after the bytes are on disk, so a file with that name is never half
    written. An existing name is refused, whoever made it.
    """
    temporary = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    fd = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        write_all(fd, data)
        os.fsync(fd)
        os.link(temporary, path)
    except BaseException as error:
        os.close(fd)
        if isinstance(error, FileExistsError):
            raise Outage("already_written", path.name) from None
        raise
    finally:
        temporary.unlink(missing_ok=True)
    sync_directory(path.parent)
    return fd


def write_new(path: Path, data: bytes) -> None:
    """`create` for a file that is complete at once."""
    os.close(create(path, data))


def sweep(directory: Path) -> None:
    """Remove what a crash left between write and link."""
    for path in directory.glob(TEMPORARY + "*"):
        path.unlink(missing_ok=True)
