"""The smallest bitrate any listener can take, as a cap for the speaker. Pure."""

from collections.abc import Hashable

_FRESH = 5.0


class BitrateCaps:
    """Latest REMB of each listener of one stream; stale ones no longer count.

    The relay doesn't transcode, so the slowest listener decides, but never below `floor`: the
    recording must stay fit for evidence.
    """

    def __init__(self, floor: int) -> None:
        self._floor = floor
        self._caps: dict[Hashable, tuple[int, float]] = {}

    def put(self, listener: Hashable, bitrate: int, now: float) -> int:
        """Note a listener's cap and return the bit/s to ask the speaker for."""
        self._caps = {who: cap for who, cap in self._caps.items() if now - cap[1] < _FRESH}
        self._caps[listener] = (bitrate, now)
        return max(self._floor, min(cap for cap, _ in self._caps.values()))
