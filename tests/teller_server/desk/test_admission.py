"""Who is let in, who is not, and what is refused before anybody is asked or waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from teller_server.app import open_branch
from teller_server.desk.admission import Admission
from teller_server.desk.attestations import seed_demo
from teller_server.desk.branch import Branch
from teller_server.desk.space import FreeSpace
from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.fields import resident_id_valid
from teller_server.domain.state import Outcome, Visit
from teller_server.settings import load
from teller_server.systems.port import Customer

CHANGE, LOAN = "change_of_details", "loan_interview"
CONSENTS = {"recording": True, "face": True, "face_storage": True}
HAN = ("韩梅梅", "310104198805120041")
STRANGER = ("周小川", "11010519491231002X")
ADDRESS = {"item": "address"}
RENOVATION = {"purpose": "renovation", "amount": "150000"}
TELLER = "t-wang"


@dataclass
class Core:
    """The demo's bank, and who was asked about."""

    demo: Any
    asked: list[str] = field(default_factory=list)
    away: bool = False

    async def look_up(self, *, document: str = "", reference: str = "") -> Customer | None:
        self.asked.append(document or reference)
        if self.away:
            raise Outage("core_unreachable")
        found: Customer | None = await self.demo.look_up(document=document, reference=reference)
        return found


@dataclass
class Entrance:
    """A branch under the law of mainland China, and its door."""

    branch: Branch
    core: Core
    door: Admission
    now: datetime

    async def come(self, who: tuple[str, str], service: str, intake: dict[str, str]) -> Visit:
        return await self.door.open_visit(service, "zh-CN", CONSENTS, *who, intake)

    async def served(self, outcome: Outcome) -> None:
        """A visit of Han's whose service began and came to this."""
        visit = await self.come(HAN, CHANGE, ADDRESS)
        self.now += timedelta(seconds=1)
        pairing, until = f"p-{visit.id}", self.now + timedelta(seconds=20)
        for command in (
            c.TakeTicket(visit.id[-4:]),
            c.Offer(pairing, TELLER, until),
            c.Accept(pairing, TELLER, visit.id),
            c.LegUp("customer", "leg-1"), c.RecordingConfirmed("customer"),
            c.LegUp("teller", "leg-2"), c.RecordingConfirmed("teller"),
            c.Abort(outcome, "test"),
            c.WrapUp(TELLER, "done"),
            c.CallSealed("", verified=False),
        ):  # fmt: skip
            await self.branch.store.visits.apply(visit.id, command, self.now)


@pytest_asyncio.fixture
async def entrance(tmp_path: Path) -> AsyncIterator[Entrance]:
    settings = load(
        demo=True, data={"directory": tmp_path / "data"}, recording={"min_free_mb": 0},
        branch={"always_open": True}, media={"workers": 1},
    )  # fmt: skip
    branch = await open_branch(settings)
    await seed_demo(branch.store, branch.rules, datetime.now(UTC))
    core = Core(branch.outside.core)
    room = branch.strongroom
    door = Admission(
        branch.store, branch.counter, branch.keys, branch.labels, room.lookup, room.invitations,
        core,  # type: ignore[arg-type]
        branch.rules, FreeSpace([tmp_path], 0, 0, lambda: 0),
    )  # fmt: skip
    try:
        yield Entrance(branch, core, door, datetime.now(UTC))
    finally:
        await branch.close()


# who is no customer


async def test_what_the_bank_does_not_hold_is_not_changed_by_video(entrance: Entrance) -> None:
    for who in (STRANGER, ("李雷", HAN[1])):  # nobody, and a name that is not the number's
        with pytest.raises(Refusal, match="no_core_customer"):
            await entrance.come(who, CHANGE, ADDRESS)
    assert await entrance.branch.store.visits.live() == ()
    assert (await entrance.come(HAN, CHANGE, ADDRESS)).service == CHANGE


async def test_somebody_new_may_speak_of_a_loan(entrance: Entrance) -> None:
    visit = await entrance.come(STRANGER, LOAN, RENOVATION)
    assert visit.holds["new_customer"]


# limits


