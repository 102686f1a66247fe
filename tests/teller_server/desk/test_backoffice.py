"""What was decided reaches the bank once, on good evidence only; the rest waits for a person."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
from sqlalchemy import Connection

from recording.keys import FileKeyWrapper
from teller_server.desk.backoffice import BackOffice
from teller_server.desk.counter import Counter
from teller_server.desk.facts import FactsDesk
from teller_server.desk.fields import FieldCipher, LookupKey
from teller_server.desk.keys import DataKeys
from teller_server.desk.notices import NoticeDesk, Sender
from teller_server.desk.orders import order_of
from teller_server.domain import events as e
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.state import Effect, Visit
from teller_server.store import fields
from teller_server.store.fields import SealedField
from teller_server.store.keys import keep_key
from teller_server.store.outbox import MAX_ATTEMPTS, backoff
from teller_server.store.store import Store
from teller_server.systems.demo_core import DemoCore
from teller_server.systems.port import Backoffice, Seals
from tests.teller_server.systems.banks import SampleBank, sample_bank
from tests.teller_server.systems.short import Short

NAMES = {"zh-CN": "示范银行", "en": "Model Bank"}
OLD, NEW = "13800000001", "13900000009"
LEI = "C100001"


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

    async def read_closed(self, visit: str, digest: str) -> bytes:
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
    desk: BackOffice

    async def visit(self, *, checked: bool = False, language: str = "zh-CN", **wanted: str) -> None:
        """Through the call to the seal (and a second person's agreement)."""
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
        if checked:
            await self.short.approved()
        else:
            await self.short.done(language=language)

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
            self.short.now += timedelta(minutes=16)


def desk(house: House, core: Backoffice) -> BackOffice:
    sender = Sender(NAMES, "95000", "Asia/Shanghai")
    notices = NoticeDesk(house.store.notices, house.counter, house.keys, house.demo, sender)
    facts = FactsDesk(house.store, house.keys)
    return BackOffice(
        house.store, house.counter, house.keys, facts, house.witness, core, notices, house.witness,
        house.witness, LookupKey(b"lookup"),
    )  # fmt: skip


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    store = await Store.open(f"sqlite:///{tmp_path}/branch.db")
    short = Short(store)
    demo = DemoCore(tmp_path / "core.db")
    await demo.seed()
    keys = DataKeys(store, FileKeyWrapper(tmp_path / "master.key"))
    counter = Counter(store.visits, lambda: short.now)
    found = House(short, store, demo, keys, Witness(), counter, desk=None)  # type: ignore[arg-type]
    found.desk = desk(found, demo)
    yield found
    await demo.close()
    await store.close()


# committed


async def test_a_change_is_committed_with_the_digest_of_its_evidence(house: House) -> None:
    await house.visit(address="北京市海淀区学院路1号", phone=OLD)
    await house.rounds()
    visit = await house.store.visits.get("visit-1")
    assert visit.effect is Effect.COMMITTED
    (order,) = await house.demo.orders()
    assert order.wanted == {"changes": {"address": "北京市海淀区学院路1号"}}
    assert (order.call_seal, order.decision_seal) == ("manifest", None)
    assert visit.receipt == f"{order.receipt.number} changed"
    assert await house.demo.messages() == ()
    await house.rounds(3)
    assert len(await house.demo.orders()) == 1


async def test_a_checked_change_carries_the_decision_too(house: House) -> None:
    await house.visit(checked=True, address="elsewhere")
    await house.rounds()
    (order,) = await house.demo.orders()
    told = await house.store.visits.events("visit-1")
    (decided,) = [one.hash for one in told if isinstance(one.event, e.ReviewDecided)]
    assert order.decision_seal == decided


async def test_broken_evidence_commits_nothing_ever(house: House) -> None:
    house.witness.call = "broken"
    await house.visit(address="elsewhere")
    await house.rounds()
    assert await house.effect() is Effect.DEAD_LETTERED
    assert await house.demo.orders() == ()
    ((look,), _) = await house.desk.held_up()
    assert look.detail == "evidence_does_not_verify"


@pytest.mark.parametrize("what", ["call", "decision"])
async def test_what_is_not_stamped_yet_is_waited_for_as_long_as_it_takes(
    house: House, what: str
) -> None:
    house.witness.call = "unstamped" if what == "call" else "stands"
    house.witness.decision = what == "call"
    await house.visit(checked=True, address="elsewhere")
    await house.rounds(MAX_ATTEMPTS + 3)
    assert await house.effect() is Effect.PENDING
    house.witness.call, house.witness.decision = "stands", True
    await house.rounds()
    assert await house.effect() is Effect.COMMITTED


# a bank that is away


@pytest_asyncio.fixture
async def bank(house: House, tmp_path: Path) -> AsyncIterator[SampleBank]:
    async with sample_bank(tmp_path) as sample:
        rest = sample.adapter()
        house.desk = desk(house, rest)
        yield sample
        await rest.close()


async def test_a_bank_that_comes_back_has_the_change_once(house: House, bank: SampleBank) -> None:
    await house.visit(address="elsewhere")
    await bank.stop()
    await house.rounds(3)
    assert await house.effect() is Effect.PENDING
    ((look,), _) = await house.desk.held_up()
    assert (look.state, look.attempts, look.detail) == ("pending", 3, "core_unreachable")
    await bank.start()
    await house.rounds(2)
    assert await house.effect() is Effect.COMMITTED
    assert await house.desk.held_up() == ((), ())


async def test_a_bank_that_stays_away_leaves_it_to_a_person_who_has_it_tried_again(
    house: House, bank: SampleBank
) -> None:
    await house.visit(address="elsewhere")
    await bank.stop()
    await house.rounds(MAX_ATTEMPTS)
    assert await house.effect() is Effect.DEAD_LETTERED
    with pytest.raises(Outage, match="core_unreachable"):
        await house.desk.cancel("visit-1", "staff-root", "the customer asked for it")
    assert await house.effect() is Effect.DEAD_LETTERED
    await bank.start()
    await house.desk.retry("visit-1", "staff-root", "the core is back")
    await house.rounds(2)
    assert await house.effect() is Effect.COMMITTED
    with pytest.raises(Refusal, match="effect_not_given_up"):
        await house.desk.retry("visit-1", "staff-root", "once more")
    entries = await house.store.custody.entries("visit-1")
    assert [(one.actor, one.act) for one in entries] == [
        ("staff-root", "effect_cancelled"),
        ("staff-root", "effect_retried"),
    ]
    assert "core is back" not in json.dumps([dict(one.detail) for one in entries])
    await house.store.visits.verify_chain("visit-1")


async def test_a_cancelled_change_is_withdrawn_at_the_bank(house: House) -> None:
    await house.visit(address="elsewhere")
    (job,) = await house.store.outbox.claim(house.short.now)
    await house.store.outbox.failed(job, "core_unreachable", house.short.now, final=True)
    applied = await house.desk.cancel("visit-1", "staff-root", "the customer asked for it")
    assert applied.visit.effect is Effect.CANCELLED
    assert await house.demo.orders() == ()
    with pytest.raises(Refusal, match="effect_not_given_up"):
        await house.desk.cancel("visit-1", "staff-root", "once more")


async def test_a_bank_that_had_taken_it_wins_over_a_cancel(house: House) -> None:
    await house.visit(phone=NEW)
    await house.lost_answer()
    applied = await house.desk.cancel("visit-1", "staff-root", "the customer asked for it")
    assert applied.visit.effect is Effect.COMMITTED
    await house.rounds()
    assert {one.to for one in await house.demo.messages()} == {OLD, NEW}


# notices


async def test_both_telephones_are_told_and_how_to_object(house: House) -> None:
    await house.visit(phone=NEW)
    await house.rounds(3)
    messages = await house.demo.messages()
    assert sorted(one.to for one in messages) == [OLD, NEW]
    (order,) = await house.demo.orders()
    for one in messages:
        assert one.purpose == "notice"
        assert "【示范银行】" in one.text
        assert "2026年11月23日" in one.text
        assert "138****0001 变更为 139****0009" in one.text
        assert f"受理编号 {order.receipt.number}" in one.text
        assert "请立即致电 95000" in one.text
        assert OLD not in one.text
        assert NEW not in one.text


async def test_an_english_customer_reads_english(house: House) -> None:
    await house.visit(language="en", phone=NEW)
    await house.rounds()
    for one in await house.demo.messages():
        assert one.text.startswith("Model Bank: the phone number we hold for you was changed from")
        assert "call 95000 at once" in one.text


async def test_the_database_has_no_number_in_the_clear(house: House, tmp_path: Path) -> None:
    await house.visit(phone=NEW)
    await house.rounds()
    whole = b"".join(path.read_bytes() for path in sorted(tmp_path.glob("branch.db*")))  # noqa: ASYNC240
    assert NEW.encode() not in whole
    assert OLD.encode() not in whole


def test_four_hours_of_silence_are_borne() -> None:
    borne = sum((backoff(n) for n in range(1, MAX_ATTEMPTS)), timedelta())
    assert timedelta(hours=3) < borne < timedelta(hours=6)
