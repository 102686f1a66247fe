"""Following growing logs: what heads and seals attest, read from disk, not believed from a worker.

Each advance verifies only what is new and keeps the file digest running, so that a head costs the
last half minute and a seal after half an hour costs a second of segments.
"""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from recording import format as fmt
from recording import records as rec
from recording.cipher import SegmentCipher
from recording.errors import Damage
from recording.parts import list_parts

_CHUNK = 1 << 20
_TOLD = frozenset({"gap", "mark"})  # records that a seal sums up; the others stay on the disk


@dataclass(frozen=True, slots=True)
class Position:
    """The last good place of a log."""

    part: int
    segments: int
    bytes: int
    leaf: str
    until_ms: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values for a head."""
        return {
            "part": self.part,
            "segments": self.segments,
            "bytes": self.bytes,
            "leaf": self.leaf,
            "until_ms": self.until_ms,
        }


class PartFollower:
    """One part, verified as far as it is good."""

    def __init__(self, path: Path, data_key: bytes | None) -> None:
        self.path = path
        with path.open("rb") as stream:
            self.header = fmt.read_part_header(stream)
            self._scanner = fmt.Scanner(stream, self.header, hashlib.sha256())
        self._cipher = SegmentCipher(data_key, self.header) if data_key else None
        self.from_ms: int | None = None
        self.until_ms = 0
        self.damage: Damage | None = None
        self._records: list[tuple[int, rec.Record]] = []  # with the end of their segment
        self._ends: list[int] = []

    @property
    def ended(self) -> bool:
        """Whether the writer closed the part properly."""
        return self._scanner.ended

    @property
    def position(self) -> Position:
        """The last good place."""
        scan = self._scanner
        return Position(self.header.part, scan.sequence, scan.good, scan.last.hex(), self.until_ms)

    def advance(self) -> None:
        """Sync the part and verify what was added. Torn ends wait; other damage is remembered."""
        if self.path.stat().st_size == self._scanner.good:
            return
        with self.path.open("rb") as stream:
            os.fdatasync(stream.fileno())  # never attest what a power cut could take back
            self._scanner.resume(stream)
            try:
                for segment in self._scanner:
                    self._take(segment, stream)
            except Damage as damage:
                altered = damage.code == "data_after_end" or fmt.goes_on(stream, self._scanner)
                self.damage = damage if altered else None

    def records(self, accepted: int) -> list[rec.Record]:
        """The gaps and marks of the segments within the first `accepted` bytes."""
        return [record for end, record in self._records if end <= accepted]

    def manifest_entry(self, successor: fmt.PartHeader | None) -> dict[str, Any]:
        """What the manifest says about this part; a successor's commitment decides what counts."""
        size = self.path.stat().st_size
        place = self.position
        hasher = self._scanner.hasher
        if hasher is None:
            raise ValueError("a follower always hashes")
        whole = hasher.copy()
        with self.path.open("rb") as stream:
            stream.seek(place.bytes)
            while chunk := stream.read(_CHUNK):
                whole.update(chunk)
        kept = successor.previous_bytes if successor else place.bytes
        return {
            "file": self.path.name,
            "part": place.part,
            "file_bytes": size,
            "sha256": whole.hexdigest(),
            "bytes": kept,
            "segments": bisect_right(self._ends, kept),
            "last_leaf": successor.previous_leaf.hex() if successor else place.leaf,
            "from_ms": self.from_ms or 0,
            "to_ms": self.until_ms,
            "ended": self.ended,
            "unacknowledged_bytes": size - kept,
        }

    def _take(self, segment: fmt.Segment, stream: BinaryIO) -> None:
        header = segment.header
        self.from_ms = header.from_ms if self.from_ms is None else min(self.from_ms, header.from_ms)
        self.until_ms = max(self.until_ms, header.to_ms)
        self._ends.append(segment.end)
        if not header.flags & fmt.RECORDS or self._cipher is None:
            return
        here = stream.tell()
        stream.seek(segment.offset + fmt.SEGMENT_HEADER)
        plain = self._cipher.decrypt(header, stream.read(header.cipher))
        stream.seek(here)
        notes = rec.decode(plain[header.init + header.media :])
        self._records += [(segment.end, note) for note in notes if note["t"] in _TOLD]


class LogFollower:
    """All parts of one log."""

    def __init__(self, directory: Path, log: str, data_key: bytes | None) -> None:
        self.log = log
        self._directory = directory
        self._data_key = data_key
        self.parts: list[PartFollower] = []

    def advance(self) -> Position | None:
        """Verify what is new in every part, also new parts; the last place, or None."""
        known = {part.path for part in self.parts}
        for _, path in list_parts(self._directory, self.log):
            if path not in known:
                self.parts.append(PartFollower(path, self._data_key))
        for part in self.parts:
            part.advance()
        return self.parts[-1].position if self.parts else None

    @property
    def ended(self) -> bool:
        """Whether the last part was closed properly."""
        return bool(self.parts) and self.parts[-1].ended

    @property
    def records(self) -> list[rec.Record]:
        """All acknowledged gaps and marks of the log, in order."""
        return [
            record
            for part, successor in self._pairs()
            for record in part.records(
                successor.previous_bytes if successor else part.position.bytes
            )
        ]

    def manifest_entries(self) -> list[dict[str, Any]]:
        """One entry per part."""
        return [part.manifest_entry(successor) for part, successor in self._pairs()]

    def _pairs(self) -> list[tuple[PartFollower, fmt.PartHeader | None]]:
        headers = [part.header for part in self.parts[1:]]
        return list(zip(self.parts, [*headers, None], strict=False))
