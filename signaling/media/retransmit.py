"""What may be sent again, and how much of it. Pure.

Without a budget a starved peer asks for everything it dropped, which starves it further: that
storm has killed seven of eight legs in a test. Three rules stop it: retransmissions cost at most
a share of the media bytes; a packet is resent at most once per round trip, then once in two, in
four, for what was lost twice met a line that is full; and at most a few times in all.
"""

HISTORY = 1024
_MIN_SPACING = 0.02

Sent = tuple[int, int, int, bytes]
"""Sequence number, marker, timestamp, payload, all as they went out."""


class Retransmitter:
    """The last `HISTORY` packets of a stream and the token bucket for sending them again."""

    def __init__(self, share: float, burst: int, tries: int) -> None:
        self._share = share
        self._burst = burst
        self._most = tries
        self._tokens = float(burst)
        self._sent: list[Sent | None] = [None] * HISTORY
        self._again: dict[int, tuple[int, float, int]] = {}
        self.refused = 0
        self.starved = False
        """More was lost than the share repairs: a key frame costs less."""

    def keep(self, packet: Sent) -> None:
        """Remember a packet that was just sent, and earn from it."""
        self._sent[packet[0] % HISTORY] = packet
        tokens = self._tokens + self._share * len(packet[3])
        self._tokens = tokens if tokens < self._burst else self._burst

    def again(self, seq: int, now: float, rtt: float) -> Sent | None:
        """The packet to send again for a NACK, or None: unknown, too soon, too often, too much."""
        slot = seq % HISTORY
        packet = self._sent[slot]
        if packet is None or packet[0] != seq:
            return None
        before, last, tries = self._again.get(slot, (-1, 0.0, 0))
        if before != seq:
            last, tries = float("-inf"), 0
        cost = len(packet[3]) + 30
        too_soon = now - last < max(_MIN_SPACING, rtt) * (1 << tries >> 1)
        too_much = self._tokens < cost
        if too_soon or too_much or tries >= self._most:
            self.refused += 1
            self.starved |= too_much
            return None
        self._tokens -= cost
        self._again[slot] = (seq, now, tries + 1)
        return packet

    def start_anew(self) -> None:
        """A key frame is about to go out: nothing before it is worth repairing."""
        self._sent = [None] * HISTORY
        self.starved = False
