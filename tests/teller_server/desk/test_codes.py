"""A one-time code, from the desk by the gateway to the phone and back: its limits hold."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Connection

from recording.keys import FileKeyWrapper
from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.facts import FactsDesk
from teller_server.desk.fields import FieldCipher
from teller_server.desk.keys import DataKeys
from teller_server.desk.script_shelf import Scripts
from teller_server.desk.signatures import SignatureDesk
from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.script_reader import parse_script
from teller_server.domain.signing import MAX_TRIES
from teller_server.settings import Settings
from teller_server.store import fields
from teller_server.store.fields import SealedField
from teller_server.store.keys import keep_key
from teller_server.store.store import Store
from teller_server.systems.demo_core import DemoCore
from tests.teller_server.material import NOON, SCRIPT_FILE, TELLER, usual

VISIT, PHONE = "visit-1", "13800000001"
STEP = "  - {id: proof, kind: one_time_code, to: customer.phone, title: *words, "
FACE = "  - {id: face, kind: face_match"
TEXT = SCRIPT_FILE.read_text("utf-8").replace(FACE, f"{STEP}say: *words, task: *words}}\n{FACE}", 1)
SCRIPT = parse_script(TEXT, "simple.yaml")


class Counterpart:
    """A visit at its code's step, the desk, and the demo's gateway with the customer's phone."""

    def __init__(self, store: Store, phone: DemoCore, place: Path) -> None:
        self.store, self.phone, self.now = store, phone, NOON
        self.keys = DataKeys(store, FileKeyWrapper(place / "master.key"))
        self.counter = Counter(store.visits, lambda: self.now)
        self.desk = SignatureDesk(
            self.counter, Crew(), store.visits, store.evidence.heads, lambda _: None,
            None, FactsDesk(store, self.keys), None, phone,  # type: ignore[arg-type]
            Scripts({SCRIPT.service: SCRIPT}, place / "scripts"), {"zh-CN": "示范", "en": "Model"},
            b"key", code_minutes=Settings().codes.minutes,
        )  # fmt: skip

    async def begin(self) -> None:
        key, row = await self.keys.make(VISIT, NOON)
        sealed = FieldCipher(VISIT, key).seal("before", f'{{"phone": "{PHONE}"}}')
        keep = fields.keep(VISIT, {"before": SealedField(SealedText(sealed))})

        def alongside(connection: Connection) -> None:
            keep_key(connection, row)
            keep(connection)

        consents = {"recording": True, "face": True}
        opened = c.OpenVisit(VISIT, SCRIPT, "zh-CN", "digest", False, consents)
        await self.store.visits.apply(VISIT, opened, NOON, alongside=alongside)
        later = datetime(2100, 1, 1, tzinfo=UTC)
        await self.do(c.TakeTicket("A1"), c.Offer("p", TELLER, later), c.Accept("p", TELLER, "r"))
        for party in ("customer", "teller"):
            await self.do(c.LegUp(party, f"{party}-1"), c.RecordingConfirmed(party))
        for step in ("recording_consent", "document"):
            await self.do(c.StartStep(step, TELLER), *usual(step))
            await self.do(c.CompleteStep(step, TELLER, "passed"))
        await self.do(c.StartStep("proof", TELLER))

    async def do(self, *commands: c.Command) -> None:
        for command in commands:
            await self.counter.act(VISIT, command)

    async def sent(self) -> str:
        """A fresh code, as it stands in the newest message on that phone."""
        visit = await self.store.visits.get(VISIT)
        await self.desk.send_code(visit, "customer", "proof", f"m-{self.now.isoformat()}")
        message = (await self.phone.messages())[0]
        assert message.to == PHONE
        found = re.search(r"\b(\d+)\b，", message.text)
        assert found is not None
        return found[1]

    async def typed(self, code: str) -> bool:
        visit = await self.store.visits.get(VISIT)
        return await self.desk.enter_code(visit, "customer", "proof", code)

    async def refused(self, code: str) -> str:
        with pytest.raises(Refusal) as caught:
            await self.typed(code)
        return caught.value.code


@asynccontextmanager
async def counterpart(place: Path) -> AsyncIterator[Counterpart]:
    store, phone = await Store.open(f"sqlite:///{place}/branch.db"), DemoCore(place / "core.db")
    try:
        found = Counterpart(store, phone, place)
        await found.begin()
        yield found
    finally:
        await phone.close()
        await store.close()


@pytest_asyncio.fixture
async def at(tmp_path: Path) -> AsyncIterator[Counterpart]:
    async with counterpart(tmp_path) as found:
        yield found


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


async def test_six_digits_that_arrived_open_the_step(at: Counterpart) -> None:
    code = await at.sent()
    assert re.fullmatch(r"\d{6}", code)
    at.now += timedelta(minutes=3) - timedelta(seconds=1)
    assert await at.typed(code)
    await at.do(c.CompleteStep("proof", TELLER, "passed"))


async def test_the_fifth_wrong_try_was_the_last(at: Counterpart) -> None:
    code = await at.sent()
    assert MAX_TRIES == 5
    for _ in range(5):
        assert not await at.typed(other(code))
    assert await at.refused(code) == "code_used_up"


async def test_after_three_minutes_it_works_no_more(at: Counterpart) -> None:
    code = await at.sent()
    at.now += timedelta(minutes=3)
    assert await at.refused(code) == "code_expired"
    assert await at.typed(await at.sent())
