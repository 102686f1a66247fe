"""Failed sign-ins cost time: per account, per address, exponentially. Pure; time is an argument."""

from collections import OrderedDict
from dataclasses import dataclass

LONGEST_WAIT = 15 * 60.0
MOST_KEYS = 20_000


def penalty(beyond: int) -> float:
    """Seconds to wait after `beyond` failures more than are free."""
    return min(LONGEST_WAIT, 2.0 ** min(beyond, 20))


@dataclass(slots=True)
class _Record:
    failures: int = 0
    until: float = 0.0
    last: float = 0.0


class Throttle:
    """`free` failures cost nothing; each further one doubles the wait, up to 15 minutes.

    Failures are forgotten after 15 quiet minutes. Bounded: the least recent key is forgotten.
    """

    def __init__(self, free: int) -> None:
        self._free = free
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def wait(self, key: str, now: float) -> float:
        """Seconds this key still has to wait; 0 when it may try."""
        record = self._records.get(key)
        return max(0.0, record.until - now) if record else 0.0

    def failed(self, key: str, now: float) -> None:
        """Note a failure."""
        record = self._records.setdefault(key, _Record())
        if now - record.last > LONGEST_WAIT:
            record.failures = 0
        record.failures += 1
        record.last = now
        beyond = record.failures - self._free
        if beyond >= 0:
            record.until = now + penalty(beyond)
        self._records.move_to_end(key)
        if len(self._records) > MOST_KEYS:
            self._records.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget the failures."""
        self._records.pop(key, None)
