"""Visit ↔ liveness: shows one action after the other and judges each by the live picture.

The draw is sealed in the recording's events before its first action is shown. Only the server's
clock and the server's own copy of the video count. What can't be seen is unusable, never passed.
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import structlog

from kyc.challenge import Action
from kyc.errors import Outage as ModelOutage
from kyc.errors import Refusal as ModelRefusal
from kyc.liveness import ActionFound, Asked, judge
from kyc.policy import Outcome
from kyc.pool import ModelPool
from teller_server.desk import challenge_draw as drawing
from teller_server.desk.call import CallDesk
from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.evidence import EvidenceDesk
from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.events import Event
from teller_server.domain.ids import UNSAID, SealedText
from teller_server.domain.script import CUSTOMER
from teller_server.domain.state import StepState, Visit
from teller_server.domain.state_challenge import ChallengeOutcome
from teller_server.worker.link import LinkBrokenError, RemoteFailureError, RemoteRefusalError

log = structlog.get_logger(__name__)

CALM_SECONDS = 2.5
"""The face at rest before each action, which it is measured against; a key frame comes first."""
LATE_SECONDS = 0.5
"""What the network may take to bring the end of an action back."""


@dataclass(eq=False)
class _Run:
    """One challenge being asked; `left` once something came in between."""

    visit: str
    party: str
    drawn: e.ChallengeDrawn
    left: bool = False


class ChallengeDesk:
    """Runs challenges; at most one at a time for each visit. `chance` is the system's own."""

    def __init__(
        self,
        counter: Counter,
        call: CallDesk,
        evidence: EvidenceDesk,
        models: ModelPool,
        crew: Crew,
        chance: Random,
    ) -> None:
        self._counter = counter
        self._call = call
        self._evidence = evidence
        self._models = models
        self._crew = crew
        self._chance = chance
        self._runs: dict[str, tuple[_Run, asyncio.Task[None]]] = {}
        counter.listen(self._heard)

    async def begin(self, visit: Visit, teller: str, step: str, command_id: str) -> None:
        """Draw anew and begin to ask. Raises Refusal challenge_running, too_many_attempts, …"""
        command = drawing.challenge(_open(visit, step), teller, self._chance)
        applied = await self._counter.act(visit.id, command, command_id)
        drawn = [one for one in applied.events if isinstance(one, e.ChallengeDrawn)]
        if not applied.duplicate and drawn:
            run = _Run(visit.id, _open(applied.visit, step).party, drawn[-1])
            self._crew.start(self._ask(run), "challenge")

    async def instead(
        self, visit: Visit, by: str, step: str, command_id: str, note: SealedText = UNSAID
    ) -> None:
        """No movement. Raises Refusal reason_required, teller_decides, alternative_chosen, …"""
        command = drawing.instead(_open(visit, step), by, self._chance, note)
        await self._counter.act(visit.id, command, command_id)

    # ---- one challenge

    async def _ask(self, run: _Run) -> None:
        """Whatever happens, the challenge ends: one that ran for ever would allow no other."""
        task = asyncio.create_task(self._whole(run), name="challenge.run")
        self._runs[run.visit] = (run, task)
        try:
            await task
        except asyncio.CancelledError:
            if not run.left:
                raise  # the branch closes
            await self._broken(run, "interrupted")
        finally:
            if self._runs.get(run.visit, (None,))[0] is run:
                del self._runs[run.visit]

    async def _whole(self, run: _Run) -> None:
        try:
            sealed = await self._evidence.sealed(run.visit)
            for index in range(len(run.drawn.actions)):
                if not await self._one(run, index, sealed):
                    return
        except Refusal as refusal:  # overtaken: the visit went on without it
            log.info("challenge_left", visit=run.visit, code=refusal.code)
            await self._broken(run, "interrupted")
        except (ModelOutage, ModelRefusal, Outage, RemoteRefusalError) as error:
            await self._broken(run, error.code)
        except (LinkBrokenError, RemoteFailureError, TimeoutError):
            await self._broken(run, "no_video")
        except Exception:
            log.exception("challenge_not_judged", visit=run.visit)
            await self._broken(run, "not_checked")

    async def _one(self, run: _Run, index: int, sealed: str) -> bool:
        """Ask for one action and judge it; whether it passed."""
        seconds = run.drawn.seconds + LATE_SECONDS
        nonce = run.drawn.nonce
        tapping = asyncio.create_task(self._call.tap(run.visit, run.party, CALM_SECONDS + seconds))
        try:
            await asyncio.sleep(CALM_SECONDS)
            await self._counter.act(run.visit, c.ShowAction(nonce, index, sealed))
            shown = time.monotonic()
            frames = await tapping
        finally:
            tapping.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await tapping
        samples = await self._models.gestures(frames)
        asked = Asked(Action(run.drawn.actions[index]), shown, shown + seconds)
        found = judge(asked, samples)
        await self._counter.act(run.visit, _judged(nonce, index, asked, found))
        return found.outcome is Outcome.PASSED

    async def _broken(self, run: _Run, code: str) -> None:
        await self._counter.try_act(run.visit, c.BreakChallenge(run.drawn.nonce, code))

    # ---- what happened to the visit

    def _heard(self, visit: Visit, events: Sequence[Event]) -> None:
        """Who is gone, on hold or in doubt can't be asked on; what is over is left alone."""
        if visit.id not in self._runs:
            return
        run, task = self._runs[visit.id]
        if any(_interrupts(event, run) for event in events):
            run.left = True
            task.cancel()


def _interrupts(event: Event, run: _Run) -> bool:
    match event:
        case e.LegLost(party=party) | e.GuestLeft(party=party):
            return party in (run.party, CUSTOMER)
    return isinstance(
        event, e.HoldBegan | e.ReverifyRequired | e.ServiceEnded | e.AlternativeChosen
    )


def _judged(nonce: str, index: int, asked: Asked, found: ActionFound) -> c.JudgeAction:
    seen = None if found.at is None else round(found.at - asked.shown, 2)
    outcome = _OUTCOMES.get(found.outcome, "unusable")
    return c.JudgeAction(nonce, index, outcome, round(found.measured, 2), seen, found.reason)


_OUTCOMES: dict[Outcome, ChallengeOutcome] = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
}


def _open(visit: Visit, step: str) -> StepState:
    current = visit.current
    if current is None or current.id != step:
        raise Refusal("step_not_open", step=step)
    if not current.plan.challenged:
        raise Refusal("no_challenge_here", step=step)
    return current
