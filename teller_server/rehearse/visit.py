"""One whole visit by two synthetic parties, from the ticket to the receipt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from teller_server.rehearse.customer import Customer, Person
from teller_server.rehearse.media import Medium
from teller_server.rehearse.play import Play, Unfit, Wishes
from teller_server.rehearse.teller import Credentials, Teller

_ALL_ARRIVED = 0.6  # seconds in which the last frames sent surely reach the recorder
_CHANGE = {"address": "杭州市西湖区彩排路 1 号"}
_INTAKE = {"item": "address"}

Say = Callable[[str], None]
__all__ = ["Lived", "Plan", "Unfit", "live", "serve"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Who comes, who serves, what they send, and how long the call lasts at least (seconds)."""

    person: Person
    teller: Credentials
    customers_medium: Medium
    tellers_medium: Medium
    seconds: float = 20.0
    language: str = "zh-CN"


@dataclass(slots=True)
class Lived:
    """What the parties saw of their visit; filled in as it goes, so that a failure keeps it."""

    visit: str | None = None
    first_frame_ms: int | None = None
    face: str | None = None
    call_s: float | None = None
    seal_ms: int | None = None
    receipt: dict[str, Any] = field(default_factory=dict)
    sent: dict[str, dict[str, int]] = field(default_factory=dict)
    received: dict[str, dict[str, int]] = field(default_factory=dict)


async def live(base: str, plan: Plan, lived: Lived, say: Say = lambda _text: None) -> None:
    """Live the visit at the server at `base`; `say` hears of each stage.

    Raises:
        Unfit: a photograph or a face was refused.
        client.Refused, wire.WireError, peer.CallFailed, TimeoutError: the server said no, or
            nothing.
    """
    teller = await Teller.sign_in(base, plan.teller, plan.tellers_medium)
    try:
        customer = await Customer.arrive(
            base, plan.person, plan.customers_medium, language=plan.language, intake=_INTAKE
        )
        try:
            await _visit(teller, customer, plan, lived, say)
        finally:
            _count(teller, customer, lived)
            await customer.close()
    finally:
        await teller.close()


async def _visit(teller: Teller, customer: Customer, plan: Plan, lived: Lived, say: Say) -> None:
    loop = asyncio.get_running_loop()
    await teller.ready()
    ticket = await customer.take_ticket()
    lived.visit = await teller.accept(ticket)
    say(f"ticket {ticket} is taken by a teller")
    await asyncio.gather(customer.join(), teller.join())
    began = loop.time()
    await teller.in_service()
    say("both parties are connected and recorded")
    await serve(teller, customer, lived, say)
    await _first_frames(teller, customer, lived)
    await asyncio.sleep(max(0.0, plan.seconds - (loop.time() - began)))
    customer.peer.pause()
    teller.peer.pause()
    await asyncio.sleep(_ALL_ARRIVED)
    lived.call_s = round(loop.time() - began, 1)
    _count(teller, customer, lived)
    await teller.end("done")
    wrapped = loop.time()
    await teller.wrap_up("done", "rehearsal")
    lived.receipt = await customer.receipt()
    lived.seal_ms = round((loop.time() - wrapped) * 1000)
    say("sealed")
    lived.receipt = await customer.receipt("committed")
    say("committed")


async def serve(teller: Teller, customer: Customer, lived: Lived, say: Say) -> None:
    """Every step of the service, by both parties."""
    play = Play(teller, {"customer": customer}, Wishes(forms={"details": _CHANGE}), say)
    await play.to_the_end()
    lived.face = ", ".join(play.faces) or None
    say("served")


async def _first_frames(teller: Teller, customer: Customer, lived: Lived) -> None:
    peers = teller.peer, customer.peer
    async with asyncio.timeout(10):
        await asyncio.gather(*(peer.received.shown.wait() for peer in peers))
    shown = max(peer.received.first_picture for peer in peers)
    lived.first_frame_ms = round((shown - max(peer.offered_at for peer in peers)) * 1000)


def _count(teller: Teller, customer: Customer, lived: Lived) -> None:
    for name, party in (("customer", customer), ("teller", teller)):
        lived.sent[name] = party.peer.sent
        received = party.peer.received
        lived.received[name] = {"video": received.video, "audio": received.audio}
