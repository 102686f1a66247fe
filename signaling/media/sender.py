"""One outgoing stream of a leg: a seat on which another party is heard or seen."""

import random
import struct
from typing import Protocol

from signaling.media import rtcp
from signaling.media.answer import Outgoing, accepted_extensions, seat_name
from signaling.media.depayload import starts_keyframe
from signaling.media.dtls import Datapath
from signaling.media.offer import Section
from signaling.media.policy import MediaPolicy
from signaling.media.retransmit import Retransmitter, Sent
from signaling.media.rtp import ABS_SEND_TIME, CLOCK_RATES, HEADER, MID, Packet

_WITH_EXTENSION = 0x90
_PLAIN = 0x80


_TOLD = 4  # sender reports a listener may still answer


class Source(Protocol):
    """Where a seat's media come from: the speaker's receiver."""

    def request_keyframe(self, now: float) -> None: ...
    def cap(self, listener: "Sender", bitrate: int, now: float) -> None: ...


class Sender:
    """Rewrites one speaker's packets into one continuous stream.

    Whoever sits on the seat, and after every rejoin or hold, sequence numbers go on without a
    hole and timestamps go on with the clock, so that the far decoder never sees the change; a
    picture starts at a key frame.
    """

    def __init__(self, section: Section, outgoing: Outgoing, path: Datapath, policy: MediaPolicy):
        self.kind = section.kind
        self.seat = outgoing.seat
        self.ssrc = outgoing.ssrc
        self.source: Source | None = None
        self._packets = self._octets = self._resent = 0
        self._rtx_ssrc = outgoing.rtx_ssrc
        self._payload_type = section.payload_type
        self._rtx_type = section.rtx_type
        self._rate = CLOCK_RATES[section.kind]
        self._path = path
        share = policy.rtx_share if self.kind == "video" else policy.rtx_share_audio
        self._history = Retransmitter(share, policy.rtx_burst, policy.rtx_tries)
        self._told: dict[int, float] = {}
        self._name = seat_name(outgoing.seat)
        self._extension = _Extension(section)
        # starting low keeps SRTP's rollover counter out of doubt for early losses
        self._seq = random.randrange(1, 0x8000)
        self._timestamp = random.getrandbits(32)
        self._rtx_seq = random.randrange(1, 0x8000)
        self._sent_at: float | None = None
        self._first = self._highest = 0
        self._offset: int | None = None
        self._shift = 0

    @property
    def awaits_keyframe(self) -> bool:
        """A picture can't begin (again) before the speaker sends a key frame."""
        return self.kind == "video" and self.source is not None and self._offset is None

    def connect(self, source: Source | None, now: float) -> None:
        """Sit somebody on this seat, or nobody."""
        if source is self.source:
            return
        self.source = source
        self._offset = None
        if source is not None:
            source.request_keyframe(now)

    def forward(self, packet: Packet, seq: int, now: float) -> None:
        """Pass a speaker's packet on; `seq` is its unwrapped number."""
        offset = self._offset
        if offset is None:
            if not self._align(packet, seq, now):
                return
            offset = self._offset or 0
        elif seq < self._first:
            return
        number = (seq + offset) & 0xFFFF
        timestamp = (packet.timestamp + self._shift) & 0xFFFFFFFF
        if seq > self._highest:
            self._highest = seq
            self._seq, self._timestamp, self._sent_at = number, timestamp, now
        payload = packet.payload
        if self._history.starved and self.kind == "video" and starts_keyframe(payload):
            self._history.start_anew()
        self._packets += 1
        self._octets += len(payload)
        self._history.keep((number, packet.marker, timestamp, payload))
        first, extension = self._extension.write(now)
        head = HEADER.pack(first, packet.marker | self._payload_type, number, timestamp, self.ssrc)
        self._path.send_rtp(head + extension + payload)

    def feedback(self, message: rtcp.Feedback, now: float) -> None:
        """What the listener says of this stream."""
        if isinstance(message, rtcp.Nack):
            self.nack(message.seqs, now)
        elif isinstance(message, rtcp.KeyFrameRequest):
            self.keyframe(now)
        elif isinstance(message, rtcp.BitrateCap):
            self.cap(message.bitrate, now)
        else:
            self.heard(message, now)

    def nack(self, seqs: tuple[int, ...], now: float) -> None:
        """The listener misses packets: resend what the budget allows."""
        rtt = self._path.rtt
        for seq in seqs:
            sent = self._history.again(seq, now, rtt)
            if sent is not None:
                self._resend(sent, now)
        if self._history.starved and self.kind == "video":
            self.keyframe(now)

    def keyframe(self, now: float) -> None:
        if self.source is not None:
            self.source.request_keyframe(now)

    def cap(self, bitrate: int, now: float) -> None:
        if self.source is not None:
            self.source.cap(self, bitrate, now)

    def report(self, report: rtcp.SenderReport, now: float) -> None:
        """The speaker's clock, told in this stream's timestamps."""
        if self._offset is None:
            return
        timestamp = (report.rtp_time + self._shift) & 0xFFFFFFFF
        self._told[report.ntp >> 16 & 0xFFFFFFFF] = now
        while len(self._told) > _TOLD:
            del self._told[next(iter(self._told))]
        own = rtcp.sender_report(self.ssrc, report.ntp, timestamp, self._packets, self._octets)
        self._path.send_rtcp(own + rtcp.cname(self.ssrc, self._name))

    def heard(self, block: rtcp.ReportBlock, now: float) -> None:
        """The listener's report of this stream: how long the way there and back is (§6.4.1)."""
        told = self._told.get(block.last_sr)
        if told is not None and block.last_sr:
            rtt = now - told - block.delay / 65536
            if rtt > 0:
                self._path.note_rtt(rtt)

    def stats(self) -> dict[str, int | str]:
        return {
            "kind": self.kind,
            "seat": self.seat,
            "packets": self._packets,
            "octets": self._octets,
            "resent": self._resent,
            "resends_refused": self._history.refused,
        }

    def _align(self, packet: Packet, seq: int, now: float) -> bool:
        """Fix how the speaker's numbers become ours; pictures wait for a key frame."""
        if self.kind == "video" and not starts_keyframe(packet.payload):
            return False
        if self._sent_at is not None:
            passed = max(1, int((now - self._sent_at) * self._rate))
            self._timestamp = (self._timestamp + passed) & 0xFFFFFFFF
        self._offset = self._seq + 1 - seq
        self._shift = self._timestamp - packet.timestamp
        self._first = seq
        self._highest = seq - 1
        return True

    def _resend(self, sent: Sent, now: float) -> None:
        number, marker, timestamp, payload = sent
        first, extension = self._extension.write(now)
        self._resent += 1
        if self._rtx_type is None:
            head = HEADER.pack(first, marker | self._payload_type, number, timestamp, self.ssrc)
        else:
            self._rtx_seq = (self._rtx_seq + 1) & 0xFFFF
            head = HEADER.pack(
                first, marker | self._rtx_type, self._rtx_seq, timestamp, self._rtx_ssrc
            )
            payload = number.to_bytes(2, "big") + payload
        self._path.send_rtp(head + extension + payload)


class _Extension:
    """The header extension of a stream: its MID and, for pictures, the time of sending."""

    def __init__(self, section: Section) -> None:
        ids = accepted_extensions(section)
        mid = section.mid.encode()
        self._fixed = bytes((ids[MID] << 4 | len(mid) - 1,)) + mid if MID in ids else b""
        self._timed = bytes((ids[ABS_SEND_TIME] << 4 | 2,)) if ABS_SEND_TIME in ids else b""
        size = len(self._fixed) + (len(self._timed) + 3 if self._timed else 0)
        self._padding = bytes(-size % 4)
        self._head = struct.pack("!HH", 0xBEDE, (size + 3) // 4) if size else b""
        self._first = _WITH_EXTENSION if size else _PLAIN
        self._constant = self._head + self._fixed + self._padding

    def write(self, now: float) -> tuple[int, bytes]:
        """First byte of the RTP header and the extension (24-bit 6.18 fixed point seconds)."""
        if not self._timed:
            return self._first, self._constant
        stamp = (int(now * 0x40000) & 0xFFFFFF).to_bytes(3, "big")
        return self._first, self._head + self._fixed + self._timed + stamp + self._padding
