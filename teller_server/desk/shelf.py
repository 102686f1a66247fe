"""A folder of texts that visits were opened under: one file each, named by its digest, kept."""

from __future__ import annotations

import os
from pathlib import Path


class Shelf:
    """Whole files or none: each is written beside its place and moved there.

    Args:
        suffix: what the files' names end with, dot included.
    """

    def __init__(self, directory: Path, suffix: str) -> None:
        """OSError when the folder can't be made."""
        self._directory = directory
        self._suffix = suffix
        directory.mkdir(parents=True, exist_ok=True)

    def read(self, digest: str) -> bytes:
        """What was kept under that digest; whether it still is that, the reader has to see.

        OSError when it isn't here.
        """
        return self._path(digest).read_bytes()

    def keep(self, digest: str, written: bytes) -> None:
        """Durable on return; what is there already stays. OSError when it can't be written."""
        path = self._path(digest)
        if path.exists():
            return
        draft = path.with_suffix(".new")
        with draft.open("wb") as file:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    def _path(self, digest: str) -> Path:
        return self._directory / f"{digest}{self._suffix}"
