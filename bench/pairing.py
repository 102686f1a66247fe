"""How fast the embedded store pairs: `python -m bench.pairing [--json]`.

1,000 customers wait in 12 lanes (6 skills, 2 languages) for 200 tellers. Each round a random free
teller is offered the next customer, accepts, ends the call and wraps up, and a new customer joins;
every step is a durable commit with its events, chain and projections. In the same run, turn by
turn, a reference does the same pairing with bare sqlite3 statements and no history. Prints the
latency of each verb, the ratio to the reference, and the noise: what the same disk needed for a
commit of one small row, and the load of the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench._pairing_reference import Reference
from bench.machine import describe
from teller_server.domain import commands as c
from teller_server.domain.people import Role, TellerState
from teller_server.domain.script import ServiceScript
from teller_server.domain.script_reader import parse_script
from teller_server.domain.state import Outcome
from teller_server.store.accounts import Account
from teller_server.store.store import Store

SKILLS, LANGUAGES = 6, ("zh-CN", "en")
LIMIT_MS = 5.0

SCRIPT = Path(__file__).parents[1] / "teller_server/scripts/change_of_details.yaml"


def scripts() -> list[ServiceScript]:
    """The real script under several names, for several lanes."""
    text = SCRIPT.read_text(encoding="utf-8")
    renamed = "service: change_of_details", "skill: change_of_details"
    made = []
    for n in range(SKILLS):
        copy = text.replace(renamed[0], f"service: service_{n}")
        made.append(parse_script(copy.replace(renamed[1], f"skill: service_{n}"), f"{n}.yaml"))
    return made


class Ours:
    """The product's own store, called as the desk calls it."""

    def __init__(self, store: Store, random_: random.Random) -> None:
        self.store, self.random, self.scripts = store, random_, scripts()
        self.number = 0
        self.times: dict[str, list[float]] = {"match": [], "accept": [], "free": [], "join": []}

    async def fill(self, waiting: int, tellers: int) -> None:
        now = datetime.now(UTC)
        for n in range(tellers):
            skills = frozenset(
                f"service_{s}" for s in self.random.sample(range(SKILLS), self.random.randint(2, 4))
            )
            account = Account(
                id=f"t{n}",
                name=f"t{n}",
                display_name="",
                number=f"T{n:04d}",
                roles=frozenset({Role.TELLER}),
                password_hash="",
                created_at=now,
                skills=skills,
                languages=frozenset(LANGUAGES),
            )
            await self.store.accounts.add(account)
            await self.store.floor.set_wish(account.id, TellerState.READY, None, now)
        for _ in range(waiting):
            at = now - timedelta(seconds=self.random.random() * 600)
            visit, command = self._new()
            await self.store.visits.apply(visit, command, at)
            priority = self.random.choice((0, 0, 0, 1, 2))
            await self.store.queue.take_ticket(visit, at.date(), at, priority=priority)

    def _new(self) -> tuple[str, c.OpenVisit]:
        self.number += 1
        visit = f"v{self.number}"
        script = self.random.choice(self.scripts)
        language = self.random.choice(LANGUAGES)
        consents = {"recording": True, "face": True}
        return visit, c.OpenVisit(visit, script, language, visit, False, consents)

    async def round(self, teller: str) -> bool:
        """One pairing from offer to free again; False when nobody waited for this teller."""
        store, now = self.store, datetime.now(UTC)
        begun = time.perf_counter()
        offered = await store.queue.match_teller(teller, now)
        self.times["match"].append(time.perf_counter() - begun)
        if offered is None or offered.visit.offer is None:
            return False
        visit, pairing = offered.visit.id, offered.visit.offer.pairing
        begun = time.perf_counter()
        await store.queue.accept(pairing, teller, f"r-{visit}", now, command_id=pairing)
        self.times["accept"].append(time.perf_counter() - begun)
        begun = time.perf_counter()
        await store.visits.apply(visit, c.Abort(Outcome.ABORTED_TECHNICAL, "bench"), now)
        await store.visits.apply(visit, c.WrapUp(teller, "done"), now)
        self.times["free"].append((time.perf_counter() - begun) / 2)
        begun = time.perf_counter()
        joined, command = self._new()
        await store.visits.apply(joined, command, now)
        await store.queue.take_ticket(joined, now.date(), now)
        self.times["join"].append((time.perf_counter() - begun) / 2)
        return True


