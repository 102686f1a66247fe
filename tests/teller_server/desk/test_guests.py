"""Further parties at the desk: who gets a link, what it opens, and when it opens nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from teller_server.desk.counter import Counter
from teller_server.desk.guests import GuestDesk, GuestLine, Seat
from teller_server.desk.script_shelf import Scripts
from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.script import Consent, Guest, ServiceScript
from teller_server.domain.state import Outcome, Visit
from teller_server.store.store import Store
from tests.teller_server import material
from tests.teller_server.material import NOON, TELLER

GUARANTOR = {"zh-CN": "保证人", "en": "Guarantor"}
BOTH = {"recording": True, "face": True, "face_storage": True}
STORAGE = Consent("face_storage", False, GUARANTOR, GUARANTOR, GUARANTOR)


def script() -> ServiceScript:
    simple = material.script()
    guests = (Guest("guarantor", GUARANTOR),)
    return replace(simple, guests=guests, consents=(*simple.consents, STORAGE))


def opening() -> c.OpenVisit:
    return replace(material.opening(), script=script(), consents=BOTH)


@dataclass
class Desk:
    """The guests' desk over a real store, with a clock that is told."""

    store: Store
    shelf: Path
    now: datetime = NOON
    rung: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.counter = Counter(self.store.visits, lambda: self.now)
        self.guests = GuestDesk(
            self.store,
            self.counter,
            Scripts({script().service: script()}, self.shelf),
            lambda *subjects: self.rung.extend(subjects),
            self.forgotten.append,
            "https://branch.example",
        )

    async def in_service(self) -> None:
        walk = material.Walk(opening())
        await self.do(
            opening(),
            c.TakeTicket("A001"),
            c.Offer("p1", TELLER, NOON + timedelta(hours=1)),
            c.Accept("p1", TELLER, "r1"),
            *(c.LegUp(party, f"{party}-1") for party in walk.at.parties),
            *(c.RecordingConfirmed(party) for party in walk.at.parties),
        )

    async def do(self, *commands: c.Command) -> None:
        for command in commands:
            await self.counter.act("v1", command)

    async def visit(self) -> Visit:
        return await self.store.visits.get("v1")

    async def line(self) -> GuestLine:
        (line,) = self.guests.guests_of(await self.visit())
        return line

    async def invite(self, command: str = "invite") -> str:
        """The secret of a new link, as the page shows it."""
        await self.guests.invite("v1", "guarantor", TELLER, command)
        link = (await self.line()).link
        assert link is not None
        assert link.startswith("https://branch.example/j#")
        return link.partition("#")[2]

    async def refused(self, secret: str) -> str:
        with pytest.raises(Refusal) as refusal:
            await self.guests.redeem(secret)
        return refusal.value.code


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = await Store.open(f"sqlite:///{tmp_path}/branch.db")
    opened = Desk(store, tmp_path / "scripts")
    await opened.in_service()
    yield opened
    await store.close()


async def test_a_guest_is_invited_consents_and_comes(desk: Desk) -> None:
    assert desk.guests.guests_of(await desk.visit()) == ()
    secret = await desk.invite()
    assert (await desk.line()).status == "invited"
    joining = await desk.guests.redeem(secret)
    assert (joining.party, joining.title, joining.language) == ("guarantor", GUARANTOR, "zh-CN")
    assert (await desk.line()).link is None, "what is used up is shown to nobody"
    with pytest.raises(Refusal, match="no_visit_yet"):
        await desk.guests.seat_of(joining.id)
    await desk.guests.consent(joining.id, BOTH)
    assert await desk.guests.seat_of(joining.id) == Seat("v1", "guarantor")
    assert (await desk.line()).status == "consented"
    await desk.do(c.LegUp("guarantor", "g1"), c.RecordingConfirmed("guarantor"))
    assert (await desk.line()).status == "here"
    assert joining.id in desk.rung
    await desk.guests.dismiss("v1", "guarantor", TELLER, "dismiss")
    assert await desk.line() == GuestLine("guarantor", GUARANTOR, "gone", None, here=False)


async def test_without_the_consent_to_be_recorded_nobody_joins(desk: Desk) -> None:
    joining = await desk.guests.redeem(await desk.invite())
    for consents, why in (
        (BOTH | {"recording": False}, "consent_required"),
        ({"face": True}, "consent_unanswered"),
        ({"recording": True}, "consent_unanswered"),
        ({}, "consent_unanswered"),
        (BOTH | {"blood": True}, "unknown_consent"),
    ):
        with pytest.raises(Refusal, match=why):
            await desk.guests.consent(joining.id, consents)
    with pytest.raises(Refusal, match="no_visit_yet"):
        await desk.guests.seat_of(joining.id)
    await desk.guests.consent(joining.id, BOTH | {"face": False})
    assert not (await desk.visit()).consented("guarantor", "face")


