"""The registers' desk: every question ends in an answer, pictures leave only with a consent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Connection

from recording.keys import FileKeyWrapper
from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.facts import FactsDesk, VisitFacts
from teller_server.desk.fields import FieldCipher
from teller_server.desk.keys import DataKeys
from teller_server.desk.registry import RegistryDesk
from teller_server.desk.script_shelf import Scripts
from teller_server.desk.subjects import Subject, subject_of
from teller_server.domain import commands as c
from teller_server.domain.errors import Outage
from teller_server.domain.ids import SealedText
from teller_server.domain.registers import RegisterState
from teller_server.domain.state import Visit
from teller_server.store import fields
from teller_server.store.fields import SealedField
from teller_server.store.keys import keep_key
from teller_server.store.store import Store
from teller_server.systems.demo_registers import DemoRegistry
from teller_server.systems.registry import Answer
from tests.teller_server.domain.test_registers import script
from tests.teller_server.material import NOON, TELLER, usual
from tests.teller_server.services.test_services import service

VISIT = "visit-1"
NAME, NUMBER, PHONE = "李雷", "330106199001010028", "13800000001"
FACE = b"a portrait"


class Kept:
    """Evidence that takes what it is given, until it is full."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {"portrait-digest": FACE}
        self.full = False

    async def attach(self, _visit: str, data: bytes, _media_type: str, role: str) -> str:
        if self.full:
            raise Outage("evidence_not_open")
        self.objects[role] = data
        return role

    async def read(self, _visit: str, digest: str) -> bytes:
        return self.objects[digest]


class Moody(DemoRegistry):
    """The demo's registers; what is asked of a citizen is noted, and answered as told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bytes | None]] = []
        self.mood: Callable[[], Awaitable[None]] | None = None

    async def citizen(self, name: str, number: str, portrait: bytes | None) -> Answer:
        self.asked.append((name, number, portrait))
        if self.mood is not None:
            await self.mood()
        return await super().citizen(name, number, portrait)


class Desk:
    """One visit at its registers' step, and the desk that listens."""

    def __init__(self, store: Store, place: Path) -> None:
        self.store, self.crew, self.kept, self.registry = store, Crew(), Kept(), Moody()
        self.counter = Counter(store.visits, lambda: datetime.now(UTC))
        self.keys = DataKeys(store, FileKeyWrapper(place / "master.key"))
        self.scripts = Scripts({"change_of_details": script()}, place / "scripts")

    def listen(self, patience: float = 60) -> None:
        RegistryDesk(
            self.counter, self.crew, self.store.visits, self.kept,  # type: ignore[arg-type]
            FactsDesk(self.store, self.keys), self.scripts, self.registry, lambda _: None, patience,
        )  # fmt: skip

    async def begin(self, *, face: bool = True, known: Mapping[str, str] | None = None) -> None:
        key, row = await self.keys.make(VISIT, NOON)
        cipher = FieldCipher(VISIT, key)
        plain = {"name": NAME, "document_number": NUMBER, "before": f'{{"phone": "{PHONE}"}}'}
        plain |= known or {}
        sealed = {n: SealedField(SealedText(cipher.seal(n, value))) for n, value in plain.items()}
        keep = fields.keep(VISIT, sealed)

        def alongside(connection: Connection) -> None:
            keep_key(connection, row)
            keep(connection)

        consents = {"recording": True, "face": face}
        opened = c.OpenVisit(VISIT, script(), "zh-CN", "digest", False, consents)
        await self.store.visits.apply(VISIT, opened, self.counter.now(), alongside=alongside)
        later = datetime(2100, 1, 1, tzinfo=UTC)
        await self.do(c.TakeTicket("A1"), c.Offer("p", TELLER, later), c.Accept("p", TELLER, "r"))
        for party in ("customer", "teller"):
            await self.do(c.LegUp(party, f"{party}-1"), c.RecordingConfirmed(party))
        for step in ("recording_consent", "document"):
            await self.do(c.StartStep(step, TELLER), *usual(step))
            await self.do(c.CompleteStep(step, TELLER, "passed"))
        await self.do(c.StartStep("registers", TELLER))

    async def do(self, *commands: c.Command) -> None:
        for command in commands:
            await self.counter.act(VISIT, command)

    async def answers(self) -> Mapping[str, RegisterState]:
        """Once every register has answered."""
        async with asyncio.timeout(60):
            while True:
                found = (await self._visit()).step("registers")
                assert found is not None
                if all(one.status != "running" for one in found.registers.values()):
                    return found.registers
                await asyncio.sleep(0.01)

    async def _visit(self) -> Visit:
        return await self.store.visits.get(VISIT)


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = await Store.open(f"sqlite:///{tmp_path}/branch.db")
    found = Desk(store, tmp_path)
    yield found
    await found.crew.close()
    await store.close()


