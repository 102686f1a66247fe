"""The same bag as one ZIP that is sent while it is made: nothing of it touches this machine's disk.

Stored, not compressed: what it holds is ciphertext and video. Sizes stand behind each file (ZIP64
data descriptors, APPNOTE 4.3.9) and in the directory at the end; a ZIP that was cut off has none
and does not open.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Final

from recording.bag import ALGORITHMS, Bag

_PRIVATE: Final = 0o600 << 16


class StreamedBag(Bag):
    """`sink` takes the bytes in order and may block; everything lies in the folder `name`."""

    def __init__(self, name: str, sink: Callable[[bytes], None]) -> None:
        super().__init__(Path(name))
        self._name = name
        self._zip = zipfile.ZipFile(_Sink(sink), "w", zipfile.ZIP_STORED)

    def __enter__(self) -> StreamedBag:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        """A bag that was not finished gets no directory: it must not look like a whole one."""

    def _write(self, name: str, chunks: Iterable[bytes], kept: dict[str, dict[str, str]]) -> int:
        hashers = {algorithm: hashlib.new(algorithm) for algorithm in ALGORITHMS}
        entry = zipfile.ZipInfo(f"{self._name}/{name}")
        entry.external_attr = _PRIVATE
        size = 0
        with self._zip.open(entry, "w", force_zip64=True) as stream:
            for chunk in chunks:
                size += stream.write(chunk)
                for hasher in hashers.values():
                    hasher.update(chunk)
        kept[name] = {algorithm: hasher.hexdigest() for algorithm, hasher in hashers.items()}
        return size

    def _settle(self) -> None:
        self._zip.close()


class _Sink:
    """As much of a file as a ZIP that only goes forward needs."""

    def __init__(self, sink: Callable[[bytes], None]) -> None:
        self._sink = sink

    def write(self, data: bytes, /) -> int:
        self._sink(bytes(data))
        return len(data)

    def close(self) -> None:
        """The sink outlives the ZIP."""

    def flush(self) -> None:
        """What was written is the sink's."""
