"""Looking inside with the data key: decrypts every segment, decodes every frame, lists every gap.

The witness says whether bytes are those that were sealed; this says whether they show and sound.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

import av

from recording import format as fmt
from recording import records as rec
from recording.cipher import SegmentCipher
from recording.errors import Damage
from recording.parts import accepted_parts, list_logs
from recording.playback import open_media

_MAX_ERRORS: Final = 20


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
    errors: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Inspection:
    """Per log, and whether nothing was wrong."""

    logs: dict[str, LogReport]
    ok: bool

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
    for log in list_logs(path):
        report = LogReport()
        logs[log] = report
        _read_log(path, log, data_key, report)
        if report.packets and not report.errors:
            _play(path, log, data_key, report, decode)
    return Inspection(logs, not any(report.errors for report in logs.values()))


def _read_log(path: Path, log: str, data_key: bytes, report: LogReport) -> None:
    for file, _, end in accepted_parts(path, log):
        report.parts += 1
        report.bytes += file.stat().st_size
        try:
            with file.open("rb") as stream:
                for segment, plain in opened_segments(stream, data_key, until=end):
                    _count(segment, plain, report)
        except Damage as damage:
            if not damage.code.startswith("torn_"):
                report.errors.append(f"{file.name}: {damage} at {damage.offset}")


def _count(segment: fmt.Segment, plain: bytes, report: LogReport) -> None:
    header = segment.header
    report.segments += 1
    report.ended = bool(header.flags & fmt.END)
    for record in rec.decode(plain[header.init + header.media :]):
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


def _play(path: Path, log: str, data_key: bytes, report: LogReport, decode: bool) -> None:
    """Demultiplex (this counts packets) and, when asked, decode what the log plays as."""
    media = open_media(path, log, data_key)
    stream = io.BufferedReader(media.stream(), 1 << 20)
    try:
        with av.open(stream, mode="r", format="matroska") as container:
            for packet in container.demux():
                kind = packet.stream.type
                if packet.size:
                    report.packets[kind] = report.packets.get(kind, 0) + 1
                if decode:
                    _decode_packet(packet, kind, report)
    except av.FFmpegError as error:
        report.errors.append(f"container: {error}")


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
