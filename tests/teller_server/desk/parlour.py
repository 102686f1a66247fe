"""The call desk with its evidence and a real worker, without the rest of a branch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection

from recording.keys import FileKeyWrapper
from recording.seal import FileSigner, LocalTimestampAuthority
from signaling.media.agent import own_addresses
from signaling.media.policy import MediaPolicy
from teller_server.desk.call import CallDesk
from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.evidence import EvidenceDesk
from teller_server.desk.heads import HeadTimes
from teller_server.desk.keys import DataKeys, recording_of
from teller_server.domain import commands as c
from teller_server.domain.script import Guest
from teller_server.domain.state import Visit
from teller_server.store.keys import keep_key
from teller_server.store.store import Store
from teller_server.worker.pool import WorkerPool
from tests.signaling.media.peers import Peer
from tests.teller_server import material
from tests.teller_server.material import TELLER

VISIT = "visit-1"
PATIENCE = 180.0
POLICY = MediaPolicy().this_machine(own_addresses())
GUEST = Guest("guarantor", {"zh-CN": "保证人", "en": "Guarantor"})


@dataclass
class Parlour:
    """One visit with a foreseen guarantor, and short words for what happens in it."""

    store: Store
    counter: Counter
    keys: DataKeys
    evidence: EvidenceDesk
    call: CallDesk
    workers: WorkerPool
    asked_back: list[str]
    people: list[Peer] = field(default_factory=list)

    async def visit(self) -> Visit:
        return await self.store.visits.get(VISIT)

    async def do(self, *commands: c.Command) -> None:
        for command in commands:
            await self.counter.act(VISIT, command)

    async def until(self, holds: Callable[[Visit], bool]) -> Visit:
        async with asyncio.timeout(PATIENCE):
            while not holds(now := await self.visit()):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return now

    async def accepted(self) -> None:
        """A teller has taken the visit, and media are allowed."""
        key = (await self.keys.make(VISIT, self.counter.now()))[1]

        def alongside(connection: Connection) -> None:
            keep_key(connection, key)

        script = replace(material.script(), guests=(GUEST,))
        opening = replace(material.opening(VISIT), script=script)
        await self.counter.act(VISIT, opening, alongside=alongside)
        later = self.counter.now().replace(year=2100)
        recording = recording_of(VISIT)
        await self.do(
            c.TakeTicket("A001"), c.Offer("p1", TELLER, later), c.Accept("p1", TELLER, recording)
        )
        await self.until(
            lambda _: VISIT in self.call.pictures and self.call.pictures[VISIT].media_allowed
        )

    async def join(self, party: str, leg: str) -> Peer:
        """A page offers lines for everybody, and the party is here: connected and on disk."""
        brightness = {"customer": 60, "teller": 200}.get(party, 130)
        peer = Peer(party, brightness, seats=2)
        self.people.append(peer)
        answer = await self.call.answer(await self.visit(), party, leg, await peer.offer())
        await peer.accept(answer)
        picture = self.call.pictures[VISIT]
        await self.until(
            lambda visit: (
                visit.here(party) and visit.legs[party].leg == leg and picture.confirmed(party)
            )
        )
        return peer


async def stored_nowhere(_recording: str) -> None:
    """There is no vault."""


@asynccontextmanager
async def parlour(place: Path) -> AsyncIterator[Parlour]:
    store = await Store.open(f"sqlite:///{place}/branch.db")
    counter, crew = Counter(store.visits), Crew()
    keys = DataKeys(store, FileKeyWrapper(place / "master.key"))
    evidence = EvidenceDesk(
        store,
        counter,
        keys,
        crew,
        place / "evidence",
        FileSigner(place / "signer"),
        LocalTimestampAuthority(place / "timestamp"),
        HeadTimes(30, 60),
        lambda *_head: None,
        stored_nowhere,
        shred_refused=False,
        software="test",
        rules_of=lambda _visit: {},
    )
    asked_back: list[str] = []
    call = CallDesk(
        counter,
        store.visits,
        evidence,
        crew,
        lambda _visit: None,
        lambda _visit, party: asked_back.append(party),
        connect_seconds=PATIENCE,
        rejoin_seconds=0.0,
    )
    workers = WorkerPool(1, asdict(POLICY), on_event=call.worker_said, on_lost=call.workers_lost)
    call.use(workers)
    opened = Parlour(store, counter, keys, evidence, call, workers, asked_back)
    try:
        await workers.start()
        yield opened
    finally:
        for peer in opened.people:
            await peer.leave()
        await workers.close()
        await evidence.close()
        await crew.close()
        await store.close()