async def test_what_was_tried_often_enough_is_refused_before_the_bank_is_asked(
    entrance: Entrance,
) -> None:
    for outcome in (Outcome.REFUSED_CUSTOMER, Outcome.REFUSED_BANK, Outcome.ABORTED_SUSPICION):
        await entrance.served(outcome)
    entrance.core.asked.clear()
    with pytest.raises(Refusal, match="too_many_visits"):
        await entrance.come(HAN, CHANGE, ADDRESS)
    assert entrance.core.asked == []
    assert (await entrance.come(HAN, LOAN, RENOVATION)).service == LOAN
    assert await entrance.branch.admission.open_visit(CHANGE, "en", CONSENTS, *HAN, ADDRESS)


async def test_a_call_that_broke_off_is_not_held_against_the_customer(entrance: Entrance) -> None:
    await entrance.served(Outcome.REFUSED_CUSTOMER)
    for _ in range(4):
        await entrance.served(Outcome.ABORTED_TECHNICAL)
    assert await entrance.come(HAN, CHANGE, ADDRESS)


async def test_but_nobody_breaks_off_without_end(entrance: Entrance) -> None:
    for _ in range(12):
        await entrance.served(Outcome.ABORTED_TECHNICAL)
    with pytest.raises(Refusal, match="too_many_visits"):
        await entrance.come(HAN, CHANGE, ADDRESS)


# invitations


def child() -> str:
    """A number of somebody ten years old."""
    begins = f"110105{datetime.now(UTC).year - 10}0101123"
    return next(begins + last for last in "0123456789X" if resident_id_valid(begins + last))


async def test_a_rule_about_age_refuses_at_the_invitation(entrance: Entrance) -> None:
    for intake in ({}, RENOVATION):
        with pytest.raises(Refusal, match="scope_denied"):
            await entrance.door.invite(LOAN, "zh-CN", "李小明", child(), "crm", intake=intake)


async def test_what_is_filled_in_beforehand_need_not_be_all_but_must_be_right(
    entrance: Entrance,
) -> None:
    part = {"purpose": "renovation"}
    made = await entrance.door.invite(LOAN, "zh-CN", *HAN, "crm", intake=part)
    assert (await entrance.door.redeem(made.secret)).intake == part
    for wrong in ({"purpose": "yacht"}, {"colour": "red"}):
        with pytest.raises(Refusal, match="form_invalid"):
            await entrance.door.invite(LOAN, "zh-CN", *HAN, "crm", intake=wrong)


async def test_the_banks_reference_says_who_is_invited(entrance: Entrance) -> None:
    made = await entrance.door.invite(LOAN, "zh-CN", "", "", "crm", reference="C100002")
    assert (await entrance.door.redeem(made.secret)).name_masked == "韩**"
    visit = await entrance.door.open_invited(made.id, LOAN, "zh-CN", CONSENTS, RENOVATION)
    assert visit.authenticated
    facts = await entrance.branch.facts.of(visit)
    assert (facts.name, facts.document_number, facts.core_reference) == (*HAN, "C100002")
    assert facts.phone == "13800000002"
    assert await entrance.door.visits_of(made.id) == (visit.id,)
    opened = (await entrance.branch.store.visits.events(visit.id))[0].event
    assert isinstance(opened, e.VisitOpened)
    assert "C100002" not in repr(opened)


@pytest.mark.parametrize(
    ("reference", "who", "code"),
    [
        ("C999999", HAN, "no_core_customer"),
        ("C100001", HAN, "customer_differs"),
        ("C100002", ("", "330106199001010028"), "customer_differs"),
    ],
)
async def test_a_reference_that_is_not_the_persons_is_refused(
    entrance: Entrance, reference: str, who: tuple[str, str], code: str
) -> None:
    with pytest.raises(Refusal, match=code):
        await entrance.door.invite(LOAN, "zh-CN", *who, "crm", reference=reference)


async def test_a_core_that_is_away_opens_nothing(entrance: Entrance) -> None:
    entrance.core.away = True
    with pytest.raises(Outage, match="core_unreachable"):
        await entrance.come(HAN, CHANGE, ADDRESS)
    assert await entrance.branch.store.visits.live() == ()
