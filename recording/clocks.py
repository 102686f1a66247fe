"""The server's two clocks against each other: how the wall clock went while a log was written.

Everything in a recording is ordered by the monotonic clock, which nobody can set. The wall clock,
which names the hour, can be stepped by an operator or by NTP while a call runs; how it lies to the
monotonic one is noted every minute, and each step at once.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from recording import records as rec

STEP_MS: Final = 100  # NTP slews by at most .5 ms in a second (RFC 5905); more is a step
EVERY_MS: Final = 60_000
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


class ServerClock:
    """`epoch` is the monotonic second of time 0, `epoch_wall` what the wall clock said then."""

    def __init__(self, epoch: float, epoch_wall: datetime) -> None:
        self._epoch = epoch
        self._wall = epoch_wall.timestamp()
        self._off_ms: int | None = None
        self._noted_ms = 0

    def look(self, monotonic: float, wall: float) -> rec.Record | None:
        """A note that is due now: `wall_step` by how much, or `wall` once a minute. `off_ms` is by
        how much the wall clock is ahead of where the epoch and the monotonic clock put it."""
        at_ms = max(round((monotonic - self._epoch) * 1000), 0)
        off_ms = round((wall - self._wall - (monotonic - self._epoch)) * 1000)
        before = 0 if self._off_ms is None else self._off_ms
        first, self._off_ms = self._off_ms is None, off_ms
        said = {"t": "clock", "at_ms": at_ms, "off_ms": off_ms}
        if abs(off_ms - before) > STEP_MS:
            self._noted_ms = at_ms
            return said | {"what": "wall_step", "by_ms": off_ms - before}
        if first or at_ms - self._noted_ms >= EVERY_MS:
            self._noted_ms = at_ms
            return said | {"what": "wall"}
        return None


def boot() -> str:
    """Names the boot of this machine within which its monotonic clock counts; empty if unknown."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""