async def test_what_was_answered_is_sealed_and_named(desk: Desk) -> None:
    desk.listen()
    await desk.begin()
    found = await desk.answers()
    assert {check: one.status for check, one in found.items()} == {
        "citizen": "match", "phone": "match",
    }  # fmt: skip
    assert found["citizen"].kept == "registry_citizen"
    assert b'"result": "yes"' in desk.kept.objects["registry_citizen"]
    assert desk.registry.asked == [(NAME, NUMBER, FACE)]


async def test_without_consent_no_picture_leaves_the_house(desk: Desk) -> None:
    desk.listen()
    await desk.begin(face=False)
    assert (await desk.answers())["citizen"].status == "match"
    assert desk.registry.asked == [(NAME, NUMBER, None)]


async def _never() -> None:
    await asyncio.sleep(3600)


async def _breaks() -> None:
    raise RuntimeError(f"{NAME} {NUMBER}")


@pytest.mark.parametrize(
    ("mood", "reason"), [(_never, "registry_timeout"), (_breaks, "not_asked")], ids=["slow", "odd"]
)
async def test_a_question_always_ends_in_an_answer(
    desk: Desk, mood: Callable[[], Awaitable[None]], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.registry.mood = mood
    desk.listen(patience=3)
    await desk.begin()
    found = (await desk.answers())["citizen"]
    assert (found.status, found.reasons, found.kept) == ("unreachable", (reason,), "")
    desk.registry.mood = None
    await desk.do(c.AskRegistry("registers", TELLER, "citizen"))
    again = (await desk.answers())["citizen"]
    assert (again.status, again.attempt) == ("match", 2)
    said = "".join(capsys.readouterr())
    assert NAME not in said
    assert NUMBER not in said


async def test_an_answer_that_can_not_be_sealed_is_none(desk: Desk) -> None:
    desk.kept.full = True
    desk.listen()
    await desk.begin()
    assert {one.status for one in (await desk.answers()).values()} == {"unreachable"}


async def test_what_is_not_known_is_not_asked(desk: Desk) -> None:
    desk.listen()
    await desk.begin(known={"document_number": ""})
    found = await desk.answers()
    assert {one.reasons for one in found.values()} == {("registry_fact_missing",)}
    assert desk.registry.asked == []


# who and what is asked about


def test_the_shipped_services_ask_about_the_right_ones() -> None:
    facts = VisitFacts(
        name=NAME,
        document_number=NUMBER,
        before={"phone": PHONE},
        forms={
            "details_phone": {"phone": "13900000009"},
            "guarantor_details": {"guest_name": "王芳", "guest_document": "G1"},
            "company": {"company": "青禾", "credit_code": "91", "beneficial_owner": "韩梅梅"},
        },
    )
    me = Subject(NAME, NUMBER, PHONE)
    change, loan = service("change_of_details"), service("loan_interview")
    assert subject_of(change, facts, "registers") == me
    assert subject_of(change, facts, "number_register").phone == "13900000009"
    guarantor = subject_of(loan, facts, "guarantor_registers")
    assert (guarantor.name, guarantor.document) == ("王芳", "G1")
    firm = subject_of(service("corporate_account"), facts, "company_register")
    assert (firm.name, firm.company, firm.credit_code) == (NAME, "青禾", "91")
    assert firm.owner == "韩梅梅"
