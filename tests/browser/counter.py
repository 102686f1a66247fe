"""A branch that lasts, and people who come to its counter, each at a page of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, Page

from tests.browser.branch import DemoBranch
from tests.browser.conftest import Browsers
from tests.browser.customer_page import CustomerPage
from tests.browser.service import Told
from tests.browser.staff_page import TellerPage

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@dataclass
class Counter:
    """The branch and every page that was opened there."""

    branch: DemoBranch
    browsers: Browsers
    contexts: list[BrowserContext] = field(default_factory=list)

    async def page(self, party: str) -> Page:
        """A page in a context of its own; the guarantor's camera shows what the customer's does."""
        phone = party in ("customer", "guarantor")
        browser = self.browsers.customer if phone else self.browsers.teller
        size = PHONE if phone else DESKTOP
        context = await browser.new_context(viewport=size, locale="en-GB")
        self.contexts.append(context)
        return await context.new_page()

    async def leave(self) -> None:
        """Close every page; after a failure they stay open, to be looked at (`last_seen`)."""
        for context in self.contexts:
            await context.close()
        self.contexts.clear()


@dataclass
class Met:
    """Both pages once the visit has begun."""

    ticket: str
    teller: TellerPage
    customer: CustomerPage
    console: Told
    phone: Told


async def meet(counter: Counter, title: str, intake: dict[str, str], name: str, number: str) -> Met:
    """From the first page to the first step. `intake`: by how the label begins."""
    console_page, phone_page = await counter.page("teller"), await counter.page("customer")
    console, phone = Told(console_page), Told(phone_page)
    teller, customer = TellerPage(console_page), CustomerPage(phone_page)
    await teller.sign_in(
        counter.branch.base, "teller", "wangmin", counter.branch.passwords["wangmin"]
    )
    await teller.ready()
    await customer.goto(counter.branch.base)
    await customer.page.locator("button.service").filter(has_text=title).click()
    for label, value in intake.items():
        control = customer.page.get_by_label(re.compile(f"^{re.escape(label)}"))
        await (control.fill(value) if value else control.check())
    await customer.press("Continue")
    await customer.introduce(name, number)
    await customer.consent()
    await customer.check_devices()
    ticket = await customer.take_ticket()
    await teller.accept(ticket)
    await customer.expect_task("recording")
    return Met(ticket, teller, customer, console, phone)


async def over(met: Met, note: str) -> None:
    """The notes are written, and nobody else is served by this teller."""
    await met.teller.wrap_up(note)
    await met.teller.page.get_by_role("button", name=re.compile("^Away")).click()
