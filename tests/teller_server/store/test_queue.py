"""The line in front of the tellers: places are kept, nobody is paired twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.estimate import ENOUGH_SAMPLES
from teller_server.domain.people import TellerState
from teller_server.domain.state import Outcome, VisitState
from teller_server.domain.ticket import STICKY_PATIENCE
from teller_server.store.matching import DECLINE_PAUSE, OFFER_SECONDS
from teller_server.store.schema import pairings
from teller_server.store.store import Store
from tests.teller_server.material import REASON, opening
from tests.teller_server.store.branch import DAY, SKILL, Branch


async def decline(branch: Branch, visit: str) -> None:
    offer = (await branch.store.visits.get(visit)).offer
    await branch.store.queue.decline(
        offer.pairing, offer.teller, REASON, branch.now, command_id=offer.pairing
    )


async def test_tickets_count_by_lane_and_begin_again_each_day(branch: Branch) -> None:
    assert [(await branch.arrive(f"v{n}")).ticket for n in range(3)] == ["A001", "A002", "A003"]
    await branch.store.visits.apply("e1", opening("e1"), branch.now)
    tomorrow = DAY + timedelta(days=1)
    next_day = await branch.store.queue.take_ticket("e1", tomorrow, branch.now)
    assert next_day.applied.visit.ticket == "A001"


async def test_asking_twice_for_a_ticket_gives_one(branch: Branch) -> None:
    store = branch.store
    await store.visits.apply("v1", opening("v1"), branch.now)
    first = await store.queue.take_ticket("v1", DAY, branch.now, command_id="m-1")
    again = await store.queue.take_ticket("v1", DAY, branch.now, command_id="m-1")
    assert again.applied.duplicate
    assert again.applied.visit.ticket == first.applied.visit.ticket
    with pytest.raises(Refusal, match="ticket_already_taken"):
        await store.queue.take_ticket("v1", DAY, branch.now, command_id="m-2")
    assert (await branch.arrive("v2")).ticket == "A002"


async def test_the_longest_waiting_is_served_first_but_for_priority(branch: Branch) -> None:
    await branch.teller("wang")
    for name in ("v1", "v2"):
        await branch.arrive(name)
    await branch.arrive("urgent", priority=1)
    order = []
    for _ in range(3):
        visit = await branch.match("wang")
        order.append(visit)
        await branch.accept(visit)
        await branch.apply(visit, c.Abort(Outcome.ABORTED_TECHNICAL, "x"), c.WrapUp("wang", "x"))
    assert order == ["urgent", "v1", "v2"]


async def test_a_teller_serves_only_what_they_can(branch: Branch) -> None:
    await branch.teller("loans", skills=("loans",))
    await branch.teller("english", languages=frozenset({"en"}))
    await branch.arrive("v1")
    assert await branch.match("loans") is None
    assert await branch.match("english") is None
    assert await branch.store.queue.match_lane(SKILL, "zh-CN", branch.now) is None
    await branch.store.accounts.change("english", languages={"en", "zh-CN"})
    assert await branch.match("english") == "v1"


@pytest.mark.parametrize("wish", [TellerState.BREAK, TellerState.AWAY])
async def test_only_a_ready_teller_is_asked(branch: Branch, wish: TellerState) -> None:
    await branch.teller("wang", ready=False)
    await branch.arrive("v1")
    assert await branch.match("wang") is None
    await branch.ready("wang", wish)
    assert await branch.match("wang") is None
    await branch.ready("wang")
    assert await branch.match("wang") == "v1"


async def test_a_teller_has_one_visit_at_a_time_until_the_wrap_up(branch: Branch) -> None:
    await branch.teller("wang")
    for name in ("v1", "v2"):
        await branch.arrive(name)
    assert await branch.match("wang") == "v1"
    assert await branch.match("wang") is None
    await branch.accept("v1")
    assert await branch.match("wang") is None
    await branch.serve("v1")
    assert (await branch.store.floor.presence("wang")).state is TellerState.WRAP_UP
    assert await branch.match("wang") is None
    await branch.apply("v1", c.WrapUp("wang", "ok"))
    assert await branch.match("wang") == "v2"


async def test_a_teller_cannot_be_bound_to_two_visits_by_any_road(branch: Branch) -> None:
    await branch.teller("wang")
    for name in ("v1", "v2"):
        await branch.arrive(name)
    later = branch.now + OFFER_SECONDS
    await branch.apply("v1", c.Offer("p1", "wang", later), c.Accept("p1", "wang", "r1"))
    with pytest.raises(Refusal, match="teller_busy"):
        await branch.apply("v2", c.Offer("p2", "wang", later))
    assert (await branch.store.visits.get("v2")).state is VisitState.WAITING


async def test_a_declined_visit_keeps_its_place_and_is_offered_to_others(branch: Branch) -> None:
    for name in ("wang", "zhao"):
        await branch.teller(name)
    for name in ("v1", "v2"):
        await branch.arrive(name)
    assert await branch.match("wang") == "v1"
    await decline(branch, "v1")
    assert await branch.match("wang") == "v2"
    assert await branch.match("zhao") == "v1"
    await decline(branch, "v1")
    assert await branch.store.floor.declines("v1") == 2
    await decline(branch, "v2")
    assert await branch.match("wang") is None
    branch.later(DECLINE_PAUSE.total_seconds() + 1)
    assert await branch.match("wang") == "v1"
    since = branch.now - timedelta(hours=1)
    assert (await branch.store.floor.figures("wang", since)).declined == 2


async def test_an_unanswered_offer_goes_to_the_next_teller_by_itself(branch: Branch) -> None:
    for name in ("wang", "zhao"):
        await branch.teller(name)
    await branch.arrive("v1")
    assert await branch.match("wang") == "v1"
    assert await branch.store.queue.reap(branch.now) == ()
    branch.later(OFFER_SECONDS.total_seconds())
    ended, offered = await branch.store.queue.reap(branch.now)
    assert ended.visit.state is VisitState.WAITING
    assert offered.visit.offer.teller == "zhao"
    gone = await branch.store.floor.presence("wang")
    assert (gone.state, gone.reason) == (TellerState.AWAY, "no_answer")


async def test_an_accept_whose_answer_was_lost_is_told_again(branch: Branch) -> None:
    await branch.teller("wang")
    await branch.arrive("v1")
    await branch.match("wang")
    offer = (await branch.store.visits.get("v1")).offer
    asked = (offer.pairing, "wang", "r1", branch.now)
    first = await branch.store.queue.accept(*asked, command_id="m-1")
    again = await branch.store.queue.accept(*asked, command_id="m-1")
    assert (again.duplicate, again.visit) == (True, first.visit)
    with pytest.raises(Refusal, match="pairing_already_accepted"):
        await branch.store.queue.accept(*asked, command_id="m-2")
    with pytest.raises(Refusal, match="offer_gone"):
        await branch.store.queue.accept("p-none", "wang", "r", branch.now, command_id="m-3")


async def test_leaving_and_coming_back_keeps_the_place(branch: Branch) -> None:
    await branch.teller("wang", ready=False)
    for name in ("v1", "v2"):
        await branch.arrive(name)
    await branch.apply("v1", c.CustomerAway())
    await branch.ready("wang")
    assert (await branch.store.floor.place("v2", branch.now)).ahead == 0
    assert await branch.match("wang") == "v2"
    await decline(branch, "v2")
    await branch.apply("v1", c.CustomerBack())
    assert (await branch.store.floor.place("v2", branch.now)).ahead == 1
    assert await branch.match("wang") == "v1"


async def test_a_returning_customer_meets_the_same_teller_if_known_for_sure(
    branch: Branch,
) -> None:
    for name in ("wang", "zhao"):
        await branch.teller(name)
    await branch.whole("first", "zhao", customer="li", authenticated=True)
    await branch.arrive("again", customer="li", authenticated=True)
    await branch.arrive("other")
    assert await branch.match("wang") == "other"
    assert await branch.match("zhao") == "again"


async def test_a_stranger_with_the_same_name_is_not_kept_for_anybody(branch: Branch) -> None:
    for name in ("wang", "zhao"):
        await branch.teller(name)
    await branch.whole("first", "zhao", customer="li")
    await branch.arrive("again", customer="li")
    assert await branch.match("wang") == "again"


async def test_patience_for_the_known_teller_ends(branch: Branch) -> None:
    for name in ("wang", "zhao"):
        await branch.teller(name)
    await branch.whole("first", "zhao", customer="li", authenticated=True)
    await branch.arrive("again", customer="li", authenticated=True)
    assert await branch.match("wang") is None
    branch.later(STICKY_PATIENCE.total_seconds())
    assert await branch.match("wang") == "again"


async def test_only_an_authenticated_customer_supersedes_an_own_ticket(branch: Branch) -> None:
    await branch.arrive("old", customer="li", authenticated=True)
    await branch.arrive("stranger", customer="li")
    store = branch.store
    await store.visits.apply("new", opening("new", customer="li", authenticated=True), branch.now)
    took = await store.queue.take_ticket("new", DAY, branch.now)
    assert [left.visit.id for left in took.superseded] == ["old"]
    assert (await store.visits.get("old")).reason_code == "superseded"
    assert (await store.visits.get("stranger")).state is VisitState.WAITING


async def test_the_wait_is_estimated_from_what_is_known(branch: Branch) -> None:
    await branch.arrive("v1")
    place = await branch.store.floor.place("v1", branch.now)
    assert (place.ahead, place.wait.basis) == (0, "no_teller")
    await branch.teller("wang")
    assert (await branch.store.floor.place("v1", branch.now)).wait.basis == "few_samples"
    assert await branch.match("wang") == "v1"
    await branch.accept("v1")
    assert await branch.store.floor.place("v1", branch.now) is None
    await branch.serve("v1")
    await branch.done("v1")
    for n in range(ENOUGH_SAMPLES):
        await branch.whole(f"w{n}", "wang")
    await branch.arrive("last")
    assert (await branch.store.floor.place("last", branch.now)).wait.basis == "history"


async def test_the_board_shows_the_line_and_who_is_served(branch: Branch) -> None:
    await branch.teller("wang")
    for name in ("v1", "v2"):
        await branch.arrive(name)
    await branch.match("wang")
    assert (await branch.store.floor.presence("wang")).state is TellerState.OFFERED
    await branch.accept("v1")
    rows = [(row.ticket, row.status, row.teller) for row in await branch.store.floor.board()]
    assert rows == [("A001", "in_call", "wang"), ("A002", "waiting", None)]
    busy = await branch.store.floor.presence("wang")
    assert (busy.state, busy.wish, busy.visit) == (TellerState.BUSY, TellerState.READY, "v1")
    with pytest.raises(Refusal, match="not_a_teller_state"):
        await branch.store.floor.set_wish("wang", TellerState.BUSY, None, branch.now)


async def test_figures_count_what_was_done(branch: Branch) -> None:
    await branch.teller("wang")
    since = branch.now
    for n in range(2):
        await branch.whole(f"v{n}", "wang")
    figures = await branch.store.floor.figures("wang", since)
    assert (figures.visits, figures.declined) == (2, 0)
    assert 10 < figures.average_s < 60


async def test_two_matchers_never_pair_anybody_twice(branch: Branch, url: str) -> None:
    """Two stores on one database, all matching at once, as two servers would."""
    other = await Store.open(url)
    try:
        tellers = [await branch.teller(f"t{n}") for n in range(8)]
        for n in range(6):
            await branch.arrive(f"v{n}")
        offers = await asyncio.gather(
            *(
                store.queue.match_teller(teller, branch.now)
                for _ in range(3)
                for teller in tellers
                for store in (branch.store, other)
            )
        )
        made = [offer for offer in offers if offer is not None]
        assert Counter(offer.visit.id for offer in made) == {f"v{n}": 1 for n in range(6)}
        assert len({offer.visit.offer.teller for offer in made}) == 6
        answers = await asyncio.gather(
            *(
                store.queue.accept(
                    o.visit.offer.pairing, o.visit.offer.teller, f"r{i}", branch.now,
                    command_id=f"m{i}",
                )
                for o in made
                for i, store in enumerate((branch.store, other))
            ),
            return_exceptions=True,
        )  # fmt: skip
        refused = [a for a in answers if isinstance(a, Refusal)]
        assert len(answers) - len(refused) == 6
        assert {refusal.code for refusal in refused} == {"pairing_already_accepted"}
        live = select(func.count()).where(pairings.c.state == "live")
        assert await other.read(lambda conn: conn.execute(live).scalar_one()) == 6
        for n in range(6):
            await other.visits.verify_chain(f"v{n}")
    finally:
        await other.close()
