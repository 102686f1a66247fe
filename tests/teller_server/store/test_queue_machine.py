"""The whole line under anything that can happen to it, held against the rules told in plain words.

On SQLite: what is looked for here is wrong order and lost tickets, not races (`test_queue`).
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.people import TellerState
from teller_server.domain.state import Outcome, Visit, VisitState
from teller_server.domain.ticket import Ticket, next_for
from teller_server.store.matching import DECLINE_PAUSE, OFFER_SECONDS
from teller_server.store.store import Store
from tests.teller_server.material import NOON, REASON, opening
from tests.teller_server.store.branch import DAY, SKILL, account

T = TypeVar("T")
TELLERS = ("t0", "t1", "t2")


class QueueMachine(RuleBasedStateMachine):
    """Customers come, wander off and leave; tellers accept, decline, sleep and finish."""

    template: Path

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="queue-machine-"))
        shutil.copy(self.template, self.folder / "branch.db")
        self.loop = asyncio.Runner()
        self.now = NOON
        self.count = 0
        self.declined: dict[tuple[str, str], Any] = {}
        self.store = self.run(Store.open(f"sqlite:///{self.folder / 'branch.db'}"))
        for teller in TELLERS:
            self.run(self.store.accounts.add(account(teller)))
            self.run(self.store.floor.set_wish(teller, TellerState.READY, None, self.now))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.run(self.store.close())
            self.loop.close()
            shutil.rmtree(self.folder)

    def live(self) -> dict[str, Visit]:
        return {visit.id: visit for visit in self.run(self.store.visits.live())}

    def pick(self, n: int, *states: VisitState) -> Visit | None:
        able = [v for v in self.live().values() if v.state in states]
        return able[n % len(able)] if able else None

    def send(self, visit: Visit | None, *commands: c.Command) -> None:
        for command in commands if visit else ():
            try:
                self.run(self.store.visits.apply(visit.id, command, self.now))
            except Refusal:
                return

    @rule(priority=st.sampled_from([0, 0, 1, 2]))
    def somebody_comes(self, priority: int) -> None:
        self.count += 1
        self.now += timedelta(seconds=1)
        visit = f"v{self.count:02d}"
        self.run(self.store.visits.apply(visit, opening(visit), self.now))
        self.run(self.store.queue.take_ticket(visit, DAY, self.now, priority=priority))

    @rule(teller=st.sampled_from(TELLERS))
    def a_teller_is_free(self, teller: str) -> None:
        """Whoever is offered must be exactly whom the plain rule names."""
        expected = self.expected(teller)
        offered = self.run(self.store.queue.match_teller(teller, self.now))
        assert (offered.visit.id if offered else None) == expected

    def expected(self, teller: str) -> str | None:
        floor = self.run(self.store.floor.presence(teller))
        if floor.state is not TellerState.READY:
            return None
        rested = self.now - DECLINE_PAUSE
        line = [
            Ticket(v.id, v.ticket, SKILL, v.language, v.enqueued_at, v.priority, away=v.away)
            for v in self.live().values()
            if v.state is VisitState.WAITING and self.declined.get((v.id, teller), rested) <= rested
        ]
        chosen = next_for(account(teller).teller, line, self.now)
        return chosen.visit if chosen else None

    @rule(n=st.integers(0, 9))
    def an_offer_is_accepted(self, n: int) -> None:
        visit = self.pick(n, VisitState.OFFERED)
        if visit:
            self.send(visit, c.Accept(visit.offer.pairing, visit.offer.teller, f"r-{visit.id}"))

    @rule(n=st.integers(0, 9))
    def an_offer_is_declined(self, n: int) -> None:
        visit = self.pick(n, VisitState.OFFERED)
        if visit:
            self.declined[visit.id, visit.offer.teller] = self.now
            self.send(visit, c.Decline(visit.offer.pairing, visit.offer.teller, REASON))

    @rule(n=st.integers(0, 9), back=st.booleans())
    def a_customer_wanders(self, n: int, back: bool) -> None:
        visit = self.pick(n, VisitState.WAITING, VisitState.OFFERED)
        self.send(visit, c.CustomerBack() if back else c.CustomerAway())

    @rule(n=st.integers(0, 9))
    def a_customer_leaves(self, n: int) -> None:
        self.send(self.pick(n, VisitState.WAITING, VisitState.OFFERED), c.LeaveQueue())

    @rule(n=st.integers(0, 9))
    def a_visit_ends(self, n: int) -> None:
        visit = self.pick(n, VisitState.CONNECTING)
        if visit:
            abort = c.Abort(Outcome.ABORTED_TECHNICAL, "x")
            self.send(visit, abort, c.WrapUp(visit.teller, "x"), c.CallSealed("m", True))

    @rule(teller=st.sampled_from(TELLERS), wish=st.sampled_from(["ready", "ready", "break"]))
    def a_teller_says(self, teller: str, wish: str) -> None:
        self.run(self.store.floor.set_wish(teller, TellerState(wish), None, self.now))

    @rule(seconds=st.sampled_from([1.0, 7.0, OFFER_SECONDS.total_seconds(), 61.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.run(self.store.queue.reap(self.now))

    @invariant()
    def nobody_is_paired_twice(self) -> None:
        live = [v for v in self.live().values() if v.offer or v.owner]
        bound = [v.owner or v.offer.teller for v in live]
        assert len(bound) == len(set(bound))

    @invariant()
    def no_ticket_is_lost(self) -> None:
        """Every visit is in the line, with a teller, or closed; the tables beside it agree."""
        rows = self.run(self.store.read(lambda conn: conn.execute(text(_BOTH)).all()))
        assert len(rows) == self.count
        agreed = {
            "waiting": {"waiting"},
            "offered": {"offered"},
            "in_call": {"connecting", "wrap_up"},
            "served": {"wrap_up", "closed"},
            "left": {"closed"},
        }
        for row in rows:
            assert row.visit_state in agreed[row.ticket_state]
            assert row.accepted <= 1


_BOTH = """
SELECT v.state AS visit_state, t.state AS ticket_state,
    (SELECT count(*) FROM events e WHERE e.visit = v.id AND e.name = 'OfferAccepted') AS accepted
FROM visits v JOIN tickets t ON t.visit = v.id
"""


def test_the_line_holds_under_anything(sqlite_template: Path) -> None:
    QueueMachine.template = sqlite_template
    run_state_machine_as_test(
        QueueMachine,
        settings=settings(
            max_examples=30,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
