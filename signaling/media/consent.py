"""Consent to send (RFC 7675), repaired.

The stock check forgets a question after half a second, so half a minute of a loaded path kills a
healthy leg. Here consent expires when no valid answer has come for `expiry` seconds, however
late the answers are; each answer also gives a round-trip time.
"""

import asyncio
import random
from collections.abc import Callable
from typing import Any

from aioice import stun
from aioice.ice import CandidatePair

_KEPT = 25.0


class _Question:
    """Stands in aioice's table of transactions until its answer comes."""

    def __init__(
        self,
        pair: CandidatePair,
        request: stun.Message,
        key: bytes,
        answered: Callable[[float], None],
    ) -> None:
        self._pair = pair
        self._key = key
        self._answered = answered
        self._id = request.transaction_id
        self.asked = asyncio.get_running_loop().time()
        protocol: Any = pair.protocol
        self._table: dict[bytes, _Question] = protocol.transactions
        self._table[self._id] = self
        pair.protocol.send_stun(request, pair.remote_addr)

    def response_received(self, message: stun.Message, addr: tuple[str, int]) -> None:
        """Called by aioice with any response that bears our transaction id."""
        valid = (
            message.message_class == stun.Class.RESPONSE
            and addr == self._pair.remote_addr
            and message.check_message_integrity(self._key)
        )
        if valid:
            self.forget()
            self._answered(asyncio.get_running_loop().time() - self.asked)

    def forget(self) -> None:
        """Wait for this answer no longer."""
        self._table.pop(self._id, None)


class Consent:
    """Asks again and again; `run` returns when consent has expired."""

    def __init__(self, interval: float, expiry: float) -> None:
        self._interval = interval
        self._expiry = expiry
        self._answered_at = 0.0
        self._open: list[_Question] = []
        self.rtt = 0.05
        self._measured = False

    async def run(
        self,
        pairs: Callable[[], list[CandidatePair]],
        request: Callable[[CandidatePair], stun.Message],
        key: bytes,
    ) -> None:
        """`request` builds an unsigned Binding request for a pair; `key` signs it and answers."""
        loop = asyncio.get_running_loop()
        self._answered_at = loop.time()
        wait = random.random() * min(1.0, self._interval)
        try:
            while True:
                await asyncio.sleep(wait)
                now = loop.time()
                if now - self._answered_at > self._expiry:
                    return
                self._forget(now - _KEPT)
                for pair in pairs():
                    message = request(pair)
                    message.add_message_integrity(key)
                    self._open.append(_Question(pair, message, key, self._note))
                wait = self._interval * (0.8 + 0.4 * random.random())
        finally:
            self._forget(float("inf"))

    def _forget(self, before: float) -> None:
        for question in self._open:
            if question.asked < before:
                question.forget()
        self._open = [question for question in self._open if question.asked >= before]

    def _note(self, rtt: float) -> None:
        self._answered_at = asyncio.get_running_loop().time()
        self.note_rtt(rtt)

    def note_rtt(self, rtt: float) -> None:
        """One more round trip in seconds; a check's, or a report's between two checks."""
        share = 0.3 if self._measured else 1.0
        self._measured = True
        self.rtt += share * (min(2.0, rtt) - self.rtt)
