"""The way to the counter, as a customer sees it on a phone."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.branch import DemoBranch
from tests.browser.conftest import Browsers
from tests.browser.customer_page import CustomerPage

PHONE = {"width": 390, "height": 844}


async def test_from_the_link_to_a_ticket_and_back(browsers: Browsers, demo: DemoBranch) -> None:
    context = await browsers.customer.new_context(viewport=PHONE, locale="en-GB")
    customer = CustomerPage(await context.new_page())
    try:
        await customer.goto(demo.base)
        await expect(customer.page.locator("button.service").first).to_be_visible()
        await customer.accessible()
        await customer.choose_service(demo.base)
        await customer.accessible()
        await customer.introduce("韩梅梅", "310104198805120041")
        await customer.accessible()
        await customer.consent()
        await customer.check_devices()
        await customer.accessible()
        ticket = await customer.take_ticket()
        await customer.accessible()

        await customer.page.close()
        again = CustomerPage(await context.new_page())
        await again.goto(demo.base)
        await expect(again.page.locator(".ticket__number")).to_have_text(ticket)
        await again.press("Leave the queue")
        await again.page.get_by_role("dialog").get_by_role("button", name="Leave the queue").click()
        await expect(again.page.locator(".ticket__number")).to_have_count(0)
        customer.content()
        again.content()
    finally:
        await context.close()
