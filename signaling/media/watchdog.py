"""Is a peer still there? Pure: the clock is an argument."""

from enum import Enum


class Pulse(Enum):
    """What has changed since the last look."""

    SAME = "same"
    PAUSED = "paused"
    DEAD = "dead"


class Watchdog:
    """up → paused after `pause_after` seconds of silence → up when heard, or dead.

    The event loop's own lag is added to both limits: while we were late, a healthy peer's
    packets lay unread in the socket.
    """

    def __init__(self, pause_after: float, dead_after: float, now: float) -> None:
        self._pause_after = pause_after
        self._dead_after = dead_after
        self.heard = now
        self.paused_at: float | None = None

    def silence(self, now: float) -> float:
        return now - self.heard

    def resume(self, now: float) -> float:
        """The peer was heard again; how long it had been paused."""
        paused = now - self.paused_at if self.paused_at is not None else 0.0
        self.paused_at = None
        return paused

    def look(self, now: float, lag: float) -> Pulse:
        silence = now - self.heard - lag
        if silence >= self._dead_after:
            return Pulse.DEAD
        if silence >= self._pause_after and self.paused_at is None:
            self.paused_at = now
            return Pulse.PAUSED
        return Pulse.SAME


class LoopLag:
    """How late the event loop is; a worst case that fades within seconds."""

    def __init__(self) -> None:
        self.recent = 0.0
        self.worst = 0.0

    def note(self, late: float) -> None:
        self.recent = max(late, self.recent * 0.9, 0.0)
        self.worst = max(self.worst, late)
