"""Append-only parts on disk. A part is never truncated, repaired or reopened for writing.

After a restart, or after any failed write or sync, the log goes on in the next part, whose header
commits to the last acknowledged leaf and byte count of the one before. After a failed fsync the
state of the page cache is unknown, so the same descriptor is never tried again.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from recording import canonical
from recording import format as fmt
from recording.cipher import SegmentCipher, commitment
from recording.errors import Damage, Outage
from recording.files import create, write_all

RECORDING_FILE: Final = "recording.json"
_FLAG_NAMES: Final = ((fmt.AUDIO, "audio"), (fmt.VIDEO, "video"))


@dataclass(frozen=True, slots=True)
class Draft:
    """A segment before it is sealed. `init` is written only with the first media of a part."""

    from_ms: int
    to_ms: int
    flags: int = 0
    key_ms: int = fmt.NO_KEYFRAME
    init: bytes = b""
    media: bytes = b""
    records: bytes = b""


@dataclass(frozen=True, slots=True)
class SealedSegment:
    """A segment that is on disk, synced and read back. Times in ms of the recording."""

    log: str
    part: int
    sequence: int
    leaf_hex: str
    from_ms: int
    to_ms: int
    bytes_total: int
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tail:
    """The last good position of a part: what its successor commits to."""

    part: int
    size: int
    leaf: bytes
    to_ms: int
    file_bytes: int


def list_parts(directory: Path, log: str) -> list[tuple[int, Path]]:
    """(part, path) of one log in order."""
    found = []
    for path in directory.glob(f"{log}.*.evs"):
        match = fmt.PART_FILE.match(path.name)
        if match and match[1] == log:
            found.append((int(match[2]), path))
    return sorted(found)


def list_logs(directory: Path) -> list[str]:
    """Names of all logs that have a part."""
    names = {m[1] for p in directory.glob("*.evs") if (m := fmt.PART_FILE.match(p.name))}
    return sorted(names)


def in_use(directory: Path) -> bool:
    """Whether any part is still held by a writer, in this process or another."""
    for path in directory.glob("*.evs"):
        with path.open("rb") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
    return False


def tail_of(path: Path) -> Tail:
    """Scan a part to its last good segment. A bad or torn end is left where it is."""
    with path.open("rb") as stream:
        header = fmt.read_part_header(stream)
        scanner = fmt.Scanner(stream, header)
        to_ms = 0
        try:
            for segment in scanner:
                to_ms = max(to_ms, segment.header.to_ms)
        except Damage:
            pass  # what follows the last good segment was never acknowledged, or verify says so
        size = stream.seek(0, os.SEEK_END)
    return Tail(header.part, scanner.good, scanner.last, to_ms, size)


def accepted_parts(directory: Path, log: str) -> list[tuple[Path, fmt.PartHeader, int | None]]:
    """(path, header, end) of every part; what a part holds after its successor's commitment was
    never acknowledged. The last part has no such end."""
    headers = []
    for _, path in list_parts(directory, log):
        with path.open("rb") as stream:
            headers.append((path, fmt.read_part_header(stream)))
    ends = [header.previous_bytes for _, header in headers[1:]]
    return [(*pair, end) for pair, end in zip(headers, [*ends, None], strict=False)]


def accepted_segments(
    directory: Path, log: str
) -> list[tuple[Path, fmt.PartHeader, list[fmt.Segment]]]:
    """The acknowledged segments of every part by their clear headers; decrypting proves them."""
    found = []
    for path, header, end in accepted_parts(directory, log):
        segments = []
        with path.open("rb") as stream:
            stream.seek(len(header.pack()))
            scanner = fmt.Scanner(stream, header, skim=True)
            try:
                while end is None or scanner.good < end:
                    segment = scanner.step()
                    if segment is None:
                        break
                    segments.append(segment)
            except Damage as damage:
                if not damage.code.startswith("torn_"):
                    raise
        found.append((path, header, segments))
    return found


def recording_said(directory: Path) -> tuple[bytes, int]:
    """SHA-256 of recording.json, to which every part header is bound, and its format version: what
    was begun in an older version is written in it to its end."""
    path = directory / RECORDING_FILE
    if not path.exists():
        raise Outage("recording_missing", "recording.json must be written first")
    document, raw = canonical.load(path, RECORDING_FILE)
    if document.get("format") not in fmt.READABLE:
        raise Damage("format_unknown", str(document.get("format")), file=RECORDING_FILE)
    return hashlib.sha256(raw).digest(), document["format"]


class PartWriter:
    """One open part. Any exception from `append` means: close it and never use it again."""

    def __init__(
        self, directory: Path, recording: str, log: str, data_key: bytes, before: Tail | None
    ) -> None:
        digest, version = recording_said(directory)
        self.header = fmt.PartHeader(
            recording=recording,
            log=log,
            part=before.part + 1 if before else 0,
            previous_part=before.part if before else fmt.NO_PART,
            previous_bytes=before.size if before else 0,
            previous_leaf=before.leaf if before else bytes(fmt.DIGEST),
            recording_digest=digest,
            key_commitment=commitment(data_key, recording, version),
            wall_ms=time.time_ns() // 1_000_000,
            version=version,
        )
        self._cipher = SegmentCipher(data_key, self.header)
        packed = self.header.pack()
        self._fd = create(directory / fmt.part_name(log, self.header.part), packed)
        fcntl.flock(self._fd, fcntl.LOCK_EX)  # held until the writer dies: no second writer
        self._bytes = len(packed)
        self._sequence = 0
        self._leaf = self.header.anchor
        self._to_ms = before.to_ms if before else 0
        self._has_init = False

    @property
    def tail(self) -> Tail:
        """The last acknowledged position."""
        return Tail(self.header.part, self._bytes, self._leaf, self._to_ms, self._bytes)

    def append(self, draft: Draft) -> SealedSegment:
        """Encrypt, write, sync, read back and open; only then is the segment acknowledged."""
        init = draft.init if draft.media and not self._has_init else b""
        plain = init + draft.media + draft.records
        if len(plain) + fmt.TAG > fmt.MAX_SEGMENT:
            raise ValueError("a segment that no reader would accept")
        flags = draft.flags | (fmt.RECORDS if draft.records else 0)
        wanted = fmt.SegmentHeader(
            self._sequence, flags, len(init), len(draft.media), len(plain), draft.from_ms,
            draft.to_ms, draft.key_ms, time.time_ns() // 1_000_000, b"", b"", self._leaf,
            self.header.version,
        )  # fmt: skip
        header, sealed, leaf = self._cipher.encrypt(wanted, plain)
        raw = header.pack() + sealed + leaf
        write_all(self._fd, raw)
        os.fdatasync(self._fd)
        self._read_back(header, raw, plain)
        self._bytes += len(raw)
        self._sequence += 1
        self._leaf = leaf
        self._to_ms = max(self._to_ms, draft.to_ms)
        self._has_init = self._has_init or bool(init)
        kinds = frozenset(name for bit, name in _FLAG_NAMES if flags & bit)
        return SealedSegment(
            self.header.log, self.header.part, header.sequence, leaf.hex(), draft.from_ms,
            draft.to_ms, self._bytes, kinds,
        )  # fmt: skip

    def close(self) -> None:
        """Release the descriptor and the lock."""
        os.close(self._fd)

    def _read_back(self, header: fmt.SegmentHeader, raw: bytes, plain: bytes) -> None:
        found = os.pread(self._fd, len(raw), self._bytes)
        body = found[fmt.SEGMENT_HEADER : fmt.SEGMENT_HEADER + header.cipher]
        if found != raw or self._cipher.decrypt(header, body) != plain:
            raise Damage("read_back_differs", offset=self._bytes, segment=header.sequence)


class SegmentLog:
    """A log of one recording: opens parts as needed. Not for two threads at once."""

    def __init__(self, directory: Path, recording: str, log: str, data_key: bytes) -> None:
        if not fmt.LOG_NAME.match(log) or not fmt.RECORDING_ID.match(recording):
            raise ValueError("a log or recording id that can't be a file name")
        self._directory = directory
        self._recording = recording
        self._log = log
        self._data_key = data_key
        self._writer: PartWriter | None = None
        self.resumed_ms: int | None = None
        self.first_part = 0  # of this writer

    def open(self) -> None:
        """Open the next part. `resumed_ms` is where an earlier writer's last part ended."""
        before = self._before()
        self.resumed_ms = before.to_ms if before else None
        self._writer = self._part(before)
        self.first_part = self._writer.header.part

    def append(self, draft: Draft) -> SealedSegment:
        """Seal a segment; on a failed write or sync try once in a new part, then raise."""
        writer = self._writer
        if writer is None:
            raise Outage("log_closed", self._log)
        try:
            return writer.append(draft)
        except (OSError, Damage):
            tail = writer.tail
            self.close()
        self._writer = self._part(tail)
        return self._writer.append(draft)

    def close(self) -> None:
        """Close the open part, if any."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def _part(self, before: Tail | None) -> PartWriter:
        return PartWriter(self._directory, self._recording, self._log, self._data_key, before)

    def _before(self) -> Tail | None:
        parts = list_parts(self._directory, self._log)
        if not parts:
            return None
        path = parts[-1][1]
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Outage("log_in_use", path.name) from None
        finally:
            os.close(fd)
        return tail_of(path)
