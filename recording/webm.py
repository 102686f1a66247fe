"""Live WebM in whole clusters (RFC 9559 Matroska, RFC 8794 EBML); nothing here ever seeks.

A recording in progress is: header (EBML, Segment of unknown size, Info, Tracks), then clusters of
at most one second, each complete in itself. A finished copy for playing is: header with known
sizes, Duration and Cues, then the same cluster bytes. Timestamps are milliseconds.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

AUDIO_TRACK: Final = 1
VIDEO_TRACK: Final = 2
CLUSTER_MS: Final = 1000

_APP: Final = "teller-server"
_OPUS_HEAD: Final = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, 0, 48000, 0, 0)  # RFC 7845 §5.1
_UNKNOWN_SIZE: Final = b"\x01" + b"\xff" * 7
_SEEK_PREROLL_NS: Final = 80_000_000  # WebM Opus mapping


@dataclass(frozen=True, slots=True)
class Frame:
    """One Opus packet or VP8 frame placed on the timeline."""

    track: int
    at_ms: int
    keyframe: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class Cue:
    """A seek point: `offset` of its cluster from the first cluster, in bytes."""

    at_ms: int
    track: int
    offset: int


def _size(length: int, width: int = 0) -> bytes:
    if not width:
        width = 1
        while length >= (1 << (7 * width)) - 1:
            width += 1
    return ((1 << (7 * width)) | length).to_bytes(width, "big")


def _element(identifier: int, body: bytes) -> bytes:
    head = identifier.to_bytes((identifier.bit_length() + 7) // 8, "big")
    return head + _size(len(body)) + body


def _uint(identifier: int, value: int, width: int = 0) -> bytes:
    width = width or max(1, (value.bit_length() + 7) // 8)
    return _element(identifier, value.to_bytes(width, "big"))


def _text(identifier: int, value: str) -> bytes:
    return _element(identifier, value.encode())


def _float(identifier: int, value: float) -> bytes:
    return _element(identifier, struct.pack(">d", value))


def _ebml() -> bytes:
    return _element(
        0x1A45DFA3,
        _uint(0x4286, 1) + _uint(0x42F7, 1) + _uint(0x42F2, 4) + _uint(0x42F3, 8)
        + _text(0x4282, "webm") + _uint(0x4287, 4) + _uint(0x4285, 2),
    )  # fmt: skip


def _info(duration_ms: int | None) -> bytes:
    body = _uint(0x2AD7B1, 1_000_000) + _text(0x4D80, _APP) + _text(0x5741, _APP)
    if duration_ms is not None:
        body += _float(0x4489, float(duration_ms))
    return _element(0x1549A966, body)


def _audio_track() -> bytes:
    return _element(
        0xAE,
        _uint(0xD7, AUDIO_TRACK) + _uint(0x73C5, AUDIO_TRACK) + _uint(0x9C, 0) + _uint(0x83, 2)
        + _text(0x86, "A_OPUS") + _uint(0x56BB, _SEEK_PREROLL_NS) + _element(0x63A2, _OPUS_HEAD)
        + _element(0xE1, _float(0xB5, 48000.0) + _uint(0x9F, 2)),
    )  # fmt: skip


def _video_track(width: int, height: int) -> bytes:
    return _element(
        0xAE,
        _uint(0xD7, VIDEO_TRACK) + _uint(0x73C5, VIDEO_TRACK) + _uint(0x9C, 0) + _uint(0x83, 1)
        + _text(0x86, "V_VP8") + _element(0xE0, _uint(0xB0, width) + _uint(0xBA, height)),
    )  # fmt: skip


def _tracks(audio: bool, size: tuple[int, int] | None) -> bytes:
    body = _audio_track() if audio else b""
    if size is not None:
        body += _video_track(*size)
    return _element(0x1654AE6B, body)


def live_header(width: int, height: int) -> bytes:
    """What the first segment of a part starts with. The size is the first keyframe's; a later
    change of resolution needs no new header, since each VP8 keyframe carries its own."""
    return (
        _ebml() + (0x18538067).to_bytes(4, "big") + _UNKNOWN_SIZE + _info(None)
        + _tracks(True, (width, height))
    )  # fmt: skip


def cluster(frames: Sequence[Frame]) -> bytes:
    """One complete cluster of frames in time order that span at most 32 s."""
    base = frames[0].at_ms
    blocks = [_uint(0xE7, base, 8)]
    for frame in frames:
        flags = 0x80 if frame.keyframe or frame.track == AUDIO_TRACK else 0
        head = struct.pack(">BhB", 0x80 | frame.track, frame.at_ms - base, flags)
        blocks.append(b"\xa3" + _size(len(frame.data) + 4) + head + frame.data)
    return _element(0x1F43B675, b"".join(blocks))


def _cues(cues: Sequence[Cue], first_cluster: int) -> bytes:
    points = [
        _element(
            0xBB,
            _uint(0xB3, cue.at_ms, 8)
            + _element(0xB7, _uint(0xF7, cue.track) + _uint(0xF1, first_cluster + cue.offset, 8)),
        )
        for cue in cues
    ]
    return _element(0x1C53BB6B, b"".join(points)) if points else b""


def finished_header(
    *,
    audio: bool,
    size: tuple[int, int] | None,
    duration_ms: int,
    clusters: int,
    cues: Sequence[Cue],
) -> bytes:
    """Everything before the first cluster of a finished file of `clusters` bytes of clusters."""
    front = _info(duration_ms) + _tracks(audio, size)
    # CueClusterPosition counts from the Segment's data; all positions have fixed width.
    index = _cues(cues, len(front) + len(_cues(cues, 0)))
    body = len(front) + len(index) + clusters
    return _ebml() + (0x18538067).to_bytes(4, "big") + _size(body, 8) + front + index


def cluster_picture_size(data: bytes) -> tuple[int, int] | None:
    """Size of the first VP8 keyframe in one of our own clusters."""
    at = data.find(b"\x9d\x01\x2a")
    while at >= 3:
        if (size := vp8_size(data[at - 3 : at + 7])) and all(size):
            return size
        at = data.find(b"\x9d\x01\x2a", at + 1)
    return None


def vp8_size(frame: bytes) -> tuple[int, int] | None:
    """Width and height of a VP8 keyframe (RFC 6386 §9.1), or None."""
    if len(frame) < 10 or frame[0] & 1 or frame[3:6] != b"\x9d\x01\x2a":
        return None
    width, height = struct.unpack_from("<HH", frame, 6)
    return width & 0x3FFF, height & 0x3FFF


def opus_ms(packet: bytes) -> float:
    """Duration of an Opus packet in milliseconds (RFC 6716 §3.1); 20 for an empty one."""
    if not packet:
        return 20.0
    config, code = packet[0] >> 3, packet[0] & 3
    if config < 12:
        frame = (10.0, 20.0, 40.0, 60.0)[config & 3]
    elif config < 16:
        frame = (10.0, 20.0)[config & 1]
    else:
        frame = (2.5, 5.0, 10.0, 20.0)[config & 3]
    if code < 3:
        return frame * (1 if code == 0 else 2)
    return frame * (packet[1] & 0x3F if len(packet) > 1 else 1)


def blocks(media: bytes) -> list[tuple[int, int, bytes]]:
    """(track, ms, frame) of every block in clusters that this module wrote."""
    found = []
    at = 0
    while at < len(media):
        _, size, at = _head(media, at)
        end, base = at + size, 0
        while at < end:
            identifier, size, at = _head(media, at)
            body, at = media[at : at + size], at + size
            if identifier == 0xE7:
                base = int.from_bytes(body, "big")
            elif identifier == 0xA3:
                found.append(
                    (body[0] & 0x7F, base + struct.unpack_from(">h", body, 1)[0], body[4:])
                )
    return found


def _head(media: bytes, at: int) -> tuple[int, int, int]:
    """Identifier and size of an element, and where its body begins."""
    width = 9 - media[at].bit_length()
    identifier, at = int.from_bytes(media[at : at + width], "big"), at + width
    width = 9 - media[at].bit_length()
    size = int.from_bytes(media[at : at + width], "big") & ((1 << 7 * width) - 1)
    return identifier, size, at + width
