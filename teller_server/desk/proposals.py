"""While the teller looks at the decision, the bank's own system is asked whether it would take it.

In the background and within bounds: a bank that is away holds nobody up, and is said to be away.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.errors import Outage
from teller_server.domain.events import Event
from teller_server.domain.proposal import awaits_the_bank
from teller_server.domain.state import Visit
from teller_server.store.visits import VisitStore

log = structlog.get_logger(__name__)

AGAIN_SECONDS = (0.0, 2.0, 5.0)
PATIENCE_SECONDS = 10.0
AT_ONCE = 8


class ProposalDesk:
    """Asks once the decision is open, a few times, a few visits at a time."""

    def __init__(
        self,
        counter: Counter,
        crew: Crew,
        visits: VisitStore,
        ask: Callable[[Visit], Awaitable[tuple[str, ...]]],
        ring: Callable[[str], None],
        again: Sequence[float] = AGAIN_SECONDS,
    ) -> None:
        self._counter = counter
        self._crew = crew
        self._visits = visits
        self._ask = ask
        self._ring = ring
        self._again = again
        self._asking = asyncio.Semaphore(AT_ONCE)
        counter.listen(self._heard)

    def _heard(self, visit: Visit, events: Sequence[Event]) -> None:
        started = any(isinstance(event, e.StepStarted) for event in events)
        if started and awaits_the_bank(visit):
            self._crew.start(self._propose(visit.id), "proposals")

    async def _propose(self, visit_id: str) -> None:
        answer = c.AnswerProposal(reached=False)
        for wait in self._again:
            await asyncio.sleep(wait)
            visit = await self._visits.get(visit_id)
            if not awaits_the_bank(visit):
                return
            reasons = await self._asked(visit)
            if reasons is not None:
                answer = c.AnswerProposal(True, reasons)
                break
        if await self._counter.try_act(visit_id, answer) is not None:
            self._ring(visit_id)

    async def _asked(self, visit: Visit) -> tuple[str, ...] | None:
        """The bank's reasons; None when it can't be asked now."""
        try:
            async with self._asking, asyncio.timeout(PATIENCE_SECONDS):
                return await self._ask(visit)
        except Outage as outage:
            log.warning("not_proposed", visit=visit.id, why=outage.code)
        except TimeoutError:
            log.warning("not_proposed", visit=visit.id, why="timeout")
        except Exception:  # what can't be asked is shown as such; the decision goes on
            log.exception("not_proposed", visit=visit.id)
        return None
