"""Which packets are missing and when to ask for them (again). Pure."""


class Missing:
    """Sequence numbers (unwrapped) that were skipped and may still come.

    Asked for at once, then every `retry` seconds (or a round trip, whichever is longer) up to
    `tries` times. Not more than `limit` are kept: a peer that jumps wildly is not chased.
    """

    def __init__(self, retry: float, tries: int, limit: int) -> None:
        self._retry = retry
        self._tries = tries
        self._limit = limit
        self._seqs: dict[int, tuple[int, float]] = {}
        self.next_due = float("inf")
        """Nothing is due before this time; infinity when nothing is missing."""

    def gap(self, first: int, stop: int) -> None:
        """Everything from `first` up to but not including `stop` was skipped."""
        if stop - first > self._limit:
            self.clear()
            return
        for seq in range(first, stop):
            self._seqs[seq] = (0, float("-inf"))
        while len(self._seqs) > self._limit:
            del self._seqs[next(iter(self._seqs))]
        self.next_due = float("-inf")

    def arrived(self, seq: int) -> bool:
        """Whether this packet was being waited for."""
        return self._seqs.pop(seq, None) is not None

    def due(self, now: float, rtt: float) -> list[int]:
        """Those to ask for now, in rising order; each is counted as asked."""
        wait = max(self._retry, rtt)
        due: list[int] = []
        for seq, (tries, asked) in list(self._seqs.items()):
            if now - asked < wait:
                continue
            if tries >= self._tries:
                del self._seqs[seq]
                continue
            self._seqs[seq] = (tries + 1, now)
            due.append(seq)
        due.sort()
        oldest = min((asked for _, asked in self._seqs.values()), default=float("inf"))
        self.next_due = oldest + wait
        return due

    def clear(self) -> None:
        self._seqs.clear()
        self.next_due = float("inf")
