"""A hold is a promise to both: it outlives the worker that keeps it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil

from teller_server.domain import commands as c
from tests.teller_server.desk.house import PATIENCE, TELLER, house


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_hold_goes_on_with_another_worker(tmp_path: Path) -> None:
    async with house(tmp_path) as opened:
        workers, pictures = opened.branch.workers, opened.branch.call.pictures
        await workers.start()
        visit = await opened.accepted()

        async def begun() -> bool:
            return visit.id in pictures and pictures[visit.id].media_allowed

        async def held() -> bool:
            calls = [stats["calls"].get(visit.id) for stats in await workers.stats()]
            return any(call and call["held"] for call in calls)

        await eventually(begun)
        await opened.do(
            visit,
            *(c.LegUp(party, f"{party}-1") for party in visit.parties),
            *(c.RecordingConfirmed(party) for party in visit.parties),
            c.Hold(TELLER, on=True),
        )
        await eventually(held)
        (first,) = workers.pids()

        async def replaced() -> bool:
            return workers.pids() not in ([first], [])

        pictures[visit.id].state = "on"
        psutil.Process(first).send_signal(signal.SIGKILL)
        await eventually(replaced)
        await eventually(held)
        assert pictures[visit.id].state == "starting"
