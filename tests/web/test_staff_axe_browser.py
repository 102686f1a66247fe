"""Every staff page in every state: clean for axe, silent on the console, in both languages."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from tests.axe import violations
from tests.web.gallery_staff import serve
from tests.web.gallery_staff_states import BYES, STATES
from tests.web.gallery_staff_steps import VARIANTS
from tests.web.screens_staff import desk_page, holds

pytestmark = pytest.mark.browser

VISIT = "/review/V20261123-000018"
LEFT_OUT = {"weak", "wire-lost", *VARIANTS}
TELLER = [f"/teller?state={name}" for name in (*STATES, *BYES) if name not in LEFT_OUT]
OTHERS = [
    "/teller/sign-in?state=demo&demo=1",
    "/review/sign-in?state=ok&reason=expired",
    "/review?state=ok",
    "/review?state=empty",
    "/review?state=error",
    "/core?state=ok",
    "/core?state=empty",
    "/admin?state=ok",
    "/admin?state=empty",
    f"{VISIT}?state=ok",
    f"{VISIT}?state=damaged",
]
FEW = [  # between them every panel; all states are for `make proof`
    "/teller/sign-in?state=demo&demo=1",
    "/teller?state=ring",
    "/teller?state=face-referred",
    "/teller?state=form",
    "/teller?state=decision-raised",
    "/review?state=ok",
    "/core?state=ok",
    "/admin?state=ok",
]
# The words of the other language may be longer; a few states show every panel between them.
CHINESE = [
    "/teller?state=ring",
    "/teller?state=face-referred",
    "/teller?state=form",
    "/teller?state=paper",
    "/teller?state=decision-raised",
    "/review?state=ok",
    "/admin?state=ok",
]


@pytest.fixture(scope="module")
async def base():
    runner, port, _ = await serve()
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


async def look(page: Page, base: str, path: str, language: str) -> None:
    await page.goto(f"{base}{path}&lang={language}", wait_until="domcontentloaded")
    await holds(
        page, "!document.querySelector('.skeleton') && document.querySelector('h1')?.textContent"
    )


@pytest.mark.parametrize(
    ("language", "paths"),
    [
        ("en", FEW),
        pytest.param("en", TELLER, marks=pytest.mark.proof),
        pytest.param("en", OTHERS, marks=pytest.mark.proof),
        pytest.param("zh-CN", CHINESE, marks=pytest.mark.proof),
    ],
    ids=["few", "console", "desks", "chinese"],
)
async def test_states_are_clean_for_axe_and_silent_on_the_console(browser, base, language, paths):
    page, complaints = await desk_page(browser)
    found = {}
    for path in paths:
        await look(page, base, path, language)
        bad = await violations(page)
        if bad:
            found[path] = bad
    assert found == {}
    unexpected = [line for line in complaints if "503" not in line]
    assert unexpected == []
    await page.context.close()


async def test_the_open_review_is_clean_for_axe(browser, base):
    page, complaints = await desk_page(browser)
    await look(page, base, f"{VISIT}?state=ok", "en")
    await page.click(".purpose__form [type=submit]")
    await page.wait_for_selector("vb-timeline .span")
    await holds(page, "document.querySelector('vb-player video').readyState >= 2", 60)
    assert await violations(page) == {}
    assert complaints == []
    await page.context.close()


@pytest.mark.parametrize("width", [1024, 390])
async def test_the_desks_do_not_spill_sideways(browser, base, width):
    page, _ = await desk_page(browser, width)
    for path in (
        "/teller?state=idle",
        "/teller/sign-in?state=ok",
        "/review?state=ok",
        f"{VISIT}?state=ok",
    ):
        await look(page, base, path, "en")
        spill = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert spill <= 0, path
    await page.context.close()
