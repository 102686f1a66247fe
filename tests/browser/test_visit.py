"""One visit in real browsers: from the customer's link to evidence that a stranger verifies.

Two Chromium processes with cameras of their own; a third context replays. The tests of this file
are the chapters of one story and run in order.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from tests.browser.branch import DemoBranch
from tests.browser.conftest import Browsers
from tests.browser.customer_page import CustomerPage
from tests.browser.page import moves, shows, until
from tests.browser.service import Service, Told
from tests.browser.staff_page import ReviewPage, StaffPage, TellerPage

CHAPTERS = True
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
NAME, NUMBER = "韩梅梅", "310104198805120041"
ADDRESS = "1 Longjing Road, Hangzhou"


@dataclass
class Story:
    branch: DemoBranch
    customer: CustomerPage
    teller: TellerPage
    console: Told
    phone: Told
    ticket: str = ""
    receipt: Path = Path()
    review: ReviewPage | None = None

    @property
    def evidence(self) -> Path:
        return self.branch.recordings()[-1]


@pytest.fixture(scope="module")
async def story(browsers: Browsers, demo: DemoBranch) -> AsyncIterator[Story]:
    contexts: list[BrowserContext] = [
        await browsers.customer.new_context(viewport=PHONE, locale="en-GB"),
        await browsers.teller.new_context(viewport=DESKTOP, locale="en-GB"),
    ]
    customer, teller = [await context.new_page() for context in contexts]
    console, phone = Told(teller), Told(customer)
    yield Story(demo, CustomerPage(customer), TellerPage(teller), console, phone)
    for context in contexts:
        await context.close()


@pytest.fixture(scope="module")
async def third(browsers: Browsers) -> AsyncIterator[BrowserContext]:
    """A browser window of somebody who was not in the call."""
    context = await browsers.teller.new_context(viewport=DESKTOP, locale="en-GB")
    yield context
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
    story.ticket = await customer.take_ticket()
    await teller.accept(story.ticket)
    await customer.expect_task("consent to recording")
    await shows(teller.customer_picture, "red")
    await shows(customer.teller_picture, "blue")
    await moves(teller.customer_picture)
    await moves(customer.teller_picture)


async def test_the_service_is_carried_out_step_by_step(story: Story) -> None:
    async def look(step: str, _kind: str) -> None:
        if step == "details":
            await story.teller.accessible()
            await story.customer.accessible()

    async def no_code() -> str:
        raise AssertionError("nothing here needs a code")

    wishes = {"details": {"address": ADDRESS, "occupation": "professional"}}
    console, phone = story.console, story.phone
    await Service(story.teller, story.customer, console, phone, no_code, wishes, look).serve()
    await story.teller.next("finish")
    await story.teller.accessible()
    await story.teller.wrap_up("Address changed.")


async def test_the_customer_keeps_a_receipt_of_sealed_evidence(story: Story) -> None:
    customer = story.customer
    receipt = customer.page.get_by_role("article", name="Receipt")
    await expect(receipt).to_contain_text("Sealed", timeout=120_000)
    await expect(receipt).to_contain_text("Changed", timeout=120_000)
    await customer.accessible()
    async with customer.page.expect_download() as download:
        await customer.press("Save the receipt")
    story.receipt = Path(await (await download.value).path())
    customer.content()
    story.teller.content()


async def test_a_stranger_verifies_the_evidence_on_the_command_line(story: Story) -> None:
    verdict = await teller_server("verify", story.evidence, "--receipt", story.receipt)
    assert verdict == (0, "complete")
    copy = story.branch.data.parent / "damaged"
    shutil.copytree(story.evidence, copy)
    log = copy / "customer.0000.evs"
    data = bytearray(log.read_bytes())
    data[len(data) // 2] ^= 1
    log.write_bytes(data)
    assert await teller_server("verify", copy) == (1, "damaged")


async def test_the_bank_has_received_the_change(story: Story, third: BrowserContext) -> None:
    admin = StaffPage(await third.new_page())
    await admin.sign_in(story.branch.base, "core", "admin", story.branch.passwords["admin"])
    changes = admin.page.get_by_role("region", name="Changes received")
    await expect(changes).to_contain_text(ADDRESS)
    await admin.accessible()
    admin.content()


async def test_compliance_replays_both_sides_of_it(story: Story, third: BrowserContext) -> None:
    password = story.branch.passwords["chenyu"]
    story.review = review = ReviewPage(await third.new_page())
    await review.sign_in(story.branch.base, "review", "chenyu", password)
    await review.accessible()
    await review.open_visit(story.ticket)
    await expect(review.page.get_by_role("region", name="Verification")).to_contain_text(
        "Intact and complete", timeout=120_000
    )
    await review.watch(password, "browser journey")
    await review.page.get_by_role("button", name=re.compile("^Play")).click()
    await shows(review.take("Customer"), "red")
    await shows(review.take("Teller"), "blue")
    await moves(review.take("Customer"))
    await moves(review.take("Teller"))
    await review.accessible()
    await review.page.get_by_role("tab", name="Evidence").click()
    await review.accessible()
    custody = review.page.get_by_role("region", name="Custody")
    await expect(custody).to_contain_text("browser journey")


async def test_a_mark_leads_to_its_moment_on_all_pictures(story: Story) -> None:
    review = story.review
    assert review is not None
    mark = review.page.locator(".mark-row").filter(has_text="New details").first
    wanted = int(await mark.get_attribute("data-at") or 0) / 1000
    await review.page.get_by_role("button", name=re.compile("^Pause")).click()
    await mark.click()

    async def both_there() -> bool:
        found = [await review.position(party) for party in ("Customer", "Teller")]
        return all(abs(at - wanted) < 0.5 for at in found)

    await until(both_there, f"both pictures at {wanted} s")
    await shows(review.take("Customer"), "red")
    await shows(review.take("Teller"), "blue")
    review.content()


async def teller_server(*arguments: object) -> tuple[int, str]:
    """Exit code and status of the product's own command, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "teller_server", *map(str, arguments), "--json"),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, json.loads(output.splitlines()[-1])["status"]