async def test_silence_about_keeping_the_face_is_no_yes(desk: Desk) -> None:
    """As for the customer: what was not tapped was not allowed."""
    joining = await desk.guests.redeem(await desk.invite())
    silent = {"recording": True, "face": True}
    with pytest.raises(Refusal, match="consent_unanswered"):
        await desk.guests.consent(joining.id, silent)
    await desk.guests.consent(joining.id, silent | {"face_storage": False})
    guest = (await desk.visit()).guests["guarantor"]
    assert guest.consents["face_storage"] is False


async def test_a_new_link_for_a_guest_who_dropped_out_works(desk: Desk) -> None:
    joining = await desk.guests.redeem(await desk.invite())
    await desk.guests.consent(joining.id, BOTH)
    await desk.do(c.LegUp("guarantor", "g1"), c.RecordingConfirmed("guarantor"))
    await desk.do(c.LegDown("guarantor", "g1", "silent"))
    second = await desk.guests.redeem(await desk.invite("again"))
    assert not (await desk.visit()).here("guarantor")
    with pytest.raises(Refusal, match="invitation_gone"):
        await desk.guests.seat_of(joining.id)
    await desk.guests.consent(second.id, BOTH)
    assert (await desk.line()).status == "consented"


async def test_a_link_opens_once_for_an_hour_and_only_while_the_call_lasts(desk: Desk) -> None:
    secret = await desk.invite()
    assert await desk.refused("x" * 43) == "join_unknown"
    await desk.guests.redeem(secret)
    assert await desk.refused(secret) == "join_used"
    late = await desk.invite("again")
    desk.now += timedelta(minutes=61)
    assert (await desk.line()).link is None
    assert await desk.refused(late) == "join_expired"
    last = await desk.invite("once more")
    await desk.do(c.EndService(TELLER, Outcome.REFUSED_CUSTOMER, material.REASON))
    assert (await desk.line()).link is None
    assert await desk.refused(last) == "invitation_gone"


async def test_a_new_link_ends_the_one_before(desk: Desk) -> None:
    first = await desk.guests.redeem(await desk.invite())
    second = await desk.invite("again")
    assert desk.forgotten == [first.id]
    with pytest.raises(Refusal, match="invitation_gone"):
        await desk.guests.consent(first.id, BOTH)
    with pytest.raises(Refusal, match="invitation_gone"):
        await desk.guests.seat_of(first.id)
    third = await desk.invite("and again")
    assert await desk.refused(second) == "invitation_gone"
    joining = await desk.guests.redeem(third)
    await desk.guests.consent(joining.id, BOTH)
    await desk.do(c.LegUp("guarantor", "g1"))
    with pytest.raises(Refusal, match="guest_already_here"):
        await desk.guests.invite("v1", "guarantor", TELLER, "while here")
    await desk.do(c.LegDown("guarantor", "g1", "silent"))
    await desk.invite("the telephone broke")
    with pytest.raises(Refusal, match="invitation_gone"):
        await desk.guests.seat_of(joining.id)


async def test_a_guest_may_leave_at_any_time_and_says_nothing_more(desk: Desk) -> None:
    joining = await desk.guests.redeem(await desk.invite())
    await desk.guests.consent(joining.id, BOTH)
    await desk.do(c.LegUp("guarantor", "g1"), c.RecordingConfirmed("guarantor"))
    await desk.guests.leave(joining.id, "hang up")
    await desk.guests.leave(joining.id, "hang up again")
    assert (await desk.line()).status == "gone"
    assert await desk.guests.seat_of(joining.id) == Seat("v1", "guarantor"), "for the receipt"
    with pytest.raises(Refusal, match="not_a_party"):
        await desk.do(c.LegUp("guarantor", "g2"))
    assert not (await desk.visit()).here("guarantor")
    other = await desk.guests.redeem(await desk.invite("somebody else"))
    await desk.guests.consent(other.id, BOTH)
    with pytest.raises(Refusal, match="invitation_gone"):
        await desk.guests.leave(joining.id, "the old page")


async def test_nobody_is_asked_in_whom_the_script_does_not_foresee(desk: Desk) -> None:
    with pytest.raises(Refusal, match="guest_not_foreseen"):
        await desk.guests.invite("v1", "stranger", TELLER, "1")
    with pytest.raises(Refusal, match="not_your_visit"):
        await desk.guests.invite("v1", "guarantor", "t-other", "2")
    for nobody in ("guest-0", "inv-0", "anything"):
        with pytest.raises(Refusal, match="no_visit_yet"):
            await desk.guests.seat_of(nobody)
    assert await desk.guests.seat_of("visit-1") == Seat("visit-1", "customer")


async def test_an_invitation_sent_twice_is_one(desk: Desk) -> None:
    secret = await desk.invite()
    await desk.guests.invite("v1", "guarantor", TELLER, "invite")
    assert desk.forgotten == []
    assert (await desk.guests.redeem(secret)).party == "guarantor"
