"""Rings when only time has passed: a least time is over, a page was read, a position is too old.

A view says what its party may do now; nobody would draw it anew when nothing else happens.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.domain import events as e
from teller_server.domain.events import Event
from teller_server.domain.place import place_until
from teller_server.domain.service import ready_at
from teller_server.domain.signing import AGAIN_AFTER
from teller_server.domain.state import Visit

A_MOMENT = 0.05  # so that the time is over when the view is drawn


class Alarm:
    """Listens for what will be due; `ring(visit)` draws everybody's view of it."""

    def __init__(self, counter: Counter, crew: Crew, ring: Callable[[str], None]) -> None:
        self._counter = counter
        self._crew = crew
        self._ring = ring
        counter.listen(self._heard)

    def _heard(self, visit: Visit, events: Sequence[Event]) -> None:
        for event in events:
            due = _due(visit, event)
            if due is not None:
                self._crew.start(self._later(visit.id, due), "alarm")

    async def _later(self, visit: str, due: datetime) -> None:
        await asyncio.sleep((due - self._counter.now()).total_seconds() + A_MOMENT)
        self._ring(visit)


def _due(visit: Visit, event: Event) -> datetime | None:
    match event:
        case e.StepStarted():
            step = visit.step(event.step)
            return ready_at(step) if step is not None else None
        case e.CodeSent():
            return event.at + AGAIN_AFTER
        case e.PageTurned() if event.page and visit.current is not None:
            return event.at + timedelta(seconds=visit.current.plan.seconds)
        case e.PlaceTold():
            return place_until(visit)
    return None
