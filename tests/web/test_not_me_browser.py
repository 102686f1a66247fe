"""“This was not me” in Chromium: one tap, the secret out of the address at once, clean for axe."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.axe import violations

pytestmark = pytest.mark.browser
SECRET = "Zm9yIG9uZSB0YXAgYW5kIG9uY2UK-_12"
TAP = {"zh-CN": "不是我本人办理，立即止付", "en": "It was not me: stop it now"}
HEARD = {"zh-CN": "已收到您的报告", "en": "We have it."}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_tap_on_the_notices_link_is_all_it_takes(
    browser: Browser, gallery: tuple[str, Any], language: str
) -> None:
    base, branch = gallery
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"{base}/n?lang={language}#{SECRET}")
    button = page.get_by_role("button", name=TAP[language])
    await expect(button).to_be_enabled()
    assert SECRET not in page.url
    assert branch.posted == []  # opening the page says nothing
    assert await violations(page) == {}
    await button.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text(HEARD[language])
    assert branch.posted == [("repudiation", {"secret": SECRET})]
    assert await violations(page) == {}
    assert complaints == []
    await context.close()


async def test_half_a_link_says_whom_to_call(browser: Browser, gallery: tuple[str, Any]) -> None:
    base, branch = gallery
    page = await browser.new_page()
    await page.goto(f"{base}/n?lang=en")
    await expect(page.get_by_role("alert")).to_contain_text("call us at once")
    await expect(page.get_by_role("button", name=TAP["en"])).to_be_disabled()
    assert branch.posted == []
    await page.close()
