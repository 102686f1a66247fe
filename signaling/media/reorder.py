"""Packets back into order, waiting a while for the missing ones. Pure."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Reorder(Generic[T]):
    """Hands items to `take` in order of their unwrapped sequence numbers.

    A hole is waited for `patience` seconds, which may change, from the arrival of the first packet
    behind it, or until `limit` packets are held; then `skipped(count)` is called and order goes on
    behind it.
    """

    def __init__(
        self,
        patience: float,
        limit: int,
        take: Callable[[T], None],
        skipped: Callable[[int], None],
    ) -> None:
        self.patience = patience
        self._limit = limit
        self._take = take
        self._skipped = skipped
        self._held: dict[int, tuple[T, float]] = {}
        self._next: int | None = None
        self._since = 0.0
        self.late = 0  # came after they had been given up

    def push(self, seq: int, item: T, now: float) -> None:
        due = self._next
        if due is None or seq == due:
            self._next = seq + 1
            self._take(item)
            if self._held:
                self._release()
        elif seq > due and seq not in self._held:
            if not self._held:
                self._since = now
            self._held[seq] = (item, now)
        elif seq < due:
            self.late += 1
        if self._held:
            self.expire(now)

    def holds(self, wanted: Callable[[T], bool]) -> bool:
        """Whether one of those that wait behind a hole is `wanted`."""
        return any(wanted(item) for item, _ in self._held.values())

    def expire(self, now: float) -> None:
        """Give up on holes that are too old; call it from a timer as well."""
        while self._held and (now - self._since >= self.patience or len(self._held) > self._limit):
            first = min(self._held)
            assert self._next is not None
            self._skipped(first - self._next)
            self._next = first
            self._release()

    def _release(self) -> None:
        while (held := self._held.pop(self._next or 0, None)) is not None:
            self._next = (self._next or 0) + 1
            self._take(held[0])
        if self._held:
            self._since = self._held[min(self._held)][1]
