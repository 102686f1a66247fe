"""A change reaches the bank's own system once, after the seal, or is known to have failed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from teller_server.domain.errors import Refusal
from teller_server.domain.state import Effect
from teller_server.systems.demo_core import DemoCore
from teller_server.store.outbox import LEASE, MAX_ATTEMPTS, backoff
from tests.teller_server.material import NOON
from tests.teller_server.store.branch import Branch


@pytest.fixture
async def served(branch: Branch) -> Branch:
    """A visit `v1` whose service has ended well."""
    await branch.teller("wang")
    await branch.arrive("v1")
    await branch.match("wang")
    await branch.accept("v1")
    await branch.serve("v1")
    return branch


async def test_an_effect_is_due_with_the_verified_seal_and_not_before(served: Branch) -> None:
    outbox = served.store.outbox
    assert await outbox.claim(served.now) == ()
    await served.done("v1")
    (job,) = await outbox.claim(served.now)
    assert (job.visit, job.effect, job.attempt) == ("v1", "core.change_details", 1)
    assert await outbox.claim(served.now) == ()
    after = await outbox.committed(job, "R1", served.now)
    assert (after.visit.effect, after.visit.receipt) == (Effect.COMMITTED, "R1")
    assert (await outbox.committed(job, "R1", served.now)).duplicate
    assert await outbox.state("v1") == "committed"


async def test_without_a_verified_seal_nothing_is_ever_due(served: Branch) -> None:
    visit = await served.done("v1", verified=False)
    assert visit.effect is Effect.CANCELLED
    served.later(3600)
    assert await served.store.outbox.claim(served.now) == ()
    assert await served.store.outbox.state("v1") is None


async def test_two_workers_never_hold_the_same_effect(served: Branch) -> None:
    await served.done("v1")
    claims = await asyncio.gather(*(served.store.outbox.claim(served.now) for _ in range(4)))
    assert sum(len(claim) for claim in claims) == 1


async def test_a_worker_that_died_loses_its_lease(served: Branch) -> None:
    await served.done("v1")
    await served.store.outbox.claim(served.now)
    served.later(LEASE.total_seconds())
    (again,) = await served.store.outbox.claim(served.now)
    assert again.attempt == 2


async def test_an_effect_is_tried_again_ever_later_and_then_given_up(served: Branch) -> None:
    await served.done("v1")
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
    served.later(86400)
    assert await outbox.claim(served.now) == ()
    await served.store.visits.verify_chain("v1")


async def test_what_can_never_succeed_is_given_up_at_once(served: Branch) -> None:
    await served.done("v1")
    (job,) = await served.store.outbox.claim(served.now)
    given_up = await served.store.outbox.failed(job, "unknown_customer", served.now, final=True)
    assert given_up.visit.effect is Effect.DEAD_LETTERED


def test_waiting_grows_but_not_for_ever() -> None:
    waits = [backoff(n) for n in range(1, 20)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=15)


@pytest.fixture
async def core(tmp_path: Path) -> DemoCore:
    bank = DemoCore(tmp_path / "bank" / "core.db")
    await bank.seed()
    await bank.seed()
    yield bank
    await bank.close()


async def test_the_demo_bank_knows_its_invented_customers(core: DemoCore) -> None:
    everybody = await core.customers()
    assert len(everybody) == 5
    first = everybody[0]
    assert await core.find(f" {first.document} ") == first
    assert await core.find("no such number") is None


async def test_a_change_is_made_once_however_often_it_is_sent(core: DemoCore) -> None:
    wanted = {"address": "北京市海淀区学院路1号", "occupation": "retired"}
    receipts = [await core.apply("v1/change", "C100001", wanted, NOON) for _ in range(3)]
    assert len(set(receipts)) == 1
    changed = await core.find("330106199001010028")
    assert (changed.address, changed.occupation) == tuple(wanted.values())
    (change,) = await core.changes()
    assert change.wanted == wanted
    assert change.before["occupation"] == "office"
    assert change.receipt == receipts[0]


@pytest.mark.parametrize(
    ("key", "reference", "changes", "code"),
    [
        ("k", "C999999", {"address": "x"}, "core_unknown_customer"),
        ("k", "C100001", {"name": "x"}, "core_not_changeable"),
        ("k", "C100001", {}, "core_not_changeable"),
        ("used", "C100002", {"address": "x"}, "core_key_reused"),
    ],
)
async def test_what_the_demo_bank_will_not_do(
    core: DemoCore, key: str, reference: str, changes: dict[str, str], code: str
) -> None:
    await core.apply("used", "C100001", {"address": "x"}, NOON)
    with pytest.raises(Refusal, match=code):
        await core.apply(key, reference, changes, NOON)
    assert len(await core.changes()) == 1
