"""Consent to send: a late answer counts, a forged one doesn't, silence ends it."""

import asyncio
from typing import Any

from aioice import stun

from signaling.media.consent import Consent
from tests.signaling.media.peers import until

KEY = b"password"
PEER = ("198.51.100.7", 4000)


class Line:
    """A candidate pair whose peer answers by `reply`."""

    remote_addr = PEER

    def __init__(self, delay: float | None, key: bytes = KEY, source: Any = PEER) -> None:
        self.protocol = self
        self.transactions: dict[bytes, Any] = {}
        self.asked = 0
        self._delay, self._key, self._source = delay, key, source

    def send_stun(self, message: stun.Message, addr: tuple[str, int]) -> None:
        self.asked += 1
        if self._delay is None:
            return
        answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, message.transaction_id)
        answer.add_message_integrity(self._key)
        waiting = self.transactions.get(message.transaction_id)
        if waiting is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(self._delay, waiting.response_received, answer, self._source)


async def lives(line: Any, seconds: float, expiry: float = 0.4) -> bool:
    consent = Consent(interval=0.05, expiry=expiry)

    def request(pair: Any) -> stun.Message:
        return stun.Message(stun.Method.BINDING, stun.Class.REQUEST)

    try:
        async with asyncio.timeout(seconds):
            await consent.run(lambda: [line], request, KEY)
    except TimeoutError:
        return True
    return False


async def test_answers_slower_than_the_interval_keep_a_leg_alive() -> None:
    line = Line(delay=0.25)
    assert await lives(line, 3, expiry=2.0)
    assert line.asked > 10


async def test_silence_forgery_and_answers_from_elsewhere_end_it() -> None:
    for line in (Line(None), Line(0.01, key=b"wrong"), Line(0.01, source=("203.0.113.1", 1))):
        assert not await lives(line, 5.0)


async def test_the_first_answer_says_how_long_the_way_is() -> None:
    line: Any = Line(delay=0.2)
    consent = Consent(interval=0.05, expiry=60.0)
    assumed = consent.rtt

    def request(pair: Any) -> stun.Message:
        return stun.Message(stun.Method.BINDING, stun.Class.REQUEST)

    task = asyncio.create_task(consent.run(lambda: [line], request, KEY))
    await until(lambda: consent.rtt != assumed)
    assert consent.rtt > 0.19
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_round_trip_is_learned_and_nothing_is_kept() -> None:
    line: Any = Line(delay=0.01)
    consent = Consent(interval=0.02, expiry=0.4)

    def request(pair: Any) -> stun.Message:
        return stun.Message(stun.Method.BINDING, stun.Class.REQUEST)

    task = asyncio.create_task(consent.run(lambda: [line], request, KEY))
    await until(lambda: 0.005 < consent.rtt < 0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not line.transactions
