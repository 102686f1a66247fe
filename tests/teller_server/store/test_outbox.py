"""A change reaches the bank's own system once, after the seal, or is known to have failed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from teller_server.domain import commands as c
from teller_server.domain.state import Effect
from teller_server.store.leases import LEASE
from teller_server.store.outbox import MAX_ATTEMPTS, backoff
from teller_server.store.store import Store
from tests.teller_server.systems.short import TELLER, Short


@pytest.fixture
async def served(store: Store) -> Short:
    """A visit whose service has ended well."""
    short = Short(store)
    await short.served()
    return short


async def sealed(short: Short, *, verified: bool = True) -> None:
    await short.do(c.CallSealed("manifest", verified), c.WrapUp(TELLER, "completed"))


async def test_an_effect_is_due_with_the_verified_seal_and_not_before(served: Short) -> None:
    outbox = served.store.outbox
    assert await outbox.claim(served.now) == ()
    await sealed(served)
    (job,) = await outbox.claim(served.now)
    assert (job.visit, job.effect, job.attempt) == ("visit-1", "core.change_details", 1)
    assert await outbox.claim(served.now) == ()
    after = await outbox.committed(job, "R1", served.now)
    assert (after.visit.effect, after.visit.receipt) == (Effect.COMMITTED, "R1")
    assert (await outbox.committed(job, "R1", served.now)).duplicate
    assert await outbox.state("visit-1") == "committed"


async def test_without_a_verified_seal_nothing_is_ever_due(served: Short) -> None:
    await sealed(served, verified=False)
    visit = await served.store.visits.get("visit-1")
    assert visit.effect is Effect.CANCELLED
    served.later(hours=1)
    assert await served.store.outbox.claim(served.now) == ()
    assert await served.store.outbox.state("visit-1") is None


async def test_two_workers_never_hold_the_same_effect(served: Short) -> None:
    await sealed(served)
    claims = await asyncio.gather(*(served.store.outbox.claim(served.now) for _ in range(4)))
    assert sum(len(claim) for claim in claims) == 1


async def test_a_worker_that_died_loses_its_lease(served: Short) -> None:
    await sealed(served)
    await served.store.outbox.claim(served.now)
    served.now += LEASE
    (again,) = await served.store.outbox.claim(served.now)
    assert again.attempt == 2


async def test_an_effect_is_tried_again_ever_later_and_then_given_up(served: Short) -> None:
    await sealed(served)
    outbox = served.store.outbox
    for attempt in range(1, MAX_ATTEMPTS):
        (job,) = await outbox.claim(served.now)
        assert job.attempt == attempt
        assert await outbox.failed(job, "core_down", served.now) is None
        assert await outbox.claim(served.now) == ()
        served.now += backoff(attempt)
    (last,) = await outbox.claim(served.now)
    given_up = await outbox.failed(last, "core_down", served.now)
    assert given_up.visit.effect is Effect.DEAD_LETTERED
    served.later(days=1)
    assert await outbox.claim(served.now) == ()
    await served.store.visits.verify_chain("visit-1")


async def test_what_can_never_succeed_is_given_up_at_once(served: Short) -> None:
    await sealed(served)
    (job,) = await served.store.outbox.claim(served.now)
    given_up = await served.store.outbox.failed(job, "unknown_customer", served.now, final=True)
    assert given_up.visit.effect is Effect.DEAD_LETTERED


def test_waiting_grows_but_not_for_ever() -> None:
    waits = [backoff(n) for n in range(1, 20)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=15)
