"""Workers that die, hang or never come up: calls are told of it, and nobody waits for ever."""

import asyncio
import signal
from collections.abc import AsyncIterator

import psutil
import pytest

from teller_server.worker import pool as pools
from teller_server.worker.link import LinkBrokenError
from teller_server.worker.pool import WorkerPool

LONG = 60


class Desk:
    """Hears of lost calls."""

    def __init__(self) -> None:
        self.lost: asyncio.Queue[set[str]] = asyncio.Queue()
        self.pool = WorkerPool(
            1, {}, on_event=lambda _verb, _body: None, on_lost=self.lost.put_nowait
        )

    async def hears(self) -> set[str]:
        async with asyncio.timeout(LONG):
            return await self.lost.get()


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(pools, "LOOK_SECONDS", 0.05)
    desk = Desk()
    await desk.pool.start()
    yield desk
    await desk.pool.close()


CALL = {
    "parties": [],
    "expected": [],
    "directory": "",
    "recording": "",
    "epoch": 0.0,
    "epoch_wall": "",
}


async def test_a_worker_that_hangs_is_replaced(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.pool.open("visit-1", CALL)
    monkeypatch.setattr(pools, "STUCK_SECONDS", 3.0)
    (stuck,) = desk.pool.pids()
    psutil.Process(stuck).send_signal(signal.SIGSTOP)
    assert await desk.hears() == {"visit-1"}
    await desk.pool.open("visit-1", CALL)
    assert desk.pool.pids() != [stuck]


async def test_a_signal_meant_for_the_desk_does_not_end_a_worker(desk: Desk) -> None:
    await desk.pool.open("visit-1", CALL)
    (worker,) = desk.pool.pids()
    for stop in (signal.SIGTERM, signal.SIGINT):
        psutil.Process(worker).send_signal(stop)
    assert await desk.pool.ask("visit-1", "stats", {})


async def test_nobody_waits_for_ever_for_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "NEW_WORKER_SECONDS", 0.05)
    with pytest.raises(LinkBrokenError):
        await Desk().pool.open("visit-1", CALL)
