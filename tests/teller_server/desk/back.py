"""The desks behind a branch: a visit with what it wants sealed in it, and a bank."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection

from recording.keys import FileKeyWrapper
from teller_server.desk.backoffice import BackOffice
from teller_server.desk.counter import Counter
from teller_server.desk.facts import FactsDesk
from teller_server.desk.fields import FieldCipher, LookupKey
from teller_server.desk.keys import DataKeys
from teller_server.desk.notices import NoticeDesk, Sender
from teller_server.desk.orders import order_of
from teller_server.desk.repudiation import RepudiationDesk
from teller_server.domain.ids import SealedText
from teller_server.domain.state import Effect, Visit
from teller_server.store import fields
from teller_server.store.fields import SealedField
from teller_server.store.keys import keep_key
from teller_server.store.store import Store
from teller_server.systems.demo_core import DemoCore
from teller_server.systems.messages import Messenger
from teller_server.systems.port import Backoffice, Seals
from tests.teller_server.systems.short import Short

NAMES = {"zh-CN": "示范银行", "en": "Model Bank"}
OLD, NEW = "13800000001", "13900000009"
LEI = "C100001"
LOOKUP = LookupKey(b"lookup")


@dataclass
class Witness:
    """Says of the evidence on the disk what the test wants it to say."""

    call: Literal["stands", "unstamped", "broken"] = "stands"
    decision: bool = True
    asked: list[str] = field(default_factory=list)

    async def stands(self, visit: str, manifest: str) -> Literal["stands", "unstamped", "broken"]:
        self.asked.append(manifest)
        return self.call

    async def decision_stands(self, visit: Visit) -> bool:
        return self.decision

    async def read_closed(self, visit: str, digest: str, purpose: object) -> bytes:
        raise AssertionError("a change of details has no papers")


@dataclass
class House:
    """A visit with what it wants sealed in it, the desk, and the demo's bank."""

    short: Short
    store: Store
    demo: DemoCore
    keys: DataKeys
    witness: Witness
    counter: Counter
    desk: BackOffice = field(init=False)
    notices: NoticeDesk = field(init=False)
    repudiation: RepudiationDesk = field(init=False)

    def face(self, core: Backoffice, messenger: Messenger | None = None) -> None:
        """From now on the desks ask this bank, and send by this gateway."""
        sender = Sender(NAMES, "95000", "Asia/Shanghai", "https://bank.example")
        gateway = messenger or self.demo
        self.notices = NoticeDesk(self.store.notices, self.counter, self.keys, gateway, sender)
        facts, sees = FactsDesk(self.store, self.keys), self.witness
        self.desk = BackOffice(
            self.store, self.counter, self.keys, facts, sees, core, self.notices, sees, sees, LOOKUP
        )
        self.repudiation = RepudiationDesk(
            self.store, self.counter, self.keys, facts, core, self.desk
        )

    async def visit(
        self, *, checked: bool = False, deciding: bool = False, filled_in: bool = False,
        language: str = "zh-CN",
        **wanted: str,
    ) -> None:  # fmt: skip
        """Through the call to the seal (and a second person's agreement); or to the decision."""
        key, row = await self.keys.make(self.short.visit, self.short.now)
        cipher = FieldCipher(self.short.visit, key)

        def sealed(name: str, value: str) -> SealedField:
            return SealedField(SealedText(cipher.seal(name, value)))

        before = {"phone": OLD, "address": "杭州市西湖区文三路1号"}
        values = {
            "core_reference": sealed("core_reference", LEI),
            "before": sealed("before", json.dumps(before)),
        }
        keep = fields.keep(self.short.visit, values)

        def alongside(connection: Connection) -> None:
            keep_key(connection, row)
            keep(connection)

        self.short.alongside = alongside
        self.short.draft = SealedText(cipher.seal("draft", json.dumps(wanted)))
        if filled_in:
            await self.short.filled_in()
        elif deciding:
            await self.short.deciding()
        elif checked:
            await self.short.approved()
        else:
            await self.short.done(checked=self.short.checked, language=language)

    async def lost_answer(self) -> None:
        """The bank took it and the branch never heard; in the end it was given up."""
        (job,) = await self.store.outbox.claim(self.short.now)
        visit = await self.store.visits.get(job.visit)
        facts = await FactsDesk(self.store, self.keys).of(visit)
        order = order_of(visit, job.key, job.effect, facts, {})
        await self.demo.commit(order, Seals(visit.manifest or ""), self.short.now)
        await self.store.outbox.failed(job, "core_unreachable", self.short.now, final=True)

    async def effect(self) -> Effect:
        return (await self.store.visits.get(self.short.visit)).effect

    async def rounds(self, many: int = 1) -> None:
        for _ in range(many):
            await self.desk.round()
            await self.notices.round()
            self.short.now += timedelta(minutes=16)


@asynccontextmanager
async def opened(place: Path) -> AsyncIterator[House]:
    """The desks in front of the demo's bank."""
    store = await Store.open(f"sqlite:///{place}/branch.db")
    short = Short(store)
    demo = DemoCore(place / "core.db")
    await demo.seed()
    keys = DataKeys(store, FileKeyWrapper(place / "master.key"))
    counter = Counter(store.visits, lambda: short.now)
    found = House(short, store, demo, keys, Witness(), counter)
    found.face(demo)
    try:
        yield found
    finally:
        await demo.close()
        await store.close()
