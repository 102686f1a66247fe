"""People of a journey: they meet in a call, are served, and what they leave behind is looked at."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recording.verify import Verdict, verify
from teller_server.rehearse.customer import Customer, Person
from teller_server.rehearse.media import Medium
from teller_server.rehearse.play import Play, Wishes
from teller_server.rehearse.rehearsal import find_evidence
from teller_server.rehearse.reviewer import Reviewer
from teller_server.rehearse.server import PrivateServer
from teller_server.rehearse.teller import Teller
from teller_server.rehearse.wire import View, WireError
from tests.phones import core_of, rows

# Customers whom the demo core knows.
LI_LEI = Person("李雷", "330106199001010028")
HAN_MEIMEI = Person("韩梅梅", "310104198805120041")
WANG_XIAOMING = Person("王小明", "440305199507230013")
OWEN = Person("Owen Pryce", "518230446")

PATIENCE = 240.0  # an effect in hand when the power failed is another's after a minute
STEPS = ["recording_consent", "document", "face", "details", "confirmation", "decision"]
HOUSE = Path(__file__).parent / "house"
SHORT = {"directory": str(HOUSE), "packs": ["house"]}  # short scripts under a pack without demands
OFTEN = {"head_seconds": 2, "stamp_seconds": 4}  # so that a short visit has attested heads
CHANGE = {"address": "杭州市西湖区彩排路 1 号", "occupation": "professional"}


@dataclass(frozen=True, slots=True)
class Cast:
    """What customers and tellers send."""

    customer: Medium
    teller: Medium


@dataclass(frozen=True, slots=True)
class Meeting:
    """A teller and a customer in one visit."""

    teller: Teller
    customer: Customer
    cast: Cast

    @property
    def visit(self) -> str:
        return self.customer.visit

    async def serve(self) -> None:
        """Every step of the service."""
        wishes = Wishes(forms={"details": CHANGE})
        await Play(self.teller, {"customer": self.customer}, wishes).to_the_end()

    async def finish(self, outcome: str = "done", reason: str | None = None) -> None:
        """End the service and write the notes."""
        await self.teller.end(outcome, reason)
        await self.teller.wrap_up(outcome)

    async def wrap_up(self, disposition: str) -> None:
        """Write the notes once the service has ended by itself or by the customer."""
        over = "the service to end"
        await self.teller.visit(lambda visit: visit["state"] == "wrap_up", over, PATIENCE)
        await self.teller.wrap_up(disposition)

    async def closed(self, effect: str | None = None) -> View:
        """The customer's page once the visit is closed (and its effect has come so far)."""
        return await self.customer.wire.until(
            lambda view: (
                view["visit"]["state"] == "closed" and effect in (None, view["visit"]["effect"])
            ),
            f"the visit to close, effect {effect}",
            PATIENCE,
        )


@asynccontextmanager
async def meeting(
    server: PrivateServer, cast: Cast, person: Person, *, face: bool = True, language: str = "zh-CN"
) -> AsyncIterator[Meeting]:
    """Both are connected and recorded, and service may begin."""
    async with console(server, cast) as teller, phone(server, cast, person, face, language) as who:
        await teller.ready()
        await teller.accept(await who.take_ticket())
        await asyncio.gather(who.join(), teller.join())
        await teller.in_service(PATIENCE)
        yield Meeting(teller, who, cast)


@asynccontextmanager
async def console(server: PrivateServer, cast: Cast) -> AsyncIterator[Teller]:
    """The teller signed in; whoever is not served stays in the queue when the console closes."""
    teller = await Teller.sign_in(server.base, server.teller, cast.teller)
    try:
        yield teller
    finally:
        with suppress(WireError, TimeoutError):
            await _leave_chair(teller)
        await teller.close()


async def _leave_chair(teller: Teller) -> None:
    """Also after a failed test: the next one must find the teller free."""
    await teller.wire.send("teller.state", bold=True, state="away", reason=None)
    if (teller.wire.view or {}).get("visit"):
        await teller.wire.send("visit.end", bold=True, outcome="aborted_technical", reason="test")
        await teller.wire.send("visit.wrap_up", bold=True, disposition="test", note=None)
    await teller.wire.until(lambda view: view["me"]["state"] == "away", "away", PATIENCE)


@asynccontextmanager
async def phone(
    server: PrivateServer,
    cast: Cast,
    person: Person,
    face: bool = True,
    language: str = "zh-CN",
) -> AsyncIterator[Customer]:
    """A customer who has consented; `face` also to the face match."""
    customer = await Customer.arrive(
        server.base, person, cast.customer, face=face, language=language
    )
    try:
        yield customer
    finally:
        await customer.close()


@asynccontextmanager
async def officer(server: PrivateServer, *, second: bool = False) -> AsyncIterator[Reviewer]:
    """A compliance officer at the review desk, or a colleague."""
    who = server.second if second else server.reviewer
    reviewer = await Reviewer.sign_in(server.base, who)
    try:
        yield reviewer
    finally:
        await reviewer.close()


async def eventually(happened: Callable[[], object], what: str) -> None:
    """Look at what no page is told of, until it is so."""
    for _ in range(int(PATIENCE / 0.1)):
        if await asyncio.to_thread(happened):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"never: {what}")


async def found_by_mark(server: PrivateServer, visit: str, mark: str) -> None:
    """The review desk finds the visit by what happened in it, once it has been indexed."""
    async with officer(server) as reviewer:
        for _ in range(int(PATIENCE)):
            asked = {"q": visit, "mark": mark}
            found = await reviewer.door.post("/api/review/visits/search", asked)
            if [one["id"] for one in found["visits"]] == [visit]:
                return
            await asyncio.sleep(1)
    raise AssertionError(f"never found by {mark}")


def evidence_of(server: PrivateServer, visit: str) -> Path:
    found = find_evidence(server.evidence, visit)
    assert found is not None, f"no evidence of {visit}"
    return found


async def command(*words: str | Path) -> tuple[int, str]:
    """Exit code and standard output of `teller-server …`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "teller_server"),
        *map(str, words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


async def judged(directory: Path) -> Verdict:
    """The witness's word, in this process."""
    return await asyncio.to_thread(verify, directory)


async def verdict(directory: Path, receipt: Path | None = None) -> tuple[int, dict[str, Any]]:
    """What `teller-server verify` says of a package."""
    more = ("--receipt", receipt) if receipt else ()
    code, output = await command("verify", directory, "--json", *more)
    return code, json.loads(output.splitlines()[-1])


def alter(database: Path, statement: str, *values: object) -> None:
    """Change a SQLite file beside its owner: what time or a crash would have done to it."""
    with closing(sqlite3.connect(database, timeout=20)) as connection, connection:
        connection.execute(statement, values)


def branch_database(server: PrivateServer) -> Path:
    return server.data / "branch.db"


def core_database(server: PrivateServer) -> Path:
    return core_of(server.data)


def changes_in_core(server: PrivateServer, visit: str) -> list[dict[str, str]]:
    """What the bank's system took from this visit."""
    statement = "SELECT wanted FROM orders WHERE receipt IS NOT NULL AND key LIKE ?"
    found = rows(core_database(server), statement, f"{visit}/%")
    return [json.loads(wanted)["changes"] for (wanted,) in found]


def words_of(server: PrivateServer, visit: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The visit's events as the branch keeps them: name and body."""
    statement = "SELECT name, body FROM events WHERE visit = ? ORDER BY seq"
    for name, body in rows(branch_database(server), statement, visit):
        yield name, json.loads(body)
