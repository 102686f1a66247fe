"""EventLog: the marks of a visit (consents, steps, results, incidents), sealed like media.

The desk writes two of them: `events` while the visit lasts, `afterwards` after the call seal.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from recording import format as fmt
from recording import records as rec
from recording.clocks import ServerClock, boot
from recording.errors import Outage
from recording.log import LogThread
from recording.parts import Draft, SealedSegment, SegmentLog

MAX_MARKS: Final = 10_000
MAX_BODY: Final = 256 << 10  # bytes of one encoded mark
_BATCH_BYTES: Final = 4 << 20

_Waiting = tuple[rec.Record, int, "Future[SealedSegment]"]


class EventLog:
    """`mark` returns at once; its future is done when the mark is sealed on disk."""

    def __init__(
        self,
        directory: Path,
        recording: str,
        data_key: bytes,
        epoch: float,
        epoch_wall: datetime | None = None,
        sealed: Callable[[SealedSegment], None] = lambda _: None,
        failed: Callable[[BaseException], None] = lambda _: None,
        log: str = "events",
        *,
        clock: Callable[[], float] | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """With a `clock` (monotonic seconds) it is noted how the `wall` clock goes beside it."""
        self._begin = [rec.epoch(epoch, epoch_wall, boot())] if epoch_wall else []
        self._clocks = ServerClock(epoch, epoch_wall) if epoch_wall else None
        self._clock, self._wall = clock, wall
        self._lock = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._writing: list[_Waiting] = []
        self._closed = False
        self._opened = False
        self._until_ms = 0
        self._told = sealed
        self._told_failed = failed
        self._log = SegmentLog(directory, recording, log, data_key)
        self._thread = LogThread(self._log, log, self._drafts, self._sealed, self._failed)

    def mark(self, kind: str, at_ms: int, body: dict[str, Any]) -> Future[SealedSegment]:
        """Fix `kind` at `at_ms` of the recording. Never blocks; the future fails with the log."""
        record = {"t": "mark", "kind": kind, "at_ms": max(int(at_ms), 0), "body": body}
        size = len(rec.encode([record]))
        future: Future[SealedSegment] = Future()
        with self._lock:
            if size > MAX_BODY:
                future.set_exception(Outage("mark_too_large", f"{size} bytes"))
            elif self._closed or not self._thread.alive:
                future.set_exception(Outage("log_closed"))
            elif len(self._waiting) >= MAX_MARKS:
                future.set_exception(Outage("log_overflow"))
            else:
                self._waiting.append((record, size, future))
        self._thread.wake()
        return future

    def close(self) -> None:
        """Seal what is waiting and write the proper end. Blocks."""
        with self._lock:
            self._closed = True
        self._thread.close()

    def _drafts(self, closing: bool) -> Iterator[Draft]:
        notes: list[rec.Record] = []
        if not self._opened:
            self._opened = True
            notes += self._begin
            if self._log.resumed_ms is not None:
                self._until_ms = self._log.resumed_ms
                notes.append({"t": "part", "cause": "desk_restart", "at_ms": self._until_ms})
        if self._clock is not None and self._clocks is not None:
            note = self._clocks.look(self._clock(), self._wall())
            notes += [note] if note else []
        while True:
            self._take()
            batch = notes + [record for record, _, _ in self._writing]
            if closing and not self._waiting:
                yield self._draft([*batch, {"t": "end"}], fmt.END)
                return
            if not batch:
                return
            yield self._draft(batch, 0)
            notes = []

    def _take(self) -> None:
        with self._lock:
            count = size = 0
            for _, length, _ in self._waiting:
                size += length
                if size > _BATCH_BYTES:
                    break
                count += 1
            self._writing = self._waiting[:count]
            del self._waiting[:count]

    def _draft(self, batch: list[rec.Record], flags: int) -> Draft:
        times = [record["at_ms"] for record in batch if "at_ms" in record] or [self._until_ms]
        self._until_ms = max(self._until_ms, *times)
        return Draft(min(times), max(times), flags, records=rec.encode(batch))

    def _sealed(self, segment: SealedSegment) -> None:
        done, self._writing = self._writing, []
        for _, _, future in done:
            future.set_result(segment)
        self._told(segment)

    def _failed(self, error: BaseException) -> None:
        with self._lock:
            left = self._writing + self._waiting
            self._waiting, self._closed = [], True
        self._writing = []
        for _, _, future in left:
            if not future.done():
                future.set_exception(error)
        self._told_failed(error)
