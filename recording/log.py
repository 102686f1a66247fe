"""The thread that owns one log: composes, seals and reports, so that no event loop ever waits.

It wakes once per period, asks its source for drafts and appends them. The first error that a new
part can't cure is told once through `failed`, and the thread ends: a recorder that can't write must
be heard, not retried.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Final

from recording.parts import Draft, SealedSegment, SegmentLog

__all__ = ["FIRST_PERIOD_S", "PERIOD_S", "LogThread", "SealedSegment"]

PERIOD_S: Final = 0.9  # below one second, so that a batch fits one cluster
FIRST_PERIOD_S: Final = 0.3  # the first frames are confirmed on disk soon


class LogThread:
    """Runs `log` until closed. Callbacks fire on this thread."""

    def __init__(
        self,
        log: SegmentLog,
        name: str,
        drafts: Callable[[bool], Iterable[Draft]],
        sealed: Callable[[SealedSegment], None],
        failed: Callable[[BaseException], None],
        period: float = PERIOD_S,
    ) -> None:
        self._log = log
        self._drafts = drafts
        self._sealed = sealed
        self._failed = failed
        self._period = period
        self._wake = threading.Event()
        self._closing = threading.Event()
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=f"log-{name}", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether segments are still being sealed."""
        return self._thread.is_alive() and self.failure is None

    def wake(self) -> None:
        """Seal what is waiting now, not at the end of the period."""
        self._wake.set()

    def close(self, timeout: float | None = None) -> None:
        """Seal the rest, write the proper end and wait for the thread. Blocks."""
        self._closing.set()
        self._wake.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout)

    def _run(self) -> None:
        try:
            self._log.open()
            wait = min(FIRST_PERIOD_S, self._period)
            while True:
                self._wake.wait(wait)
                self._wake.clear()
                closing = self._closing.is_set()
                for draft in self._drafts(closing):
                    wait = self._period
                    self._sealed(self._log.append(draft))
                if closing:
                    return
        except BaseException as error:
            self.failure = error
            self._failed(error)
        finally:
            self._log.close()
