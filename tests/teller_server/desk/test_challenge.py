"""A challenge at the desk: real models, a real store, real evidence; films stand for the call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import cast

import pytest

from kyc.pool import ModelPool
from teller_server.desk.call import CallDesk
from teller_server.desk.challenge import CALM_SECONDS, ChallengeDesk
from teller_server.desk.challenge_draw import challenge
from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.evidence import EvidenceDesk
from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.state import StepState, Visit
from teller_server.domain.state_challenge import ChallengeState
from teller_server.store.store import Store
from tests.teller_server.desk.camera import Camera, living, nearer, swung
from tests.teller_server.domain.challenge_walk import LEAF, script
from tests.teller_server.material import TELLER, opening

VISIT = "visit-1"
PATIENCE = 240.0


@pytest.fixture(scope="module")
async def models() -> AsyncIterator[ModelPool]:
    pool = ModelPool(1, second_opinion=False)
    yield pool
    await pool.close()


@dataclass
class Sealing:
    """Stands where the evidence stands: says which leaf, once it is told that the disk has it."""

    on_disk: asyncio.Event
    asked: int = 0

    async def sealed(self, _visit: str) -> str:
        self.asked += 1
        await self.on_disk.wait()
        return LEAF


@dataclass
class Asking:
    """One visit in whose challenge step a teller stands."""

    store: Store
    counter: Counter
    crew: Crew
    evidence: Sealing

    async def step(self) -> StepState:
        step = (await self.store.visits.get(VISIT)).current
        assert step is not None
        return step

    async def begin(self, camera: Camera, models: ModelPool, seed: int) -> None:
        desk = ChallengeDesk(
            self.counter,
            cast(CallDesk, camera),
            cast(EvidenceDesk, self.evidence),
            models,
            self.crew,
            Random(seed),
        )
        self.counter.listen(camera.heard)
        visit = await self.store.visits.get(VISIT)
        await desk.begin(visit, TELLER, "presence", f"m{seed}")

    async def ended(self) -> ChallengeState:
        async with asyncio.timeout(PATIENCE):
            found = None
            while found is None or found.outcome is None:
                await asyncio.sleep(0.1)
                found = (await self.step()).challenge
        return found

    async def told(self) -> list[e.Event]:
        return [one.event for one in await self.store.visits.events(VISIT)]


@pytest.fixture
async def asking(tmp_path: Path) -> AsyncIterator[Asking]:
    store = await Store.open(f"sqlite:///{tmp_path}/branch.db")
    counter, crew = Counter(store.visits), Crew()
    started = asyncio.Event()
    started.set()
    later = counter.now().replace(year=2100)
    first = opening(VISIT)
    commands: list[c.Command] = [
        c.OpenVisit(VISIT, script(), "zh-CN", VISIT, False, first.consents),
        c.TakeTicket("A001"),
        c.Offer("p1", TELLER, later),
        c.Accept("p1", TELLER, "r1"),
        *(c.LegUp(party, party) for party in ("customer", "teller")),
        *(c.RecordingConfirmed(party) for party in ("customer", "teller")),
        c.StartStep("recording_consent", TELLER),
        c.AnswerStep("recording_consent", "agreed"),
        c.CompleteStep("recording_consent", TELLER, "passed"),
        c.StartStep("presence", TELLER),
    ]
    for command in commands:
        await counter.act(VISIT, command)
    yield Asking(store, counter, crew, Sealing(started))
    await crew.close()
    await store.close()


def seed_of(step: StepState, *actions: str) -> int:
    """Chance that draws these actions in this order."""
    wanted = {q.action: q.id for q in step.plan.questions}
    names = tuple(wanted[action] for action in actions)
    return next(n for n in range(999) if challenge(step, TELLER, Random(n)).drawn == names)


async def test_a_man_who_turns_and_comes_closer_passes(asking: Asking, models: ModelPool) -> None:
    seed = seed_of(await asking.step(), "turn_left", "come_closer")
    camera = Camera([living(), nearer()])
    await asking.begin(camera, models, seed)
    found = await asking.ended()
    assert found.outcome == "passed", found
    turn, closer = found.actions
    assert turn.measured >= 15
    assert closer.measured >= 1.25
    assert all(seconds <= 10 for seconds in camera.asked)


async def test_the_draw_is_on_disk_before_anything_is_shown(
    asking: Asking, models: ModelPool
) -> None:
    asking.evidence.on_disk.clear()
    camera = Camera([living()])
    await asking.begin(camera, models, 1)
    await asyncio.sleep(CALM_SECONDS + 1)
    assert asking.evidence.asked == 1
    assert not [one for one in await asking.told() if isinstance(one, e.ActionShown)]
    asking.evidence.on_disk.set()
    await asking.ended()
    shown = [one for one in await asking.told() if isinstance(one, e.ActionShown)]
    assert shown[0].sealed == LEAF


@pytest.mark.parametrize(
    ("films", "why"),
    [
        ([nearer(), living()], "not_done"),
        ([swung()], "not_done"),
        ([living(mirrored=True)], "other_way"),
    ],
    ids=["the answer to another draw", "a swung photograph", "the other way"],
)
async def test_what_does_not_fit_the_draw_fails(
    asking: Asking, models: ModelPool, films: list[list[tuple[bytes, bool, float]]], why: str
) -> None:
    seed = seed_of(await asking.step(), "turn_left", "come_closer")
    await asking.begin(Camera(films), models, seed)
    found = await asking.ended()
    assert (found.outcome, found.reason) == ("failed", why)
    assert found.shown == 1
    step = await asking.step()
    assert step.failures == 1


async def test_where_the_models_are_gone_nothing_passes(asking: Asking) -> None:
    gone = ModelPool(1)
    await gone.close()
    await asking.begin(Camera([living()]), gone, 1)
    found = await asking.ended()
    assert (found.outcome, found.reason) == ("unusable", "models_closed")


async def test_where_no_picture_comes_nothing_passes(asking: Asking, models: ModelPool) -> None:
    await asking.begin(Camera([]), models, 1)
    found = await asking.ended()
    assert (found.outcome, found.reason) == ("unusable", "few_pictures")


@pytest.mark.parametrize(
    "command", [c.Hold(TELLER, on=True), c.LegDown("customer", "customer", "silent")]
)
async def test_what_comes_between_ends_it_without_a_result(
    asking: Asking, models: ModelPool, command: c.Command
) -> None:
    await asking.begin(Camera([living()]), models, 1)
    await asyncio.sleep(0.5)
    await asking.counter.act(VISIT, command)
    found = await asking.ended()
    assert (found.outcome, found.reason) == ("unusable", "interrupted")


async def test_a_visit_that_ends_leaves_nothing_running(asking: Asking, models: ModelPool) -> None:
    await asking.begin(Camera([living()]), models, 1)
    await asyncio.sleep(0.5)
    await asking.counter.act(VISIT, c.CompleteStep("presence", TELLER, "refused", LEAF))  # type: ignore[arg-type]
    await asyncio.sleep(0.2)
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "challenge.run"]
    assert isinstance(await asking.store.visits.get(VISIT), Visit)
