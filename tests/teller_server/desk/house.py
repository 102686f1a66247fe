"""A branch with its desks, its store and its disk, and no media worker: calls that never begin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from teller_server.app import open_branch
from teller_server.desk.branch import Branch
from teller_server.domain import commands as c
from teller_server.domain.people import Role, TellerState
from teller_server.domain.state import Visit, VisitState
from teller_server.settings import load
from teller_server.store.accounts import Account
from tests.journeys.people import SHORT

SERVICE = "change_of_details"
TELLER = "staff-wang"
PATIENCE = 180.0


@dataclass
class House:
    """The branch and short words for what people do in it."""

    branch: Branch

    async def customer(self, service: str = SERVICE) -> Visit:
        """A customer has tapped the consents."""
        consents = {"recording": True, "face": True}
        return await self.branch.admission.open_visit(
            service, "zh-CN", consents, "韩梅梅", "310104198805120041", {}
        )

    async def accepted(self) -> Visit:
        """A teller has accepted the customer; the call is being opened."""
        branch, visit = self.branch, await self.customer()
        now = branch.counter.now()
        await branch.store.floor.set_wish(TELLER, TellerState.READY, None, now)
        await branch.reception.take_ticket(visit, "ticket")
        offered = await self.until(visit, lambda it: it.offer is not None)
        assert offered.offer is not None
        await branch.reception.accept(TELLER, offered.offer.pairing, "accept")
        return await branch.store.visits.get(visit.id)

    async def do(self, visit: Visit, *commands: c.Command) -> Visit:
        for command in commands:
            await self.branch.counter.act(visit.id, command)
        return await self.branch.store.visits.get(visit.id)

    async def until(self, visit: Visit, holds: Callable[[Visit], bool]) -> Visit:
        async with asyncio.timeout(PATIENCE):
            while not holds(now := await self.branch.store.visits.get(visit.id)):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return now

    async def in_state(self, visit: Visit, state: VisitState) -> Visit:
        return await self.until(visit, lambda it: it.state is state)


@asynccontextmanager
async def house(place: Path, rules: Mapping[str, Any] = SHORT) -> AsyncIterator[House]:
    settings = load(
        data={"directory": place / "data"},
        demo=True,
        branch={"always_open": True, "connect_seconds": 0.05},
        recording={"min_free_mb": 0},
        media={"workers": 1},
        rules=rules,
    )
    branch = await open_branch(settings)
    if not await branch.store.accounts.all():  # a house that was closed opens again
        await branch.store.accounts.add(
            Account(
                id=TELLER,
                name="wang",
                display_name="王敏",
                number="T1",
                roles=frozenset({Role.TELLER}),
                skills=frozenset({SERVICE}),
                languages=frozenset({"zh-CN"}),
                password_hash="none",
                created_at=datetime.now(UTC),
            )
        )
    try:
        yield House(branch)
    finally:
        await branch.close()
