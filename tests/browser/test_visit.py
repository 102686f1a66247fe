"""One visit in real browsers: from the customer's link to evidence that a stranger verifies.

Two Chromium processes with cameras of their own; a third context replays. The tests of this file
are the chapters of one story and run in order.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import BrowserContext, expect

from tests.browser.branch import DemoBranch
from tests.browser.conftest import Browsers
from tests.browser.customer_page import CustomerPage
from tests.browser.page import moves, shows
from tests.browser.staff_page import TellerPage

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
NAME, NUMBER = "韩梅梅", "310104198805120041"
ADDRESS = "1 Longjing Road, Hangzhou"


@dataclass
class Story:
    branch: DemoBranch
    customer: CustomerPage
    teller: TellerPage


@pytest.fixture(scope="module")
async def story(browsers: Browsers, demo: DemoBranch) -> AsyncIterator[Story]:
    contexts: list[BrowserContext] = [
        await browsers.customer.new_context(viewport=PHONE, locale="en-GB"),
        await browsers.teller.new_context(viewport=DESKTOP, locale="en-GB"),
    ]
    customer, teller = [await context.new_page() for context in contexts]
    yield Story(demo, CustomerPage(customer), TellerPage(teller))
    for context in contexts:
        await context.close()


async def test_a_customer_and_a_teller_meet(story: Story) -> None:
    customer, teller, branch = story.customer, story.teller, story.branch
    await teller.sign_in(branch.base, "teller", "wangmin", branch.passwords["wangmin"])
    await teller.ready()
    await teller.accessible()
    await customer.choose_service(branch.base)
    await customer.introduce(NAME, NUMBER)
    await customer.consent()
    await customer.check_devices()
    ticket = await customer.take_ticket()
    await teller.accept(ticket)
    await customer.expect_task("consent to recording")
    await shows(teller.customer_picture, "red")
    await shows(customer.teller_picture, "blue")
    await moves(teller.customer_picture)
    await moves(customer.teller_picture)


async def test_the_service_is_carried_out_step_by_step(story: Story) -> None:
    customer, teller = story.customer, story.teller
    await teller.next("start")
    await customer.press("I agree")
    await teller.next("complete")

    await teller.next("start")
    await customer.expect_task("Identity document")
    await customer.photograph()
    await teller.next("complete")

    await teller.next("start")
    said = await teller.decide()
    assert "Similarity" in said
    await teller.accessible()
    await teller.next("complete")

    await teller.next("start")
    await teller.change_address(ADDRESS)
    await customer.expect_task("New details")
    await customer.accessible()
    await customer.press("I have checked this")
    await teller.next("complete")

    await teller.next("start")
    await customer.press("Confirm")
    await teller.next("complete")

    await teller.next("start")
    await teller.next("complete")
    await teller.next("finish")
    await teller.accessible()
    await teller.wrap_up("Address changed.")


async def test_the_customer_keeps_a_receipt_of_sealed_evidence(story: Story) -> None:
    receipt = story.customer.page.get_by_role("article", name="Receipt")
    await expect(receipt).to_contain_text("Sealed", timeout=60_000)
    await expect(receipt).to_contain_text("Carried out", timeout=60_000)
    await story.customer.accessible()
