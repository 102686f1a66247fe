"""The other two services in real browsers, whole: a new telephone number with codes to both, and a
company's legal representative, as far as a company's account may be opened by video.

Each is one long test of minutes: part of `make proof`. Over the same media path without a browser
they run in every suite (`tests/journeys/test_services.py`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from recording.verify import verify
from tests.browser.branch import DemoBranch, demo_branch
from tests.browser.conftest import Browsers
from tests.browser.customer_page import CustomerPage
from tests.browser.page import until
from tests.browser.service import CREDIT_CODE, Service, Told
from tests.browser.staff_page import ReviewPage, TellerPage
from tests.journeys.hurry import hurried
from tests.phones import Phone, orders, pdfsig

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}

pytestmark = pytest.mark.proof


@dataclass
class Two:
    """A customer and a teller at pages of their own, in a branch that lasts."""

    branch: DemoBranch
    browsers: Browsers
    contexts: list[BrowserContext] = field(default_factory=list)

    async def page(self, party: str) -> Page:
        browser = self.browsers.customer if party == "customer" else self.browsers.teller
        size = PHONE if party == "customer" else DESKTOP
        context = await browser.new_context(viewport=size, locale="en-GB")
        self.contexts.append(context)
        return await context.new_page()


@pytest.fixture(scope="module")
async def branch(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DemoBranch]:
    place = tmp_path_factory.mktemp("services")
    async with demo_branch(place / "data", hurried(place / "bank")) as running:
        yield running


@pytest.fixture(scope="module")
async def two(branch: DemoBranch, browsers: Browsers) -> AsyncIterator[Two]:
    pair = Two(branch, browsers)
    yield pair
    for context in pair.contexts:
        await context.close()


@dataclass
class Visited:
    """What remains of a served visit."""

    id: str
    ticket: str
    phone: Told
    customer: CustomerPage


async def serve(
    two: Two, title: str, intake: dict[str, str], name: str, number: str, answers: dict[str, str]
) -> Visited:
    """From the first page to the end of the call."""
    console_page, phone_page = await two.page("teller"), await two.page("customer")
    console, phone = Told(console_page), Told(phone_page)
    teller, customer = TellerPage(console_page), CustomerPage(phone_page)
    await teller.sign_in(two.branch.base, "teller", "wangmin", two.branch.passwords["wangmin"])
    await teller.ready()
    await customer.goto(two.branch.base)
    await customer.page.locator("button.service").filter(has_text=title).click()
    for label, value in intake.items():
        control = customer.page.get_by_label(label, exact=True)
        await (control.fill(value) if value else control.check())
    await customer.press("Continue")
    await customer.introduce(name, number)
    await customer.consent()
    await customer.check_devices()
    ticket = await customer.take_ticket()
    await teller.accept(ticket)
    await customer.expect_task("recording")
    telephone = Phone(two.branch.core)
    await Service(teller, customer, console, phone, telephone.code, answers=answers).serve()
    await teller.next("finish")
    await teller.wrap_up("Done by the script.")
    await console_page.get_by_role("button", name=re.compile("^Away")).click()
    await expect(customer.page.get_by_role("main")).to_contain_text(
        re.compile("review", re.I), timeout=60_000
    )
    await customer.accessible()
    return Visited(phone.view["visit"]["id"], ticket, phone, customer)


async def check(two: Two, served: Visited) -> None:
    """A second person looks, and approves; the bank takes it once."""
    assert orders(two.branch.core, served.id) == [], "nothing before the second person"
    review = ReviewPage(await two.page("officer"))
    password = two.branch.passwords["chenyu"]
    await review.sign_in(two.branch.base, "review", "chenyu", password)
    await review.open_check(served.ticket)
    await review.watch(password, "PROOF-3")
    await review.accessible()
    await review.approve(password)

    async def committed() -> bool:
        return served.phone.view["visit"]["effect"] == "committed"

    await until(committed, "the commit", 90)
    assert len(orders(two.branch.core, served.id)) == 1
    await served.customer.accessible()
    served.customer.content()


async def strangers_verify(two: Two, served: Visited, paper: str, place: Path) -> None:
    """The signed copy before poppler, the recording before our own command; no key for either."""
    page = served.customer.page
    async with page.expect_download(timeout=60_000) as download:
        await page.get_by_role("button", name=re.compile(paper, re.I)).first.click()
    copy = place / "copy.pdf"
    await (await download.value).save_as(copy)
    said = await pdfsig(copy)
    assert said.count("Signature is Valid") >= 2
    assert "Invalid" not in said
    verdict = await asyncio.to_thread(verify, two.branch.recordings()[-1])
    assert verdict.status == "complete"
    assert {step.name: step.ok for step in verdict.steps}["decision"]


async def test_a_new_number_is_proved_by_codes_to_both_and_both_are_told(
    two: Two, tmp_path: Path
) -> None:
    served = await serve(
        two,
        "personal details",
        {"Phone number": ""},
        "王小明",
        "440305199507230013",
        {"number_reason.old_alive": "yes"},
    )
    sent = Phone(two.branch.core).messages()
    assert len({to for to, _, purpose in sent if purpose == "code"}) == 2
    await check(two, served)

    async def told() -> bool:
        return len(Phone(two.branch.core).told()) == 2

    await until(told, "both numbers told", 60)
    await strangers_verify(two, served, "application", tmp_path)


async def test_a_company_is_spoken_for_and_the_rest_is_handed_over(
    two: Two, tmp_path: Path
) -> None:
    served = await serve(
        two,
        "account",
        {
            "Basic account": "",
            "Full name of the company": "Hangzhou Demonstration Technology Co., Ltd",
            "Unified social credit code": CREDIT_CODE,
        },
        "李雷",
        "330106199001010028",
        {"authority.has_agent": "no"},
    )
    await check(two, served)
    await expect(served.customer.page.get_by_role("main")).to_contain_text(
        re.compile("branch", re.I)
    )
    await strangers_verify(two, served, "application|agreement", tmp_path)
