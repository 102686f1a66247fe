"""Signing on the customer's page: by hand, with a code, anew, not at all, or after all."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.web.gallery_services import code, sign, signing_view, views
from tests.web.reading import read
from tests.web.screens import ink
from tests.web.test_customer_browser import until
from tests.web.test_customer_services_browser import clean, said
from tests.web.test_customer_services_browser import opened as _opened

pytestmark = pytest.mark.browser
opened = _opened


async def test_a_signature_is_drawn_proved_with_a_code_and_sent_as_it_was_made(opened):
    page, seen = await opened("sign", ("w",))
    await page.get_by_role("button", name="I declare this, and sign").click()
    await clean(page)
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("alert").last).to_contain_text("sign your full name")
    await ink(page)
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_role("button", name="Clear").click()
    await expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    await ink(page)
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("button", name="Send the code to my phone").click()
    await until(lambda: said(seen, "code.request") == [{"step": "contract_sign"}])
    waiting = signing_view("en", sign("en", "code", code=code()), "sign", "refuse")
    await seen.say("view", waiting)
    await page.get_by_label("Code sent to 138****0001").fill("48 17 26")
    await clean(page)
    await page.get_by_role("button", name="Sign now").click()
    await until(lambda: bool(seen.posted))
    path, body = seen.posted[0]
    assert (path, body["step"], body["code"]) == ("signatures", "contract_sign", "481726")
    assert body["agreed"] is True
    first, second = body["strokes"]
    times = [point[2] for point in first + second]
    assert times == sorted(times)
    assert second[0][2] > first[-1][2]
    assert all(0 <= x <= body["width"] and 0 <= y <= body["height"] for x, y, _, _ in first)
    assert {point[3] for point in first} == {None}
    await expect(read(page, "Your signature is being put on the papers")).to_be_visible()


async def test_a_wrong_code_leaves_the_signature_standing(opened):
    page, seen = await opened("sign", ("w",))
    await page.get_by_role("button", name="I declare this, and sign").click()
    await ink(page)
    await page.get_by_role("button", name="Continue").click()
    can = ("sign", "refuse")
    await seen.say("view", signing_view("en", sign("en", "code", code=code()), *can))
    await page.get_by_label("Code sent to").fill("111111")
    await page.get_by_role("button", name="Sign now").click()
    await expect(read(page, "Your signature is being put on the papers")).to_be_visible()
    await seen.say("view", signing_view("en", sign("en", "code", code=code(2)), *can))
    await expect(read(page, "This code is not right. 2 tries left.").first).to_be_visible()
    await expect(page.get_by_role("img", name="Your signature")).to_be_visible()


async def test_who_cannot_draw_is_told_honestly_and_may_sign_elsewhere(opened):
    page, seen = await opened("sign", ("w",))
    await page.get_by_role("button", name="I declare this, and sign").click()
    await page.get_by_role("button", name="I cannot sign here").click()
    dialog = page.get_by_role("dialog", name="You cannot sign here?")
    await expect(dialog).to_contain_text("We do not take a typed name for one")
    await expect(dialog).to_contain_text("they can end the visit so that you sign at a branch")
    await page.get_by_role("button", name="I will not sign here").click()
    await until(lambda: bool(said(seen, "step.answer")))
    assert said(seen, "step.answer")[0]["value"] == {"agreed": False}


async def test_a_signature_that_was_set_aside_is_drawn_and_proved_anew(opened):
    page, seen = await opened("sign", ("w",))
    await page.get_by_role("button", name="I declare this, and sign").click()
    await ink(page)
    await page.get_by_role("button", name="Continue").click()
    await seen.say("view", signing_view("en", sign("en", "code", code=code()), "sign", "refuse"))
    await page.get_by_label("Code sent to").fill("481726")
    await page.get_by_role("button", name="Sign now").click()
    await seen.say("view", signing_view("en", sign("en", "signed")))
    await expect(read(page, "Any later change to these papers would show.")).to_be_visible()
    await seen.say("view", views("en")["sign-anew"])
    await expect(read(page, "The last one doesn't count.")).to_be_visible()
    await clean(page)
    await page.get_by_role("button", name="I declare this, and sign").click()
    await expect(page.get_by_role("button", name="Undo")).to_be_disabled()  # an empty field
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("alert").last).to_contain_text("sign your full name")


async def test_who_said_no_to_signing_may_still_sign_until_the_step_ends(opened):
    page, seen = await opened("sign", ("w",))
    await page.get_by_role("button", name="Don’t sign").click()
    await page.get_by_role("button", name="I will not sign here").click()
    await until(lambda: bool(said(seen, "step.answer")))
    await seen.say("view", views("en")["sign-refused"])
    await expect(read(page, "You have said that you will not sign.")).to_be_visible()
    await expect(page.get_by_role("button", name="Don’t sign")).to_have_count(0)
    await clean(page)
    await page.get_by_role("button", name="Sign after all").click()
    await ink(page)
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("button", name="Send the code to my phone").click()
    await until(lambda: said(seen, "code.request") == [{"step": "contract_sign"}])
