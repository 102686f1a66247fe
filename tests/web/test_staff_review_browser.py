"""The review desk in Chromium: purpose before pictures, all parties on one clock."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.web.gallery_staff import serve
from tests.web.screens_staff import desk_page, holds
from tests.web.test_customer_browser import until

pytestmark = pytest.mark.browser

VISIT = "/review/V20261123-000018"
DRIFT = "(([a, b]) => Math.abs(a.currentTime - b.currentTime) * 1000)"
VIDEOS = "[...document.querySelectorAll('vb-player video')]"
READY = f"{VIDEOS}.length === 2 && {VIDEOS}.every((v) => v.readyState >= 3 && !v.seeking)"


@pytest.fixture(scope="module")
async def gallery():
    runner, port, gallery = await serve()
    yield f"http://127.0.0.1:{port}", gallery
    await runner.cleanup()


async def opened(browser, base: str, state: str = "ok") -> Page:
    page, _ = await desk_page(browser)
    await page.goto(f"{base}{VISIT}?state={state}&lang=en", wait_until="domcontentloaded")
    await page.click(".purpose__form [type=submit]")
    return page


async def test_no_picture_before_a_purpose(browser, gallery):
    base, branch = gallery
    page, _ = await desk_page(browser)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{base}{VISIT}?state=ok&lang=en", wait_until="domcontentloaded")
    await expect(page.locator(".result--good")).to_be_visible()
    assert not [
        url for url in asked if "/media/" in url or "/timeline" in url or "/objects/" in url
    ]
    await page.get_by_label("Dispute").check()
    await page.get_by_label("Case number or remark").fill("D-17")
    await page.click(".purpose__form [type=submit]")
    await expect(page.locator("vb-player video")).to_have_count(2)
    assert branch.received[-1] == {"purpose": "dispute: D-17"}
    await page.context.close()


async def test_an_old_sign_in_is_asked_for_the_password_again(browser, gallery):
    base, branch = gallery
    branch.fresh = False
    page = await opened(browser, base, "fresh")
    await expect(page.get_by_role("dialog", name="Confirm who you are")).to_be_visible()
    await page.keyboard.type("secret")
    await page.keyboard.press("Enter")
    await expect(page.locator("vb-player video")).to_have_count(2)
    await page.context.close()


async def test_pictures_stand_together_after_every_seek(browser, gallery):
    base, _ = gallery
    page = await opened(browser, base)
    await holds(page, READY, 60)
    # Step marks and incidents in order; the first lies at 0.3 s, within reach of the beginning.
    for key, at in (("n", 1.0), ("n", 4.2), ("n", 6.9), ("p", 4.2), ("l", 9.2), ("j", 4.2)):
        await page.keyboard.press(key)
        await holds(page, READY)
        times = await page.evaluate(f"{VIDEOS}.map((v) => v.currentTime)")
        assert times == pytest.approx([at, at], abs=0.08), key
        assert await page.evaluate(f"{DRIFT}({VIDEOS})") <= 80
    await page.context.close()


async def test_pictures_stay_together_while_playing(browser, gallery):
    base, _ = gallery
    page = await opened(browser, base)
    await holds(page, READY, 60)
    await page.evaluate(f"{VIDEOS}.forEach((v) => {{ v.muted = true; }})")
    await page.keyboard.press("k")

    async def moved() -> bool:
        return bool(await page.evaluate(f"{VIDEOS}.every((v) => v.currentTime > 1.5)"))

    await until(moved, 60)
    # One picture is pushed away; the clock brings it back.
    await page.evaluate(f"{VIDEOS}[1].currentTime += 1.2")
    await page.keyboard.press("k")
    await holds(page, f"{READY} && {DRIFT}({VIDEOS}) <= 80")
    await page.context.close()


async def test_the_timeline_is_a_slider_and_names_what_is_missing(browser, gallery):
    base, _ = gallery
    page = await opened(browser, base)
    slider = page.get_by_role("slider", name="Position in the recording")
    await slider.focus()
    await page.keyboard.press("PageUp")
    await page.keyboard.press("ArrowRight")
    await expect(slider).to_have_attribute("aria-valuenow", "11")
    await expect(slider).to_have_attribute("aria-valuetext", "0:11, Comparison with the document")
    gap = page.locator(".gap--video")
    await expect(gap).to_have_attribute("title", "picture + sound: connection down")
    await page.get_by_role("button", name="Customer: picture + sound").click()
    await expect(page.locator(".take__cover").first).to_contain_text("connection down")
    await page.context.close()


async def test_damage_is_said_over_everything(browser, gallery):
    base, _ = gallery
    page, _ = await desk_page(browser)
    await page.goto(f"{base}{VISIT}?state=damaged&lang=en", wait_until="domcontentloaded")
    await expect(page.get_by_role("alert").first).to_contain_text("damaged or forged")
    await expect(page.locator(".proof.is-bad")).to_contain_text("segment 412")
    await page.context.close()


async def test_missing_and_broken_media_are_said(browser, gallery):
    base, _ = gallery
    page = await opened(browser, base, "missing")
    await expect(page.get_by_text("There is no sound or picture")).to_be_visible()
    await page.context.close()
    page = await opened(browser, base, "broken")
    await expect(page.get_by_text("This recording cannot be played")).to_be_visible()
    await page.context.close()


async def test_a_person_is_never_searched_in_the_address(browser, gallery):
    base, _ = gallery
    page, _ = await desk_page(browser)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{base}/review?state=ok&lang=en", wait_until="domcontentloaded")
    await expect(page.locator(".visits__row")).to_have_count(8)
    await page.get_by_label("Search").fill("Ada Whitfield")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("No visit fits this search")).to_be_visible()
    assert not [url for url in [*asked, page.url] if "Ada" in url]
    await page.context.close()
