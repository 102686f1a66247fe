"""The device's position on the wire: asked for where a pack asks, and only there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from teller_server.api.words import say
from teller_server.desk.words import word
from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.state import Visit, VisitState
from tests.journeys.people import SHORT
from tests.teller_server.api.branch import Served, heard, served
from tests.teller_server.api.test_doors_wire import BODIES, Page
from tests.teller_server.api.test_networks import TELLER, accepted, arrives, rules

CONSENT = c.StartStep("recording_consent", TELLER)
REQUIRED = "required: true, purposes: [anti_fraud]"
PERMISSIONS = "Permissions-Policy"


@dataclass
class Customer:
    """A customer's page on the wire, and the visit behind it."""

    doors: Served
    page: Page
    id: str

    async def visit(self) -> Visit:
        return await self.doors.branch.store.visits.get(self.id)

    async def place(self, status: str) -> dict[str, Any]:
        """What the page shows of the position, once it stands so."""
        while True:
            body = (await heard(self.page.socket, "view"))["body"]
            if body["place"] is not None and body["place"]["status"] == status:
                return dict(body["place"])

    async def served(self) -> None:
        """Accepted by a teller, connected and recorded."""
        await accepted(self.doors, await self.visit())
        for party in ("customer", "teller"):
            await self.act(c.LegUp(party, f"{party}-1"), c.RecordingConfirmed(party))
        assert (await self.visit()).state is VisitState.IN_SERVICE

    async def act(self, *commands: c.Command) -> None:
        for command in commands:
            await self.doors.branch.counter.act(self.id, command)

    async def console(self) -> dict[str, Any]:
        view = await self.doors.branch.show.teller(TELLER, "en")
        return dict(view["visit"])


@asynccontextmanager
async def customer(folder: Path, own: dict[str, Any]) -> AsyncIterator[Customer]:
    async with served(folder, rules=own) as doors:
        browser, reply = await arrives(doors, "49.36.1.2")
        assert reply.status == 201
        socket = await browser.wire("customer")
        yield Customer(doors, Page(socket), reply.json["visit"])
        await socket.close()


async def test_a_told_position_opens_the_steps_and_is_kept_sealed(tmp_path: Path) -> None:
    async with customer(tmp_path, rules(tmp_path / "rules", REQUIRED, "geo")) as one:
        asked = await one.place("asked")
        assert asked["purposes"] == [word("place.for.anti_fraud", "zh-CN")]
        await one.page.say("place.told", BODIES["place.told"])
        assert (await one.place("told"))["accuracy"] == "误差约 35 米"
        await one.served()
        assert (await one.console())["place"] == {"status": "told", "line": "within 35 m"}
        await one.act(CONSENT)
        kept = (await one.visit()).place
        assert kept is not None
        for told in (str(kept), *one.doors.logged):
            assert "31.2" not in told
            assert "121.5" not in told


async def test_a_no_where_it_is_required_stops_the_steps_in_words(tmp_path: Path) -> None:
    async with customer(tmp_path, rules(tmp_path / "rules", REQUIRED, "geo")) as one:
        await one.served()
        with pytest.raises(Refusal, match="place_missing"):
            await one.act(CONSENT)
        await one.page.say("place.declined", {"reason": "denied"})
        declined = await one.place("declined")
        assert "网点" in declined["consequence"]
        with pytest.raises(Refusal, match="place_declined"):
            await one.act(CONSENT)
        seen = await one.console()
        assert seen["place"] == {"status": "declined", "line": "The browser did not allow it"}
        assert (seen["current"]["blocked"], seen["current"]["can"]) == ("place_declined", [])
        assert seen["current"]["blocked_message"] == word("blocked.place_declined", "en")
        assert "branch" in say("place_declined", "en")


async def test_a_position_that_grows_old_is_asked_for_again_by_itself(tmp_path: Path) -> None:
    """Nobody does anything: the page hears of it because the time is over."""
    own = rules(tmp_path / "rules", "required: true, max_age_seconds: 1", "geo")
    async with customer(tmp_path, own) as one, asyncio.timeout(120):
        await one.page.say("place.told", BODIES["place.told"])
        assert (await one.place("stale"))["max_age_s"] == 1


async def test_where_no_pack_asks_nothing_is_asked_and_nothing_is_taken(tmp_path: Path) -> None:
    async with customer(tmp_path, SHORT) as one:
        assert (await heard(one.page.socket, "view"))["body"]["place"] is None
        for kind in ("place.told", "place.declined"):
            assert await one.page.refusal(kind, BODIES[kind]) == "place_not_asked"
        reply = await one.doors.browser().ask("GET", "/")
        assert "geolocation=()" in reply.headers[PERMISSIONS]


async def test_only_the_customers_page_may_ask_the_browser(tmp_path: Path) -> None:
    async with served(tmp_path, rules=rules(tmp_path / "rules", REQUIRED, "geo")) as doors:
        for path in ("/", "/i"):
            reply = await doors.browser().ask("GET", path)
            assert "geolocation=(self)" in reply.headers[PERMISSIONS]
        for path in ("/n", "/receipt", "/teller", "/teller/sign-in", "/nowhere"):
            reply = await doors.browser().ask("GET", path)
            assert "geolocation=()" in reply.headers[PERMISSIONS], path
