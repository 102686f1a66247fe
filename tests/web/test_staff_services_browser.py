"""The console at work in the three services: questions, papers, guests, decisions, by keyboard."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.web.gallery_staff import serve
from tests.web.gallery_staff_services import questions
from tests.web.gallery_staff_states import STATES
from tests.web.gallery_staff_steps import LOAN, NO, YES
from tests.web.reading import read
from tests.web.test_customer_browser import until
from tests.web.test_staff_console_browser import console, said

pytestmark = pytest.mark.browser


@pytest.fixture
async def gallery():
    runner, port, gallery = await serve()
    yield f"http://127.0.0.1:{port}", gallery
    await runner.cleanup()


async def heard(branch, kind: str, count: int = 1) -> dict:
    await until(lambda: len(said(branch, kind)) >= count)
    return said(branch, kind)[-1]


async def test_answers_take_one_key_each_and_an_unclear_one_is_asked_again(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "questions")
    asked = page.locator(".asked__one.is-present")
    second = await asked.locator(".asked__text").inner_text()
    await expect(page.locator(".script__text")).to_have_text(second)
    await page.keyboard.press("n")
    given = {"step": "will", "question": "coached", "value": "no", "clear": True}
    assert await heard(branch, "question.record") == given

    view = STATES["questions"]("en")
    view["visit"]["current"]["questions"] = questions(LOAN, "will", "en", {0: YES, 1: NO})
    await branch.push(view)
    await expect(asked.locator(".asked__text")).not_to_have_text(second)
    await page.keyboard.press("u")
    unclear = {"step": "will", "question": "accompanied", "value": "", "clear": False}
    assert await heard(branch, "question.record", 2) == unclear
    await page.context.close()


async def test_a_choice_is_answered_by_its_number(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "question-choice")
    await expect(page.locator(".asked__one.is-present")).to_be_visible()
    await page.keyboard.press("2")
    first = questions(LOAN, "use", "en", {})[1]
    wanted = first["options"][1]["value"]
    assert (await heard(branch, "question.record"))["value"] == wanted
    await page.context.close()


async def test_an_amount_is_typed_where_the_question_stands(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "question-money")
    field = page.locator("[data-answer]")
    await expect(field).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(field).to_have_attribute("aria-invalid", "true")
    await page.keyboard.type("180,000")
    await branch.push(STATES["question-money"]("en"))
    await page.keyboard.press("Enter")
    assert (await heard(branch, "question.record"))["value"] == "180000"
    await page.context.close()


async def test_whoever_cannot_move_is_asked_for_something_else(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "liveness")
    await expect(page.locator(".asked__one.is-present")).to_contain_text("count backwards")
    await page.keyboard.press("o")
    await expect(page.locator(".asked__one.is-present")).to_contain_text("day of the week")
    await page.keyboard.press("y")
    record = await heard(branch, "question.record")
    assert (record["question"], record["value"]) == ("say_weekday", "seen")
    await page.context.close()


async def test_movements_are_started_shown_as_they_are_judged_and_repeated(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "challenge")
    await page.keyboard.press("Enter")
    assert (await heard(branch, "challenge.begin"))["step"] == "presence"
    await page.context.close()
    page = await console(browser, base, "challenge-failed")
    panels = await page.get_by_role("region", name="Movements").locator("xpath=..").inner_text()
    assert "0" not in panels.split("\n")  # an empty list of prompts is nothing, not its length
    panel = page.get_by_role("region", name="Movements")
    await expect(panel).to_contain_text("can’t be accepted as passed")
    await expect(panel).to_contain_text("18.2°")
    await expect(panel).to_contain_text("2 tries left")
    await expect(page.get_by_role("button", name="Repeat with a fresh draw")).to_be_visible()
    await page.context.close()


async def test_spoken_tasks_instead_of_movements_need_a_reason(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "challenge-failed")
    await page.get_by_role("button", name="Spoken tasks instead").click()
    await page.get_by_role("button", name="Use spoken tasks").click()
    assert said(branch, "challenge.alternative") == []
    await page.get_by_label("Why spoken tasks instead?").fill("Stiff neck")
    await page.get_by_role("button", name="Use spoken tasks").click()
    assert (await heard(branch, "challenge.alternative"))["reason"] == "Stiff neck"
    await page.context.close()


async def test_the_least_time_is_waited_for_and_said(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "least-time")
    await expect(page.locator(".dock__why")).to_contain_text("this step has a minimum time")
    await page.keyboard.press("Enter")
    await page.keyboard.press("x")
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert said(branch, "step.complete") == []
    await page.context.close()


async def test_pages_are_turned_by_arrows_and_each_shows_its_reading_time(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "paper")
    await expect(page.get_by_alt_text("Page 3 of Personal loan contract")).to_be_visible()
    rows = page.locator(".reading__page")
    assert await rows.locator(".sr", has_text="read").count() >= 2
    await expect(rows.nth(2)).to_contain_text("/ 10 s")
    await page.keyboard.press("ArrowRight")
    assert await heard(branch, "paper.turn") == {"paper": "loan_contract", "page": 4}
    await rows.nth(0).click()
    assert await heard(branch, "paper.turn", 2) == {"paper": "loan_contract", "page": 1}
    await page.context.close()


async def test_a_new_signature_is_asked_for_with_a_reason(browser, gallery):
    base, seen = gallery
    page = await console(browser, base, "signed")
    await page.get_by_role("button", name="Ask for a new signature").click()
    dialog = page.get_by_role("dialog", name="Ask for a new signature?")
    await expect(dialog).to_contain_text("stays in the evidence together with your reason")
    await dialog.get_by_role("button", name="Ask for a new signature").click()
    await expect(dialog.get_by_label("Reason")).to_have_attribute("aria-invalid", "true")
    assert said(seen, "sign.anew") == []
    await dialog.get_by_label("Reason").fill("The name can't be read")
    await dialog.get_by_role("button", name="Ask for a new signature").click()
    await until(lambda: bool(said(seen, "sign.anew")))
    sent = said(seen, "sign.anew")[0]
    assert (sent["step"], sent["reason"]) == ("minutes_sign", "The name can't be read")
    await page.context.close()


async def test_what_was_noticed_rules_an_approval_out(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "decision-loan")
    primary = page.locator('[data-key="primary"]')
    await page.keyboard.press("1")
    await expect(primary).to_have_text("Record: ApproveCtrl ↵")
    await page.locator('[data-flag="prompted"]').check()
    await expect(page.locator('[data-verdict="approve"]')).to_have_attribute(
        "aria-disabled", "true"
    )
    await expect(page.locator(".dock__why")).to_contain_text("rules an approval out")
    await page.locator("h2#decision-title").click()
    await page.keyboard.press("1")
    await expect(primary).to_have_attribute("aria-disabled", "true")
    await page.keyboard.press("3")
    await expect(page.locator("#why")).to_be_focused()
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#why")).to_have_attribute("aria-invalid", "true")
    await page.keyboard.type("A voice beside him gave the answers")
    await page.keyboard.press("Control+Enter")
    assert await heard(branch, "step.complete") == {
        "step": "decision",
        "result": "passed",
        "verdict": "refuse",
        "flags": ["prompted"],
        "note": "A voice beside him gave the answers",
    }
    await page.context.close()


async def test_an_answer_that_raised_a_flag_makes_an_approval_owe_its_reason(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "decision-raised")
    await page.keyboard.press("1")
    await expect(page.locator("#why")).to_be_focused()
    await page.keyboard.press("Control+Enter")
    assert said(branch, "step.complete") == []
    await page.keyboard.type("The fee is the notary's; shown and plausible")
    await page.keyboard.press("Control+Enter")
    assert (await heard(branch, "step.complete"))["verdict"] == "approve"
    await page.context.close()


async def test_a_missing_guest_is_invited_and_let_go(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "guest-missing")
    await expect(page.locator('[data-key="primary"][data-act="invite"]')).to_be_focused()
    await page.keyboard.press("Enter")
    assert await heard(branch, "guest.invite") == {"party": "guarantor"}
    await branch.push(STATES["guest-invited"]("en"))
    await expect(page.get_by_label("Link for Guarantor")).to_have_value(
        STATES["guest-invited"]("en")["visit"]["guests"][0]["link"]
    )
    await page.get_by_role("button", name="Remove from the call: Guarantor").click()
    await page.locator("#dismiss-now").click()
    assert await heard(branch, "guest.dismiss") == {"party": "guarantor"}
    await page.context.close()


async def test_a_checkers_question_is_answered_on_the_idle_screen(browser, gallery):
    base, branch = gallery
    page = await console(browser, base, "returned")
    field = page.locator("[data-review]").first
    await field.fill("Nobody else was there; ")
    await branch.push(STATES["returned"]("en"))
    await field.focus()
    await page.keyboard.press("End")
    await page.keyboard.type("the radio was on")
    await page.keyboard.press("Control+Enter")
    answered = {"visit": "V20261123-000011", "text": "Nobody else was there; the radio was on"}
    assert await heard(branch, "review.answer") == answered
    await page.context.close()


async def test_a_long_script_is_read_by_its_chapters(browser, gallery):
    base, _ = gallery
    page = await console(browser, base, "scope")
    assert await page.locator(".chapter").count() <= 10
    assert await page.locator('.chapter__head[aria-expanded="true"]').count() == 1
    await expect(page.locator(".ribbon__title")).to_have_text("Signing at the branch")
    await page.locator(".chapter__head", has_text="Papers and signing").click()
    left_out = page.locator(".step--skipped", has_text="Sign the contract")
    await expect(left_out.locator("s")).to_have_text("Sign the contract")
    await expect(left_out).to_contain_text("Only if: not above the limit for electronic signing")
    await expect(page.locator(".bounds")).to_contain_text("signing at a branch")
    await page.context.close()


async def test_the_servers_objection_stands_at_its_field(browser, gallery):
    base, _ = gallery
    page = await console(browser, base, "form-loan")
    field = page.locator('[data-field="debts"]')
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_accessible_description("Please enter a number.")
    await field.fill("0")
    await expect(read(page, "Not shown yet")).to_be_visible()
    await page.context.close()
