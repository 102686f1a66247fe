"""Documents on both pages: sides in turn, advice, fields put right, what was looked for."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.axe import violations
from tests.web import gallery as customers
from tests.web.gallery_staff import serve
from tests.web.screens import open_state
from tests.web.test_customer_browser import until
from tests.web.test_staff_console_browser import console, said

pytestmark = pytest.mark.browser
ADVICE = re.compile("light|glare|hold still|Come closer|Take the photo now")


@pytest.fixture
async def desk():
    runner, port, branch = await serve()
    yield f"http://127.0.0.1:{port}", branch
    await runner.cleanup()


@pytest.fixture
async def phone():
    runner, port, branch = await customers.serve()
    yield f"http://127.0.0.1:{port}", branch
    await runner.cleanup()


async def test_a_field_is_put_right_and_what_was_seen_is_said(browser, desk):
    base, branch = desk
    page = await console(browser, base, "document-problems")
    front = page.get_by_role("region", name="The side with your portrait")
    number = front.get_by_label("Document number")
    await expect(number).to_have_accessible_description(
        "The number's check digit is wrong clear, 93 %"
    )
    await number.fill("330106199001010028")
    await number.press("Tab")
    await until(lambda: bool(said(branch, "document.correct")))
    assert said(branch, "document.correct")[0] == {
        "step": "document", "side": "front", "field": "number", "value": "330106199001010028",
    }  # fmt: skip
    looked = page.get_by_role("group", name="Please cover one corner")
    await looked.get_by_role("button", name="Not done").click()
    await until(lambda: bool(said(branch, "question.record")))
    assert said(branch, "question.record")[0] == {
        "step": "document", "question": "cover_corner", "value": "not_seen", "clear": True,
    }  # fmt: skip
    await front.get_by_role("button", name="Look for it in the video").click()
    await until(lambda: bool(said(branch, "document.compare")))
    assert said(branch, "document.compare")[0] == {"step": "document", "side": "front"}
    await page.context.close()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_the_console_is_clean_for_axe(browser, desk, language: str):
    for state in ("document-problems", "document-not-read"):
        page = await console(browser, desk[0], state, language)
        assert await violations(page) == {}
        await page.context.close()


async def test_the_side_that_is_next_is_named_advised_on_and_sent(browser, phone):
    base, branch = phone
    page, _ = await open_state(browser, base, "document-back", {"en"})
    await page.get_by_role("button", name="Take photo").click()
    await expect(
        page.get_by_role("heading", name="The side with the national emblem")
    ).to_be_visible()
    advice = page.locator(".capture__advice")  # of a test picture it may be any
    await expect(advice).to_have_text(ADVICE, timeout=30_000)
    await page.get_by_role("button", name="Take the photo").click()
    await page.get_by_role("button", name="Use this photo").click()
    await until(lambda: bool(branch.sides))
    assert branch.sides == [{"side": "back", "kind": "resident_id"}]
    await page.context.close()


async def test_the_customer_says_which_document_it_is(browser, phone):
    base, branch = phone
    page, _ = await open_state(browser, base, "document-front", {"en"})
    await page.get_by_label("Your document").select_option("Passport")
    await page.get_by_role("button", name="Take photo").click()
    await page.get_by_role("button", name="Take the photo").click()
    await page.get_by_role("button", name="Use this photo").click()
    await until(lambda: bool(branch.sides))
    assert branch.sides == [{"side": "front", "kind": "passport"}]
    await page.context.close()


async def test_the_customers_states_are_clean_for_axe(browser, phone):
    for state, options in (
        ("document-front", {"en"}),
        ("document-glare", set()),
        ("document-held-up", {"en", "elder"}),
    ):
        page, complaints = await open_state(browser, phone[0], state, options)
        assert await violations(page) == {}
        assert complaints == []
        await page.context.close()
