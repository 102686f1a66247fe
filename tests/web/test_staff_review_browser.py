"""The review desk in Chromium: purpose before pictures, all parties on one clock."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.axe import violations
from tests.web.gallery_review import DECIDED
from tests.web.gallery_staff import serve
from tests.web.reading import read
from tests.web.screens_staff import desk_page, holds
from tests.web.test_customer_browser import until

pytestmark = pytest.mark.browser

VISIT = "/review/V20261123-000018"
DRIFT = "(([a, b]) => Math.abs(a.currentTime - b.currentTime) * 1000)"
VIDEOS = "[...document.querySelectorAll('vb-player video')]"
SPILL = """[...document.querySelectorAll('.review__main, .review__side, .tabs__list, .bar')]
  .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.className)"""
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
    assert branch.received[-1] == {"purpose": "dispute: D-17", "kind": "view"}
    await page.context.close()


async def test_the_viewers_name_moves_over_every_picture_and_comes_back(browser, gallery):
    base, _ = gallery
    page, _ = await desk_page(browser)
    await page.goto(f"{base}{VISIT}?state=ok&lang=en", wait_until="domcontentloaded")
    await page.click(".purpose__form [type=submit]")
    marks = page.locator("vb-player .take > .take__viewer")
    await expect(marks).to_have_count(2)
    place = "marks => marks.map(mark => mark.style.translate)"
    before = await marks.evaluate_all(place)
    for away in ("mark.remove()", "mark.hidden = true", "mark.textContent = ''"):
        await marks.evaluate_all(f"marks => marks.forEach(mark => {{ {away} }})")
        await expect(marks).to_have_count(2)
        await expect(marks.first).to_be_visible()
        await expect(marks.last.locator("span").first).to_have_attribute(
            "data-words", re.compile(":")
        )
    assert await marks.evaluate_all(place) != before
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
    await expect(gap).to_have_attribute("title", "picture: connection down")
    await expect(page.locator(".gap--audio")).to_have_count(2)  # a lane of its own
    await slider.press("Shift+ArrowRight")
    await expect(slider).to_have_attribute("aria-valuenow", "14")
    said = "Customer, picture: connection down, Customer, sound: connection down"
    await expect(slider).to_have_attribute("aria-valuetext", re.compile(said))
    await slider.press("Shift+ArrowRight")
    await expect(slider).to_have_attribute("aria-valuetext", re.compile("packets lost"))
    await slider.press("Shift+ArrowLeft")
    await expect(slider).to_have_attribute("aria-valuenow", "14")
    await page.get_by_role("tab", name="Evidence").click()
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
    await expect(read(page, "There is no sound or picture")).to_be_visible()
    await page.context.close()
    page = await opened(browser, base, "broken")
    await expect(read(page, "This recording cannot be played")).to_be_visible()
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
    await expect(read(page, "No visit fits this search")).to_be_visible()
    assert not [url for url in [*asked, page.url] if "Ada" in url]
    await page.context.close()


# ---- the second person


async def at(page: Page) -> float:
    return float(await page.evaluate("document.querySelector('vb-player').ms"))


async def test_what_waits_stands_first_and_says_how_long(browser, gallery):
    base, _ = gallery
    page, complaints = await desk_page(browser)
    await page.goto(f"{base}/review?state=ok&lang=en", wait_until="domcontentloaded")
    rows = page.locator("section:has(#checks-title) .work__one")
    await expect(rows).to_have_count(4)
    await expect(rows.first).to_contain_text("1 h 30 min overdue")
    await expect(rows.first).to_contain_text("Escalated")
    await expect(rows.nth(2)).to_contain_text("Waiting for the teller’s answer")
    await expect(rows.last).to_contain_text("a colleague checks")
    await expect(page.locator("section:has(#objections-title)")).to_contain_text("d ")
    assert complaints == []
    await page.context.close()


async def test_every_draw_and_every_register_is_read_where_the_face_is(browser, gallery):
    base, _ = gallery
    page = await opened(browser, base, "check")
    overview = page.locator("#panel-overview")
    await expect(overview).to_contain_text("Customer: movements were not recognised")
    await expect(overview).to_contain_text("Name screening: no answer")
    await page.get_by_role("tab", name="Identity").click()
    moves = page.get_by_role("region", name="Movements")
    await expect(moves).to_contain_text("Draw 1")
    await expect(moves.locator(".asked__one")).to_have_text(
        [
            re.compile("Come closer1.4×.*recognised"),
            re.compile("Turn to the left4°.*not recognised.*Not seen to be done"),
            re.compile("Come closer1.4×.*recognised"),
            re.compile("Turn to the left18.2° · 2.4 s after it was shown.*recognised"),
        ]
    )
    registers = page.get_by_role("region", name="Registers")
    await expect(registers).to_contain_text("Identity register")
    await expect(registers).to_contain_text("It did not answer in time")
    await moves.locator(".asked__one").nth(1).get_by_role("button").click()
    assert await at(page) == pytest.approx(11_900, abs=80)
    assert await violations(page) == {}
    await page.context.close()


async def test_page_three_is_answered_and_the_film_goes_there(browser, gallery):
    """“Show me that the customer read page 3 before signing.”"""
    base, _ = gallery
    page = await opened(browser, base, "check")
    await page.get_by_role("tab", name="Papers").click()
    contract = page.get_by_role("region", name="Personal loan contract")
    third = contract.locator(".leaf").nth(2)
    await expect(third).to_contain_text("read for 0.4 s")
    await expect(third).to_contain_text("at least 1.0 s")
    await expect(contract).to_contain_text("Page 3 was before the reader’s eyes for less than")
    await third.get_by_role("button").click()
    assert await at(page) == pytest.approx(18_600 + 2_500, abs=80)
    await contract.get_by_text("Signature of: Customer").click()
    await expect(contract).to_contain_text("not one byte of what was signed has changed")
    await page.context.close()


async def test_the_points_lead_to_their_tab_by_keys_alone(browser, gallery):
    base, _ = gallery
    page = await opened(browser, base, "check")
    tabs = page.get_by_role("tablist")
    await tabs.get_by_role("tab", name="Overview").focus()
    await page.keyboard.press("ArrowRight")
    await expect(tabs.get_by_role("tab", name="Identity")).to_have_attribute(
        "aria-selected", "true"
    )
    await expect(page.get_by_role("tabpanel")).to_contain_text("In doubt: a person has to decide")
    await page.keyboard.press("Home")
    await page.get_by_role("button", name="Red flag: May be acting").press("Enter")
    await expect(tabs.get_by_role("tab", name="Questions")).to_be_focused()
    await expect(page.locator(".asked__one.is-bad")).to_contain_text("Yes")
    await page.context.close()


async def test_asking_back_takes_a_question_and_then_waits(browser, gallery):
    base, _ = gallery
    page = await opened(browser, base, "check")
    await page.get_by_role("button", name="Ask back").press("Enter")
    dialog = page.get_by_role("dialog", name="Ask the teller back")
    send = dialog.get_by_role("button", name="Send the question")
    await send.press("Enter")
    await expect(dialog).to_contain_text("Please write what the teller is to answer")
    await page.keyboard.type("Who is the friend?")
    await send.press("Enter")
    await expect(dialog).to_have_count(0)
    assert DECIDED[-1] == {"verdict": "return", "reason": "Who is the friend?"}
    bar = page.locator("#decision")
    await expect(bar).to_contain_text("has not answered your question yet")
    for name in ("Ask back", "Do not approve", "Approve the visit"):
        button = bar.get_by_role("button", name=name)
        await expect(button).to_have_attribute("aria-disabled", "true")
        await button.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.context.close()


async def test_who_served_the_visit_is_told_why_they_may_not_check_it(browser, gallery):
    base, _ = gallery
    page = await opened(browser, base, "mine")
    bar = page.locator("#decision")
    await expect(bar).to_contain_text("Nobody checks their own work")
    await expect(bar.get_by_role("button", name="Approve the visit")).to_have_attribute(
        "aria-describedby", "bar-why"
    )
    await page.context.close()


async def test_an_approval_asks_for_the_password_where_the_sign_in_is_old(browser, gallery):
    base, branch = gallery
    branch.fresh = True
    DECIDED.clear()
    page = await opened(browser, base, "fresh")
    await page.get_by_role("button", name="Approve the visit").click()
    dialog = page.get_by_role("dialog", name="Approve this visit?")
    await dialog.get_by_role("button", name="Approve the visit").click()
    await expect(page.get_by_role("dialog", name="Confirm who you are")).to_be_visible()
    await page.keyboard.type("secret")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert DECIDED[-1] == {"verdict": "approve"}
    await expect(page.locator("#decision")).to_be_hidden()
    await page.context.close()


async def test_a_permission_that_ran_out_keeps_the_reason_and_says_what_to_do(browser, gallery):
    base, _ = gallery
    page = await opened(browser, base, "expired")
    await page.get_by_role("button", name="Do not approve").click()
    dialog = page.get_by_role("dialog")
    await page.keyboard.type("The document is not theirs")
    await dialog.get_by_role("button", name="Do not approve").click()
    await expect(dialog).to_contain_text("permission to view has run out")
    await expect(dialog.get_by_role("textbox")).to_have_value("The document is not theirs")
    await dialog.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Enter the purpose again").click()
    await expect(read(page, "Why do you watch this recording?")).to_be_visible()
    await page.context.close()


async def test_an_objection_is_answered(browser, gallery):
    base, _ = gallery
    page = await opened(browser, base, "objection")
    await page.get_by_role("button", name="Answer the objection").click()
    await page.keyboard.type("We looked again.")
    await page.get_by_role("button", name="Send the answer").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert DECIDED[-1] == {"answer": "We looked again."}
    await expect(page.get_by_role("region", name="The customer’s objection")).to_contain_text(
        "Answered"
    )
    await expect(page.locator("#decision")).to_be_hidden()
    await page.context.close()


async def test_without_findings_the_evidence_is_still_there(browser, gallery):
    base, _ = gallery
    page = await opened(browser, base, "unfound")
    await expect(read(page, "The findings could not be loaded")).to_be_visible()
    await expect(page.locator(".result--good")).to_contain_text("Intact and complete")
    await expect(page.locator("vb-player video")).to_have_count(2)
    await page.context.close()


async def test_a_destroyed_key_is_said_where_the_purpose_is_asked(browser, gallery):
    base, _ = gallery
    page = await opened(browser, base, "shredded")
    await expect(page.locator(".purpose__form")).to_contain_text("The key was destroyed")
    await page.context.close()


@pytest.mark.parametrize(
    ("language", "width"),
    [("en", 1280), pytest.param("zh-CN", 1440, marks=pytest.mark.proof)],
)
async def test_every_tab_is_clean_for_axe_and_nothing_spills(browser, gallery, language, width):
    base, _ = gallery
    page, complaints = await desk_page(browser, width)
    await page.goto(f"{base}{VISIT}?state=check&lang={language}", wait_until="domcontentloaded")
    await page.click(".purpose__form [type=submit]")
    found = {}
    await expect(page.get_by_role("tab")).to_have_count(6)
    for tab in await page.get_by_role("tab").all():
        await tab.click()
        name = await tab.get_attribute("id")
        found[name] = await violations(page)
        spill = await page.evaluate(SPILL)
        assert spill == [], name
    await page.click("[data-act=refuse]")
    found["dialog"] = await violations(page)
    assert {name: bad for name, bad in found.items() if bad} == {}
    assert complaints == []
    await page.context.close()
