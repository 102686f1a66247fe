"""RTCP: what is read and what is written (RFC 3550 §6, RFC 4585, REMB draft-alvestrand-03).

Reading never raises: what follows a malformed part of a compound packet is left out.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SR, RR, SDES, BYE, RTPFB, PSFB = 200, 201, 202, 203, 205, 206
NACK, TRANSPORT_CC = 1, 15
PLI, FIR, REMB = 1, 4, 15

_HEAD = struct.Struct("!BBH")
_PAIR = struct.Struct("!II")
_SENDER = struct.Struct("!IQIII")
_BLOCK = struct.Struct("!IIIIII")
_LOST = struct.Struct("!HH")
_BLOCKS_FROM = {SR: 28, RR: 8}


@dataclass(frozen=True)
class SenderReport:
    ssrc: int
    ntp: int
    rtp_time: int


@dataclass(frozen=True)
class ReportBlock:
    """RFC 3550 §6.4.1; `fraction` of 256 since the last report, `lost` in all.

    `last_sr` and `delay` in 1/65536 s: the sender report last heard, and how long ago.
    """

    media: int
    fraction: int
    lost: int
    highest: int
    jitter: int
    last_sr: int
    delay: int


@dataclass(frozen=True)
class Nack:
    media: int
    seqs: tuple[int, ...]


@dataclass(frozen=True)
class KeyFrameRequest:
    """PLI or FIR; a FIR may name several streams."""

    media: tuple[int, ...]


@dataclass(frozen=True)
class BitrateCap:
    """REMB: the receiver wants no more than `bitrate` bit/s for these streams together."""

    bitrate: int
    media: tuple[int, ...]


Feedback = ReportBlock | Nack | KeyFrameRequest | BitrateCap
Message = SenderReport | Feedback


def read(data: bytes, max_nack: int) -> Iterator[Message]:
    """The messages of a compound packet that concern a relay."""
    position = 0
    while position + 4 <= len(data):
        first, kind, words = _HEAD.unpack_from(data, position)
        end = position + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            return
        part = data[position:end]
        message = _message(kind, first & 0x1F, part, max_nack)
        if message is not None:
            yield message
        if kind in _BLOCKS_FROM:
            yield from _blocks(part[_BLOCKS_FROM[kind] :], first & 0x1F)
        position = end


def _message(kind: int, fmt: int, part: bytes, max_nack: int) -> Message | None:
    if kind == SR and len(part) >= 28:
        ssrc, ntp, rtp_time, _, _ = _SENDER.unpack_from(part, 4)
        return SenderReport(ssrc, ntp, rtp_time)
    if len(part) < 12:
        return None
    _, media = _PAIR.unpack_from(part, 4)
    if kind == RTPFB and fmt == NACK:
        return Nack(media, tuple(_lost(part, max_nack)))
    if kind == PSFB and fmt == PLI:
        return KeyFrameRequest((media,))
    if kind == PSFB and fmt == FIR:
        return KeyFrameRequest(tuple(_words(part[12::], 8)))
    if kind == PSFB and fmt == REMB and len(part) >= 20 and part[12:16] == b"REMB":
        bitrate = ((part[17] & 3) << 16 | part[18] << 8 | part[19]) << (part[17] >> 2)
        return BitrateCap(bitrate, tuple(_words(part[20 : 20 + 4 * part[16]], 4)))
    return None


def _blocks(part: bytes, count: int) -> Iterator[ReportBlock]:
    for position in range(0, min(24 * count, len(part) - 23), 24):
        ssrc, loss, *rest = _BLOCK.unpack_from(part, position)
        lost = (loss & 0xFFFFFF) - (loss << 1 & 0x1000000)  # 24 bits with a sign
        yield ReportBlock(ssrc, loss >> 24, lost, *rest)


def _lost(part: bytes, limit: int) -> Iterator[int]:
    for position in range(12, len(part) - 3, 4):
        first, mask = _LOST.unpack_from(part, position)
        for bit in range(17):
            if bit and not mask >> (bit - 1) & 1:
                continue
            if limit <= 0:
                return
            limit -= 1
            yield (first + bit) & 0xFFFF


def _words(part: bytes, step: int) -> Iterator[int]:
    for position in range(0, len(part) - 3, step):
        yield int.from_bytes(part[position : position + 4], "big")


def _packet(kind: int, fmt: int, body: bytes) -> bytes:
    return _HEAD.pack(0x80 | fmt, kind, len(body) // 4) + body


def nack(own: int, media: int, seqs: Iterable[int]) -> bytes:
    """Ask for packets again; `seqs` in rising order, wrapped or not."""
    body = bytearray(_PAIR.pack(own, media))
    first, mask = -1, 0
    for seq in seqs:
        ahead = seq - first
        if first >= 0 and 0 < ahead <= 16:
            mask |= 1 << (ahead - 1)
            continue
        if first >= 0:
            body += _LOST.pack(first & 0xFFFF, mask)
        first, mask = seq, 0
    if first >= 0:
        body += _LOST.pack(first & 0xFFFF, mask)
    return _packet(RTPFB, NACK, bytes(body))


def pli(own: int, media: int) -> bytes:
    return _packet(PSFB, PLI, _PAIR.pack(own, media))


def remb(own: int, bitrate: int, media: int) -> bytes:
    exponent = max(0, bitrate.bit_length() - 18)
    mantissa = bitrate >> exponent
    head = struct.pack("!4sBBH", b"REMB", 1, exponent << 2 | mantissa >> 16, mantissa & 0xFFFF)
    return _packet(PSFB, REMB, _PAIR.pack(own, 0) + head + media.to_bytes(4, "big"))


def sender_report(ssrc: int, ntp: int, rtp_time: int, packets: int, octets: int) -> bytes:
    mask = 0xFFFFFFFF
    return _packet(SR, 0, _SENDER.pack(ssrc, ntp, rtp_time, packets & mask, octets & mask))


def cname(ssrc: int, name: str) -> bytes:
    """The SDES chunk that ties an audio and a video stream together for lip sync."""
    item = bytes((1, len(name))) + name.encode()
    item += bytes(4 - len(item) % 4)
    return _packet(SDES, 1, ssrc.to_bytes(4, "big") + item)


def receiver_report(own: int, block: ReportBlock) -> bytes:
    lost = max(-0x800000, min(0x7FFFFF, block.lost)) & 0xFFFFFF
    mask = 0xFFFFFFFF
    body = _BLOCK.pack(
        block.media,
        block.fraction << 24 | lost,
        block.highest & mask,
        block.jitter & mask,
        block.last_sr & mask,
        block.delay & mask,
    )
    return _packet(RR, 1, own.to_bytes(4, "big") + body)


def transport_feedback(own: int, media: int, body: bytes) -> bytes:
    """RTPFB format 15 around a transport-wide feedback body, padded (RFC 3550 §6.4.1)."""
    packet = _PAIR.pack(own, media) + body
    short = -len(packet) % 4
    if not short:
        return _packet(RTPFB, TRANSPORT_CC, packet)
    packet += bytes(short - 1) + bytes((short,))
    return _HEAD.pack(0xA0 | TRANSPORT_CC, RTPFB, len(packet) // 4) + packet
