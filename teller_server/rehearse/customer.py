"""A synthetic customer: what a person does on the phone page, one method for each tap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from teller_server.rehearse.client import Door
from teller_server.rehearse.media import Medium
from teller_server.rehearse.peer import Peer
from teller_server.rehearse.wire import View, Wire


@dataclass(frozen=True, slots=True)
class Person:
    """Who the customer says to be."""

    name: str
    document_number: str


class Customer:
    """One customer in one browser. Make one with `arrive`; `close` at the end."""

    def __init__(self, door: Door, wire: Wire, medium: Medium, visit: str) -> None:
        self.door = door
        self.wire = wire
        self.peer = Peer(wire, medium)
        self.visit = visit

    @classmethod
    async def arrive(
        cls,
        base: str,
        person: Person,
        medium: Medium,
        *,
        service: str = "change_of_details",
        language: str = "zh-CN",
        face: bool = True,
    ) -> Self:
        """Open the page, choose a service, consent to recording (and the face match), be heard.

        Raises client.Refused, wire.WireError.
        """
        door = Door(base)
        try:
            await door.page("/")
            visit = await door.post(
                "/api/customer/visits",
                {
                    "service": service,
                    "language": language,
                    "name": person.name,
                    "document_number": person.document_number,
                    "consents": {"recording": True, "face": face},
                },
            )
            await door.page("/")  # the new cookie's own CSRF token
            return cls(door, await door.wire("/ws/customer"), medium, _visit_id(visit))
        except BaseException:
            await door.close()
            raise

    async def take_ticket(self) -> str:
        """Stand in the queue; the ticket's number."""
        await self.wire.send("ticket.take")
        view = await self.wire.until(_in_queue, "a place in the queue")
        return str(view["visit"]["ticket"])

    async def join(self) -> None:
        """Enter the call as soon as media are allowed."""
        view = await self.wire.until(_media_allowed, "media to be allowed", 40)
        await self.peer.join(view["call"])

    async def in_step(self, step: str, action: str, within: float = 30) -> View:
        """Wait until the page offers `action` (agree, photograph, see) in `step`."""
        return await self.wire.until(
            lambda view: _step(view, step) and action in view["step"]["can"],
            f"{action} in step {step}",
            within,
        )

    async def agree(self, step: str) -> None:
        """Say yes, by tap, when asked."""
        await self.in_step(step, "agree")
        await self.wire.send("step.answer", step=step, value={"agreed": True})

    async def refuse(self, step: str) -> None:
        """Say no, by tap, when asked."""
        await self.in_step(step, "agree")
        await self.wire.send("step.answer", step=step, value={"agreed": False})

    async def photograph(self, step: str, photo: bytes, within: float = 40) -> dict[str, Any]:
        """Send a photograph of the document; the page's `document` once it has been looked at."""
        await self.in_step(step, "photograph")
        seen = self.wire.views
        await self.door.upload("/api/customer/documents", photo, "image/jpeg", side="front")
        view = await self.wire.until(
            lambda view: self.wire.views > seen and _looked_at(view, step),
            "the document to be looked at",
            within,
        )
        return dict(view["step"]["document"]) if _step(view, step) else {"status": "accepted"}

    async def see(self, step: str) -> None:
        """Tap that before and after have been compared."""
        await self.in_step(step, "see")
        await self.wire.send("step.answer", step=step, value={"seen": True})

    async def receipt(self, effect: str | None = None, within: float = 60) -> dict[str, Any]:
        """The receipt of a sealed visit, with this word for its effect if one is named."""

        def ready(view: View) -> bool:
            receipt = view["receipt"]
            return (
                receipt is not None
                and receipt["seal_status"] == "sealed"
                and effect in (None, receipt["effect"])
            )

        what = "a sealed receipt" + (f" with its effect {effect}" if effect else "")
        return dict((await self.wire.until(ready, what, within))["receipt"])

    async def close(self) -> None:
        """Leave: hang up and shut the browser."""
        await self.peer.close()
        await self.wire.close()
        await self.door.close()


def _visit_id(answer: Any) -> str:
    visit = answer["visit"]
    return str(visit["id"] if isinstance(visit, dict) else visit)


def _in_queue(view: View) -> bool:
    visit = view["visit"]
    return bool(visit and visit["ticket"] and visit["state"] != "consented")


def _media_allowed(view: View) -> bool:
    return bool(view["call"] and view["call"]["media_allowed"])


def _step(view: View, step: str) -> bool:
    return bool(view["step"] and view["step"]["id"] == step)


def _looked_at(view: View, step: str) -> bool:
    """Accepted or rejected; the visit may have gone on in the same moment."""
    if not _step(view, step):
        return view["step"] is not None
    return view["step"]["document"]["status"] in ("accepted", "rejected")
