"""What ends: retention as a range, holds, and a shredding that takes two people."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from recording.errors import Outage
from teller_server.desk.fields import FieldCipher
from teller_server.desk.purposes import SERVICE
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.people import Role
from teller_server.domain.policy.keeping import keeping
from tests.recording.material import KEY
from tests.teller_server.desk.archive import VISIT
from tests.teller_server.material import NOON
from tests.teller_server.shredding.house import LATER, POLICY, WHY, House, person


def test_a_range_waits_for_what_the_bank_has_to_tell() -> None:
    waiting = keeping(POLICY, "change_of_details", NOON, {})
    assert (waiting.until, waiting.awaits) == (None, ("relationship_end",))
    assert not waiting.due(LATER + timedelta(days=40_000))
    ended = NOON + timedelta(days=365)
    told = keeping(POLICY, "change_of_details", NOON, {"relationship_end": ended})
    assert told.until == datetime(2032, 11, 23, 12, tzinfo=UTC)
    assert told.latest == datetime(2037, 11, 23, 12, tzinfo=UTC)
    assert told.until is not None
    assert not told.due(told.until - timedelta(seconds=1))
    assert told.due(told.until)
    assert not told.overdue(told.until)
    assert told.overdue(datetime(2037, 11, 23, 12, tzinfo=UTC))


def test_the_longest_least_counts_and_a_visit_that_goes_on_is_never_due() -> None:
    short = {"relationship_end": NOON - timedelta(days=5 * 366)}
    held = keeping(POLICY, "change_of_details", NOON, short)
    assert held.until == datetime(2027, 5, 23, 12, tzinfo=UTC)  # six months from its end
    going = keeping(POLICY, "change_of_details", None, short)
    assert not going.may_go(LATER)


async def test_nothing_goes_before_its_time(house: House) -> None:
    await house.refused("retention_runs", house.desk.ask(VISIT, house.ada, WHY))
    await house.refused(
        "retention_event_unknown", house.desk.tell(VISIT, "processing_end", NOON, "core")
    )
    await house.refused(
        "retention_event_later",
        house.desk.tell(VISIT, "relationship_end", LATER + timedelta(days=1), "core"),
    )
    await house.ended()
    house.at = NOON + timedelta(days=5 * 365)
    await house.refused("retention_runs", house.desk.ask(VISIT, house.ada, WHY))
    house.at = LATER
    (standing,) = await house.desk.standings()
    assert standing.keeping.due(LATER)
    assert (await house.branch.store.evidence.key("rec-1")).wrapped  # due, and still there


# ---- two people


async def test_it_takes_two_administrators_who_are_no_tellers(house: House) -> None:
    await house.ended()
    desk = house.desk
    teller = person("wang", Role.ADMIN, Role.TELLER)
    await house.refused("shred_not_allowed", desk.ask(VISIT, teller, WHY))
    await house.refused("shred_not_allowed", desk.ask(VISIT, house.lin, WHY))
    await house.refused("shred_not_asked", desk.confirm(VISIT, house.bo))
    await desk.ask(VISIT, house.ada, WHY)
    await house.refused("shred_asked", desk.ask(VISIT, house.bo, WHY))
    await house.refused("second_person_needed", desk.confirm(VISIT, house.ada))
    await house.refused("shred_not_allowed", desk.confirm(VISIT, teller))
    fresh = person("new", Role.ADMIN)
    object.__setattr__(fresh, "created_at", LATER - timedelta(hours=23))
    await house.refused("account_changed", desk.confirm(VISIT, fresh))
    await house.branch.store.accounts.change("ada", roles=frozenset({Role.SUPERVISOR}))
    await house.refused("shred_not_allowed", desk.confirm(VISIT, house.bo))
    assert (await house.branch.store.evidence.key("rec-1")).wrapped
    await desk.withdraw(VISIT, house.bo)
    await house.refused("shred_not_asked", desk.confirm(VISIT, house.bo))


# ---- holds


async def test_nothing_on_hold_is_shredded(house: House) -> None:
    await house.ended()
    await house.refused("hold_not_allowed", house.holds.set(VISIT, house.ada, "court"))
    first = await house.holds.set(VISIT, house.lin, "court 张三")
    second = await house.holds.set(VISIT, house.lin, "regulator")
    await house.refused("held", house.desk.ask(VISIT, house.ada, WHY))
    await house.holds.lift(first.id, house.lin, "judgment")
    await house.refused("held", house.desk.ask(VISIT, house.ada, WHY))
    await house.refused("hold_unknown", house.holds.lift(first.id, house.lin, "again"))
    await house.holds.lift(second.id, house.lin, "done")
    await house.desk.ask(VISIT, house.ada, WHY)
    entries = await house.branch.store.custody.entries(VISIT)
    acts = [entry.act for entry in entries]
    assert acts == [
        "retention_told", "hold_set", "hold_set", "hold_lifted", "hold_lifted", "shred_asked",
    ]  # fmt: skip
    assert "张三" not in json.dumps([dict(entry.detail) for entry in entries], ensure_ascii=False)
    cipher = FieldCipher(VISIT, KEY)
    assert cipher.open("reason", SealedText(entries[1].detail["reason"])) == "court 张三"


async def test_a_hold_that_comes_between_request_and_shredding_wins(house: House) -> None:
    """It comes while the certificate is being stamped: after the desk looked, before it is done."""
    await house.ended()
    await house.desk.ask(VISIT, house.ada, WHY)
    loop, stamper = asyncio.get_running_loop(), house.branch.room.stamper
    began, go_on = asyncio.Event(), asyncio.Event()

    class Slow:
        demo, chain, crls = True, stamper.chain, b""

        def stamp(self, data: bytes) -> bytes:
            loop.call_soon_threadsafe(began.set)
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(20)
            return stamper.stamp(data)

    house.desk._stamper = Slow()  # type: ignore[assignment]
    shredding = asyncio.ensure_future(house.desk.confirm(VISIT, house.bo))
    await began.wait()
    await house.holds.set(VISIT, house.lin, "court")
    go_on.set()
    await house.refused("held", shredding)
    assert await house.keys.get(VISIT, SERVICE) == KEY
    assert not (house.branch.directory / "shredded.json").exists()
    assert not house.listed.exists()
    assert "shredded" not in [e.act for e in await house.branch.store.custody.entries(VISIT)]


async def test_hold_and_shredding_at_once_never_both_succeed(house: House) -> None:
    await house.ended()
    await house.desk.ask(VISIT, house.ada, WHY)
    done = await asyncio.gather(
        house.desk.confirm(VISIT, house.bo),
        house.holds.set(VISIT, house.lin, "court"),
        return_exceptions=True,
    )
    assert len([one for one in done if isinstance(one, Refusal)]) == 1


async def test_without_a_timestamp_nothing_is_shredded(house: House) -> None:
    await house.ended()
    await house.desk.ask(VISIT, house.ada, WHY)

    class Away:
        demo, chain, crls = True, b"", b""

        def stamp(self, _: bytes) -> bytes:
            raise Outage("timestamp_failed")

    stamper, house.desk._stamper = house.desk._stamper, Away()  # type: ignore[assignment]
    with pytest.raises(Outage):
        await house.desk.confirm(VISIT, house.bo)
    assert (await house.branch.store.evidence.key("rec-1")).wrapped
    house.desk._stamper = stamper
    await house.desk.confirm(VISIT, house.bo)


# ---- what is left
