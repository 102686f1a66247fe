"""RTP payloads back into frames: VP8 (RFC 7741), Opus (RFC 7587). Pure."""

from typing import NamedTuple

from signaling.media.rtp import Packet

_MAX_FRAME = 4 * 1024 * 1024
_OPUS_SAMPLES = (
    *(480, 960, 1920, 2880) * 3,
    *(480, 960) * 2,
    *(120, 240, 480, 960) * 4,
)
"""Samples at 48 kHz of one frame, by the configuration number of RFC 6716 §3.1."""


class Frame(NamedTuple):
    data: bytes
    timestamp: int
    keyframe: bool
    arrived: float
    packets: int = 1


def opus_samples(data: bytes) -> int:
    """Duration of an Opus packet in 48 kHz samples, at most 120 ms; 0 when it can't be told."""
    if not data:
        return 0
    code = data[0] & 3
    if code == 3 and len(data) < 2:
        return 0
    count = (1, 2, 2, data[1] & 0x3F if code == 3 else 0)[code]
    return min(5760, _OPUS_SAMPLES[data[0] >> 3] * count)


def vp8_payload(payload: bytes) -> tuple[int, bool]:
    """Length of the payload descriptor and whether a frame starts here (RFC 7741 §4.2).

    Raises IndexError for a truncated descriptor.
    """
    first = payload[0]
    length = 1
    if first & 0x80:
        extension = payload[1]
        length = 2
        if extension & 0x80:
            length += 2 if payload[2] & 0x80 else 1
        if extension & 0x40:
            length += 1
        if extension & 0x30:
            length += 1
    return length, first & 0x17 == 0x10


def starts_keyframe(payload: bytes) -> bool:
    """Whether a VP8 packet is the first one of a key frame."""
    try:
        length, start = vp8_payload(payload)
        return start and not payload[length] & 1
    except IndexError:
        return False


class OpusDepayloader:
    """Every packet is a frame."""

    broken = False

    def push(self, packet: Packet) -> Frame | None:
        if not packet.payload:
            return None
        return Frame(packet.payload, packet.timestamp, True, packet.arrived)

    def lose(self) -> None:
        """A hole in speech needs no repair by the next frames."""


class Vp8Depayloader:
    """Joins packets, which must come in order, into whole frames.

    After a loss nothing is shown until the next key frame: frames that build on a missing one
    would be evidence of something that nobody saw. `broken` says that a key frame is needed.
    """

    def __init__(self) -> None:
        self.broken = True
        self._parts: list[bytes] = []
        self._size = 0
        self._timestamp = 0

    def push(self, packet: Packet) -> Frame | None:
        payload = packet.payload
        if not payload:
            return None
        try:
            length, start = vp8_payload(payload)
        except IndexError:
            self.lose()
            return None
        if self._parts and packet.timestamp != self._timestamp:
            self.lose()
        if not self._parts:
            if not start:
                self.lose()
                return None
            self._timestamp = packet.timestamp
        self._parts.append(payload[length:])
        self._size += len(payload) - length
        if self._size > _MAX_FRAME:
            self.lose()
        elif packet.marker:
            return self._whole(packet)
        return None

    def lose(self) -> None:
        self._parts = []
        self._size = 0
        self.broken = True

    def _whole(self, last: Packet) -> Frame | None:
        packets = len(self._parts)
        data = self._parts[0] if packets == 1 else b"".join(self._parts)
        self._parts = []
        self._size = 0
        if not data:
            self.broken = True
            return None
        keyframe = not data[0] & 1
        if self.broken and not keyframe:
            return None
        self.broken = False
        return Frame(data, last.timestamp, keyframe, last.arrived, packets)
