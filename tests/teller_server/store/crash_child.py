"""A branch that is killed: pairs and serves without end, telling each accept that it was told of.

`python -m tests.teller_server.store.crash_child URL NUMBER`
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.people import TellerState
from teller_server.domain.state import Outcome
from teller_server.store.store import Store
from tests.teller_server.material import opening

TELLERS = 4


async def work(url: str, number: str) -> None:
    store = await Store.open(url)
    count = 0
    for n in range(TELLERS):
        await store.floor.set_wish(f"t{n}", TellerState.READY, None, datetime.now(UTC))
    while True:
        now = datetime.now(UTC)
        count += 1
        visit = f"v-{number}-{count}"
        await store.visits.apply(visit, opening(visit), now)
        await store.queue.take_ticket(visit, now.date(), now)
        for left in await store.visits.live():
            await finish(store, left.id, left.owner)
        for n in range(TELLERS):
            offered = await store.queue.match_teller(f"t{n}", now)
            if offered is not None:
                await accept(store, offered.visit.id, offered.visit.offer.pairing, f"t{n}")


async def accept(store: Store, visit: str, pairing: str, teller: str) -> None:
    now = datetime.now(UTC)
    await store.queue.accept(pairing, teller, f"r-{visit}", now, command_id=f"m-{pairing}")
    sys.stdout.write(f"accepted {visit} {pairing}\n")
    sys.stdout.flush()


async def finish(store: Store, visit: str, teller: str | None) -> None:
    """What a killed branch left over, and what this one has in hand."""
    offer = (await store.visits.get(visit)).offer
    commands: tuple[c.Command, ...] = ()
    if offer is not None:
        commands = (c.ExpireOffer(offer.pairing, "restart"),)
    elif teller is not None:
        abort = c.Abort(Outcome.ABORTED_TECHNICAL, "test")
        commands = (abort, c.CallSealed("m", verified=True), c.WrapUp(teller, "ok"))
    for command in commands:
        try:
            await store.visits.apply(visit, command, datetime.now(UTC))
        except Refusal as refusal:
            if refusal.code not in {"not_now", "already_sealed"}:
                raise


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2]))
