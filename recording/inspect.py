"""Looking inside with the data key: decrypts every segment, decodes every frame, judges every gap.

The witness says whether bytes are those that were sealed; this says whether they show and sound,
and whether everything that does not was declared lost for a cause that the log shows.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO, Final

import av

from recording import format as fmt
from recording import records as rec
from recording.cipher import SegmentCipher
from recording.errors import Damage
from recording.parts import accepted_parts, list_logs
from recording.playback import open_media
from recording.presence import Packet, judge

_MAX_ERRORS: Final = 20
_DESK: Final = ("events", "afterwards")


@dataclass(slots=True)
class LogReport:
    """What one log holds. Frames are decoded ones; times in ms of the recording."""

    parts: int = 0
    segments: int = 0
    bytes: int = 0
    frames: dict[str, int] = field(default_factory=dict)
    packets: dict[str, int] = field(default_factory=dict)
    first_ms: int | None = None
    last_ms: int | None = None
    sizes: list[str] = field(default_factory=list)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    clocks: list[dict[str, Any]] = field(default_factory=list)
    marks: int = 0
    ended: bool = False
    presence: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Inspection:
    """Per log; whether nothing was wrong; whether all has its end and nothing lost is unknown."""

    logs: dict[str, LogReport]
    ok: bool
    complete: bool

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def opened_segments(
    stream: BinaryIO, data_key: bytes, *, until: int | None = None
) -> Iterator[tuple[fmt.Segment, bytes]]:
    """Every segment of one part with its plaintext, up to offset `until`; raises `Damage`."""
    header = fmt.read_part_header(stream)
    cipher = SegmentCipher(data_key, header)
    scanner = fmt.Scanner(stream, header)
    while until is None or scanner.good < until:
        segment = scanner.step()
        if segment is None:
            return
        stream.seek(segment.offset + fmt.SEGMENT_HEADER)
        yield segment, cipher.decrypt(segment.header, stream.read(segment.header.cipher))
        stream.seek(segment.end)


def inspect(path: Path, data_key: bytes, *, decode: bool = True) -> Inspection:
    """Open everything at `path`. Damage becomes an entry in `errors`, not an exception."""
    logs: dict[str, LogReport] = {}
    marks: list[rec.Record] = []
    for log in sorted(list_logs(path), key=lambda name: name not in _DESK):
        report = LogReport()
        logs[log] = report
        opened = _Opened()
        _read_log(path, log, data_key, report, opened)
        if log in _DESK:
            marks += [record for _, record in opened.notes if record["t"] == "mark"]
            continue
        packets: list[Packet] = []
        if report.packets and not report.errors:
            packets = _play(path, log, data_key, report, decode, opened.media)
        if not report.errors:
            _judge(log, opened.notes, packets, marks, report)
    ok = not any(report.errors for report in logs.values())
    known = not any(medium["unknown_ms"] for r in logs.values() for medium in r.presence.values())
    return Inspection(logs, ok, ok and known and all(report.ended for report in logs.values()))


def _judge(
    log: str,
    notes: list[tuple[int, rec.Record]],
    packets: list[Packet],
    marks: list[rec.Record],
    report: LogReport,
) -> None:
    try:
        found = judge(notes, packets, marks, log)
    except (KeyError, TypeError, ValueError) as error:
        report.errors.append(f"records_bad: {type(error).__name__} {error}")
        return
    report.presence = {
        kind: asdict(medium) | {"unknown_ms": medium.unknown_ms}
        for kind, medium in found.media.items()
    }
    report.errors += found.errors[:_MAX_ERRORS]


@dataclass(slots=True)
class _Opened:
    """Every record with the number of its segment, and where the clusters of each begin."""

    notes: list[tuple[int, rec.Record]] = field(default_factory=list)
    media: list[tuple[int, int]] = field(default_factory=list)  # (segment, bytes of clusters)


def _read_log(path: Path, log: str, data_key: bytes, report: LogReport, opened: _Opened) -> None:
    for file, _, end in accepted_parts(path, log):
        report.parts += 1
        report.bytes += file.stat().st_size
        try:
            with file.open("rb") as stream:
                for segment, plain in opened_segments(stream, data_key, until=end):
                    _count(segment, plain, report, opened)
        except Damage as damage:
            if not damage.code.startswith("torn_"):
                report.errors.append(f"{file.name}: {damage} at {damage.offset}")


def _count(segment: fmt.Segment, plain: bytes, report: LogReport, opened: _Opened) -> None:
    header = segment.header
    report.segments += 1
    report.ended = bool(header.flags & fmt.END)
    if header.media:
        opened.media.append((report.segments, header.media))
    for record in rec.decode(plain[header.init + header.media :]):
        opened.notes.append((report.segments, record))
        if record["t"] == "gap":
            report.gaps.append(record)
        elif record["t"] == "clock":
            report.clocks.append(record)
        elif record["t"] == "mark":
            report.marks += 1
    if not header.media:
        return
    first, last = report.first_ms, report.last_ms
    report.first_ms = header.from_ms if first is None else min(first, header.from_ms)
    report.last_ms = header.to_ms if last is None else max(last, header.to_ms)
    for bit, kind in ((fmt.AUDIO, "audio"), (fmt.VIDEO, "video")):
        if header.flags & bit:
            report.packets.setdefault(kind, 0)


def _play(
    path: Path,
    log: str,
    data_key: bytes,
    report: LogReport,
    decode: bool,
    clusters: list[tuple[int, int]],
) -> list[Packet]:
    """Demultiplex and, when asked, decode what the log plays as. The packets are libavformat's:
    when, for how long (by Opus' own word), and in which segment's clusters."""
    media = open_media(path, log, data_key)
    first = media.size - sum(size for _, size in clusters)
    ends = list(accumulate((size for _, size in clusters), initial=first))[1:]
    found: list[Packet] = []
    stream = io.BufferedReader(media.stream(), 1 << 20)
    try:
        with av.open(stream, mode="r", format="matroska") as container:
            for packet in container.demux():
                kind = packet.stream.type
                if packet.size:
                    report.packets[kind] = report.packets.get(kind, 0) + 1
                    segment = clusters[bisect_right(ends, packet.pos or 0)][0]
                    found.append(Packet(kind, packet.pts or 0, packet.duration or 0, segment))
                if decode:
                    _decode_packet(packet, kind, report)
    except av.FFmpegError as error:
        report.errors.append(f"container: {error}")
    return found


def _decode_packet(packet: av.Packet[Any], kind: str, report: LogReport) -> None:
    try:
        frames = packet.decode()
    except av.FFmpegError as error:
        if len(report.errors) < _MAX_ERRORS:
            report.errors.append(f"{kind} at {packet.pts}: {error}")
        return
    report.frames[kind] = report.frames.get(kind, 0) + len(frames)
    for frame in frames:
        if isinstance(frame, av.VideoFrame):
            size = f"{frame.width}x{frame.height}"
            if not report.sizes or report.sizes[-1] != size:
                report.sizes.append(size)
