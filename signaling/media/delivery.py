"""A stream on its way into the recording: frames in order, and a word for every hole."""

import logging
from collections.abc import Callable
from functools import partial

from signaling.media.depayload import Frame, OpusDepayloader, Vp8Depayloader, opus_samples
from signaling.media.rtcp import SenderReport
from signaling.media.rtp import CLOCK_RATES, CODECS, Packet, Unwrapper
from signaling.media.sink import FrameSink, Tap

log = logging.getLogger(__name__)

_RUNS = 4096
"""Runs of lost packets between two frames that are told one by one."""

_JUMP = 0.5
"""Seconds of RTP time without a frame that need an explanation after a pause."""


class Delivery:
    """Depayloads one stream of one leg for its sink and taps.

    A hole is told as soon as the frame behind it is known: for speech from the end of the last
    packet, for pictures from the last frame shown; with the sequence numbers that never came, so
    that a claim of loss can be checked. If the sink raises, that is told once through `failed`, and
    the relay goes on.
    """

    def __init__(self, kind: str, sink: FrameSink, failed: Callable[[BaseException], None]) -> None:
        self.frames = 0
        self.holes = 0
        self.taps: list[Tap] = []
        self._kind = kind
        self._codec = CODECS[kind]
        self._rate = CLOCK_RATES[kind]
        self._sink = sink
        self._failed = failed
        self._depayloader = OpusDepayloader() if kind == "audio" else Vp8Depayloader()
        self._clock = Unwrapper(32)
        self._start: int | None = None
        self._shown = b""
        self._shown_at = 0.0
        self._hole = False
        self._paused = False
        self._number = Unwrapper(16)
        self._seen = -1  # the newest packet
        self._shown_seq = -1  # the last packet of the last frame
        self._missing: list[tuple[int, int]] = []

    @property
    def broken(self) -> bool:
        """Pictures can't go on without a key frame."""
        return self._depayloader.broken

    def packet(self, packet: Packet) -> None:
        """The next packet in order."""
        seq = self._number(packet.seq)
        if self._seen >= 0 and seq > self._seen + 1:
            self._miss(self._seen + 1, seq - 1)
        self._seen = seq
        if self._shown_seq < 0:
            self._shown_seq = seq - 1
        if self._start is None and packet.payload:
            self._start = self._clock(packet.timestamp)
            self._shown_at = packet.arrived
        frame = self._depayloader.push(packet)
        if frame is not None:
            self._show(frame)
        elif self._depayloader.broken and packet.payload:
            self._hole = True

    def skipped(self, count: int) -> None:
        """`count` packets will not come any more."""
        if count > 0:
            self._hole = True
            self._depayloader.lose()

    def paused(self) -> None:
        """The peer fell silent; if anything is missing then, this is why."""
        self._paused = True

    def report(self, report: SenderReport, now: float) -> None:
        if self._start is not None:
            stamp = self._clock.near(report.rtp_time)
            self._tell(partial(self._sink.sender_report, self._kind, report.ntp, stamp, now))

    def end(self, now: float) -> None:
        """The leg is down: everything since the last frame is lost."""
        if self._start is not None:
            last = self._start + max(0, int((now - self._shown_at) * self._rate))
            self._lose("leg_down", last, now, self._seen + 1)
            self._start = None

    def _show(self, frame: Frame) -> None:
        start = self._clock(frame.timestamp)
        if self._hole or self._paused or self._missing:
            self._explain(start, frame.arrived, self._seen - frame.packets + 1)
        self._start, self._shown, self._shown_at = start, frame.data, frame.arrived
        self._shown_seq = self._seen
        self.frames += 1
        try:
            self._sink.frame(
                self._kind,
                self._codec,
                frame.data,
                start,
                self._rate,
                frame.keyframe,
                frame.arrived,
                self._seen,
                frame.packets,
            )
        except Exception as error:
            self._fail(error)
        for tap in tuple(self.taps):
            self._tell(partial(tap, frame.data, frame.keyframe, frame.arrived))

    def _explain(self, start: int, now: float, before: int) -> None:
        """Tell the hole before a frame that starts at `start` with packet `before`."""
        jump = self._start is not None and start - self._start > _JUMP * self._rate
        if self._hole or jump or self._missing:
            lost = "packet_loss" if self._missing else "no_keyframe"
            self._lose("leg_paused" if self._paused else lost, start, now, before)
        self._hole = self._paused = False

    def _lose(self, cause: str, until: int, now: float, before: int) -> None:
        if self._start is None:
            return
        missing, self._missing = tuple(self._missing), []
        since = self._start + (opus_samples(self._shown) if self._kind == "audio" else 0)
        if until > since or missing or before > self._shown_seq + 1:
            self.holes += until > since
            stop, after = max(since, until), self._shown_seq
            self._tell(
                partial(
                    self._sink.lost, self._kind, since, stop, cause, now, after, before, missing
                )
            )

    def _miss(self, first: int, last: int) -> None:
        """Numbers that will not come any more; beyond `_RUNS` the last run takes the rest in."""
        if len(self._missing) < _RUNS:
            self._missing.append((first, last))
        else:
            self._missing[-1] = (self._missing[-1][0], last)

    def _tell(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception as error:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        log.error("the sink of a party raised", exc_info=error)
        self._failed(error)
