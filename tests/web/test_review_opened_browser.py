"""Openings, holds, hand-over and the sound under the pictures, in Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.axe import violations
from tests.web.gallery_review import DECIDED, PREPARED
from tests.web.gallery_staff import serve
from tests.web.reading import read
from tests.web.screens_staff import desk_page
from tests.web.test_staff_review_browser import VISIT, opened

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
async def gallery():
    runner, port, gallery = await serve()
    yield f"http://127.0.0.1:{port}", gallery
    await runner.cleanup()


async def at(page: Page) -> float:
    return float(await page.evaluate("document.querySelector('vb-player').ms"))


async def test_the_sound_stands_under_the_pictures_and_a_click_goes_there(browser, gallery):
    base, _ = gallery
    page = await opened(browser, base)
    waves = page.locator("vb-timeline .wave path")
    await expect(waves).to_have_count(2)
    await expect(waves.first).to_have_attribute("d", re.compile("^M0 "))
    drawn = [re.findall(r"M(\d+) ", str(await one.get_attribute("d"))) for one in await waves.all()]
    assert "14" not in drawn[0], "nothing was heard while the connection was down"
    assert "14" in drawn[1]
    box = await page.locator(".line__row--party").first.bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] - 6)
    assert await at(page) == pytest.approx(12_000, abs=300)
    await page.context.close()


async def test_only_a_part_is_asked_for_where_a_part_is_enough(browser, gallery):
    base, branch = gallery
    page, _ = await desk_page(browser)
    await page.goto(f"{base}{VISIT}?state=ok&lang=en", wait_until="domcontentloaded")
    await read(page, "Only a part of the recording").click()
    await page.get_by_label("From").fill("0:10")
    await page.get_by_label("To", exact=True).fill("0:05")
    await page.click(".purpose__form [type=submit]")
    await expect(read(page, "its end after its beginning")).to_be_visible()
    await page.get_by_label("To", exact=True).fill("1:05")
    await page.click(".purpose__form [type=submit]")
    await expect(page.locator("vb-player video")).to_have_count(2)
    assert (branch.received[-1]["from_ms"], branch.received[-1]["until_ms"]) == (10_000, 65_000)
    await page.context.close()


async def test_a_copy_asks_why_and_for_whom(browser, gallery):
    base, branch = gallery
    page, complaints = await desk_page(browser)
    await page.goto(f"{base}{VISIT}?state=ok&lang=en", wait_until="domcontentloaded")
    await page.get_by_role("button", name="Hand over a copy").click()
    dialog = page.get_by_role("dialog", name="Hand over a copy")
    assert await violations(page) == {}
    await dialog.get_by_role("button", name="Enter the purpose and go on").click()
    await expect(dialog.get_by_label("The recipient’s certificate")).to_be_visible()
    assert branch.received[-1]["kind"] == "export"
    certificate = {"name": "court.pem", "mimeType": "", "buffer": b"-----BEGIN CERTIFICATE-----"}
    await dialog.get_by_label("The recipient’s certificate").set_input_files(certificate)
    await dialog.get_by_role("button", name="Prepare the package").click()
    link = dialog.get_by_role("link", name="Download the package")
    await expect(link).to_have_attribute("href", re.compile("/packages/x+$"))
    await expect(dialog).to_contain_text("CN=Court")
    assert PREPARED[-1]["certificate"].startswith("-----BEGIN")
    assert await violations(page) == {}
    assert complaints == []
    await page.context.close()


async def test_a_colleagues_refusal_is_confirmed_or_disagreed_with(browser, gallery):
    base, _ = gallery
    page = await opened(browser, base, "refusal")
    bar = page.locator("#decision")
    await expect(bar).to_contain_text("Not approved by a colleague")
    await expect(bar.get_by_role("button", name="Approve the visit")).to_have_count(0)
    await bar.get_by_role("button", name="Disagree").click()
    dialog = page.get_by_role("dialog", name="Disagree with your colleague?")
    await dialog.get_by_role("button", name="Disagree").click()
    await expect(dialog).to_contain_text("Please write why you disagree")
    await dialog.get_by_role("button", name="Cancel").click()
    await bar.get_by_role("button", name="Confirm: not approved").click()
    await page.keyboard.type("The face is another")
    dialog = page.get_by_role("dialog", name="Confirm that this visit is not approved?")
    await dialog.get_by_role("button", name="Confirm: not approved").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert DECIDED[-1] == {"verdict": "refuse", "reason": "The face is another"}
    await page.context.close()
    page = await opened(browser, base, "refused")
    confirm = page.locator("#decision").get_by_role("button", name="Confirm: not approved")
    await expect(confirm).to_have_attribute("aria-disabled", "true")
    await expect(page.locator("#decision")).to_contain_text("A colleague has to confirm it")
    await page.context.close()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_requests_and_holds_have_a_page_of_their_own(browser, gallery, language):
    base, _ = gallery
    page, complaints = await desk_page(browser, 1440 if language == "en" else 390)
    path = f"{base}/review/openings?state=asked&lang={language}"
    await page.goto(path, wait_until="domcontentloaded")
    await expect(page.locator(".openings__one")).to_have_count(3)
    await expect(page.locator(".holds__one")).to_have_count(1)
    if language == "en":
        await expect(page.locator(".openings__one").first).to_contain_text("from 190 s to 300 s")
        await expect(page.get_by_role("button", name="Hand over now")).to_be_visible()
    assert await violations(page) == {}
    spill = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert spill <= 0
    assert complaints == []
    await page.context.close()


async def test_words_that_were_said_are_never_in_the_address(browser, gallery):
    base, _ = gallery
    page, _ = await desk_page(browser)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{base}/review?state=ok&lang=en", wait_until="domcontentloaded")
    await expect(page.locator(".visits__row")).to_have_count(8)
    await page.get_by_label("What happened").select_option(label="Face match: mismatch")
    await page.get_by_label("Words said or written").fill("friend helped")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("mark=face_failed"))
    assert not [url for url in [*asked, page.url] if "friend" in url]
    await page.context.close()
