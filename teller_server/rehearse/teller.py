"""A synthetic teller: what a person does on the console, one method for each click."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from teller_server.rehearse.client import Door
from teller_server.rehearse.media import Medium
from teller_server.rehearse.peer import Peer
from teller_server.rehearse.wire import PATIENCE, View, Wire


@dataclass(frozen=True, slots=True)
class Credentials:
    """How a member of staff signs in to a private server."""

    account: str
    password: str


class Teller:
    """One teller at one console. Make one with `sign_in`; `close` at the end."""

    def __init__(self, door: Door, wire: Wire, medium: Medium) -> None:
        self.door = door
        self.wire = wire
        self.peer = Peer(wire, medium)

    @classmethod
    async def sign_in(cls, base: str, credentials: Credentials, medium: Medium) -> Self:
        """Sign in and open the console. Raises client.Refused, wire.WireError."""
        door = Door(base)
        try:
            await door.sign_in("teller", credentials.account, credentials.password)
            return cls(door, await door.wire("/ws/teller"), medium)
        except BaseException:
            await door.close()
            raise

    async def ready(self) -> None:
        """Be ready for customers."""
        await self.wire.send("teller.state", state="ready", reason=None)
        await self.wire.until(
            lambda view: view["me"]["state"] in ("ready", "offered"), "to be ready"
        )

    async def accept(self, ticket: str | None = None, within: float = PATIENCE) -> str:
        """Take the offered customer (with this ticket, if named); the visit's id."""
        view = await self.wire.until(
            lambda view: view["offer"] and ticket in (None, view["offer"]["ticket"]),
            f"ticket {ticket or ''} to be offered",
            within,
        )
        await self.wire.send("pairing.accept", pairing=view["offer"]["pairing"])
        view = await self.wire.until(lambda view: view["visit"], "the accepted visit")
        return str(view["visit"]["id"])

    async def join(self) -> None:
        """Enter the call as soon as media are allowed."""
        view = await self.visit(
            lambda visit: visit["call"] and visit["call"]["media_allowed"], "media allowed", 40
        )
        await self.peer.join(view["call"])

    async def in_service(self, within: float = PATIENCE) -> None:
        """Wait until both parties are recorded and service may begin."""
        await self.visit(lambda visit: visit["state"] == "in_service", "service to begin", within)

    async def start(self, step: str) -> None:
        """Begin the next step."""
        await self._can("start", step)
        await self.wire.send("step.start", step=step)
        await self.visit(
            lambda visit: _status(visit, step) in ("current", "done"), f"step {step} to begin"
        )

    async def complete(self, step: str, note: str | None = None, within: float = PATIENCE) -> None:
        """End the step as passed, as soon as nothing blocks it."""
        await self._can("complete", step, within)
        await self.wire.send("step.complete", step=step, result="passed", note=note)
        await self.visit(lambda visit: _status(visit, step) == "done", f"step {step} to end")

    async def decide_matter(self, step: str, verdict: str, reason: str | None = None) -> None:
        """Approve, refer or refuse; a refusal ends the service."""
        await self._can("complete", step, 90)
        await self.wire.send(
            "step.complete", step=step, result="passed", note=reason, verdict=verdict, flags=[]
        )
        await self.visit(lambda visit: _status(visit, step) != "current", f"step {step} to end")

    async def check_face(self, step: str, within: float = PATIENCE) -> dict[str, Any]:
        """Compare the live face with the portrait; the finished check."""
        view = await self._can("check", step)
        before = (view["identity"]["check"] or {}).get("id")
        await self.wire.send("identity.check")
        view = await self.visit(
            lambda visit: _finished(visit["identity"]["check"], before), "the check", within
        )
        return dict(view["identity"]["check"])

    async def decide(self, check: str, verdict: str, reason: str | None = None) -> None:
        """Say what the check means. Raises wire.WireError when the rules don't allow it."""
        await self.wire.send("identity.decide", check=check, verdict=verdict, reason=reason)
        if verdict in ("accept", "alternative"):
            await self.visit(lambda visit: visit["identity"]["decision"], "the decision")

    async def draft(self, step: str, fields: Mapping[str, str]) -> None:
        """Fill the form in; the customer sees before and after."""
        await self.wire.send("form.draft", step=step, fields=dict(fields))
        await self.visit(lambda visit: _drafted(visit, fields), "the draft")

    async def end(self, outcome: str, reason: str | None = None) -> None:
        """End the service with an outcome of the bank's list."""
        await self.wire.send("visit.end", outcome=outcome, reason=reason)
        await self.wire.until(
            lambda view: not view["visit"] or view["visit"]["state"] == "wrap_up", "wrap-up"
        )

    async def wrap_up(self, disposition: str, note: str | None = None) -> None:
        """Write the notes and be free again."""
        await self.wire.send("visit.wrap_up", disposition=disposition, note=note)
        await self.wire.until(lambda view: not view["visit"], "to be free again", 60)

    async def visit(self, ready: Any, what: str, within: float = PATIENCE) -> View:
        """The visit's part of the view once `ready` holds for it."""
        view = await self.wire.until(
            lambda view: view["visit"] and ready(view["visit"]), what, within
        )
        return dict(view["visit"])

    async def close(self) -> None:
        """Leave: hang up and shut the browser."""
        await self.peer.close()
        await self.wire.close()
        await self.door.close()

    async def _can(self, action: str, step: str, within: float = PATIENCE) -> View:
        return await self.visit(
            lambda visit: (
                visit["current"]
                and visit["current"]["id"] == step
                and action in visit["current"]["can"]
            ),
            f"{action} in step {step}",
            within,
        )


def _status(visit: View, step: str) -> str:
    return next((str(line["status"]) for line in visit["steps"] if line["id"] == step), "unknown")


def _finished(check: Mapping[str, Any] | None, before: str | None) -> bool:
    return bool(check and check["id"] != before and check["status"] in ("done", "failed"))


def _drafted(visit: View, fields: Mapping[str, str]) -> bool:
    form = visit["form"]
    named = {field["name"] for field in form["fields"] if field["after"]} if form else set()
    return named >= {name for name, value in fields.items() if value}
