"""A bank that answers otherwise than it said: an outage that has a name, no fault of ours."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from teller_server.domain.errors import Outage
from teller_server.systems.description_reader import parse_description
from teller_server.systems.port import Company
from teller_server.systems.rest import RestCore
from tests.teller_server.systems.banks import SAMPLE

LEI: dict[str, Any] = {"id": "C1", "name": "李雷", "id_number": "330106199001010028"}
TEA = {"name": "茶", "code": "91330106MA27XNYE42", "role": "legal_representative"}


async def companies(firms: object) -> tuple[Company, ...]:
    """What is made of `firms` in an answer."""

    async def found(_request: web.Request) -> web.Response:
        return web.json_response({"customer": {**LEI, "firms": firms}})

    app = web.Application()
    app.router.add_post("/v1/customers/search", found)
    async with TestServer(app) as server:
        told = (SAMPLE / "description.yaml").read_text(encoding="utf-8")
        told = told.replace("127.0.0.1:9090", f"127.0.0.1:{server.port}")
        core = RestCore(parse_description(told, "bank.yaml"), "secret")
        try:
            customer = await core.look_up(document=LEI["id_number"])
        finally:
            await core.close()
    assert customer is not None
    return customer.companies


async def test_a_list_of_companies_or_none_at_all_is_taken() -> None:
    assert await companies(None) == ()
    assert [one.name for one in await companies([TEA])] == ["茶"]


@pytest.mark.parametrize("firms", [7, True, "茶", TEA, [TEA, "茶"], [None]])
async def test_companies_that_are_no_list_of_them_are_told_as_an_outage(firms: object) -> None:
    with pytest.raises(Outage, match="core_answer_unreadable"):
        await companies(firms)
