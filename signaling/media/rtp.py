"""RTP packets (RFC 3550 §5.1), header extensions (RFC 8285), retransmissions (RFC 4588)."""

import struct

HEADER = struct.Struct("!BBHII")
_EXTENSION = struct.Struct("!HH")
_ONE_BYTE = 0xBEDE

CLOCK_RATES = {"audio": 48_000, "video": 90_000}
CODECS = {"audio": "opus", "video": "VP8"}

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_SEQUENCE = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"


class Packet:
    """One parsed packet. `marker` is 0 or 0x80, as it stands on the wire."""

    __slots__ = (
        "arrived",
        "marker",
        "payload",
        "payload_type",
        "seq",
        "ssrc",
        "timestamp",
        "transport_seq",
    )

    def __init__(
        self,
        payload_type: int,
        marker: int,
        seq: int,
        timestamp: int,
        ssrc: int,
        payload: bytes,
        transport_seq: int = -1,
        arrived: float = 0.0,
    ) -> None:
        self.payload_type = payload_type
        self.marker = marker
        self.seq = seq
        self.timestamp = timestamp
        self.ssrc = ssrc
        self.payload = payload
        self.transport_seq = transport_seq
        self.arrived = arrived


def parse(data: bytes, transport_id: int, arrived: float) -> Packet:
    """Read one packet; `transport_id` is the extension id of transport-wide sequence numbers.

    Raises ValueError, IndexError or struct.error for anything that is not RTP version 2 whole.
    """
    first, second, seq, timestamp, ssrc = HEADER.unpack_from(data)
    start = 12 + ((first & 0x0F) << 2)
    transport_seq = -1
    if first & 0x10:
        profile, words = _EXTENSION.unpack_from(data, start)
        end = start + 4 + (words << 2)
        if transport_id and profile == _ONE_BYTE:
            transport_seq = _element(data, start + 4, end, transport_id)
        start = end
    stop = len(data) - data[-1] if first & 0x20 else len(data)
    if start > stop or first >> 6 != 2:
        raise ValueError("not a whole RTP packet")
    return Packet(
        second & 0x7F,
        second & 0x80,
        seq,
        timestamp,
        ssrc,
        data[start:stop],
        transport_seq,
        arrived,
    )


def _element(data: bytes, position: int, end: int, wanted: int) -> int:
    while position < end:
        head = data[position]
        if head == 0:
            position += 1
            continue
        if head >> 4 == wanted:
            return (data[position + 1] << 8) | data[position + 2]
        position += 2 + (head & 0x0F)
    return -1


def unwrap_rtx(packet: Packet, payload_type: int, ssrc: int) -> bool:
    """Turn a retransmission into the packet it repeats; False for one that carries nothing."""
    payload = packet.payload
    if len(payload) <= 2:
        return False
    packet.seq = (payload[0] << 8) | payload[1]
    packet.payload = payload[2:]
    packet.payload_type = payload_type
    packet.ssrc = ssrc
    return True


class Unwrapper:
    """Makes a counter that wraps at `bits` count on for ever.

    Starts one whole turn above zero, so that what came a little earlier than the first value
    seen stays positive.
    """

    __slots__ = ("_half", "_last", "_mask")

    def __init__(self, bits: int) -> None:
        self._half = 1 << (bits - 1)
        self._mask = (1 << bits) - 1
        self._last: int | None = None

    def __call__(self, value: int) -> int:
        """The unwrapped value; the newest one becomes the reference."""
        whole = self.near(value)
        if self._last is None or whole > self._last:
            self._last = whole
        return whole

    def near(self, value: int) -> int:
        """The unwrapped value nearest to the reference, which stays as it is."""
        last = self._last
        if last is None:
            return value + self._mask + 1
        return last + ((value - last + self._half) & self._mask) - self._half
