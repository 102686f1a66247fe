"""The administrator's page in Chromium: an act needs a reason, a secret is shown once."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.web.gallery_admin import SECRET, TYPES
from tests.web.gallery_staff import serve
from tests.web.screens_staff import desk_page, holds

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
async def base():
    runner, port, _ = await serve()
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


async def opened(browser, base: str, state: str = "ok") -> Page:
    page, _ = await desk_page(browser)
    await page.goto(f"{base}/admin?state={state}&lang=en", wait_until="domcontentloaded")
    return page


async def test_only_what_was_given_up_may_be_decided(browser, base):
    page = await opened(browser, base)
    rows = page.locator("#effects tbody tr")
    await expect(rows).to_have_count(2)
    await expect(rows.nth(0)).to_contain_text("Given up")
    await expect(rows.nth(0).locator("[data-act]")).to_have_count(2)
    await expect(rows.nth(1)).to_contain_text("Tried again at")
    await expect(rows.nth(1).locator("[data-act]")).to_have_count(0)
    await expect(page.locator("#notices")).to_contain_text("The number before")
    await page.context.close()


async def test_a_change_is_tried_again_with_a_reason_and_not_without(browser, base):
    page = await opened(browser, base)
    await page.click("[data-act=retry]")
    dialog = page.get_by_role("dialog", name="Try again")
    await dialog.get_by_role("button", name="Try again").click()
    await expect(dialog).to_contain_text("Please give a reason")
    await page.keyboard.type("The core is back")
    async with page.expect_request("**/api/admin/effects/*/retry") as sent:
        await dialog.get_by_role("button", name="Try again").click()
    assert (await sent.value).post_data_json == {"purpose": "The core is back"}
    await expect(dialog).to_have_count(0)
    await expect(page.locator(".toast")).to_contain_text("on its way again")
    await page.context.close()


async def test_an_old_sign_in_is_proved_again_first(browser, base):
    page = await opened(browser, base, "stale")
    await page.click("[data-act=cancel]")
    await page.get_by_label("Reason").fill("The customer asked for it")
    await page.get_by_role("button", name="Give up for good").last.click()
    proof = page.get_by_role("dialog", name="Confirm who you are")
    await proof.get_by_label("Password").fill("secret")
    async with page.expect_request("**/api/admin/effects/*/cancel"):
        await proof.get_by_role("button", name="Confirm").click()
    await expect(page.locator("dialog")).to_have_count(0)
    await page.context.close()


async def test_an_endpoint_is_added_and_its_secret_shown_once(browser, base):
    page = await opened(browser, base, "empty")
    await expect(page.locator("#webhooks")).to_contain_text("No endpoint yet")
    await page.click("#add-endpoint")
    dialog = page.get_by_role("dialog", name="Add an endpoint")
    await dialog.get_by_role("button", name="Add", exact=True).click()
    await expect(dialog).to_contain_text("Please give a name")
    await dialog.get_by_label("Name").fill("CRM")
    await dialog.get_by_label("Address").fill("https://hooks.bank.example/events")
    async with page.expect_request("**/api/admin/webhooks") as sent:
        await dialog.get_by_role("button", name="Add", exact=True).click()
    body = (await sent.value).post_data_json
    assert (body["title"], len(body["types"])) == ("CRM", len(TYPES))
    shown = page.get_by_role("dialog", name="The secret of this endpoint")
    await expect(shown).to_contain_text(SECRET)
    await shown.get_by_role("button", name="Done").click()
    await expect(page.locator("body")).not_to_contain_text(SECRET)
    await page.context.close()


async def test_deliveries_open_under_their_endpoint_and_focus_stays(browser, base):
    page = await opened(browser, base)
    await page.focus("[data-act=deliveries]")
    await page.keyboard.press("Enter")
    await expect(page.locator(".admin__detail tbody tr")).to_have_count(3)
    await expect(page.locator(".admin__detail [data-act=send-event]")).to_have_count(2)
    await expect(page.locator("[data-act=deliveries]")).to_have_attribute("aria-expanded", "true")
    await expect(page.locator("[data-act=deliveries]")).to_be_focused()
    again = page.locator("[data-act=send-event]").last
    await again.focus()
    await page.keyboard.press("Enter")
    async with page.expect_response("**/deliveries"):  # sent again, and looked again
        await expect(page.locator(".toast")).to_contain_text("on its way again")
    await expect(again).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await expect(page.locator("[data-act=send-event]").first).to_be_focused()
    await page.context.close()


async def test_a_service_unfolds_into_its_flow_and_its_clauses(browser, base):
    page = await opened(browser, base)
    service = page.locator("details.service")
    await expect(service).to_have_count(1)
    await expect(service.locator("img")).to_have_count(0)
    await service.locator("summary").click()
    drawn = service.get_by_role("img", name="the flow, drawn")
    await expect(drawn).to_be_visible()
    await holds(page, "document.querySelector('.service img')?.naturalHeight > 1000")
    rows = service.locator("tbody tr")
    await expect(rows.filter(has_text="recording_consent")).to_contain_text("CN-B-06")
    said = rows.filter(has_text="recording_consent").locator(".service__clause")
    await expect(said).to_have_count(2)
    await expect(said.first).to_have_text("CN-P-02")
    await expect(said.last).to_have_text("Wording not verified by us CN-B-06")
    await page.context.close()
