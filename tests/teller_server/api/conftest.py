"""One branch for every module that asks at its doors, and one call that they look at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import numpy as np
import pytest

from teller_server.rehearse.customer import Customer, Person
from teller_server.rehearse.media import (
    Medium,
    document_photo,
    encode_audio,
    encode_video,
    speechlike,
)
from teller_server.rehearse.teller import Credentials, Teller
from teller_server.rehearse.wire import PATIENCE
from tests.kyc.people import astronaut
from tests.teller_server.api.branch import HAN, Served, served
from tests.teller_server.api.house import PASSWORD


@pytest.fixture(scope="package")
async def doors(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with served(tmp_path_factory.mktemp("doors")) as found:
        await found.staff()
        yield found


@dataclass(frozen=True, slots=True)
class Call:
    """A customer and a teller in service; the identity document is asked for."""

    visit: str
    customer: Customer
    teller: Teller
    photo: bytes


@pytest.fixture(scope="package")
async def call(doors: Served) -> AsyncIterator[Call]:
    """In service until `closed` ends it."""
    medium = await asyncio.to_thread(_medium)
    teller = await Teller.sign_in(doors.url, Credentials("wang", PASSWORD), medium)
    intake = {"item": "address"}
    customer = await Customer.arrive(doors.url, Person(*HAN), medium, intake=intake)
    try:
        await teller.ready()
        visit = await teller.accept(await customer.take_ticket())
        await asyncio.gather(customer.join(), teller.join())
        await teller.in_service(PATIENCE)
        await teller.start("recording_consent")
        await customer.agree("recording_consent")
        await teller.complete("recording_consent")
        await teller.start("safety_notice")
        await customer.see("safety_notice")
        await teller.complete("safety_notice")
        await teller.start("document")
        await customer.in_step("document", "photograph")
        yield Call(visit, customer, teller, document_photo(astronaut()))
    finally:
        await teller.close()
        await customer.close()


@pytest.fixture(scope="package")
async def closed(call: Call) -> str:
    """The call's visit, closed and sealed, with a photograph among its evidence."""
    document = call.customer.wire.view["step"]["document"] if call.customer.wire.view else {}
    if document.get("status") != "accepted":
        await call.customer.photograph("document", call.photo, PATIENCE)
    await call.teller.end("sign_at_branch", "客户要求到柜台办理")
    await call.teller.wrap_up("sign_at_branch", "已预约")
    await call.customer.receipt(within=PATIENCE)
    return call.visit


def _medium() -> Medium:
    """A second of a face and of something like speech."""
    face = np.zeros((480, 640, 3), np.uint8)
    face[:, 80:560] = astronaut()[:480, 16:496]
    pictures = [np.roll(face, step, axis=1) for step in range(25)]
    return Medium(encode_video(pictures), encode_audio(speechlike(1)), face)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever looks at the call while it goes on comes before those who need it closed."""
    items.sort(key=lambda item: "closed" in getattr(item, "fixturenames", ()))
