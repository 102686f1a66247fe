"""What a receiver knows about a stream: reception statistics and the sender's clock (RFC 3550)."""

from signaling.media.rtcp import ReportBlock, SenderReport


class Reception:
    """Counts one stream and writes its report blocks (appendix A.3, A.8). Pure."""

    def __init__(self, clock_rate: int) -> None:
        self._rate = clock_rate
        self._base: int | None = None
        self._highest = 0
        self._transit: float | None = None
        self._timestamp = -1
        self._jitter = 0.0
        self._expected_before = 0
        self._received_before = 0
        self._sender_report = 0
        self._reported_at = 0.0
        self.received = 0

    def note(self, seq: int, timestamp: int, now: float) -> None:
        """One packet that was not a retransmission; `seq` is unwrapped."""
        self.received += 1
        if self._base is None:
            self._base = self._highest = seq
        elif seq > self._highest:
            self._highest = seq
        if timestamp != self._timestamp:
            self._timestamp = timestamp
            transit = now * self._rate - timestamp
            if self._transit is not None:
                # a wrapped timestamp moves the transit by 2^32 units: leave that one out
                moved = abs(transit - self._transit)
                if moved < 1 << 31:
                    self._jitter += (moved - self._jitter) / 16
            self._transit = transit

    def heard(self, report: SenderReport, now: float) -> None:
        self._sender_report = report.ntp >> 16 & 0xFFFFFFFF
        self._reported_at = now

    @property
    def lost(self) -> int:
        if self._base is None:
            return 0
        return max(0, self._highest - self._base + 1 - self.received)

    def block(self, ssrc: int, now: float) -> ReportBlock | None:
        """The report since the last one, or None before the first packet."""
        if self._base is None:
            return None
        expected = self._highest - self._base + 1
        due = expected - self._expected_before
        missed = due - (self.received - self._received_before)
        self._expected_before, self._received_before = expected, self.received
        fraction = max(0, min(255, (missed << 8) // due)) if due > 0 else 0
        delay = int((now - self._reported_at) * 65536) if self._sender_report else 0
        return ReportBlock(
            ssrc,
            fraction,
            expected - self.received,
            self._highest,
            int(self._jitter),
            self._sender_report,
            delay,
        )
