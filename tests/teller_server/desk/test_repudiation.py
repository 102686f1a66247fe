"""“This was not me”: heard once, believed at once, and passed on until the bank has answered."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from teller_server.desk.notices import LINK_HOURS
from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.state import Effect, RepudiationState
from teller_server.store.outgoing import TYPES
from teller_server.systems.port import Receipt
from tests.teller_server.desk.back import LEI, NEW, OLD, House, opened
from tests.teller_server.store.test_outgoing import endpoint
from tests.teller_server.systems.banks import SampleBank, sample_bank
from tests.teller_server.systems.short import CHECKER

_SECRET = re.compile(r"/n#([A-Za-z0-9_-]+)")


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(tmp_path) as found:
        yield found


@pytest_asyncio.fixture
async def bank(house: House, tmp_path: Path) -> AsyncIterator[SampleBank]:
    async with sample_bank(tmp_path) as sample:
        rest = sample.adapter()
        house.face(rest)
        yield sample
        await rest.close()


async def said(house: House) -> RepudiationState:
    found = (await house.store.visits.get("visit-1")).repudiation
    assert found is not None
    return found


async def secret(house: House, to: str = OLD) -> str:
    """What the notice to a telephone holds."""
    (text,) = [one.text for one in await house.demo.messages() if one.to == to]
    found = _SECRET.search(text)
    assert found is not None
    return found[1]


async def phone(house: House) -> str:
    known = await house.demo.look_up(reference=LEI)
    assert known is not None
    return known.phone


# what was carried out


async def test_a_change_that_was_made_is_undone_at_the_bank(house: House) -> None:
    await house.visit(phone=NEW)
    await house.rounds()
    assert await phone(house) == NEW
    await house.repudiation.by_link(await secret(house))
    assert ((await said(house)).by, (await said(house)).actor) == ("link", "before")
    await house.repudiation.round()
    assert await phone(house) == OLD
    settled = await said(house)
    assert settled.end == "stopped"
    stop, _change = await house.demo.orders()
    assert (settled.detail, Receipt.read(settled.detail).status) == (str(stop.receipt), "reversed")
    assert stop.wanted["order"] == "visit-1/core.change_details"
    await house.repudiation.round()
    assert len(await house.demo.orders()) == 2
    await house.store.visits.verify_chain("visit-1")


async def test_the_same_at_a_bank_over_http_that_was_away_at_first(
    house: House, bank: SampleBank
) -> None:
    await house.visit(phone=NEW)
    await house.rounds()
    await house.repudiation.by_link(await secret(house))
    await bank.stop()
    await house.repudiation.round()
    assert (await said(house)).end is None
    assert [one.id for one in await house.repudiation.waiting()] == ["visit-1"]
    await bank.start()
    await house.repudiation.round()
    assert Receipt.read((await said(house)).detail).status == "reversed"
    assert await house.repudiation.waiting() == ()
    rest = bank.adapter()
    known = await rest.look_up(reference=LEI)
    await rest.close()
    assert known is not None
    assert known.phone == OLD


# what waits


async def test_a_change_that_waits_is_withdrawn_and_never_made(
    house: House, bank: SampleBank
) -> None:
    await house.visit(phone=NEW)
    await bank.stop()
    await house.rounds(2)
    await house.repudiation.by_hotline("visit-1", "bank-1", "来电称非本人办理")
    await bank.start()
    await house.rounds(2)
    assert await house.effect() is Effect.PENDING  # nothing goes out any more
    await house.repudiation.round()
    assert (await said(house)).end == "withdrawn"
    assert await house.effect() is Effect.CANCELLED
    await house.rounds(3)
    assert await house.demo.messages() == ()


async def test_a_change_whose_answer_was_lost_is_found_out_and_undone(house: House) -> None:
    await house.visit(phone=NEW)
    await house.lost_answer()
    await house.repudiation.by_hotline("visit-1", "bank-1", "")
    await house.repudiation.round()
    assert await house.effect() is Effect.COMMITTED
    await house.repudiation.round()
    assert (await said(house)).end == "stopped"
    assert await phone(house) == OLD


async def test_nobody_has_it_tried_again_or_agrees_to_it(house: House) -> None:
    await house.visit(phone=NEW)
    (job,) = await house.store.outbox.claim(house.short.now)
    await house.store.outbox.failed(job, "core_unreachable", house.short.now, final=True)
    await house.repudiation.by_hotline("visit-1", "bank-1", "")
    with pytest.raises(Refusal, match="repudiated"):
        await house.desk.retry("visit-1", "staff-root", "once more")


async def test_what_is_under_review_waits_for_the_second_person_and_goes_no_further(
    house: House,
) -> None:
    house.short.checked = True
    await house.visit(phone=NEW)
    await house.repudiation.by_hotline("visit-1", "bank-1", "")
    await house.repudiation.round()
    assert (await said(house)).end is None
    reason = house.short.draft
    with pytest.raises(Refusal, match="repudiated"):
        await house.short.do(c.Review(CHECKER, "approve", reason))
    await house.short.do(
        c.Review(CHECKER, "refuse", reason), c.Review("another-checker", "refuse", reason)
    )
    await house.repudiation.round()
    assert (await said(house)).end == "nothing_done"


# the link


async def test_a_link_says_it_once_and_for_a_while(house: House) -> None:
    await house.visit(phone=NEW)
    await house.rounds()
    for to in (OLD, NEW, OLD):
        await house.repudiation.by_link(await secret(house, to))
    told = await house.store.visits.events("visit-1")
    assert [type(one.event).__name__ for one in told].count("Repudiated") == 1


async def test_a_link_that_is_old_or_another_says_nothing(house: House) -> None:
    await house.visit(phone=NEW)
    await house.rounds()
    mine = await secret(house)
    until = house.short.now + timedelta(minutes=5)
    await house.store.invitations.hand_off("a" * 64, "visit-1", house.short.now, until)
    house.short.now += timedelta(hours=LINK_HOURS)
    for wrong in (mine, mine.lower(), "", "x" * 32):
        with pytest.raises(Refusal, match="repudiation_link_unknown"):
            await house.repudiation.by_link(wrong)
    assert (await house.store.visits.get("visit-1")).repudiation is None


async def test_a_link_opens_no_visit(house: House) -> None:
    import hashlib

    await house.visit(phone=NEW)
    await house.rounds()
    digest = hashlib.sha256((await secret(house)).encode()).hexdigest()
    with pytest.raises(Refusal, match="handoff_unknown"):
        await house.store.invitations.take_over(digest, house.short.now)


# who is told


async def test_the_banks_other_systems_are_told_of_both(house: House) -> None:
    await house.store.webhooks.add(endpoint("hook-1", "visit.repudiated", TYPES[-1]))
    await house.visit(phone=NEW)
    await house.rounds()
    await house.repudiation.by_hotline("visit-1", "bank-1", "王女士来电")
    await house.repudiation.round()
    told = [json.loads(job.body) for job in await house.store.webhooks.claim(house.short.now)]
    first, second = sorted(told, key=lambda one: datetime.fromisoformat(one["time"]))
    assert (first["type"], first["data"]["by"]) == ("visit.repudiated", "hotline")
    assert second["type"] == "visit.repudiation_settled"
    assert (second["data"]["end"], second["data"]["receipt"][:1]) == ("stopped", "R")
    assert "王女士" not in json.dumps(told, ensure_ascii=False)
