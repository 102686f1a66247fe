"""Customer, teller, compliance and the demo core in one browser: each keeps its own sign-in."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.branch import DemoBranch
from tests.browser.conftest import Browsers
from tests.browser.customer_page import CustomerPage
from tests.browser.staff_page import StaffPage

DESKS = {"teller": "zhaolei", "review": "liuyang", "core": "admin"}


async def test_all_pages_are_signed_in_side_by_side(browsers: Browsers, demo: DemoBranch) -> None:
    context = await browsers.customer.new_context(locale="en-GB")
    try:
        customer = CustomerPage(await context.new_page())
        await customer.choose_service(demo.base)
        await customer.introduce("李雷", "330106199001010028")
        await customer.consent()
        staff = {desk: StaffPage(await context.new_page()) for desk in DESKS}
        for desk, account in DESKS.items():
            await staff[desk].sign_in(demo.base, desk, account, demo.passwords[account])

        for desk, page in staff.items():
            await page.goto(f"{demo.base}/{desk}")
            await expect(page.page.get_by_role("button", name="Sign out")).to_be_visible()
        await customer.goto(demo.base)
        check = customer.page.get_by_role("button", name="Check camera and microphone")
        await expect(check).to_be_visible()

        names = {cookie["name"] for cookie in await context.cookies()}
        assert {"vb_customer", "vb_teller", "vb_review", "vb_core"} <= names
        for page in (customer, *staff.values()):
            page.content()
    finally:
        await context.close()
