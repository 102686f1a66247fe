"""A little branch around a store: a clock that is told, tellers and customers by short names."""

from __future__ import annotations

from datetime import timedelta

from teller_server.domain import commands as c
from teller_server.domain.people import Role, TellerState
from teller_server.domain.state import Outcome, Visit
from teller_server.store.accounts import Account
from teller_server.store.ledger import Applied
from teller_server.store.store import Store
from tests.teller_server.material import NOON, STEPS, opening, usual

SKILL = "change_of_details"
DAY = NOON.date()


def account(id_: str, *, skills: tuple[str, ...] = (SKILL,), **more: object) -> Account:
    fields = {
        "id": id_,
        "name": id_,
        "display_name": id_.title(),
        "number": f"T-{id_}",
        "roles": frozenset({Role.TELLER.value}),
        "password_hash": "$argon2id$…",
        "created_at": NOON,
        "skills": frozenset(skills),
        "languages": frozenset({"zh-CN"}),
        **more,
    }
    return Account(**fields)


class Branch:
    """What the tests do over and over."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOON

    def later(self, seconds: float = 1) -> None:
        self.now += timedelta(seconds=seconds)

    async def teller(self, name: str, *, ready: bool = True, **more: object) -> str:
        await self.store.accounts.add(account(name, **more))
        if ready:
            await self.ready(name)
        return name

    async def ready(self, name: str, wish: TellerState = TellerState.READY) -> None:
        self.later()
        await self.store.floor.set_wish(name, wish, None, self.now)

    async def arrive(self, visit: str, *, priority: int = 0, **more: object) -> Visit:
        """Open a visit and take its ticket."""
        self.later()
        await self.store.visits.apply(visit, opening(visit, **more), self.now)
        took = await self.store.queue.take_ticket(visit, DAY, self.now, priority=priority)
        return took.applied.visit

    async def match(self, teller: str) -> str | None:
        """The visit that is offered to the teller, if any."""
        offered = await self.store.queue.match_teller(teller, self.now)
        return None if offered is None else offered.visit.id

    async def accept(self, visit: str, command_id: str = "accept") -> Applied:
        offer = (await self.store.visits.get(visit)).offer
        assert offer is not None
        self.later()
        return await self.store.queue.accept(
            offer.pairing, offer.teller, f"r-{visit}", self.now, command_id=command_id
        )

    async def apply(self, visit: str, *commands: c.Command) -> Visit:
        after = await self.store.visits.get(visit)
        for command in commands:
            self.later()
            after = (await self.store.visits.apply(visit, command, self.now)).visit
        return after

    async def serve(self, visit: str) -> Visit:
        """From an accepted offer to the end of the service, everything done."""
        teller = (await self.store.visits.get(visit)).owner or ""
        for party in ("customer", "teller"):
            await self.apply(visit, c.LegUp(party, "1"), c.RecordingConfirmed(party))
        for step in STEPS:
            between = [_by(teller, command) for command in usual(step)]
            ends = c.CompleteStep(step, teller, "passed")
            await self.apply(visit, c.StartStep(step, teller), *between, ends)
        return await self.apply(visit, c.EndService(teller, Outcome.DONE))

    async def done(self, visit: str, *, verified: bool = True) -> Visit:
        """Sealed and wrapped up."""
        teller = (await self.store.visits.get(visit)).owner or ""
        return await self.apply(
            visit, c.CallSealed("manifest", verified), c.WrapUp(teller, "completed")
        )

    async def whole(self, visit: str, teller: str, **more: object) -> Visit:
        """A visit from the door to the close."""
        await self.arrive(visit, **more)
        assert await self.match(teller) == visit
        await self.accept(visit)
        await self.serve(visit)
        return await self.done(visit)


def _by(teller: str, command: c.Command) -> c.Command:
    if not hasattr(command, "teller"):
        return command
    fields = {name: getattr(command, name) for name in type(command).__slots__}
    return type(command)(**{**fields, "teller": teller})
