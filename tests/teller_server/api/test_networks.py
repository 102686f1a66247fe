"""Networks a pack doesn't let in: refused at the door with words, or told to the teller."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from teller_server.api.words import say
from teller_server.app import open_branch
from teller_server.desk.words import word
from teller_server.domain import commands as c
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.people import TellerState
from teller_server.domain.state import Visit
from teller_server.settings import load
from tests.journeys.people import HOUSE
from tests.teller_server.api.branch import Served, heard, served
from tests.teller_server.systems import mmdb

TELLER = "staff-wang"
HOME, ABROAD, NOWHERE = "49.36.1.2", "91.1.2.3", "10.1.2.3"
BLOCK = "allow: [IN], deny: [vpn], on_hit: block"
NOTE = "allow: [IN], on_hit: note"


def rules(folder: Path, rule: str, kind: str = "ip_policy") -> dict[str, Any]:
    """The short house's own rules, with this one about networks, or of another kind."""
    shutil.copytree(HOUSE, folder)
    (pack,) = (folder / "packs").glob("*.yaml")
    text = pack.read_text("utf-8")
    lines = [line for line in text.splitlines() if "not_applicable" not in line]
    clause = next(line.split(":")[1].strip() for line in lines if line.startswith("  - id:"))
    added = f"rules:\n  - {kind}: {{clauses: [{clause}], {rule}}}\n"
    pack.write_text("\n".join(lines).replace("rules: []", added), "utf-8")
    return {"packs": [pack.stem], "directory": folder}


def databases(folder: Path) -> dict[str, Path]:
    known = {"49.32.0.0/11": "IN", "91.0.0.0/10": "DE"}
    return {
        "countries": mmdb.countries(folder / "countries.mmdb", known),
        "kinds": mmdb.kinds(folder / "kinds.mmdb", {"49.36.9.0/24": "is_anonymous_vpn"}),
    }


@asynccontextmanager
async def house(folder: Path, rule: str) -> AsyncIterator[Served]:
    own, known = rules(folder / "rules", rule), databases(folder)
    async with served(folder, rules=own, networks=known) as doors:
        yield doors


async def arrives(doors: Served, address: str) -> Any:
    one = doors.browser()
    form = {
        "service": "change_of_details",
        "language": "zh-CN",
        "consents": {"recording": True, "face": True},
        "intake": {},
        "name": "韩梅梅",
        "document_number": "310104198805120041",
    }
    reply = await one.ask("POST", "/api/customer/visits", form, X_Forwarded_For=address)
    return one, reply


async def test_who_comes_from_elsewhere_opens_nothing_and_reads_why(tmp_path: Path) -> None:
    async with house(tmp_path, BLOCK) as doors:
        for address in (ABROAD, NOWHERE, "49.36.9.1"):
            _, reply = await arrives(doors, address)
            assert (reply.status, reply.code) == (409, "network_not_admitted")
            assert reply.json["message"] == say("network_not_admitted", "en")
        assert await doors.branch.store.visits.live() == ()
        _, reply = await arrives(doors, HOME)
        assert reply.status == 201
        assert not any(address in line for line in doors.logged for address in (HOME, ABROAD))


async def test_a_ticket_is_not_for_whoever_went_abroad_meanwhile(tmp_path: Path) -> None:
    async with house(tmp_path, BLOCK) as doors:
        one, reply = await arrives(doors, HOME)
        socket = await one.wire("customer")  # its peer, 127.0.0.1, is in no country
        await heard(socket, "view")
        branch = doors.branch
        visit = await branch.store.visits.get(reply.json["visit"])
        assert visit.network is not None
        assert (visit.network.country, visit.network.admitted) == ("", False)
        with pytest.raises(Refusal, match="network_not_admitted"):
            await branch.counter.act(visit.id, c.TakeTicket("A001"))
        await branch.place.seen(visit, HOME)
        applied = await branch.counter.act(visit.id, c.TakeTicket("A001"))
        seen = applied.visit.network
        assert seen is not None
        assert seen.source == "Test-Country 2026-11-20, Test-Anonymous-IP 2026-11-20"
        await socket.close()


async def test_where_it_is_only_noted_the_visit_goes_on_and_the_mark_stays(tmp_path: Path) -> None:
    async with house(tmp_path, NOTE) as doors:
        one, reply = await arrives(doors, ABROAD)
        assert reply.status == 201
        socket = await one.wire("customer")
        await heard(socket, "view")
        visit = await doors.branch.store.visits.get(reply.json["visit"])
        assert visit.network is not None
        assert not visit.network.admitted
        told = await accepted(doors, visit)
        for language in ("en", "zh-CN"):
            notice = (await doors.branch.show.teller(TELLER, language))["notice"]
            assert notice == {
                "code": "network_outside",
                "message": word("notice.network_outside", language),
                "severity": "bad",
            }
        await doors.branch.place.seen(told, HOME)
        assert (await doors.branch.show.teller(TELLER, "en"))["notice"] is None
        await socket.close()


async def accepted(doors: Served, visit: Visit) -> Visit:
    """A teller has accepted the customer; the call is being opened."""
    await doors.staff()
    branch = doors.branch
    await branch.store.floor.set_wish(TELLER, TellerState.READY, None, branch.counter.now())
    await branch.reception.take_ticket(visit, "ticket")
    async with asyncio.timeout(120):
        while (offered := await branch.store.visits.get(visit.id)).offer is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await branch.reception.accept(TELLER, offered.offer.pairing, "accept")
    return await branch.store.visits.get(visit.id)


async def test_a_branch_that_can_not_tell_networks_apart_does_not_open(tmp_path: Path) -> None:
    own = rules(tmp_path / "rules", BLOCK)
    known = databases(tmp_path)
    for given, code in (
        ({}, "network_countries_needed"),
        ({"countries": known["countries"]}, "network_kinds_needed"),
    ):
        settings = load(demo=True, data={"directory": tmp_path / "data"}, rules=own, networks=given)
        with pytest.raises(Outage, match=code):
            await open_branch(settings)
