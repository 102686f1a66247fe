"""A synthetic customer: what a person does on the phone page, one method for each tap."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from teller_server.rehearse.client import Door
from teller_server.rehearse.media import Medium
from teller_server.rehearse.peer import Peer
from teller_server.rehearse.wire import PATIENCE, View, Wire


@dataclass(frozen=True, slots=True)
class Person:
    """Who the customer says to be."""

    name: str
    document_number: str


class Customer:
    """One customer in one browser. Make one with `arrive`; `close` at the end."""

    def __init__(
        self, door: Door, wire: Wire, medium: Medium, visit: str, *, face: bool = True
    ) -> None:
        self.door = door
        self.wire = wire
        self.peer = Peer(wire, medium)
        self.visit = visit
        self.medium = medium
        self.face = face

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
        intake: Mapping[str, str] | None = None,
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
                    "consents": await _consents(door, service, face),
                    "intake": dict(intake or {}),
                },
            )
            await door.page("/")  # the new cookie's own CSRF token
            wire = await door.wire("/ws/customer")
            return cls(door, wire, medium, _visit_id(visit), face=face)
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

    async def in_step(self, step: str, action: str, within: float = PATIENCE) -> View:
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

    async def photograph(self, step: str, photo: bytes, within: float = PATIENCE) -> dict[str, Any]:
        """Send a photograph of the side that is asked for; the page's `document` once it has been
        looked at."""
        asked = (await self.in_step(step, "photograph"))["step"]["document"]
        seen = self.wire.views
        side, kind = asked["side"], asked["kind"]
        await self.door.upload("/api/customer/documents", photo, "image/jpeg", side=side, kind=kind)
        view = await self.wire.until(
            lambda view: self.wire.views > seen and _looked_at(view, step, side),
            "the document to be looked at",
            within,
        )
        return dict(view["step"]["document"]) if _step(view, step) else {"status": "accepted"}

    async def see(self, step: str) -> None:
        """Tap that before and after have been compared."""
        await self.in_step(step, "see")
        await self.wire.send("step.answer", step=step, value={"seen": True})

    async def sign(self, step: str, code: str) -> None:
        """Draw a name, with the code that was received."""
        body = {"step": step, "code": code, "agreed": True, **drawn_name()}
        await self.door.post("/api/customer/signatures", body)

    async def receipt(self, effect: str | None = None, within: float = PATIENCE) -> dict[str, Any]:
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


async def _consents(door: Door, service: str, face: bool) -> dict[str, bool]:
    """Every consent of the service; those about the face as the customer wishes."""
    offered = await door.get("/api/customer/branch")
    asked = next(one["consents"] for one in offered["services"] if one["id"] == service)
    return {name: face or not name.startswith("face") for name in asked}


def drawn_name() -> dict[str, Any]:
    """Strokes as a hand makes them: three loops in two seconds, with pressure."""
    strokes = []
    for n in range(3):
        strokes.append(
            [
                [
                    60 + n * 160 + 50 * math.sin(k / 4),
                    100 + 60 * math.cos(k / 3),
                    n * 700 + k * 16,
                    0.5 + 0.3 * math.sin(k / 9),
                ]
                for k in range(36)
            ]
        )
    return {"width": 600, "height": 220, "strokes": strokes}


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


def _looked_at(view: View, step: str, side: str) -> bool:
    """Accepted or rejected; the visit may have gone on in the same moment."""
    if not _step(view, step):
        return view["step"] is not None
    document = view["step"]["document"]
    next_side = document["status"] == "none" and document["side"] != side
    return next_side or document["status"] in ("accepted", "rejected")
