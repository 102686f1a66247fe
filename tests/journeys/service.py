"""One of the release's services, from the scope before the queue to the bank's own system."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from teller_server.rehearse.customer import Customer, Person
from teller_server.rehearse.guest import Guest
from teller_server.rehearse.media import Medium
from teller_server.rehearse.play import Play, Wishes
from teller_server.rehearse.reviewer import Reviewer
from teller_server.rehearse.server import PrivateServer, private_server
from teller_server.rehearse.teller import Teller
from tests.journeys.hurry import hurried
from tests.journeys.people import OFTEN, PATIENCE, Cast, console, core_database
from tests.phones import Phone, pdfsig
from tests.phones import orders as orders_of

APPLICATION = {
    "amount": "150000.00",
    "months": "24",
    "purpose": "renovation",
    "purpose_detail": "旧房装修",
    "income": "18000.00",
    "debts": "2000.00",
    "rate": "4.35",
}


@asynccontextmanager
async def hurried_branch(place: Path) -> AsyncIterator[PrivateServer]:
    """A branch under the law of mainland China, in a hurry."""
    rules = {"directory": str(hurried(place / "bank"))}
    async with private_server(place, place / "evidence", recording=OFTEN, rules=rules) as running:
        yield running


@dataclass
class Served:
    """One visit in service, with whoever joins it."""

    server: PrivateServer
    teller: Teller
    customer: Customer
    medium: Medium
    phone: Phone
    stack: AsyncExitStack
    people: dict[str, Customer] = field(default_factory=dict)

    def play(self, **wishes: Any) -> Play:
        self.people["customer"] = self.customer
        kept = Wishes(code=self.phone.code, **wishes)
        return Play(self.teller, self.people, kept, before_step=self._asked_in)

    async def _asked_in(self, step: str) -> None:
        """A further party comes when the first step of theirs does."""
        view = await self.teller.visit(lambda visit: visit["current"], "a step")
        party = view["current"]["party"]
        if party in self.people:
            return
        await self.teller.wire.send("guest.invite", party=party)
        view = await self.teller.visit(
            lambda visit: any(one["link"] for one in visit["guests"] if one["party"] == party),
            f"a link for {step}",
        )
        link = next(one["link"] for one in view["guests"] if one["party"] == party)
        guest = await Guest.come(self.server.base, link, self.medium)
        self.stack.push_async_callback(guest.close)
        self.people[party] = guest
        await guest.join()

    async def finish(self) -> None:
        await self.teller.end("done")
        await self.teller.wrap_up("done")

    async def under_review(self) -> None:
        await self.customer.wire.until(lambda view: view["review"], "the review", PATIENCE)


@asynccontextmanager
async def served(
    server: PrivateServer, cast: Cast, person: Person, service: str, **intake: str
) -> AsyncIterator[Served]:
    """A customer who was let in by the scope, connected and recorded."""
    async with AsyncExitStack() as stack:
        teller = await stack.enter_async_context(console(server, cast))
        customer = await Customer.arrive(
            server.base, person, cast.customer, service=service, intake=intake
        )
        stack.push_async_callback(customer.close)
        await teller.ready()
        await teller.accept(await customer.take_ticket())
        await asyncio.gather(customer.join(), teller.join())
        await teller.in_service(PATIENCE)
        phone = Phone(core_database(server))
        yield Served(server, teller, customer, cast.customer, phone, stack)


async def decided(reviewer: Reviewer, visit: str, verdict: str, reason: str | None = None) -> None:
    """A second person's word, after having looked."""
    await reviewer.fresh()
    grant = await reviewer.view(visit, "复核本次业务")
    body = {"verdict": verdict, "reason": reason} if reason else {"verdict": verdict}
    await reviewer.door.post(f"/api/review/visits/{visit}/decision?grant={grant}", body)


async def findings(reviewer: Reviewer, visit: str) -> dict[str, Any]:
    await reviewer.fresh()
    grant = await reviewer.view(visit, "复核本次业务")
    return dict(await reviewer.door.get(f"/api/review/visits/{visit}/findings", grant=grant))


def orders(server: PrivateServer, visit: str) -> list[dict[str, Any]]:
    """What the bank's own system was asked for in this visit's name."""
    return orders_of(core_database(server), visit)


async def signed_copy(who: Customer, paper: str, place: Path) -> bytes:
    """A signed paper by its short-lived link: poppler finds the signer's and the bank's mark."""
    link = await who.door.post(f"/api/customer/papers/{paper}/link")
    copy = place / f"{paper}.pdf"
    copy.write_bytes(await who.door.fetch(link["url"]))
    said = await pdfsig(copy)
    assert said.count("Signature is Valid") == 2, said
    assert "Signature is Invalid" not in said
    return copy.read_bytes()
