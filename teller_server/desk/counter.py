"""The counter: every command on a visit passes here, one at a time per visit.

`act` hands the command to the store, which decides, writes state, events and outbox in one
transaction; then everybody who listens is told, in order, before the next command of that visit
begins. A listener only notes and starts work: it must not block or raise.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from weakref import WeakValueDictionary

import structlog

from teller_server.domain.commands import Command
from teller_server.domain.errors import Refusal
from teller_server.domain.events import Event
from teller_server.domain.state import Visit
from teller_server.store.ledger import Alongside, Applied
from teller_server.store.visits import VisitStore

log = structlog.get_logger(__name__)

Listener = Callable[[Visit, Sequence[Event]], None]


class Counter:
    """Where commands meet visits."""

    def __init__(
        self, visits: VisitStore, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._visits = visits
        self._clock = clock
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._listeners: list[Listener] = []

    def now(self) -> datetime:
        return self._clock()

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def act(
        self,
        visit: str,
        command: Command,
        command_id: str | None = None,
        alongside: Alongside | None = None,
    ) -> Applied:
        """Apply one command. Raises Refusal; a command id seen before changes nothing."""
        return await self.take_turn(
            visit,
            self._visits.apply(
                visit, command, self.now(), command_id=command_id, alongside=alongside
            ),
        )

    async def take_turn(self, visit: str, work: Awaitable[Applied]) -> Applied:
        """Run one of the store's own verbs in this visit's turn and tell what came of it."""
        turn = self._turns.setdefault(visit, asyncio.Lock())  # lives while somebody needs it
        async with turn:
            applied = await work
            if not applied.duplicate:
                self.tell(applied)
        return applied

    async def try_act(self, visit: str, command: Command) -> Applied | None:
        """Apply what a machine noticed: news that comes too late is no fault of anybody's."""
        try:
            return await self.act(visit, command)
        except Refusal as refusal:
            log.info("late_news", visit=visit, command=type(command).__name__, code=refusal.code)
            return None

    def tell(self, applied: Applied) -> None:
        """Let every listener hear what happened, also what the queue's own verbs did."""
        if not applied.events:
            return
        for listener in self._listeners:
            try:
                listener(applied.visit, applied.events)
            except Exception:  # one deaf listener must not silence the others
                log.exception("listener_failed", visit=applied.visit.id)
