"""A guarantor of the loan comes by an own link to a third page: seen by both, free to go.

A test of minutes: part of `make proof`. Over the same media path without a browser the guarantor
also reads and signs, in every suite (`tests/journeys/test_loan.py`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from recording.verify import verify
from tests.browser.branch import demo_branch
from tests.browser.conftest import Browsers
from tests.browser.counter import Counter, Met, meet, over
from tests.browser.customer_page import CustomerPage
from tests.browser.page import moves, shows, until
from tests.journeys.hurry import hurried

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
async def counter(
    browsers: Browsers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Counter]:
    place: Path = tmp_path_factory.mktemp("guarantor")
    async with demo_branch(place / "data", hurried(place / "bank")) as branch:
        opened = Counter(branch, browsers)
        yield opened
        await opened.leave()


async def test_a_guarantor_opens_an_own_link_is_seen_by_both_and_leaves(counter: Counter) -> None:
    met = await meet(
        counter,
        "loan",
        {"Renovation": "", "Amount": "150000"},
        "韩梅梅",
        "310104198805120041",
    )
    link = await invited(met)
    guarantor = await joined(counter, link)
    others = [
        page.page.get_by_label("Picture of: Guarantor") for page in (met.teller, met.customer)
    ]
    for picture in others:
        await shows(picture, "red")
        await moves(picture)
    await shows(guarantor.teller_picture, "blue")
    await moves(guarantor.page.get_by_label("Picture of: Customer"))
    line = met.teller.page.locator(".guest")
    await expect(line).to_contain_text("Here")
    for page in (met.teller, met.customer, guarantor):
        await page.accessible()

    await guarantor.press("Hang up")
    await guarantor.press("Leave the call")
    await expect(guarantor.page.get_by_role("heading", level=1)).to_have_text(
        "You have left the call"
    )
    await guarantor.accessible()
    await expect(line).to_contain_text("Gone")
    for picture in others:
        await expect(picture).to_have_count(0)
    await moves(met.customer.teller_picture)
    await met.customer.expect_task("recording")

    await met.customer.press("Hang up")
    await met.customer.press("End the visit")
    await over(met, "The guarantor was not ready yet.")
    await expect(guarantor.page.get_by_role("main")).to_contain_text(
        "The visit has ended", timeout=120_000
    )
    for page in (met.teller, met.customer, guarantor):
        page.content()
    await recorded(counter)


async def invited(met: Met) -> str:
    """The teller asks the guarantor in; both pages show the same link."""
    await met.teller.page.locator('[data-act="invite"][data-party="guarantor"]').click()
    link = met.teller.page.get_by_label("Link for Guarantor")
    await expect(link).to_be_visible()
    found = await link.input_value()
    passed_on = met.customer.page.get_by_role("region", name="Link for: Guarantor")
    await expect(passed_on).to_contain_text(found.partition("://")[2])
    return found


async def joined(counter: Counter, link: str) -> CustomerPage:
    """The guarantor's own page, own consents, own camera; in the call by an own tap."""
    guarantor = CustomerPage(await counter.page("guarantor"))
    await guarantor.goto(link)
    await guarantor.accessible()
    await guarantor.press("Open the invitation")
    assert "#" not in guarantor.page.url, "the secret does not stay in the address"
    await expect(guarantor.page.get_by_role("heading", level=1)).to_have_text(
        "You join as: Guarantor"
    )
    await guarantor.accessible()
    await guarantor.press("Continue")
    await guarantor.consent()
    await guarantor.press("Check camera and microphone")
    await guarantor.press("Join the visit")
    main = guarantor.page.get_by_role("main")
    await expect(main).to_contain_text("The teller is with the customer")
    return guarantor


async def recorded(counter: Counter) -> None:
    """Three logs under one seal, the guarantor's from when they came."""

    def verdict() -> str:
        found = counter.branch.recordings()
        return verify(found[-1]).status if found else "none"

    async def complete() -> bool:
        return await asyncio.to_thread(verdict) == "complete"

    await until(complete, "the seal", 60)
    manifest = json.loads((counter.branch.recordings()[-1] / "manifest.json").read_bytes())
    assert manifest["parties"] == ["customer", "guarantor", "teller"]
    assert manifest["logs"]["guarantor"][0]["from_ms"] > 0
