"""Visits are written once, link by link, and found again; a refusal leaves nothing behind."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from teller_server.domain import commands as c
from teller_server.domain import visit as rules
from teller_server.domain.errors import Damage, Refusal
from teller_server.domain.state import Outcome, VisitState
from teller_server.store.fields import SealedField, keep
from teller_server.store.store import Store
from teller_server.store.visits import VisitQuery
from tests.teller_server.material import NOON, REASON, opening
from tests.teller_server.store.branch import Branch


async def test_a_visit_is_the_replay_of_its_events(branch: Branch) -> None:
    await branch.teller("wang")
    visit = await branch.whole("v1", "wang")
    recorded = await branch.store.visits.events("v1")
    assert [entry.seq for entry in recorded] == list(range(1, len(recorded) + 1))
    assert rules.replay(entry.event for entry in recorded) == visit
    assert await branch.store.visits.load("v1") == visit
    assert await branch.store.visits.verify_chain("v1") == len(recorded)
    assert await branch.store.visits.events("v1", after=len(recorded) - 1) == recorded[-1:]


async def test_a_restart_finds_every_open_visit_as_it_was(branch: Branch, url: str) -> None:
    await branch.teller("wang")
    await branch.whole("v1", "wang")
    await branch.arrive("v2")
    waiting = await branch.arrive("v3")
    again = await Store.open(url)
    try:
        assert [visit.id for visit in await again.visits.live()] == ["v2", "v3"]
        assert await again.visits.get("v3") == waiting
    finally:
        await again.close()


async def test_a_command_is_carried_out_once_per_id(branch: Branch) -> None:
    await branch.arrive("v1")
    away = c.CustomerAway()
    first = await branch.store.visits.apply("v1", away, branch.now, command_id="m-1")
    again = await branch.store.visits.apply("v1", away, branch.now, command_id="m-1")
    assert (first.duplicate, again.duplicate) == (False, True)
    assert (again.events, again.first) == (first.events, first.first)
    count = len(await branch.store.visits.events("v1"))
    assert count == first.first + len(first.events) - 1


async def test_a_duplicate_is_told_even_when_it_would_be_refused_now(branch: Branch) -> None:
    """A lost reply: the client asks again after the world has moved on."""
    await branch.arrive("v1")
    gone = await branch.store.visits.apply("v1", c.LeaveQueue(), branch.now, command_id="m-1")
    told = await branch.store.visits.apply("v1", c.LeaveQueue(), branch.now, command_id="m-1")
    assert (told.duplicate, told.visit) == (True, gone.visit)


async def test_opening_twice_with_one_id_opens_one_visit(branch: Branch) -> None:
    visits = branch.store.visits
    await visits.apply("v1", opening("v1"), NOON, command_id="m-1")
    assert (await visits.apply("v1", opening("v1"), NOON, command_id="m-1")).duplicate
    with pytest.raises(Refusal, match="visit_already_open"):
        await visits.apply("v1", opening("v1"), NOON, command_id="m-2")


async def test_a_refusal_leaves_nothing_behind(branch: Branch) -> None:
    before = await branch.arrive("v1")
    count = len(await branch.store.visits.events("v1"))
    with pytest.raises(Refusal, match="ticket_already_taken"):
        await branch.store.visits.apply("v1", c.TakeTicket("X"), NOON, command_id="m-1")
    assert await branch.store.visits.load("v1") == before
    assert len(await branch.store.visits.events("v1")) == count
    taken = await branch.store.visits.apply("v1", c.CustomerAway(), NOON, command_id="m-1")
    assert not taken.duplicate


async def test_what_goes_alongside_shares_the_fate_of_the_command(branch: Branch) -> None:
    store = branch.store
    fields = keep("v1", {"name": SealedField(REASON, "digest-of-name")})
    await store.visits.apply("v1", opening("v1"), NOON, alongside=fields)
    assert await store.fields.read("v1") == {"name": REASON}

    def fails(_: object) -> None:
        raise RuntimeError("no room")

    with pytest.raises(RuntimeError):
        await store.visits.apply("v1", c.TakeTicket("A001"), NOON, alongside=fails)
    assert (await store.visits.get("v1")).state is VisitState.CONSENTED


async def test_an_unknown_visit_is_refused(branch: Branch) -> None:
    assert await branch.store.visits.load("nobody") is None
    with pytest.raises(Refusal, match="unknown_visit"):
        await branch.store.visits.get("nobody")
    with pytest.raises(Refusal, match="unknown_visit"):
        await branch.store.visits.apply("nobody", c.CustomerAway(), NOON)
    with pytest.raises(Refusal, match="unknown_visit"):
        await branch.store.visits.verify_chain("nobody")


async def test_commands_at_the_same_moment_come_one_after_the_other(branch: Branch) -> None:
    await branch.arrive("v1")
    toggles = [c.CustomerAway(), c.CustomerBack()] * 10
    await asyncio.gather(
        *(branch.store.visits.apply("v1", command, branch.now) for command in toggles)
    )
    await branch.store.visits.verify_chain("v1")


@pytest.mark.parametrize("table", ["events", "commands", "custody"])
async def test_the_database_itself_refuses_to_rewrite_history(branch: Branch, table: str) -> None:
    await branch.arrive("v1")
    await branch.store.visits.apply("v1", c.CustomerAway(), NOON, command_id="m-1")
    await branch.store.custody.add("v1", "lin", "exported", {}, NOON)
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET visit = visit"):
        with pytest.raises(DBAPIError, match="append-only"):
            await branch.store.write(lambda conn, s=statement: conn.execute(text(s)) and None)


TAMPERING = {
    "body": "UPDATE events SET body = replace(body, 'A001', 'A999') WHERE name = 'TicketTaken'",
    "time": "UPDATE events SET at = at + 1 WHERE seq = 2",
    "name": "UPDATE events SET name = 'CustomerCameBack' WHERE name = 'CustomerWentAway'",
    "tail": "DELETE FROM events WHERE seq = 3",
    "middle": "DELETE FROM events WHERE seq = 2",
    "state": "UPDATE visits SET snapshot = replace(snapshot, 'A001', 'A999')",
    "head": "UPDATE visits SET head = '00'",
}


@pytest.mark.parametrize("what", TAMPERING)
async def test_whoever_gets_past_the_triggers_is_found_out(branch: Branch, what: str) -> None:
    await branch.arrive("v1")
    await branch.store.visits.apply("v1", c.CustomerAway(), branch.now)
    assert await branch.store.visits.verify_chain("v1") == 3

    def tamper(conn: object) -> None:
        if conn.dialect.name == "postgresql":
            conn.execute(text("ALTER TABLE events DISABLE TRIGGER ALL"))
        else:
            for verb in ("update", "delete"):
                conn.execute(text(f"DROP TRIGGER events_no_{verb}"))
        assert conn.execute(text(TAMPERING[what])).rowcount == 1

    await branch.store.write(tamper)
    with pytest.raises(Damage):
        await branch.store.visits.verify_chain("v1")


async def test_compliance_finds_visits_by_what_it_knows(branch: Branch) -> None:
    store = branch.store
    await branch.teller("wang")
    await branch.whole("v-first", "wang")
    await store.fields.keep("v-first", {"name": SealedField(REASON, "digest-of-li")})
    branch.later(3600)
    middle = branch.now
    await branch.arrive("v-second")
    await branch.apply("v-second", c.LeaveQueue())

    async def found(**asked: object) -> list[str]:
        page = await store.visits.search(VisitQuery(**asked))
        assert page.total == len(page.rows)
        return [row.id for row in page.rows]

    assert await found() == ["v-second", "v-first"]
    assert await found(text="V-FI") == ["v-first"]
    assert await found(text="a00") == ["v-second", "v-first"]
    assert await found(text="%") == []
    assert await found(lookups=("digest-of-li",)) == ["v-first"]
    assert await found(teller="wang") == ["v-first"]
    assert await found(outcome=Outcome.REFUSED_CUSTOMER.value) == ["v-second"]
    assert await found(opened_from=middle) == ["v-second"]
    assert await found(opened_until=middle) == ["v-first"]
    assert await found(service="loans") == []


async def test_a_search_comes_in_pages(branch: Branch) -> None:
    for n in range(5):
        await branch.arrive(f"v{n}")
    first = await branch.store.visits.search(VisitQuery(per_page=2))
    last = await branch.store.visits.search(VisitQuery(per_page=2, page=3))
    assert ([row.id for row in first.rows], first.total) == (["v4", "v3"], 5)
    assert [row.id for row in last.rows] == ["v0"]
    assert last.rows[0].opened_at == NOON + timedelta(seconds=1)
