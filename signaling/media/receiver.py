"""One incoming stream of a leg: what a party says, or what it shows."""

from collections.abc import Callable

from signaling.media import rtcp
from signaling.media.delivery import Delivery
from signaling.media.depayload import starts_keyframe
from signaling.media.dtls import Datapath
from signaling.media.keyframes import KeyFrameRequests
from signaling.media.nack import Missing
from signaling.media.offer import Section
from signaling.media.policy import MediaPolicy
from signaling.media.remb import BitrateCaps
from signaling.media.reorder import Reorder
from signaling.media.reports import Reception
from signaling.media.rtp import CLOCK_RATES, Packet, unwrap_rtx
from signaling.media.sender import Sender

_HELD = 1024


class Receiver:
    """Repairs, forwards and records one stream.

    Each packet goes to the listeners at once, in whatever order it came; the recording waits for
    order. `own` is the SSRC that our reports bear.
    """

    def __init__(
        self,
        section: Section,
        path: Datapath,
        policy: MediaPolicy,
        delivery: Delivery,
        own: int,
        first: Callable[[str], None],
    ) -> None:
        self.kind = section.kind
        self._is_video = section.kind == "video"
        self.delivery = delivery
        self.listeners: tuple[Sender, ...] = ()
        self._nacked = self._keyframes_asked = self._foreign = self._duplicates = 0
        self._taken = 0
        self._lowest = 0
        self.ssrc = section.ssrc
        self._payload_type = section.payload_type
        self._rtx_type = section.rtx_type
        self._path = path
        self._policy = policy
        self._own = own
        self._first = first
        self._highest = 0x10000
        self._started = False
        self._reception = Reception(CLOCK_RATES[section.kind])
        self._missing = Missing(policy.nack_retry, policy.nack_tries, policy.max_nack)
        self._order: Reorder[Packet] = Reorder(
            policy.reorder, _HELD, delivery.packet, delivery.skipped
        )
        self._caps = BitrateCaps(policy.remb_floor)
        self._keyframes = KeyFrameRequests(policy.pli_interval, policy.pli_longest)
        self._reported_at = 0.0
        path.expect(section.payload_type, self)
        if section.rtx_type is not None:
            path.expect(section.rtx_type, self)

    def packet(self, packet: Packet) -> None:
        """One authenticated packet, straight from the datapath."""
        now = packet.arrived
        again = packet.payload_type == self._rtx_type
        if again:
            if self.ssrc is None or not unwrap_rtx(packet, self._payload_type, self.ssrc):
                return
        elif packet.ssrc != self.ssrc and not self._adopt(packet.ssrc):
            return
        # unwrapped near the highest number so far; the first one starts a whole turn above zero
        highest = self._highest
        seq = highest + ((packet.seq - highest + 0x8000) & 0xFFFF) - 0x8000
        if not self._fresh(seq, again):
            self._duplicates += 1
            return
        if not again:
            self._reception.note(seq, packet.timestamp, now)
        if now >= self._missing.next_due:
            self._ask(now)
        for listener in self.listeners:
            listener.forward(packet, seq, now)
        self._taken += 1
        self._order.push(seq, packet, now)
        if self._is_video and self.delivery.broken:
            self._mend(now)

    def control(self, report: rtcp.SenderReport, now: float) -> None:
        """The peer's sender report: for the recording's clock and for the listeners' lip sync."""
        self._reception.heard(report, now)
        self.delivery.report(report, now)
        for listener in self.listeners:
            listener.report(report, now)

    def request_keyframe(self, now: float) -> None:
        """Ask for a picture that stands alone; more often than allowed is asked later."""
        if self.kind != "video" or self.ssrc is None:
            return
        if self._keyframes.ask(now, self._path.rtt):
            self._keyframes_asked += 1
            self._path.send_rtcp(rtcp.pli(self._own, self.ssrc))

    def cap(self, listener: Sender, bitrate: int, now: float) -> None:
        """A listener's line takes no more than `bitrate` bit/s."""
        if self.ssrc is not None:
            wanted = self._caps.put(listener, bitrate, now)
            self._path.send_rtcp(rtcp.remb(self._own, wanted, self.ssrc))

    def tick(self, now: float) -> None:
        """Timers: repeated NACKs, holes to give up, key frames still wanted, reports."""
        if now >= self._missing.next_due:
            self._ask(now)
        self._order.patience = self._policy.patience(self._path.rtt)
        self._order.expire(now)
        if self._is_video and self._started:
            awaited = any(listener.awaits_keyframe for listener in self.listeners)
            if self._keyframes.waiting or awaited:
                self.request_keyframe(now)
            elif self.delivery.broken:
                self._mend(now)
        if now - self._reported_at >= self._policy.report_interval and self.ssrc is not None:
            self._reported_at = now
            block = self._reception.block(self.ssrc, now)
            if block is not None:
                self._path.send_rtcp(rtcp.receiver_report(self._own, block))

    def stats(self) -> dict[str, int]:
        return {
            "received": self._reception.received,
            "lost": self._reception.lost,
            "frames": self.delivery.frames,
            "holes": self.delivery.holes,
            "nacked": self._nacked,
            "keyframes_asked": self._keyframes_asked,
            "foreign": self._foreign,
            "duplicates": self._duplicates,
        }

    def tally(self) -> dict[str, int]:
        """Packets expected by their numbers, and those that never came in time, repairs counted.

        Counted apart from what the recording is told, so that each can contradict the other.
        """
        if not self._started:
            return {"expected": 0, "missing": 0}
        expected = self._highest - self._lowest + 1
        return {"expected": expected, "missing": expected - self._taken + self._order.late}

    def pause(self) -> None:
        self._missing.clear()
        self.delivery.paused()

    def end(self, now: float) -> None:
        self.listeners = ()
        self._order.expire(float("inf"))
        self.delivery.end(now)

    def _adopt(self, ssrc: int) -> bool:
        """The stream's SSRC: the one the offer declared, else the first one heard."""
        if self.ssrc is None:
            self.ssrc = ssrc
            return True
        self._foreign += 1
        return False

    def _fresh(self, seq: int, again: bool) -> bool:
        """Note the packet's place; False for one that we have, or that came too late."""
        if not self._started:
            return not again and self._start(seq)
        highest = self._highest
        if seq > highest:
            if seq > highest + 1:
                self._missing.gap(highest + 1, seq)
            self._highest = seq
            return True
        return self._missing.arrived(seq)

    def _start(self, seq: int) -> bool:
        self._started = True
        self._highest = self._lowest = seq
        self._first(self.kind)
        return True

    def _mend(self, now: float) -> None:
        """The recording needs a key frame, unless one is here already behind a hole."""
        due = self._keyframes.due(now, self._path.rtt)
        if due and not self._order.holds(lambda packet: starts_keyframe(packet.payload)):
            self.request_keyframe(now)

    def _ask(self, now: float) -> None:
        due = self._missing.due(now, self._path.rtt)
        if due and self.ssrc is not None:
            self._nacked += len(due)
            self._path.send_rtcp(rtcp.nack(self._own, self.ssrc, due[: self._policy.max_nack]))
