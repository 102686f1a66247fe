"""A server killed 40 times in mid-sentence loses no message, doubles none, keeps their order."""

import asyncio
import contextlib
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import Connection, text

from teller_server.store.engine import connect
from teller_server.store.migrate import migrate_database
from tests.signaling.page import Page

ROOT = Path(__file__).parents[3]
KILLS = 40
OUTSTANDING = 12


class Nursery:
    """The process that forks servers; `kill` does what it says."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.port = port
        self.child = 0

    async def line(self) -> str:
        assert self.process.stdout
        return (await self.process.stdout.readline()).decode().strip()

    async def start(self) -> None:
        assert self.process.stdin
        self.process.stdin.write(b"\n")
        await self.process.stdin.drain()
        self.child = int(await self.line())

    async def kill(self) -> None:
        os.kill(self.child, signal.SIGKILL)
        assert await self.line() == "dead"


@pytest.fixture
async def database_url(tmp_path: Path) -> str:
    def prepare(connection: Connection) -> None:
        connection.execute(
            text("CREATE TABLE done (row INTEGER PRIMARY KEY, n INTEGER, id TEXT UNIQUE)")
        )

    url = f"sqlite:///{tmp_path / 'branch.db'}"
    database = connect(url)
    await migrate_database(database)
    await database.write(prepare)
    await database.close()
    return url


@pytest.fixture
async def nursery(database_url: str) -> AsyncIterator[Nursery]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.teller_server.api.wire_nursery", database_url),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    nursery = Nursery(process, int(await process.stdout.readline()))
    yield nursery
    if nursery.child:
        with contextlib.suppress(ProcessLookupError):
            os.kill(nursery.child, signal.SIGKILL)
    process.kill()
    await process.wait()


async def test_forty_kills_lose_and_double_nothing(nursery: Nursery, database_url: str) -> None:
    heard: list[int] = []
    chance = random.Random(20260613)
    over = asyncio.Event()
    async with aiohttp.ClientSession() as http:
        page = Page(http, f"http://127.0.0.1:{nursery.port}/ws")
        talking = asyncio.create_task(_talk(page, heard, over))
        for _ in range(KILLS):
            await nursery.start()
            before = len(heard)
            while len(heard) == before:  # noqa: ASYNC110 - once it has served, it may die
                await asyncio.sleep(0.005)
            await asyncio.sleep(chance.uniform(0, 0.12))
            await nursery.kill()
        await nursery.start()
        over.set()
        await asyncio.wait_for(talking, 60)
        await page.close()
    assert heard == list(range(1, page.seq + 1))
    assert await _effects(database_url) == heard


async def _talk(page: Page, heard: list[int], over: asyncio.Event) -> None:
    """Say numbers and hear them, over as many sockets as it takes."""
    while not over.is_set() or page.kept or len(heard) < page.seq:
        with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
            await page.open()
            while not over.is_set() or page.kept or len(heard) < page.seq:
                while not over.is_set() and len(page.kept) < OUTSTANDING:
                    await page.say("put", n=page.seq + 1)
                message = await page.hear()
                if message["type"] == "closed":
                    break
                if message["type"] == "got":
                    heard.append(message["body"]["n"])
        await asyncio.sleep(0.01)


async def _effects(url: str) -> list[int]:
    database = connect(url)
    rows = await database.read(
        lambda connection: connection.execute(text("SELECT n FROM done ORDER BY row")).all()
    )
    await database.close()
    return [row[0] for row in rows]
