"""What comes in while a person acts: answers that overtake each other, taps too many, redrawing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tests.web.gallery_services import code, sign, signing_view, views
from tests.web.gallery_staff import serve
from tests.web.reading import read
from tests.web.screens import ink, open_state
from tests.web.screens_staff import desk_page
from tests.web.test_customer_browser import until

pytestmark = pytest.mark.browser

VISIT = "/review/V20261123-000018"
FOCUSED = "document.activeElement?.closest('.signing, .signing__actions') !== null"


@pytest.fixture(scope="module")
async def staff():
    runner, port, _ = await serve()
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


def entered(seen: Any) -> list[dict[str, Any]]:
    return [m["body"] for m in seen.received if m["type"] == "code.enter"]


async def to_the_code(page: Page, seen: Any) -> None:
    """Sign by hand; a code has been sent."""
    await page.get_by_role("button", name="I declare this, and sign").click()
    await ink(page)
    await page.get_by_role("button", name="Continue").click()
    state = sign("en", "code", code=code())
    await seen.say("view", signing_view("en", state, "sign", "refuse"))
    await page.get_by_label("Code sent to 138****0001").fill("481726")


async def test_a_wrong_code_that_overtakes_its_own_answer_can_be_typed_again(browser, gallery):
    base, seen = gallery
    page, _ = await open_state(browser, base, "sign", {"en", "w"})
    await to_the_code(page, seen)

    async def overtaken(route: Route) -> None:
        state = sign("en", "code", code=code(2))
        await seen.say("view", signing_view("en", state, "sign", "refuse"))
        await expect(read(page, "2 tries left")).to_be_visible()
        await route.fulfill(json={})

    await page.route("**/api/customer/signatures", overtaken)
    async with page.expect_response("**/api/customer/signatures"):
        await page.get_by_role("button", name="Sign now").click()
    await expect(page.get_by_role("button", name="Sign now")).not_to_have_attribute(
        "aria-busy", "true"
    )
    await expect(page.get_by_role("img", name="Your signature")).to_be_visible()
    await page.context.close()


async def test_tapping_twice_costs_one_try(browser, gallery):
    base, seen = gallery
    page, _ = await open_state(browser, base, "code", {"en"})
    confirm = page.get_by_role("button", name="Confirm the code")
    await page.get_by_label("Code sent to").fill("111111")
    await confirm.dblclick()
    await until(lambda: len(entered(seen)) > 0)
    await seen.say("view", views("en")["code-wrong"])
    await expect(read(page, "2 tries left")).to_be_visible()
    await page.get_by_label("Code sent to").fill("222222")
    await confirm.click()
    await until(lambda: len(entered(seen)) > 1)
    assert [one["code"] for one in entered(seen)] == ["111111", "222222"]
    await page.context.close()


async def test_a_code_whose_answer_is_lost_can_be_sent_again(browser, gallery):
    base, seen = gallery
    page, _ = await open_state(browser, base, "code", {"en"})
    await page.get_by_label("Code sent to").fill("111111")
    confirm = page.get_by_role("button", name="Confirm the code")
    await confirm.click()
    async with asyncio.timeout(120):
        while len(entered(seen)) < 2:
            await confirm.click()
            await asyncio.sleep(0.2)
    await page.context.close()


async def test_the_keyboard_stays_where_the_signature_goes_on(browser, gallery):
    base, seen = gallery
    page, _ = await open_state(browser, base, "sign", {"en", "w"})
    await page.get_by_role("button", name="I declare this, and sign").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert await page.evaluate(FOCUSED)
    await ink(page)
    await page.get_by_role("button", name="Continue").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("img", name="Your signature")).to_be_visible()
    assert await page.evaluate(FOCUSED)
    again = page.get_by_role("button", name="Sign again")
    await again.focus()
    state = sign("en", "code", message="The phone network was slow.")
    await seen.say("view", signing_view("en", state, "sign", "request_code", "refuse"))
    await expect(read(page, "The phone network was slow.")).to_be_visible()
    await expect(again).to_be_focused()
    await page.context.close()


async def test_nobody_has_opened_it_is_said_only_when_that_is_known(browser, staff):
    page, _ = await desk_page(browser)
    nobody = read(page, "Nobody has opened this recording.")
    held: list[Route] = []

    async def hold(route: Route) -> None:
        held.append(route)

    await page.route("**/custody", hold)
    await page.goto(f"{staff}{VISIT}?state=ok&lang=en", wait_until="domcontentloaded")
    await expect(page.locator(".result--good")).to_be_visible()
    await until(lambda: len(held) == 1)
    await expect(nobody).to_have_count(0)
    await held[0].fulfill(status=503, json={"code": "outage", "message": "Out of order."})
    await expect(page.get_by_role("region", name="Custody")).to_contain_text("Out of order.")
    await expect(nobody).to_have_count(0)
    await page.context.close()


@pytest.mark.parametrize(
    ("status", "said"),
    [(404, "Nothing was sent there yet."), (503, "The database is away.")],
)
async def test_deliveries_that_cannot_be_read_are_not_called_none(browser, staff, status, said):
    page, _ = await desk_page(browser)
    answer = {"code": "x", "message": "The database is away."}

    async def refuse(route: Route) -> None:
        await route.fulfill(status=status, json=answer)

    await page.route("**/deliveries", refuse)
    await page.goto(f"{staff}/admin?state=ok&lang=en", wait_until="domcontentloaded")
    await page.click("[data-act=deliveries]")
    await expect(page.locator(".admin__detail")).to_have_text(said)
    await page.context.close()
