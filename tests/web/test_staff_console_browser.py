"""The teller's console in Chromium: complete by keyboard, and nothing typed is ever lost."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.axe import violations
from tests.web.gallery_staff import serve
from tests.web.gallery_staff_states import STATES
from tests.web.reading import read
from tests.web.screens_staff import desk_page, holds
from tests.web.test_customer_browser import until

pytestmark = pytest.mark.browser


@pytest.fixture
async def gallery():
    runner, port, gallery = await serve()
    yield f"http://127.0.0.1:{port}", gallery
    await runner.cleanup()


async def console(browser, base: str, state: str, language: str = "en") -> Page:
    page, _ = await desk_page(browser)
    await page.goto(f"{base}/teller?state={state}&lang={language}", wait_until="domcontentloaded")
    await page.wait_for_selector("body[data-scene]:not([data-scene=loading])")
    return page


def said(gallery, kind: str) -> list[dict]:
    return [m["body"] for m in gallery.received if m["type"] == kind]


class Hands:
    """A teller without a mouse, and a branch that says what it has heard."""

    def __init__(self, page: Page, branch) -> None:
        self.page, self.branch = page, branch

    async def press(self, key: str, kind: str, count: int = 1) -> None:
        """Press once the page is ready for it, and wait until the branch has heard."""
        await holds(self.page, "!document.querySelector('[aria-busy=true]')")
        await self.page.keyboard.press(key)
        await until(lambda: len(said(self.branch, kind)) >= count)

    async def primary(self, act: str) -> None:
        ready = f'[data-key="primary"][data-act="{act}"]:not([aria-disabled])'
        await self.page.wait_for_selector(ready)

    async def start(self, number: int) -> None:
        await self.primary("start")
        await self.press("Enter", "step.start", number)

    async def complete(self, number: int) -> None:
        await self.primary("complete")
        await self.press("Enter", "step.complete", number)

    async def approve(self, number: int) -> None:
        """Nothing is decided by Enter alone: the verdict is chosen first."""
        await self.page.wait_for_selector('[data-act="verdict"]')
        await self.page.keyboard.press("1")
        await self.primary("judge")
        await self.press("Enter", "step.complete", number)


async def judge_a_doubtful_face(hands: Hands) -> None:
    """Accepting a match in doubt takes a stated reason."""
    page = hands.page
    await hands.primary("check")
    await hands.press("c", "identity.check")
    await hands.primary("decide")
    await page.keyboard.press("1")
    await expect(page.locator("#reason")).to_be_focused()
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#reason")).to_have_attribute("aria-invalid", "true")
    await page.keyboard.type("Scar on the left brow, as on the document")
    await hands.press("Control+Enter", "identity.decide")


async def fill_the_form_in(hands: Hands) -> None:
    page = hands.page
    await page.wait_for_selector("[data-field]")
    await page.keyboard.press("f")
    await expect(page.locator('[data-field="address"]')).to_be_focused()
    await page.keyboard.press("Control+a")
    await page.keyboard.type("4 Larch Road")
    await hands.press("Control+Enter", "form.draft")
    await hands.primary("complete")
    await page.keyboard.press("Escape")


async def test_one_visit_by_keyboard_alone(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "run")
    hands = Hands(page, branch)
    await hands.press("Enter", "pairing.accept")
    for number in range(1, 7):
        await hands.start(number)
        if number == 3:
            await judge_a_doubtful_face(hands)
        if number == 4:
            await fill_the_form_in(hands)
        await (hands.approve if number == 6 else hands.complete)(number)
    await hands.primary("finish")
    await hands.press("Enter", "visit.end")
    await expect(page.get_by_role("heading", name="The call is over")).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.type("Will send the old contract back")
    await hands.press("Control+Enter", "visit.wrap_up")
    await expect(page.get_by_role("heading", name="Ready for the next customer")).to_be_visible()

    verdict, draft, wrapped = (
        said(branch, kind)[0] for kind in ("identity.decide", "form.draft", "visit.wrap_up")
    )
    reason = "Scar on the left brow, as on the document"
    assert verdict == {"check": "K1", "verdict": "accept", "reason": reason}
    assert draft["fields"]["address"] == "4 Larch Road"
    assert [step["result"] for step in said(branch, "step.complete")] == ["passed"] * 6
    assert wrapped == {"disposition": "resolved", "note": "Will send the old contract back"}
    await page.context.close()


async def test_declining_asks_why_and_the_keys_answer(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "run")
    await page.keyboard.press("d")
    await expect(page.get_by_role("group", name="Why do you decline?")).to_be_visible()
    assert said(branch, "pairing.decline") == []
    await page.keyboard.press("3")
    await until(lambda: bool(said(branch, "pairing.decline")))
    assert said(branch, "pairing.decline")[0] == {"pairing": "P1", "reason": "conflict"}
    await page.context.close()


async def test_what_is_being_typed_survives_new_views(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "form")
    field = page.locator('[data-field="address"]')
    await field.fill("")
    await page.keyboard.type("4 Larch")
    for waiting in (1, 2, 0):
        view = STATES["form"]("en")
        view["queue"] = view["queue"][1 : 1 + waiting]
        await branch.push(view)
        await expect(page.locator(".queue__foot")).to_contain_text(f"{waiting} ")
    await page.keyboard.type(" Road")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("4 Larch Road")
    await expect(read(page, "Not shown yet")).to_be_visible()
    await page.context.close()


async def test_a_half_written_reason_survives_new_views(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "face-referred")
    await page.keyboard.press("1")
    await page.keyboard.type("Same")
    await branch.push(STATES["face-referred"]("en"))
    await page.keyboard.type(" ears")
    await expect(page.locator("#reason")).to_have_value("Same ears")
    await page.context.close()


async def test_the_mark_of_a_reason_that_is_owed_survives_new_views(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "face-referred")
    await page.keyboard.press("1")
    await page.keyboard.press("Control+Enter")
    reason = page.locator("#reason")
    await expect(reason).to_have_attribute("aria-invalid", "true")
    for waiting in (1, 2):
        view = STATES["face-referred"]("en")
        view["queue"] = view["queue"][1 : 1 + waiting]
        await branch.push(view)
        await expect(page.locator(".queue__foot")).to_contain_text(f"{waiting} ")
    await expect(reason).to_have_attribute("aria-invalid", "true")
    await page.keyboard.type("S")
    await expect(reason).not_to_have_attribute("aria-invalid", "true")
    await page.context.close()


async def test_doubts_about_the_face_are_said_and_taken_back(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "face-doubts")
    status = page.locator(".stage__top").get_by_role("status")
    await expect(status).to_contain_text("Another face")
    await expect(status).to_contain_text("More than one face")
    await expect(status).to_contain_text("Virtual camera")
    view = STATES["face-doubts"]("en")
    view["visit"]["call"]["peers"][0]["doubts"] = []
    view["visit"]["call"]["peers"][0]["hints"] = []
    await branch.push(view)
    await expect(status).to_be_empty()
    await page.context.close()


async def test_a_failed_match_offers_no_acceptance(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "face-failed")
    await expect(page.locator('[data-verdict="accept"]')).to_have_count(0)
    await page.keyboard.press("1")
    await page.keyboard.press("2")
    await until(lambda: bool(said(branch, "identity.decide")))
    assert said(branch, "identity.decide") == [{"check": "K1", "verdict": "repeat", "reason": None}]
    await page.context.close()


async def test_a_failed_recording_blocks_every_step(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "recording-failed")
    await expect(page.get_by_role("alert").first).to_contain_text("The recording has failed")
    await expect(page.locator("[data-field]")).to_have_count(0)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="End the visit?")).to_be_visible()
    await expect(page.locator("#end-outcome")).to_have_value("aborted_technical")
    await page.locator("#end-reason").fill("The disk is full")
    await page.keyboard.press("Control+Enter")
    await until(lambda: bool(said(branch, "visit.end")))
    assert said(branch, "step.complete") == []
    await page.context.close()


async def test_a_position_that_is_not_told_is_a_quiet_line_and_says_what_is_blocked(
    browser, gallery
):
    base, branch = gallery
    page = await console(browser, base, "unplaced")
    facts = page.locator(".customer__facts")
    await expect(facts.get_by_text("The customer chose not to")).to_be_visible()
    await expect(read(page, "The customer gives no position").first).to_be_visible()
    begin = page.get_by_role("button", name="Begin: Introduction and consent")
    await expect(begin).to_have_attribute("aria-disabled", "true")
    await page.keyboard.press("Enter")
    assert said(branch, "step.start") == []
    assert await violations(page) == {}
    await page.context.close()


async def test_an_own_weak_line_is_said_in_amber(browser, gallery):
    base, _ = gallery
    page = await console(browser, base, "weak")
    await expect(page.locator(".strip--warn")).to_contain_text(
        "Your own line is weak", timeout=60_000
    )
    await page.context.close()


async def test_a_lost_wire_is_said_and_the_call_goes_on(browser, gallery):
    base, _ = gallery
    page = await console(browser, base, "wire-lost")
    await expect(page.locator(".strip--bad")).to_contain_text("lost the branch")
    await expect(page.locator(".stage")).to_be_visible()
    await page.context.close()


async def test_every_key_is_listed(browser, gallery):
    base, _ = gallery
    page = await console(browser, base, "idle", "zh-CN")
    await page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="快捷键")
    await expect(dialog).to_be_visible()
    keys = await dialog.locator("kbd").all_inner_texts()
    assert {"M", "V", "H", "E", "C", "D", "F", "X", "Y", "N", "U", "→", "1", "4", "?"} <= set(keys)
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await page.context.close()


@pytest.mark.parametrize(
    ("state", "words"),
    [("wrong", "not right"), ("throttled", "Too many attempts"), ("totp", "code from your")],
)
async def test_sign_in_says_what_is_wrong(browser, gallery, state, words):
    base, _ = gallery
    page, _ = await desk_page(browser)
    await page.goto(f"{base}/teller/sign-in?state={state}&lang=en", wait_until="domcontentloaded")
    await holds(page, "document.activeElement?.id === 'account'")
    await page.wait_for_load_state()
    await page.fill("#account", "wangmin")
    await page.fill("#password", "secret")
    await page.keyboard.press("Enter")
    await expect(page.locator("#message")).to_contain_text(words)
    if state == "totp":
        await expect(page.locator("#totp")).to_be_focused()
        await page.keyboard.type("123456")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/teller?state=idle")
    await page.context.close()
