"""PartyRecorder: what one party sends becomes sealed segments of that party's log.

The entry methods are called on an event loop for every frame, so they only append to a list;
placing, muxing, encrypting and syncing happen on the log's own thread.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from recording.compose import Composer
from recording.errors import Outage
from recording.log import PERIOD_S, LogThread
from recording.parts import Draft, SealedSegment, SegmentLog
from recording.takeover import accounted

MAX_QUEUE: Final = 6000  # items; about a minute of one party
MAX_FRAME: Final = 4 << 20  # bytes; a larger one is not from a camera
MAX_QUEUE_BYTES: Final = 32 << 20
_CODECS: Final = {"audio": "opus", "video": "VP8"}

_Item = tuple[Callable[..., None], tuple[Any, ...]]


class PartyRecorder:
    """Implements the media side's frame sink for one party.

    `epoch` is the monotonic second of the recording's time 0. `sealed` and `failed` fire on the
    writer thread; `failed` fires once, and then nothing more is recorded. `joined` is the
    monotonic second at which a party came that was not expected before: no gap lies before it.
    With a `clock` (monotonic seconds) what is missing is declared also while nothing comes, and it
    is noted how the `wall` clock goes beside it.
    """

    def __init__(
        self,
        directory: Path,
        recording: str,
        party: str,
        data_key: bytes,
        epoch: float,
        epoch_wall: datetime,
        sealed: Callable[[SealedSegment], None],
        failed: Callable[[BaseException], None],
        *,
        joined: float | None = None,
        clock: Callable[[], float] | None = None,
        wall: Callable[[], float] = time.time,
        max_queue: int = MAX_QUEUE,
        period: float = PERIOD_S,
    ) -> None:
        self.party = party
        self._epoch = epoch
        self._told = sealed
        self._joined = joined
        self._clock = clock
        self._wall = wall
        self._closed_ms: int | None = None
        self._tail = partial(accounted, directory, party, data_key)
        self._composer = Composer(epoch, epoch_wall)
        self._lock = threading.Lock()
        self._items: list[_Item] = []
        self._queued_bytes = 0
        self._oldest: float | None = None  # arrival of the first frame queued
        self._sealing: float | None = None  # arrival of the first frame being sealed
        self._max_queue = max_queue
        self._dropped: dict[str, list[float]] = {}  # kind → [count, first, last arrival]
        self._dropped_total = 0
        self._refused = 0
        self._last: SealedSegment | None = None
        self._segments = 0
        self._bytes = 0
        self._opened = False
        self._log = SegmentLog(directory, recording, party, data_key)
        self._thread = LogThread(self._log, party, self._drafts, self._sealed, failed, period)

    def frame(
        self,
        kind: str,
        codec: str,
        data: bytes,
        rtp_time: int,
        clock_rate: int,
        keyframe: bool,
        arrived: float,
        seq: int = -1,
        packets: int = 1,
    ) -> None:
        """One Opus packet or whole VP8 frame. Never blocks, never raises."""
        if (
            kind not in _CODECS
            or _CODECS[kind] != codec
            or clock_rate <= 0
            or len(data) > MAX_FRAME
        ):
            self._refused += 1
            return
        said = (kind, data, rtp_time, clock_rate, keyframe, arrived, seq, packets)
        call = (self._composer.frame, said)
        with self._lock:
            if (
                len(self._items) >= self._max_queue
                or self._queued_bytes + len(data) > MAX_QUEUE_BYTES
            ):
                self._drop(kind, arrived)
                return
            self._items.append(call)
            self._queued_bytes += len(data)
            if self._oldest is None:
                self._oldest = arrived

    def sender_report(self, kind: str, ntp: int, rtp_time: int, arrived: float) -> None:
        """An RTCP sender report: 64-bit NTP stamp and the unwrapped RTP time it names."""
        del arrived  # a report says how the sender's clocks relate; arrivals of frames do the rest
        self._note(self._composer.sender_report, kind, ntp, rtp_time)

    def lost(
        self,
        kind: str,
        rtp_from: int,
        rtp_to: int,
        cause: str,
        arrived: float,
        after: int = -1,
        before: int = -1,
        missing: tuple[tuple[int, int], ...] = (),
    ) -> None:
        """Media that will never come. How long that is, the frames around it say."""
        del rtp_from, rtp_to, cause, arrived
        if kind in _CODECS and before > after >= 0:
            self._note(self._composer.lost, kind, after, before, missing)

    def leg_state(self, leg: str, state: str, at: float) -> None:
        """The leg is `paused`, `resumed`, or it `ended`."""
        self._note(self._composer.leg_state, leg, state, self._ms(at))

    def switched(self, kind: str, on: bool, at: float) -> None:
        """The person switched the microphone (audio) or the camera (video), at monotonic `at`."""
        if kind in _CODECS:
            self._note(self._composer.switched, kind, on, self._ms(at))

    def leg(
        self, leg: str, kinds: tuple[str, ...] = ("audio", "video"), at: float | None = None
    ) -> None:
        """A new leg (rejoin): RTP time bases restart."""
        self._note(self._composer.leg, leg, kinds, None if at is None else self._ms(at))

    async def close(self) -> None:
        """Seal the rest and write the log's proper end, without blocking the loop."""
        if self._clock is not None and self._closed_ms is None:
            self._closed_ms = self._ms(self._clock())
        await asyncio.to_thread(self._thread.close)

    def stats(self) -> dict[str, Any]:
        """Figures for the pages: seconds recorded, seconds not yet sealed, queue and drops."""
        with self._lock:
            waiting = [t for t in (self._sealing, self._oldest) if t is not None]
            behind = time.monotonic() - min(waiting) if waiting else 0.0
            last = self._last
            return {
                "alive": self._thread.alive,
                "seconds": 0.0 if last is None else last.to_ms / 1000,
                "behind_s": round(max(behind, 0.0), 3),
                "queued": len(self._items),
                "dropped": self._dropped_total,
                "refused": self._refused,
                "segments": self._segments,
                "bytes": self._bytes,
            }

    def _note(self, method: Callable[..., None], *args: Any) -> None:
        with self._lock:
            if len(self._items) < 2 * self._max_queue:  # notes outlive frames, but not for ever
                self._items.append((method, args))
            else:
                self._dropped_total += 1

    def _drop(self, kind: str, arrived: float) -> None:
        entry = self._dropped.setdefault(kind, [0, arrived, arrived])
        entry[0] += 1
        entry[2] = arrived
        self._dropped_total += 1

    def _drafts(self, closing: bool) -> Iterator[Draft]:
        if not self._opened:
            self._opened = True
            self._composer.named_from(self._log.first_part)
            if self._joined is not None:
                again = self._log.resumed_ms is not None
                self._composer.joined(self._ms(self._joined), again=again)
            elif self._log.resumed_ms is not None:
                self._composer.resumed(self._log.resumed_ms, self._tail())
        with self._lock:
            items, self._items = self._items, []
            dropped, self._dropped = self._dropped, {}
            self._queued_bytes = 0
            self._sealing, self._oldest = self._oldest, None
        for method, args in items:
            method(*args)
        for kind, (count, first, last) in dropped.items():
            self._composer.overflow(kind, int(count), self._ms(first), self._ms(last))
        if self._clock is not None:
            now = self._clock()
            self._composer.looked(now, self._wall())
            self._composer.beat(self._ms(now))
        yield from self._composer.drafts(closing, self._closed_ms)
        with self._lock:
            self._sealing = None
        if dropped:
            raise Outage("recorder_overflow", f"{sum(int(d[0]) for d in dropped.values())} frames")

    def _ms(self, arrived: float) -> int:
        return max(round((arrived - self._epoch) * 1000), 0)

    def _sealed(self, segment: SealedSegment) -> None:
        with self._lock:
            self._last = segment
            self._segments += 1
            self._bytes = segment.bytes_total
        self._told(segment)
