"""The bank is heard before the decision; one that is away or slow holds nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from teller_server.desk.crew import Crew
from teller_server.desk.proposals import ProposalDesk
from teller_server.desk.views.proposal import proposal_part
from teller_server.domain import commands as c
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.ids import UNSAID
from teller_server.domain.state import ProposalState, Visit
from tests.teller_server.desk.back import NEW, House, opened
from tests.teller_server.kept import shredded
from tests.teller_server.material import NOON
from tests.teller_server.systems.banks import sample_bank
from tests.teller_server.systems.short import TELLER

QUICK = (0.0, 0.01, 0.01)
Ask = Callable[[Visit], Awaitable[tuple[str, ...]]]


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(tmp_path) as found:
        yield found


@pytest_asyncio.fixture
async def crew() -> AsyncIterator[Crew]:
    found = Crew()
    yield found
    await found.close()


async def opens(house: House, crew: Crew, ask: Ask, **wanted: str) -> asyncio.Event:
    """The decision of a visit with these wishes is opened through the counter."""
    rung = asyncio.Event()
    ProposalDesk(
        house.counter, crew, house.store.visits, ask, lambda _visit: rung.set(), again=QUICK
    )
    await house.visit(filled_in=True, **(wanted or {"phone": NEW}))
    await house.counter.act("visit-1", c.StartStep("decision", TELLER))
    return rung


async def said(house: House, rung: asyncio.Event) -> ProposalState:
    async with asyncio.timeout(120):
        await rung.wait()
    found = (await house.store.visits.get("visit-1")).proposal
    assert found is not None
    return found


async def test_a_bank_that_would_take_it_is_heard(house: House, crew: Crew) -> None:
    rung = await opens(house, crew, house.desk.propose)
    assert await said(house, rung) == ProposalState(True)
    visit = await house.store.visits.get("visit-1")
    assert proposal_part(visit, "en") == {"status": "accepted", "reasons": []}
    assert await house.demo.orders() == ()


async def test_a_bank_over_http_says_why_not_in_words(
    house: House, crew: Crew, tmp_path: Path
) -> None:
    async with sample_bank(tmp_path) as sample:
        rest = sample.adapter()
        house.face(rest)
        rung = await opens(house, crew, house.desk.propose, nickname="x")
        assert await said(house, rung) == ProposalState(True, ("core_not_changeable",))
        visit = await house.store.visits.get("visit-1")
        part = proposal_part(visit, "zh-CN")
        assert part is not None
        assert part == {"status": "objected", "reasons": ["核心系统不允许修改该项资料"]}
        await rest.close()


async def test_a_bank_that_is_away_is_asked_again_and_then_said_to_be_away(
    house: House, crew: Crew
) -> None:
    asked = []

    async def away(visit: Visit) -> tuple[str, ...]:
        asked.append(visit.id)
        raise Outage("core_unreachable")

    rung = await opens(house, crew, away)
    assert await said(house, rung) == ProposalState(False)
    assert len(asked) == len(QUICK)
    visit = await house.store.visits.get("visit-1")
    assert proposal_part(visit, "en") == {"status": "unreachable", "reasons": []}


async def test_one_that_is_back_in_time_is_heard(house: House, crew: Crew) -> None:
    answers = iter([Outage("core_busy"), None])

    async def slow(_visit: Visit) -> tuple[str, ...]:
        error = next(answers)
        if error is not None:
            raise error
        return ("NUMBER_IN_USE",)

    rung = await opens(house, crew, slow)
    assert (await said(house, rung)).reasons == ("NUMBER_IN_USE",)
    visit = await house.store.visits.get("visit-1")
    part = proposal_part(visit, "en")
    assert part is not None
    assert part["reasons"] == ["The bank's own code: NUMBER_IN_USE"]


async def test_a_bank_that_never_answers_holds_no_decision_up(house: House, crew: Crew) -> None:
    forever = asyncio.Event()

    async def hangs(_visit: Visit) -> tuple[str, ...]:
        await forever.wait()
        return ("too late",)

    await opens(house, crew, hangs)
    await asyncio.sleep(0)
    decided = await house.counter.act(
        "visit-1", c.CompleteStep("decision", TELLER, "passed", UNSAID, "approve")
    )
    assert decided.visit.verdict == "approve"
    forever.set()
    await asyncio.sleep(0.05)
    assert (await house.store.visits.get("visit-1")).proposal is None


async def test_a_refusal_of_ours_is_a_reason_too(house: House) -> None:
    await house.visit(deciding=True, phone=NEW)
    visit = await house.store.visits.get("visit-1")
    await shredded(house.store, "visit-1", NOON)
    assert await house.desk.propose(visit) == ("no_core_customer",)
    with pytest.raises(Refusal):
        await house.desk.retry("visit-1", "staff-root", "nothing was given up")
