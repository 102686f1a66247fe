"""What was decided reaches the bank once, on good evidence only; the rest waits for a person."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from teller_server.domain import events as e
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.state import Effect
from teller_server.store.outbox import MAX_ATTEMPTS, backoff
from teller_server.store.visits import VisitQuery
from tests.teller_server.desk.back import LOOKUP, NEW, OLD, House, opened
from tests.teller_server.systems.banks import SampleBank, sample_bank


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(tmp_path) as found:
        yield found


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
        house.face(rest)
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


# limits


async def test_a_new_number_cools_off_as_long_as_the_script_says(house: House) -> None:
    house.short.cooling = "cooling_off: {field: phone, hours: 24}"
    await house.visit(phone=NEW)
    (look,) = [await house.store.outbox.look("visit-1")]
    assert look is not None
    until = (look.created_at + timedelta(hours=24)).isoformat()
    house.witness.call = "unstamped"
    await house.rounds(2)  # however late it goes out, and however often
    house.witness.call = "stands"
    await house.rounds(2)
    (order,) = await house.demo.orders()
    assert order.wanted == {"changes": {"phone": NEW}, "limits": {"until": until}}


async def test_what_does_not_cool_off_has_no_limits(house: House) -> None:
    house.short.cooling = "cooling_off: {field: phone, hours: 24}"
    await house.visit(phone=OLD, address="elsewhere")
    await house.rounds()
    (order,) = await house.demo.orders()
    assert order.wanted == {"changes": {"address": "elsewhere"}}


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


async def test_each_telephone_has_a_link_of_its_own_and_only_its_hash_is_kept(
    house: House, tmp_path: Path
) -> None:
    await house.visit(phone=NEW)
    await house.rounds()
    links = [_LINK.search(one.text) for one in await house.demo.messages()]
    secrets = {found[1] for found in links if found}
    assert len(secrets) == 2
    whole = b"".join(path.read_bytes() for path in sorted(tmp_path.glob("branch.db*")))  # noqa: ASYNC240
    for secret in secrets:
        assert len(secret) == 32
        assert secret.encode() not in whole


async def test_a_gateway_that_hangs_keeps_no_change_waiting(house: House) -> None:
    class Hangs:
        async def send(self, to: str, text: str, purpose: str, key: str = "") -> None:
            await asyncio.Event().wait()

        async def close(self) -> None: ...

    house.face(house.demo, Hangs())
    await house.visit(phone=NEW)
    await house.desk.round()
    assert await house.effect() is Effect.COMMITTED
    sending = asyncio.ensure_future(house.notices.round())
    await asyncio.sleep(0)
    await house.desk.round()
    assert not sending.done()
    sending.cancel()


async def test_a_visit_is_found_by_its_receipt(house: House) -> None:
    await house.visit(address="elsewhere")
    await house.rounds()
    (order,) = await house.demo.orders()
    asked = VisitQuery(lookups=(LOOKUP.digest(order.receipt.number.lower()),))
    found = await house.store.visits.search(asked)
    assert [row.id for row in found.rows] == ["visit-1"]


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


_LINK = re.compile(r"https://bank\.example/n#([A-Za-z0-9_-]+) ")


def test_four_hours_of_silence_are_borne() -> None:
    borne = sum((backoff(n) for n in range(1, MAX_ATTEMPTS)), timedelta())
    assert timedelta(hours=3) < borne < timedelta(hours=6)