def bare_commit(folder: Path, count: int = 200) -> list[float]:
    """Seconds for a durable commit of one small row: what the disk alone costs."""
    db = sqlite3.connect(folder / "bare.db", isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("CREATE TABLE one (n INTEGER)")
    times = []
    for n in range(count):
        begun = time.perf_counter()
        db.execute("INSERT INTO one VALUES (?)", (n,))
        times.append(time.perf_counter() - begun)
    db.close()
    return times


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Milliseconds: median, 99th percentile, largest, and the sample size."""
    ordered = sorted(seconds)
    return {
        "p50_ms": round(ordered[len(ordered) // 2] * 1e3, 3),
        "p99_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1e3, 3),
        "max_ms": round(ordered[-1] * 1e3, 3),
        "samples": len(ordered),
    }


async def measure(folder: Path, seconds: float, waiting: int, tellers: int) -> dict[str, Any]:
    random_ = random.Random(1)
    store = await Store.open(f"sqlite:///{folder / 'branch.db'}")
    ours = Ours(store, random_)
    await ours.fill(waiting, tellers)
    reference = Reference(folder / "reference.db", random.Random(1), waiting, tellers)
    before = bare_commit(folder)
    load = os.getloadavg()[0]
    pairs, busy = 0, 0.0
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        teller = random_.randrange(tellers)
        begun = time.perf_counter()
        pairs += await ours.round(f"t{teller}")
        busy += time.perf_counter() - begun
        await asyncio.to_thread(reference.round, teller)
    await store.close()
    times = {name: spread(values) for name, values in ours.times.items()}
    bare = spread(reference.times)
    rows = [{"verb": name, **row} for name, row in times.items()]
    rows += [
        {"verb": "reference match", **bare},
        {"verb": "bare commit", **spread(before)},
    ]
    return {
        "bench": "pairing",
        "waiting": waiting,
        "tellers": tellers,
        "lanes": SKILLS * len(LANGUAGES),
        "pairs": pairs,
        "pairs_per_s": round(pairs / busy, 1),
        "rows": rows,
        "ratio_p50": round(times["match"]["p50_ms"] / bare["p50_ms"], 2),
        "ratio_p99": round(times["match"]["p99_ms"] / bare["p99_ms"], 2),
        "match_p99_ms": times["match"]["p99_ms"],
        "limit_ms": LIMIT_MS,
        "within_limit": times["match"]["p99_ms"] < LIMIT_MS,
        "load_before": round(load, 2),
        "load_after": round(os.getloadavg()[0], 2),
        "sqlite": sqlite3.sqlite_version,
        "machine": describe(),
    }


def table(result: dict[str, Any]) -> str:
    lines = [
        f"{result['waiting']} waiting, {result['tellers']} tellers, {result['lanes']} lanes",
        f"{result['pairs']} pairs at {result['pairs_per_s']}/s (6 durable commits each)",
        f"{'verb':<18}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}{'samples':>9}",
    ]
    lines += [
        f"{row['verb']:<18}{row['p50_ms']:>9}{row['p99_ms']:>9}{row['max_ms']:>9}{row['samples']:>9}"
        for row in result["rows"]
    ]
    word = "within" if result["within_limit"] else "OVER"
    lines.append(
        f"match is {result['ratio_p50']}× (p50) and {result['ratio_p99']}× (p99) the reference; "
        f"p99 is {word} {result['limit_ms']} ms; load {result['load_before']}"
    )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.pairing", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--waiting", type=int, default=1000)
    parser.add_argument("--tellers", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pairing-") as folder:
        result = asyncio.run(measure(Path(folder), asked.seconds, asked.waiting, asked.tellers))
    print(table(result))
    if asked.json:
        print(json.dumps(result, ensure_ascii=False))
    return 0 if result["within_limit"] else 1


if __name__ == "__main__":
    sys.exit(main())
