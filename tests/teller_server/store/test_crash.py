"""kill -9 at any moment: what was acknowledged is there, nothing is there twice."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from pathlib import Path

from sqlalchemy import text

import teller_server
from teller_server.store.store import Store
from tests.teller_server.store.branch import Branch
from tests.teller_server.store.crash_child import TELLERS

ROOT = Path(teller_server.__file__).parent.parent
KILLS = 5

_ACCEPTED = "SELECT visit, count(*) FROM events WHERE name = 'OfferAccepted' GROUP BY visit"
_LIVE = "SELECT teller, count(*) AS pairs FROM pairings WHERE state = 'live' GROUP BY teller"
_LOST = """
SELECT count(*) FROM visits v WHERE v.ticket IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.visit = v.id)
"""


async def test_killed_branches_lose_and_double_nothing(branch: Branch, url: str) -> None:
    for n in range(TELLERS):
        await branch.teller(f"t{n}")
    told: list[str] = []
    for number in range(KILLS):
        told += await killed_branch(url, number)
    await audit(branch.store, told)


async def killed_branch(url: str, number: int) -> list[str]:
    """The visits whose accept the branch had told of when it was killed in mid-work."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.teller_server.store.crash_child", url, str(number),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    first = await asyncio.wait_for(child.stdout.readline(), 120)
    assert first, (await child.stderr.read()).decode()
    await asyncio.sleep(random.Random(number).uniform(0.05, 0.4))
    assert child.returncode is None, (await child.stderr.read()).decode()
    child.kill()
    rest, _ = await child.communicate()
    lines = (first + rest).decode().split("\n")[:-1]
    return [line.split()[1] for line in lines]


async def audit(store: Store, told: list[str]) -> None:
    async def ask(statement: str) -> list[tuple[str, int]]:
        return await store.read(lambda conn: [tuple(row) for row in conn.execute(text(statement))])

    accepted = dict(await ask(_ACCEPTED))
    assert len(told) >= KILLS
    assert max(Counter(told).values()) == 1
    assert set(told) <= accepted.keys()
    assert set(accepted.values()) == {1}
    assert all(pairs == 1 for _, pairs in await ask(_LIVE))
    assert await ask(_LOST) == [(0,)]
    for (visit,) in await ask("SELECT id FROM visits"):
        await store.visits.verify_chain(visit)
