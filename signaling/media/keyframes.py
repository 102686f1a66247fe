"""When a speaker is asked for a picture that stands alone. Pure.

A key frame of 640×480 is half a second of a 400 kbit/s line. Asked for every 300 ms while the line
is full, key frames keep it full: seven of them froze a picture for two seconds. So each request
that follows soon after another waits twice as long as the one before it.
"""

_CALM = 5.0


class KeyFrameRequests:
    """Spaces the requests for one stream; seconds. One that must wait is not forgotten."""

    def __init__(self, interval: float, longest: float) -> None:
        self._interval = self._spacing = interval
        self._longest = longest
        self._asked_at = float("-inf")
        self.waiting = False

    def due(self, now: float, rtt: float) -> bool:
        """Whether a request would go out now."""
        return now - self._asked_at >= max(self._spacing, rtt)

    def ask(self, now: float, rtt: float) -> bool:
        """Whether to ask now; a request sooner than one round trip after the last is the same."""
        self.waiting = not self.due(now, rtt)
        if self.waiting:
            return False
        since = now - self._asked_at
        calm = since >= max(_CALM, 2 * self._spacing)
        self._spacing = self._interval if calm else min(2 * self._spacing, self._longest)
        self._asked_at = now
        return True
