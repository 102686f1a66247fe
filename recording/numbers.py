"""What RTP sequence numbers say of a hole (pure): lost on the way, never sent, or only late.

The numbers are the sender's own count. A frame whose first packet follows the last packet of the
frame before it has nothing missing in between, whatever the clock says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

Missing = tuple[tuple[int, int], ...]
_RUNS: Final = 256  # runs of missing numbers that a record lists
_LASTS: Final = {"audio": 20, "video": 500}


@dataclass(frozen=True, slots=True)
class Hole:
    """Between packets `after` and `before`. `rtp_ms`: what the sender's own clock says lies between
    the two frames; None at the end."""

    after: int
    before: int
    missing: Missing
    rtp_ms: int | None

    @property
    def whole(self) -> bool:
        """Nothing lies between the two."""
        return self.before == self.after + 1

    @property
    def lost(self) -> int:
        """How many numbers never came."""
        return sum(last - first + 1 for first, last in self.missing)

    def cause(self, kind: str, beyond_ms: int) -> str:
        """Why nothing is there for `beyond_ms` more than the frame before lasts."""
        if self.lost:
            return "packet_loss"
        if not self.whole and kind == "video":
            return "no_keyframe"
        if self.whole and self.rtp_ms is not None and self.rtp_ms < beyond_ms / 2 + _LASTS[kind]:
            return "delayed"  # the sender's own clock has no such hole
        return "not_sent"

    def as_dict(self) -> dict[str, Any]:
        """The fields of its record; a long list of runs is cut, `lost` counts all."""
        return {
            "after": self.after,
            "before": self.before,
            "lost": self.lost,
            "missing": [list(run) for run in self.missing[:_RUNS]],
            "rtp_ms": self.rtp_ms,
        }


@dataclass(slots=True)
class _Stream:
    last: int = -1  # of the last frame shown
    rtp_ms: int = 0
    before: int = -1  # what was told for the hole behind it
    missing: Missing = ()


class Numbers:
    """The numbers of one party's present leg, per medium."""

    def __init__(self) -> None:
        self._streams: dict[str, _Stream] = {}

    def leg(self) -> None:
        """A new leg counts anew."""
        self._streams = {}

    def shown(self, kind: str, seq: int, rtp_ms: int) -> None:
        """A frame whose last packet is `seq` was recorded."""
        self._streams[kind] = _Stream(seq, rtp_ms)

    def told(self, kind: str, after: int, before: int, missing: Missing) -> None:
        """Of the packets between `after` and `before`, `missing` will not come."""
        stream = self._streams.setdefault(kind, _Stream(after))
        stream.before, stream.missing = before, stream.missing + missing

    def so_far(self, kind: str) -> Hole | None:
        """While nothing comes: as far as is known, nothing was sent either."""
        stream = self._streams.get(kind)
        return None if stream is None else self.between(kind, stream.last + 1, None)

    def between(self, kind: str, first: int | None, rtp_ms: int | None) -> Hole | None:
        """What lies before a frame that starts with packet `first`, or before the end; None when
        the media side gives no numbers, or nothing was heard on this leg."""
        stream = self._streams.get(kind)
        if stream is None or stream.last < 0 or (first is not None and first < 0):
            return None
        end = first if first is not None else max(stream.before, stream.last + 1)
        apart = None if rtp_ms is None else rtp_ms - stream.rtp_ms
        missing = stream.missing if end > stream.last + 1 else ()
        return Hole(stream.last, end, missing, apart)
