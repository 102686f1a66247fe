"""Effects that a person takes up again, and events that are written with what they tell of."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.state import Effect, Outcome
from teller_server.store.leases import LEASE
from teller_server.store.notices import MAX_ATTEMPTS, Notice, keep_notices
from teller_server.store.outgoing import TYPES
from teller_server.store.schema_outgoing import webhook_endpoints
from teller_server.store.store import Store
from teller_server.store.webhooks import AT_ONCE, WAITS, Endpoint
from tests.teller_server.systems.short import CHECKER, NOON, Short


def endpoint(id_: str = "hook-1", *types: str, state: str = "on") -> Endpoint:
    return Endpoint(
        id=id_,
        url="https://bank.example/events",
        title="Core",
        types=types or TYPES,
        secret=SealedText("sealed"),
        former=None,
        former_until=None,
        state=state,
        created_by="staff-root",
        created_at=NOON,
    )


@pytest.fixture
async def short(store: Store) -> Short:
    return Short(store)


# effects


async def test_what_was_given_up_is_tried_again_and_committed_once(short: Short) -> None:
    await short.done()
    outbox = short.store.outbox
    (job,) = await outbox.claim(short.now)
    given_up = await outbox.failed(job, "core_down", short.now, final=True)
    assert given_up is not None
    assert given_up.visit.effect is Effect.DEAD_LETTERED
    (look,) = await outbox.held_up()
    assert (look.visit, look.state, look.detail, look.ticket) == (
        "visit-1", "dead_lettered", "core_down", "A001",
    )  # fmt: skip
    visit = await short.do(c.RetryEffect("staff-root"))
    assert visit.effect is Effect.PENDING
    (again,) = await outbox.claim(short.now)
    assert (again.key, again.attempt) == (job.key, 1)
    done = await outbox.committed(again, "R1 changed", short.now)
    assert (done.visit.effect, done.visit.receipt) == (Effect.COMMITTED, "R1 changed")
    assert (await outbox.committed(again, "R1 changed", short.now)).duplicate
    assert await outbox.held_up() == ()
    await short.store.visits.verify_chain("visit-1")


async def test_it_may_be_given_up_and_taken_up_more_than_once(short: Short) -> None:
    await short.done()
    outbox = short.store.outbox
    for _ in range(3):
        (job,) = await outbox.claim(short.now)
        assert await outbox.failed(job, "core_down", short.now, final=True)
        assert await outbox.state("visit-1") == "dead_lettered"
        await short.do(c.RetryEffect("staff-root"))
    assert len(await outbox.claim(short.now)) == 1


async def test_who_lost_the_lease_has_no_say(short: Short) -> None:
    await short.done()
    outbox = short.store.outbox
    (slow,) = await outbox.claim(short.now)
    short.later(seconds=LEASE.total_seconds())
    (quick,) = await outbox.claim(short.now)
    await outbox.committed(quick, "R1", short.now)
    assert await outbox.failed(slow, "core_down", short.now, final=True) is None
    assert await outbox.state("visit-1") == "committed"


async def test_a_receipt_that_comes_after_giving_up_is_the_truth(short: Short) -> None:
    await short.done()
    outbox = short.store.outbox
    (job,) = await outbox.claim(short.now)
    await outbox.failed(job, "core_unreachable", short.now, final=True)
    done = await outbox.committed(job, "R1", short.now)
    assert done.visit.effect is Effect.COMMITTED


async def test_what_is_cancelled_stays_so(short: Short) -> None:
    await short.done()
    outbox = short.store.outbox
    (job,) = await outbox.claim(short.now)
    await outbox.failed(job, "core_down", short.now, final=True)
    visit = await short.do(c.CancelEffect("staff-root", "withdrawn"))
    assert visit.effect is Effect.CANCELLED
    with pytest.raises(Refusal, match="effect_not_given_up"):
        await short.do(c.RetryEffect("staff-root"))
    short.later(hours=9)
    assert await outbox.claim(short.now) == ()
    assert await outbox.held_up() == ()


# notices


async def test_a_notice_is_kept_with_the_receipt_and_sent_until_it_is_out(short: Short) -> None:
    await short.done()
    (job,) = await short.store.outbox.claim(short.now)
    notice = Notice("notice-1", "visit-1", "before", SealedText("sealed"))
    for _ in range(2):
        await short.store.outbox.committed(
            job, "R1", short.now, lambda conn: keep_notices(conn, (notice, notice), short.now)
        )
    notices = short.store.notices
    (first,) = await notices.claim(short.now)
    assert first.notice == notice
    await notices.failed(first, "messenger_unreachable", short.now)
    assert await notices.claim(short.now) == ()
    for _ in range(2, MAX_ATTEMPTS + 1):
        short.later(hours=1)
        (again,) = await notices.claim(short.now)
        await notices.failed(again, "messenger_unreachable", short.now)
    (look,) = await notices.given_up()
    assert (look.receiver, look.detail) == ("before", "messenger_unreachable")
    assert await notices.again("notice-1", short.now)
    assert not await notices.again("notice-1", short.now)
    (last,) = await notices.claim(short.now)
    await notices.sent(last, short.now)
    assert await notices.given_up() == ()
    short.later(hours=1)
    assert await notices.claim(short.now) == ()


# events


async def test_a_whole_visit_is_told_in_order_and_says_nothing_personal(short: Short) -> None:
    await short.store.webhooks.add(endpoint())
    await short.approved()
    short.later()
    (effect,) = await short.store.outbox.claim(short.now)
    await short.store.outbox.committed(effect, "R1 changed", short.now)
    told = []
    while jobs := await short.store.webhooks.claim(short.now):
        for job in jobs:
            told.append(json.loads(job.body))
            await short.store.webhooks.delivered(job, short.now, "204")
    told.sort(key=lambda event: (event["time"], TYPES.index(event["type"])))
    assert [event["type"] for event in told] == [
        "visit.opened",
        "visit.service_began",
        "visit.ended",
        "visit.review_asked",
        "visit.review_decided",
        "visit.closed",
        "visit.effect_settled",
    ]
    assert len({event["id"] for event in told}) == len(told)
    for event in told:
        assert event["specversion"] == "1.0"
        assert (event["source"], event["subject"]) == ("/teller-server", "visit-1")
        assert event["data"]["service"] == "short"
        assert "sealed" not in json.dumps(event)
        assert "digest" not in json.dumps(event)
    settled = told[-1]["data"]
    assert (settled["state"], settled["receipt"]) == ("committed", "R1 changed")


async def test_an_objection_is_told_with_the_day_of_its_answer(short: Short) -> None:
    await short.store.webhooks.add(endpoint("hook-1", "visit.objected"))
    short.objection_days = 15
    await short.done(checked=True)
    for checker in (CHECKER, "another-checker"):
        await short.do(c.Review(checker, "refuse", SealedText("sealed")))
    visit = await short.do(c.Object(SealedText("sealed reason")))
    assert visit.objection is not None
    (job,) = await short.store.webhooks.claim(short.now)
    told = json.loads(job.body)
    assert (told["type"], told["subject"]) == ("visit.objected", "visit-1")
    assert told["data"]["due_at"] == visit.objection.due_at.isoformat()
    assert "sealed" not in job.body
    await short.store.webhooks.delivered(job, short.now, "204")
    (line,) = await short.store.webhooks.deliveries("hook-1")
    assert (line.type, line.state) == ("visit.objected", "delivered")


async def test_only_what_was_asked_for_is_told_and_only_while_it_is_on(short: Short) -> None:
    webhooks = short.store.webhooks
    await webhooks.add(endpoint("hook-1", "visit.closed"))
    await webhooks.add(endpoint("hook-2", "visit.opened", state="off"))
    await short.done()
    (job,) = await webhooks.claim(short.now)
    assert json.loads(job.body)["type"] == "visit.closed"
    assert await webhooks.deliveries("hook-2") == ()


async def test_what_was_refused_is_never_told(short: Short) -> None:
    await short.store.webhooks.add(endpoint())
    await short.open()
    with pytest.raises(Refusal):
        await short.do(c.EndService("t-wang", Outcome.DONE))
    (job,) = await short.store.webhooks.claim(short.now)
    assert json.loads(job.body)["type"] == "visit.opened"


async def test_a_delivery_is_tried_ever_later_then_waits_for_a_person(short: Short) -> None:
    webhooks = short.store.webhooks
    await webhooks.add(endpoint("hook-1", "visit.opened"))
    await short.open()
    for attempt in range(1, 9):
        (job,) = await webhooks.claim(short.now)
        assert job.attempt == attempt
        assert await webhooks.claim(short.now) == ()
        await webhooks.failed(job, "endpoint_unreachable", short.now, attempts=8)
        short.now += WAITS[min(attempt, len(WAITS)) - 1]
    assert await webhooks.claim(short.now) == ()
    (delivery,) = await webhooks.deliveries("hook-1")
    assert (delivery.state, delivery.detail) == ("dead", "endpoint_unreachable")
    await webhooks.again(delivery.event, "hook-1", short.now)
    (job,) = await webhooks.claim(short.now)
    await webhooks.delivered(job, short.now, "204")
    (delivery,) = await webhooks.deliveries("hook-1")
    assert (delivery.state, delivery.attempts) == ("delivered", 1)


async def test_what_arrived_long_ago_is_forgotten_and_what_did_not_is_kept(short: Short) -> None:
    webhooks = short.store.webhooks
    await webhooks.add(endpoint("hook-1", "visit.opened", "visit.closed"))
    await short.done()
    first, second = await webhooks.claim(short.now)
    await webhooks.delivered(first, short.now, "204")
    await webhooks.failed(second, "endpoint_gone", short.now, attempts=8, final=True)
    await webhooks.sweep(short.now)
    assert len(await webhooks.deliveries("hook-1")) == 2
    await webhooks.sweep(short.now + timedelta(seconds=1))
    (kept,) = await webhooks.deliveries("hook-1")
    assert (kept.event, kept.state) == (second.event, "dead")


async def test_a_sender_that_died_is_followed_by_another(short: Short) -> None:
    webhooks = short.store.webhooks
    await webhooks.add(endpoint("hook-1", "visit.opened"))
    await short.open()
    (dead,) = await webhooks.claim(short.now)
    short.now += timedelta(minutes=2)
    (job,) = await webhooks.claim(short.now)
    await webhooks.failed(dead, "late", short.now, attempts=1)
    await webhooks.delivered(job, short.now, "204")
    (delivery,) = await webhooks.deliveries("hook-1")
    assert delivery.state == "delivered"


async def test_one_endpoint_does_not_keep_the_others_waiting(store: Store) -> None:
    await store.webhooks.add(endpoint("hook-1", "visit.opened"))
    await store.webhooks.add(endpoint("hook-2", "visit.opened"))
    shorts = [Short(store, f"visit-{n}") for n in range(AT_ONCE + 2)]
    for short in shorts:
        await short.open()
    jobs = await store.webhooks.claim(shorts[0].now)
    assert sorted(job.endpoint.id for job in jobs) == ["hook-1"] * AT_ONCE + ["hook-2"] * AT_ONCE


async def test_of_a_removed_endpoint_nothing_stays(short: Short) -> None:
    webhooks = short.store.webhooks
    await webhooks.add(endpoint("hook-1", "visit.opened"))
    await webhooks.add(endpoint("hook-2", "visit.opened"))
    await webhooks.rotate("hook-1", SealedText("newer"), NOON + timedelta(days=1))
    await short.open()
    (job, other) = await webhooks.claim(short.now)
    await webhooks.turn("hook-1", "removed")
    rows = await short.store.database.read(
        lambda conn: conn.execute(select(webhook_endpoints).order_by("id")).all()
    )
    assert (rows[0].secret, rows[0].former, rows[0].former_until) == ("", None, None)
    await webhooks.sweep(NOON - timedelta(days=30))
    assert await webhooks.deliveries("hook-1") == ()
    rows = await short.store.database.read(
        lambda conn: conn.execute(select(webhook_endpoints)).all()
    )
    assert [row.id for row in rows] == ["hook-2"]
    await webhooks.delivered(job, short.now, "204")  # it was on its way
    await webhooks.delivered(other, short.now, "204")
    (delivery,) = await webhooks.deliveries("hook-2")
    assert delivery.state == "delivered"


async def test_what_happens_while_an_endpoint_is_off_is_not_kept_for_it(short: Short) -> None:
    webhooks = short.store.webhooks
    await webhooks.add(endpoint("hook-1", "visit.opened", "visit.closed"))
    await short.open()
    await webhooks.turn("hook-1", "off")
    other = Short(short.store, "visit-2")
    await other.open()
    assert await webhooks.claim(other.now) == ()
    await webhooks.turn("hook-1", "on")
    (job,) = await webhooks.claim(other.now)
    assert '"subject":"visit-1"' in job.body


async def test_a_removed_endpoint_is_nobodys(short: Short) -> None:
    webhooks = short.store.webhooks
    await webhooks.add(endpoint())
    await webhooks.rotate("hook-1", SealedText("newer"), NOON + timedelta(days=1))
    (kept,) = await webhooks.endpoints()
    assert (kept.secret, kept.former) == ("newer", "sealed")
    await webhooks.turn("hook-1", "removed")
    await short.open()
    assert await webhooks.claim(short.now) == ()
    with pytest.raises(Refusal, match="unknown_endpoint"):
        await webhooks.turn("hook-1", "on")
    with pytest.raises(Refusal, match="unknown_endpoint"):
        await webhooks.endpoint("hook-1")


async def test_a_review_whose_time_has_run_out_is_told_once_with_its_last_term(
    short: Short,
) -> None:
    await short.store.webhooks.add(endpoint("hook-1", "visit.review_overdue"))
    visit = await short.done(checked=True)
    assert visit.under_review is not None
    short.now = visit.under_review.due_at
    visit = await short.do(c.HurryReview())
    assert visit.under_review is not None
    last = visit.under_review.due_at
    short.now = last
    await short.do(c.HurryReview())
    told = [json.loads(one.body) for one in await short.store.webhooks.claim(short.now)]
    assert [(one["type"], one["data"]["due_at"]) for one in told] == [
        ("visit.review_overdue", last.isoformat())
    ]
