"""The loan interview in real browsers: read and signed on a phone, checked by a second person,
committed to the bank, and looked at by a stranger's tools."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from recording.verify import verify
from tests.browser.branch import DemoBranch, demo_branch
from tests.browser.conftest import Browsers
from tests.browser.customer_page import CustomerPage
from tests.browser.page import shows, until
from tests.browser.service import Service, Told
from tests.browser.staff_page import ReviewPage, TellerPage
from tests.journeys.hurry import hurried
from tests.phones import Phone, pdfsig, rows

CHAPTERS = True
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
NAME, NUMBER = "韩梅梅", "310104198805120041"
TERMS = {
    "application": {
        "amount": "150000",
        "months": "24",
        "purpose": "renovation",
        "purpose_detail": "renovation of an old flat",
        "income": "18000",
        "debts": "2000",
        "rate": "4.35",
    }
}
_PICTURES = {
    "use": ("question", "teller"),
    "contract_read": ("customer", "teller-reading"),
    "contract_sign": ("signing", "teller-signing"),
    "decision": ("decision-customer", "decision"),
}


@dataclass
class Story:
    branch: DemoBranch
    customer: CustomerPage
    teller: TellerPage
    console: Told
    phone: Told
    telephone: Phone
    ticket: str = ""


@pytest.fixture(scope="module")
async def story(
    browsers: Browsers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Story]:
    place = tmp_path_factory.mktemp("loan")
    async with demo_branch(place / "data", hurried(place / "bank")) as branch:
        contexts: list[BrowserContext] = [
            await browsers.customer.new_context(viewport=PHONE, locale="en-GB"),
            await browsers.teller.new_context(viewport=DESKTOP, locale="en-GB"),
        ]
        customer, teller = [await context.new_page() for context in contexts]
        yield Story(
            branch,
            CustomerPage(customer),
            TellerPage(teller),
            Told(teller),
            Told(customer),
            Phone(branch.core),
        )
        for context in contexts:
            await context.close()


async def test_a_loan_for_a_home_is_refused_before_the_queue(story: Story) -> None:
    customer = story.customer
    await customer.goto(story.branch.base)
    await customer.page.locator("button.service").filter(has_text=re.compile("loan", re.I)).click()
    await customer.page.get_by_label(re.compile("home|housing|house", re.I)).first.check()
    await customer.page.get_by_label(re.compile("^(How much|Amount)", re.I)).fill("100000")
    await customer.press("Continue")
    await expect(customer.page.get_by_role("main")).to_contain_text(
        re.compile("branch", re.I), timeout=90_000
    )
    await customer.accessible()
    await customer.picture("scope")


async def test_customer_and_teller_meet(story: Story) -> None:
    customer, teller = story.customer, story.teller
    await teller.sign_in(story.branch.base, "teller", "wangmin", story.branch.passwords["wangmin"])
    await teller.ready()
    await customer.goto(story.branch.base)
    await customer.page.locator("button.service").filter(has_text=re.compile("loan", re.I)).click()
    await customer.page.get_by_label(re.compile("renovation", re.I)).first.check()
    await customer.page.get_by_label(re.compile("^(How much|Amount)", re.I)).fill("150000")
    await customer.press("Continue")
    await customer.introduce(NAME, NUMBER)
    await customer.consent()
    await customer.check_devices()
    story.ticket = await customer.take_ticket()
    await teller.accept(story.ticket)
    await customer.expect_task("recording")


async def test_the_interview_is_held_read_and_signed(story: Story) -> None:
    async def look(step: str, kind: str) -> None:
        if step == "contract_read":
            await expect(story.customer.page.locator(".reader img").first).to_be_visible()
        if step in _PICTURES:
            await asyncio.sleep(1)  # until what came in has been drawn
            for page, name in zip((story.customer, story.teller), _PICTURES[step], strict=True):
                await page.picture(name)
        if step in ("use", "contract_read", "contract_sign", "decision"):
            await story.teller.accessible()
            await story.customer.accessible()

    service = Service(
        story.teller, story.customer, story.console, story.phone, story.telephone.code, TERMS, look
    )
    await service.serve()
    await story.teller.next("finish")
    await story.teller.wrap_up("Interview held, papers signed.")
    await expect(story.customer.page.get_by_role("main")).to_contain_text(
        re.compile("review", re.I), timeout=120_000
    )
    await story.customer.picture("under-review")
    await story.customer.accessible()
    story.customer.content()
    story.teller.content()


async def test_a_second_person_approves_and_the_bank_is_told_once(
    story: Story, browsers: Browsers
) -> None:
    context = await browsers.teller.new_context(viewport=DESKTOP, locale="en-GB")
    review = ReviewPage(await context.new_page())
    password = story.branch.passwords["chenyu"]
    await review.sign_in(story.branch.base, "review", "chenyu", password)
    await expect(review.page.get_by_role("main")).to_contain_text(story.ticket, timeout=90_000)
    await review.accessible()
    await review.picture("checks")
    await review.open_check(story.ticket)
    await review.watch(password, "LOAN-7")
    step = review.page.get_by_role("listitem").filter(has_text="Read the contract")
    await step.get_by_role("button").first.click()
    await shows(review.take("Customer"), "red")
    await shows(review.take("Teller"), "blue")
    await review.picture("review")
    await review.accessible()
    await review.approve(password)

    async def committed() -> bool:
        return story.phone.view["visit"]["effect"] == "committed"

    await until(committed, "the commit", 90)
    assert rows(story.branch.core, "SELECT count(*) FROM orders") == [(1,)]
    await context.close()


async def test_the_customer_takes_a_signed_copy_and_strangers_verify(
    story: Story, tmp_path: Path
) -> None:
    page = story.customer.page
    await story.customer.picture("receipt")
    visit = story.phone.view["visit"]["id"]
    async with page.expect_download(timeout=120_000) as download:
        await page.get_by_role("button", name=re.compile("contract", re.I)).first.click()
    copy = tmp_path / "contract.pdf"
    await (await download.value).save_as(copy)
    said = await pdfsig(copy)
    assert said.count("Signature is Valid") >= 2
    assert "Invalid" not in said
    evidence = next(path for path in story.branch.recordings())
    verdict = await asyncio.to_thread(verify, evidence)
    assert verdict.status == "complete"
    assert next(step.ok for step in verdict.steps if step.name == "decision")
    assert visit.startswith("visit-")
