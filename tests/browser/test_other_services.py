"""The other two services in real browsers, whole: a new telephone number with codes to both, and a
company's legal representative, as far as a company's account may be opened by video.

Each is one long test of minutes: part of `make proof`. Over the same media path without a browser
they run in every suite (`tests/journeys/test_services.py`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import expect

from recording.verify import verify
from tests.browser.branch import DemoBranch, demo_branch
from tests.browser.conftest import Browsers
from tests.browser.counter import Counter, meet, over
from tests.browser.customer_page import CustomerPage
from tests.browser.page import until
from tests.browser.service import CREDIT_CODE, Service, Told
from tests.browser.staff_page import ReviewPage
from tests.journeys.hurry import hurried
from tests.phones import Phone, orders, pdfsig

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
async def branch(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DemoBranch]:
    place = tmp_path_factory.mktemp("services")
    async with demo_branch(place / "data", hurried(place / "bank")) as running:
        yield running


@pytest.fixture(scope="module")
async def counter(branch: DemoBranch, browsers: Browsers) -> AsyncIterator[Counter]:
    opened = Counter(branch, browsers)
    yield opened
    await opened.leave()


@dataclass
class Visited:
    """What remains of a served visit."""

    id: str
    ticket: str
    phone: Told
    customer: CustomerPage


async def serve(
    counter: Counter,
    title: str,
    intake: dict[str, str],
    name: str,
    number: str,
    answers: dict[str, str],
) -> Visited:
    """From the first page to the end of the call."""
    met = await meet(counter, title, intake, name, number)
    teller, customer, phone = met.teller, met.customer, met.phone
    telephone = Phone(counter.branch.core)
    await Service(teller, customer, met.console, phone, telephone.code, answers=answers).serve()
    await teller.next("finish")
    await over(met, "Done by the script.")
    await expect(customer.page.get_by_role("main")).to_contain_text(
        re.compile("review", re.I), timeout=120_000
    )
    await customer.accessible()
    return Visited(phone.view["visit"]["id"], met.ticket, phone, customer)


async def check(counter: Counter, served: Visited) -> None:
    """A second person looks, and approves; the bank takes it once."""
    assert orders(counter.branch.core, served.id) == [], "nothing before the second person"
    review = ReviewPage(await counter.page("officer"))
    password = counter.branch.passwords["chenyu"]
    await review.sign_in(counter.branch.base, "review", "chenyu", password)
    await review.open_check(served.ticket)
    await review.watch(password, "PROOF-3")
    await review.accessible()
    await review.approve(password)

    async def committed() -> bool:
        return served.phone.view["visit"]["effect"] == "committed"

    await until(committed, "the commit", 90)
    assert len(orders(counter.branch.core, served.id)) == 1
    await served.customer.accessible()
    served.customer.content()


async def strangers_verify(counter: Counter, served: Visited, paper: str, place: Path) -> None:
    """The signed copy before poppler, the recording before our own command; no key for either."""
    page = served.customer.page
    async with page.expect_download(timeout=120_000) as download:
        await page.get_by_role("button", name=re.compile(paper, re.I)).first.click()
    copy = place / "copy.pdf"
    await (await download.value).save_as(copy)
    said = await pdfsig(copy)
    assert said.count("Signature is Valid") >= 2
    assert "Invalid" not in said
    verdict = await asyncio.to_thread(verify, counter.branch.recordings()[-1])
    assert verdict.status == "complete"
    assert {step.name: step.ok for step in verdict.steps}["decision"]


async def test_a_new_number_is_proved_by_codes_to_both_and_both_are_told(
    counter: Counter, tmp_path: Path
) -> None:
    served = await serve(
        counter,
        "personal details",
        {"Phone number": ""},
        "王小明",
        "440305199507230013",
        {"number_reason.old_alive": "yes"},
    )
    sent = Phone(counter.branch.core).messages()
    assert len({to for to, _, purpose in sent if purpose == "code"}) == 2
    await check(counter, served)

    async def told() -> bool:
        return len(Phone(counter.branch.core).told()) == 2

    await until(told, "both numbers told", 60)
    await strangers_verify(counter, served, "application", tmp_path)
    await counter.leave()


async def test_a_company_is_spoken_for_and_the_rest_is_handed_over(
    counter: Counter, tmp_path: Path
) -> None:
    served = await serve(
        counter,
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
    await check(counter, served)
    await expect(served.customer.page.get_by_role("main")).to_contain_text(
        re.compile("branch", re.I)
    )
    await strangers_verify(counter, served, "application|agreement", tmp_path)
    await counter.leave()
