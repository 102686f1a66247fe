"""What is asked again and again is found by an index: SQLite's own plan for the statement says so.

A partial index is used only if its condition stands in the statement word for word; a value that is
bound hides it, and the branch goes through every visit it ever had.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPICursor

from teller_server.store.store import Store
from tests.teller_server.material import NOON
from tests.teller_server.store.test_outgoing import endpoint

GROWING = ("visits", "events", "effects", "recordings", "pairings", "tickets", "custody", "notices",
           "webhook_events", "webhook_deliveries")  # fmt: skip
SCAN = re.compile(rf"SCAN ({'|'.join(GROWING)})\b")
SHORT = ("ix_visits_live", "ix_tickets_line", "ix_effects_unsettled",
         "ix_notices_given_up")  # fmt: skip
"""Partial indexes: to go through one is to go through what it is about."""

ASKED: dict[str, Callable[[Store], Awaitable[Any]]] = {
    "under_review": lambda store: store.visits.under_review(),
    "under_review of one": lambda store: store.visits.under_review("wang"),
    "objected": lambda store: store.visits.objected(),
    "repudiated": lambda store: store.visits.repudiated(),
    "live": lambda store: store.visits.live(),
    "served": lambda store: store.visits.served("digest", "loan", NOON),
    "effects": lambda store: store.outbox.claim(NOON),
    "effects held up": lambda store: store.outbox.held_up(),
    "effect of a visit": lambda store: store.outbox.look("visit-1"),
    "notices": lambda store: store.notices.claim(NOON),
    "deliveries": lambda store: store.webhooks.claim(NOON),
    "expired offers": lambda store: store.queue.reap(NOON),
    "tellers": lambda store: store.floor.tellers(),
    "board": lambda store: store.floor.board(),
    "figures": lambda store: store.floor.figures("wang", NOON),
    "notices given up": lambda store: store.notices.given_up(),
}


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(f"sqlite:///{tmp_path / 'branch.db'}")
    await store.webhooks.add(endpoint())
    yield store
    await store.close()


async def plan(store: Store, asked: Callable[[Store], Awaitable[Any]]) -> list[str]:
    """How SQLite goes about each statement of one question."""
    heard: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: DBAPICursor, statement: str, given: Any, *_: Any) -> None:
        heard.append((statement, given))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        await asked(store)
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    steps: list[str] = []
    for statement, given in heard:
        if statement.lstrip().upper().startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
            rows = await store.database.read(
                lambda conn, s=statement, g=given: conn.exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {s}", g
                ).all()
            )
            steps += [row.detail for row in rows]
    return steps


@pytest.mark.parametrize("name", ASKED)
async def test_no_question_goes_through_everything_that_ever_was(opened: Store, name: str) -> None:
    steps = await plan(opened, ASKED[name])
    assert steps
    assert [step for step in steps if SCAN.match(step) and not step.endswith(SHORT)] == []
