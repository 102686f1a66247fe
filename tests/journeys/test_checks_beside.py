"""What ten checks at once cost a call on the same machine: nothing that its people would see."""

from __future__ import annotations

import asyncio
from statistics import mean

import pytest

from kyc.policy import Outcome
from kyc.pool import ModelPool
from teller_server.rehearse.server import PrivateServer
from tests.journeys.people import HAN_MEIMEI, Cast, Meeting, meeting
from tests.kyc.people import clip, jpeg, vp8

pytestmark = pytest.mark.proof  # a figure of the machine

LEAST_FPS = 24.5
CHECKS = 10


async def frames_a_second(people: Meeting, seconds: float) -> list[float]:
    """Of what each of the two receives of the other, decoded."""
    loop = asyncio.get_running_loop()
    ends = [people.teller.peer.received, people.customer.peer.received]
    began, before = loop.time(), [end.video for end in ends]
    await asyncio.sleep(seconds)
    took = loop.time() - began
    return [(end.video - was) / took for end, was in zip(ends, before, strict=True)]


async def test_a_call_keeps_its_pictures_while_ten_checks_run(
    branch: PrivateServer, cast: Cast
) -> None:
    """The checks run in model processes like the branch's own, as nice and as many."""
    pool = ModelPool(workers=1, second_opinion=True)
    await pool.start()
    portrait, video = jpeg(clip()[10]), vp8(clip())
    try:
        async with meeting(branch, cast, HAN_MEIMEI) as people:
            checks = [asyncio.create_task(pool.check(portrait, video)) for _ in range(CHECKS)]
            rates = []
            while not all(check.done() for check in checks):
                rates.append(await frames_a_second(people, 2))
            results = [await check for check in checks]
            await people.finish("refused_bank", "measured enough")
            await people.closed()
    finally:
        await pool.close()
    assert {result.outcome for result in results} == {Outcome.PASSED}
    beside = [mean(end) for end in zip(*rates, strict=True)]
    assert min(beside) >= LEAST_FPS
