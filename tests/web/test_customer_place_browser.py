"""The customer is asked where the device is: a tap decides, the browser is asked after it alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from teller_server.desk.words import word
from tests.axe import violations
from tests.web.gallery_place import AGE, place, required, told
from tests.web.gallery_services import views
from tests.web.gallery_views import iso
from tests.web.screens import open_state, visit
from tests.web.test_customer_browser import settled, until

pytestmark = pytest.mark.browser

STATES = [name for name in views("en") if name.startswith("place")]
SHANGHAI = {"latitude": 31.2304, "longitude": 121.4737, "accuracy": 35}
COUNTED = """
const ask = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
window.asked = 0;
navigator.geolocation.getCurrentPosition = (...how) => { window.asked += 1; ask(...how); };
0;
"""


def said(seen: Any) -> list[tuple[str, Any]]:
    """What the page said of the position, without when."""
    return [
        (one["type"], {name: value for name, value in one["body"].items() if name != "at"})
        for one in seen.received
        if one["type"].startswith("place.")
    ]


def button(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


def reads(page: Page, words: str) -> Any:
    """What stands on the page, beside what is said of it to a screen reader."""
    return page.locator("#main").get_by_text(words)


async def opened(browser: Browser, gallery: Any, state: str, *, allow: bool) -> tuple[Page, Any]:
    base, seen = gallery
    page, _ = await open_state(browser, base, state, {"en"})
    await settled(page)
    if allow:
        await allowed(page)
    await page.evaluate(COUNTED)
    return page, seen


async def allowed(page: Page) -> None:
    await page.context.grant_permissions(["geolocation", "camera", "microphone"])
    await page.context.set_geolocation(SHANGHAI)


@pytest.mark.parametrize(
    "options",
    [
        {"en"},
        pytest.param({"elder"}, marks=pytest.mark.proof),
        pytest.param({"w"}, marks=pytest.mark.proof),
    ],
    ids=["phone", "elder", "desk"],
)
async def test_every_state_is_clean_for_axe(browser: Browser, gallery: Any, options: Any) -> None:
    base, _ = gallery
    page, complaints = await open_state(browser, base, "start", options)
    found = {}
    for state in STATES:
        await visit(page, base, state, options)
        await settled(page)
        found |= {(state, rule): nodes for rule, nodes in (await violations(page)).items()}
    assert (found, complaints) == ({}, [])
    await page.context.close()


async def test_neither_answer_is_the_bigger_one(browser: Browser, gallery: Any) -> None:
    page, _ = await opened(browser, gallery, "place", allow=False)
    looks = [
        await button(page, name).evaluate(
            "b => { const {width, height} = b.getBoundingClientRect(), s = getComputedStyle(b);"
            " return [width, height, s.backgroundColor, s.color, s.fontWeight, s.borderColor]; }"
        )
        for name in ("Share position", "Don’t share")
    ]
    assert looks[0] == looks[1]
    await page.context.close()


async def test_after_a_tap_the_position_is_told_and_can_be_taken_back(
    browser: Browser, gallery: Any
) -> None:
    page, seen = await opened(browser, gallery, "place", allow=True)
    await expect(reads(page, word("place.for.anti_fraud", "en"))).to_be_visible()
    assert await page.evaluate("asked") == 0
    await button(page, "Share position").press("Enter")
    await expect(reads(page, "Position shared")).to_be_visible()
    await until(lambda: bool(said(seen)))
    assert said(seen) == [("place.told", SHANGHAI)]
    await seen.say("view", views("en")["queue"] | {"place": told("en")})
    await expect(reads(page, "Position shared, within 35 m")).to_be_visible()
    await expect(button(page, "Stop sharing")).to_be_focused()
    await button(page, "Stop sharing").press("Enter")
    await expect(reads(page, "You chose not to share the position.")).to_be_visible()
    await until(lambda: len(said(seen)) == 2)
    assert said(seen)[1] == ("place.declined", {"reason": "chosen"})
    assert await page.evaluate("asked") == 1
    await page.context.close()


async def test_a_browser_that_does_not_allow_it_is_named_with_the_way_that_is_left(
    browser: Browser, gallery: Any
) -> None:
    page, seen = await opened(browser, gallery, "place-required", allow=False)
    await button(page, "Share position").click()
    await expect(reads(page, "Your browser does not let this page")).to_be_visible()
    await expect(reads(page, word("place.without", "en"))).to_be_visible()
    await until(lambda: bool(said(seen)))
    assert said(seen) == [("place.declined", {"reason": "denied"})]
    await allowed(page)
    await button(page, "Try again").click()
    await expect(reads(page, "Position shared")).to_be_visible()
    await until(lambda: len(said(seen)) == 2)
    assert said(seen)[1] == ("place.told", SHANGHAI)
    await page.context.close()


@pytest.mark.parametrize(
    ("code", "reason", "words"),
    [(2, "unavailable", "can’t tell where it is"), (3, "timeout", "took too long")],
)
async def test_a_device_that_can_not_tell_says_which_and_may_try_again(
    browser: Browser, gallery: Any, code: int, reason: str, words: str
) -> None:
    page, seen = await opened(browser, gallery, "place-call", allow=True)
    await page.evaluate(
        "code => { navigator.geolocation.getCurrentPosition = (_, fail) => fail({code}); }", code
    )
    await button(page, "Share position").click()
    await expect(reads(page, words)).to_be_visible()
    await expect(button(page, "Try again")).to_be_visible()
    await until(lambda: bool(said(seen)))
    assert said(seen) == [("place.declined", {"reason": reason})]
    await button(page, "Don’t share").click()
    await expect(page.locator(".place")).to_be_hidden()
    await page.context.close()


async def test_a_no_in_the_call_asks_no_browser_and_goes_away(
    browser: Browser, gallery: Any
) -> None:
    page, seen = await opened(browser, gallery, "place-call", allow=True)
    await expect(page.get_by_role("heading", name="Agree to the recording")).to_be_visible()
    await button(page, "Don’t share").press("Enter")
    await expect(reads(page, "Share your device’s position?")).to_be_hidden()
    await until(lambda: bool(said(seen)))
    assert said(seen) == [("place.declined", {"reason": "chosen"})]
    assert await page.evaluate("asked") == 0
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await page.context.close()


async def test_it_is_told_again_by_itself_only_where_it_was_shared_here(
    browser: Browser, gallery: Any
) -> None:
    page, seen = await opened(browser, gallery, "place-call-kept", allow=True)
    await page.clock.install()
    await page.clock.run_for(1000 * AGE)
    assert await page.evaluate("asked") == 0  # told before, in a page that is gone
    call = views("en")["consent"]
    await seen.say("view", call | {"place": required("en", "stale")})
    await button(page, "Share position").click()
    await until(lambda: len(said(seen)) == 1)
    kept = told("en", max_age_s=AGE, at=iso(), until=iso(2 * AGE))
    await seen.say("view", call | {"place": kept})
    await expect(reads(page, "Position shared, within 35 m")).to_be_visible()
    await page.clock.run_for(1000 * AGE)
    await until(lambda: len(said(seen)) == 2)
    assert said(seen)[1] == ("place.told", SHANGHAI)
    await page.context.close()


async def test_an_answer_that_was_not_taken_is_asked_for_again(
    browser: Browser, gallery: Any
) -> None:
    page, seen = await opened(browser, gallery, "place", allow=True)
    await button(page, "Share position").click()
    await expect(reads(page, "Position shared")).to_be_visible()
    await until(lambda: bool(said(seen)))
    (message,) = [one["id"] for one in seen.received if one["type"] == "place.told"]
    words = "The position was told only just now."
    error = {"re": message, "code": "place_just_told", "message": words, "field": None}
    await seen.say("error", error)
    await expect(button(page, "Share position")).to_be_visible()
    await seen.say("view", views("en")["queue"] | {"place": place("en", "declined", why="timeout")})
    await expect(reads(page, "Your device took too long")).to_be_visible()
    await page.context.close()
