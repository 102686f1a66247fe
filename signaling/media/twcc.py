"""Transport-wide congestion feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01). Pure.

Tells a sender when each of its packets arrived, so that its own estimator can find the
bitrate of the way. Our packets to it carry no such numbers, so a browser goes on sending REMB for
them, which is passed on to the speaker as a cap.
"""

import struct

_HEAD = struct.Struct("!HHI")
_WINDOW = 400
_TICKS_PER_SECOND = 4000
_TICKS_PER_REFERENCE = 256
_SMALL, _LARGE = 1, 2


class Arrivals:
    """Collects arrivals of one transport and writes feedback bodies about them."""

    def __init__(self) -> None:
        self._seen: dict[int, float] = {}
        self._highest: int | None = None
        self._next: int | None = None
        self._count = 0

    def add(self, seq: int, arrived: float) -> None:
        highest = self._highest
        if highest is None:
            whole = seq + 0x10000
        else:
            whole = highest + ((seq - highest + 0x8000) & 0xFFFF) - 0x8000
        if highest is None or whole > highest:
            self._highest = whole
        if self._next is None:
            self._next = whole
        self._seen[whole] = arrived

    def take(self) -> bytes | None:
        """The feedback about everything since the last call, or None when nothing came.

        A gap in the numbers is reported as not received; what then comes late is reported again.
        """
        if not self._seen or self._next is None:
            return None
        last = max(self._seen)
        first = max(min(self._next, *self._seen), last - _WINDOW)
        seen = {seq: at for seq, at in self._seen.items() if seq >= first}
        self._seen = {}
        self._next = last + 1
        return self._body(first, last, seen)

    def _body(self, first: int, last: int, seen: dict[int, float]) -> bytes:
        reference = int(seen[min(seen)] * _TICKS_PER_SECOND) // _TICKS_PER_REFERENCE
        ticks = reference * _TICKS_PER_REFERENCE
        symbols: list[int] = []
        deltas = bytearray()
        for seq in range(first, last + 1):
            arrived = seen.get(seq)
            if arrived is None:
                symbols.append(0)
                continue
            delta = round(arrived * _TICKS_PER_SECOND) - ticks
            if 0 <= delta <= 255:
                symbols.append(_SMALL)
                deltas.append(delta)
            else:
                delta = max(-0x8000, min(0x7FFF, delta))
                symbols.append(_LARGE)
                deltas += struct.pack("!h", delta)
            ticks += delta
        stamp = (reference & 0xFFFFFF) << 8 | self._count & 0xFF
        self._count += 1
        head = _HEAD.pack(first & 0xFFFF, len(symbols), stamp)
        return head + _chunks(symbols) + bytes(deltas)


def _chunks(symbols: list[int]) -> bytes:
    """Status vector chunks of seven two-bit symbols each."""
    chunks = bytearray()
    for start in range(0, len(symbols), 7):
        chunk = 0xC000
        for place, symbol in enumerate(symbols[start : start + 7]):
            chunk |= symbol << (12 - 2 * place)
        chunks += chunk.to_bytes(2, "big")
    return bytes(chunks)
