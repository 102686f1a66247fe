"""Where a frame belongs on the recording's timeline (pure; every clock is an argument).

RTP timestamps are smooth but start anywhere; the server's arrival clock is trusted but jittery.
Per leg and medium an `Anchor` ties the two: a frame is placed by its RTP timestamp plus the delay
of the fastest recent packet, so network jitter is smoothed and a lying RTP clock is dragged along
by arrivals. Speech is placed by that alone. RTCP sender reports (RFC 3550 §6.4.1) only say how the
picture lies to the speech of the same sender, and are followed within ±250 ms of the picture's own
anchor; beyond that the server's clock wins and the disagreement is reported. The peer writes its
own reports, so they may move lips, never speech.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

TRUST_S: Final = 0.250  # how far sender reports may move a picture
JUMP_S: Final = 2.0  # an RTP step unexplained by elapsed time beyond this starts a new base
_WINDOW_S: Final = 2.0  # the fastest packet is looked for in this much of the past
_SLEW: Final = 0.05  # seconds per second by which a grown delay is followed
_REPORTS: Final = 8  # remembered per medium
_NTP: Final = 1 << 32
_RATES: Final = {"audio": 48000, "video": 90000}  # RFC 7587 §4.1, RFC 7741 §6.1


class Anchor:
    """Ties one media clock to arrivals. Media time is in seconds, arbitrary origin."""

    def __init__(self) -> None:
        self.offset = 0.0
        self._delays: deque[tuple[float, float]] = deque()  # (arrived, delay), delays increasing
        self._media = 0.0
        self._arrived = 0.0
        self.started = False

    def place(self, media: float, arrived: float) -> tuple[float, bool]:
        """(server time of the frame, whether the clock jumped); never later than `arrived`."""
        delay = arrived - media
        elapsed = arrived - self._arrived
        jumped = self.started and abs((media - self._media) - elapsed) > JUMP_S
        if jumped or not self.started:
            self._delays.clear()
            self.offset = delay
        self.started = True
        self._remember(arrived, delay)
        floor = self._delays[0][1]
        if floor > self.offset:
            self.offset += min(floor - self.offset, _SLEW * max(elapsed, 0.0))
        self.offset = min(max(self.offset, floor - TRUST_S), floor)
        self._media, self._arrived = media, arrived
        return media + self.offset, jumped

    def _remember(self, arrived: float, delay: float) -> None:
        while self._delays and self._delays[-1][1] >= delay:
            self._delays.pop()
        self._delays.append((arrived, delay))
        while self._delays[0][0] < arrived - _WINDOW_S:
            self._delays.popleft()


@dataclass(frozen=True, slots=True)
class Placed:
    """A frame's millisecond on the timeline and what was noticed about its clock."""

    at_ms: int
    flag: str | None = None  # 'rtp_jump' | 'sender_clock'
    off_ms: int = 0


class Timeline:
    """Places the frames of one party. `epoch` is the monotonic second at which time 0 lies."""

    def __init__(self, epoch: float) -> None:
        self._epoch = epoch
        self._last = {"audio": 0, "video": 0}
        self.leg()

    def leg(self) -> None:
        """A new leg: RTP time bases restart, the timeline goes on."""
        self._anchors = {"audio": Anchor(), "video": Anchor()}
        self._reports = {kind: deque[float](maxlen=_REPORTS) for kind in _RATES}
        self._rates = dict(_RATES)
        self._distrusted = False

    def sender_report(self, kind: str, ntp: int, rtp_time: int) -> None:
        """Remember what the sender says about its own clocks; it is judged when it is used."""
        if kind in self._anchors:
            self._reports[kind].append(ntp / _NTP - rtp_time / self._rates[kind])

    def place(self, kind: str, rtp_time: int, clock_rate: int, arrived: float) -> Placed:
        """Where this frame belongs; per medium never before the one before it."""
        self._rates[kind] = clock_rate
        media = rtp_time / clock_rate
        server, jumped = self._anchors[kind].place(media, arrived)
        flag, off = ("rtp_jump", 0.0) if jumped else (None, 0.0)
        at = server
        said = self._by_reports(media) if kind == "video" else None
        if said is not None:
            off = said - server
            if abs(off) <= TRUST_S:
                at = said
                self._distrusted = False
            elif not self._distrusted:
                self._distrusted, flag = True, flag or "sender_clock"
        at_ms = max(round((at - self._epoch) * 1000), self._last[kind])
        self._last[kind] = at_ms
        return Placed(at_ms, flag, round(off * 1000) if flag else 0)

    def estimate(self, kind: str, rtp_time: int, arrived: float) -> int:
        """The millisecond of an RTP time that has no frame (a loss), without learning from it."""
        anchor, server = self._anchors[kind], arrived
        if anchor.started:
            server = min(rtp_time / self._rates[kind] + anchor.offset, arrived)
        return max(round((server - self._epoch) * 1000), 0)

    def _by_reports(self, media: float) -> float | None:
        """Server time of a picture that shares its sender's clock with the speech."""
        video, audio = self._reports["video"], self._reports["audio"]
        speech = self._anchors["audio"]
        if not video or not audio or not speech.started:
            return None
        # a busy sender stamps its reports too late, never too early: the smallest is the truest
        return media + min(video) - min(audio) + speech.offset
