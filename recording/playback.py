"""Playing: one party's parts as one continuous WebM, opened segment by segment.

The header (duration, tracks, cues) is computed once from the clear segment headers; a byte range
then decrypts only the segments it touches. Media time is recording time: every party's file shares
one zero, so `currentTime` is the same moment in all of them.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final

from recording import format as fmt
from recording import records as rec
from recording import webm
from recording.cipher import KeptSegments, SegmentCipher
from recording.errors import Damage
from recording.parts import accepted_segments

MIME: Final = 'video/webm; codecs="vp8,opus"'
_ANY_SIZE: Final = (640, 480)
Only = Callable[[str, fmt.SegmentHeader], bool]
"""(part's name, segment header) → whether the segment is opened."""
_CACHED: Final = 8  # decrypted segments kept, one second each


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int  # of its clusters in the finished file
    part: int
    segment: fmt.Segment


class Media:
    """A finished WebM that exists only as it is read. Safe for several threads."""

    mime = MIME

    def __init__(
        self,
        directory: Path,
        party: str,
        data_key: bytes,
        only: Only | None = None,
    ) -> None:
        """`only` says which segments the file is made of; it then holds their keys alone."""
        self._paths: list[Path] = []
        self._ciphers: list[SegmentCipher | KeptSegments] = []
        self._pieces: list[_Piece] = []
        self._cache: OrderedDict[int, bytes] = OrderedDict()
        self._lock = Lock()
        offset = 0
        flags = 0
        for part, (path, header, segments) in enumerate(accepted_segments(directory, party)):
            self._paths.append(path)
            chosen = [
                segment
                for segment in segments
                if segment.header.media and (only is None or only(path.stem, segment.header))
            ]
            self._ciphers.append(_cipher(data_key, header, chosen, kept=only is not None))
            for segment in chosen:
                self._pieces.append(_Piece(offset, part, segment))
                offset += segment.header.media
                flags |= segment.header.flags
        if not self._pieces:
            raise Damage("no_media", party)
        headers = [piece.segment.header for piece in self._pieces]
        self.from_ms = min(header.from_ms for header in headers)
        self.duration_ms = max(header.to_ms for header in headers)
        self._head = webm.finished_header(
            audio=bool(flags & fmt.AUDIO),
            size=self._first_size() if flags & fmt.VIDEO else None,
            duration_ms=self.duration_ms,
            clusters=offset,
            cues=self._cues(bool(flags & fmt.VIDEO)),
        )
        self._starts = [len(self._head) + piece.start for piece in self._pieces]
        self.size = len(self._head) + offset

    def read(self, start: int, stop: int) -> bytes:
        """Bytes [start, stop) of the file; fewer at its end. `Damage` if one was altered."""
        start, stop = max(start, 0), min(stop, self.size)
        out = [self._head[start:stop]]
        index = max(bisect_right(self._starts, start) - 1, 0)
        while index < len(self._pieces) and self._starts[index] < stop:
            begin = self._starts[index]
            out.append(self._clusters(index)[max(start - begin, 0) : stop - begin])
            index += 1
        return b"".join(out)

    def stream(self) -> io.RawIOBase:
        """The same bytes as a seekable stream."""
        return _Stream(self)

    def _clusters(self, index: int) -> bytes:
        with self._lock:
            if index in self._cache:
                self._cache.move_to_end(index)
                return self._cache[index]
        plain = self._open(self._pieces[index])
        header = self._pieces[index].segment.header
        media = plain[header.init : header.init + header.media]
        with self._lock:
            self._cache[index] = media
            if len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
        return media

    def _open(self, piece: _Piece) -> bytes:
        segment = piece.segment
        with self._paths[piece.part].open("rb") as stream:
            stream.seek(segment.offset)
            raw = stream.read(fmt.SEGMENT_HEADER)
            sealed = stream.read(segment.header.cipher)
        if raw != segment.header.pack():
            raise Damage("segment_altered", file=self._paths[piece.part].name)
        return self._ciphers[piece.part].decrypt(segment.header, sealed)

    def _first_size(self) -> tuple[int, int]:
        for piece in self._pieces:
            header = piece.segment.header
            if header.key_ms != fmt.NO_KEYFRAME:
                cluster = self._open(piece)[header.init : header.init + header.media]
                return webm.cluster_picture_size(cluster) or _ANY_SIZE
        return _ANY_SIZE

    def _cues(self, video: bool) -> list[webm.Cue]:
        cues = []
        for piece in self._pieces:
            header = piece.segment.header
            if video and header.key_ms != fmt.NO_KEYFRAME:
                cues.append(webm.Cue(header.key_ms, webm.VIDEO_TRACK, piece.start))
            elif not video:
                cues.append(webm.Cue(header.from_ms, webm.AUDIO_TRACK, piece.start))
        return cues


def _cipher(
    data_key: bytes, header: fmt.PartHeader, chosen: list[fmt.Segment], *, kept: bool
) -> SegmentCipher | KeptSegments:
    if not kept:
        return SegmentCipher(data_key, header)
    return KeptSegments(data_key, header, (segment.header.sequence for segment in chosen))


class _Stream(io.RawIOBase):
    def __init__(self, media: Media) -> None:
        self._media = media
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._media.size}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def readinto(self, buffer: Any) -> int:
        data = self._media.read(self._at, self._at + len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def open_media(path: Path, party: str, data_key: bytes, only: Only | None = None) -> Media:
    """The media of one party at `path`; blocks while the index is built. Keep it for its ranges."""
    return Media(path, party, data_key, only)


def marks(path: Path, data_key: bytes, only: Only | None = None) -> list[dict[str, Any]]:
    """All marks of the recording in order of time: kind, at_ms, body, log."""
    found: list[dict[str, Any]] = []
    for log in ("events", "afterwards"):
        for record in read_records(path, log, data_key, only):
            if record["t"] == "mark":
                found.append({k: v for k, v in record.items() if k != "t"} | {"log": log})
    return sorted(found, key=lambda mark: mark["at_ms"])


def gaps(path: Path, party: str, data_key: bytes, only: Only | None = None) -> list[dict[str, Any]]:
    """The declared gaps of one party: kind, from_ms, to_ms, cause."""
    return [
        {k: v for k, v in record.items() if k != "t"}
        for record in read_records(path, party, data_key, only)
        if record["t"] == "gap"
    ]


def clocks(path: Path, party: str, data_key: bytes) -> list[dict[str, Any]]:
    """Where a party's clocks disagreed with the server's: kind, what, at_ms, off_ms."""
    return [
        {k: v for k, v in record.items() if k != "t"}
        for record in read_records(path, party, data_key)
        if record["t"] == "clock"
    ]


def read_records(
    path: Path, log: str, data_key: bytes, only: Only | None = None
) -> list[rec.Record]:
    """Every acknowledged record of a log; `Damage` when a segment that holds one was altered."""
    found: list[rec.Record] = []
    for file, header, segments in accepted_segments(path, log):
        cipher = SegmentCipher(data_key, header)
        with file.open("rb") as stream:
            for segment in segments:
                said = segment.header
                if said.flags & fmt.RECORDS and (only is None or only(file.stem, said)):
                    stream.seek(segment.offset + fmt.SEGMENT_HEADER)
                    plain = cipher.decrypt(said, stream.read(said.cipher))
                    found += rec.decode(plain[said.init + said.media :])
    return found
