"""The three services on the customer's page: judged, read, signed, proved, joined, objected to."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.axe import violations
from tests.web.gallery_papers import page_texts
from tests.web.gallery_papers import pages as drawn
from tests.web.gallery_services import views
from tests.web.gallery_views import DIGEST, iso
from tests.web.reading import read
from tests.web.screens import open_state, visit
from tests.web.test_customer_browser import settled, until

pytestmark = pytest.mark.browser

WRONG_CODE = "91330106MA28T1A23X"


@pytest.fixture
async def opened(browser, gallery) -> Iterator[Any]:
    """Open a state in English on a phone: `page, gallery = await opened("paper")`."""
    base, seen = gallery
    await asyncio.to_thread(drawn, "en")
    pages: list[Page] = []

    async def open_(state: str, options: tuple[str, ...] = ()) -> tuple[Page, Any]:
        page, complaints = await open_state(browser, base, state, {"en", *options})
        pages.append(page)
        page.complaints = complaints
        return page, seen

    yield open_
    for page in pages:
        assert page.complaints == []
        await page.context.close()


def said(seen, kind: str) -> list[dict[str, Any]]:
    return [m["body"] for m in seen.received if m["type"] == kind]


async def clean(page: Page) -> None:
    """Nothing on this page for axe to complain about."""
    assert await violations(page) == {}


async def heading(page: Page, text: str) -> None:
    await expect(page.get_by_role("heading", level=1)).to_have_text(text)


async def apply_for(page: Page, purpose: str, amount: str) -> None:
    await page.get_by_role("button", name="Personal loan interview").click()
    await page.get_by_label(purpose, exact=True).check()
    await page.get_by_label("Amount").fill(amount)
    await page.get_by_role("button", name="Continue").click()


async def test_an_allowed_service_goes_on_at_once_with_its_answers(opened):
    page, seen = await opened("flow")
    await apply_for(page, "Renovation", "180,000")
    await heading(page, "Who are you?")
    await page.get_by_label("Your name").fill("Li Lan")
    await page.get_by_label("Number of your identity document").fill("330106199001010028")
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("button", name="I agree to the recording").click()
    await page.get_by_role("button", name="Continue without it").click()
    await heading(page, "Let’s check that everything works")
    body = next(body for path, body in seen.posted if path == "visits")
    assert body["intake"] == {"purpose": "renovation", "amount": "180000"}
    assert body["consents"] == {"recording": True, "face": False}


async def test_a_limit_is_said_before_the_queue(opened):
    page, _ = await opened("flow")
    await apply_for(page, "Renovation", "350000")
    await heading(page, "Interview by video today, signing at a branch")
    await expect(read(page, "Then: sign at a branch")).to_be_visible()
    await clean(page)
    await page.get_by_role("button", name="Go on by video today").click()
    await heading(page, "Who are you?")


async def test_what_may_not_be_done_by_video_ends_with_a_lawful_way(opened):
    page, _ = await opened("flow")
    await apply_for(page, "Buying a home", "800000")
    await heading(page, "A housing loan needs an interview at a branch")
    await expect(read(page, "Book an appointment by telephone")).to_be_visible()
    await read(page, "Where this rule comes from").click()
    await expect(read(page, "art. 18")).to_be_visible()
    await expect(read(page, "Wording not verified by us")).to_have_count(1)
    await clean(page)
    await page.get_by_role("button", name="Choose another service").click()
    await heading(page, "See a teller, wherever you are")


async def test_wrong_answers_before_the_queue_are_named_and_nothing_is_sent(opened):
    page, seen = await opened("flow")
    await page.get_by_role("button", name="Corporate account").click()
    await page.get_by_label("Unified social credit code").fill(WRONG_CODE)
    await page.get_by_role("button", name="Continue").click()
    summary = page.get_by_role("alert")
    await expect(summary).to_contain_text("Choose: Kind of account")
    await expect(summary).to_contain_text("Fill in: Full name of the company")
    await expect(summary).to_contain_text("Check the code")
    await summary.get_by_role("link", name="Check the code").click()
    await expect(page.get_by_label("Unified social credit code")).to_be_focused()
    assert seen.posted == []


async def test_a_page_is_reported_when_it_can_be_seen_and_the_tellers_is_followed(opened):
    page, seen = await opened("paper")
    await expect(page.get_by_role("img", name="Page 2 of 4")).to_be_visible()
    await until(lambda: pages(seen) == [2])
    await page.get_by_role("button", name="Page before").click()
    await until(lambda: pages(seen) == [2, 0, 1])
    await expect(page.get_by_role("button", name="The teller is on page 2")).to_be_visible()
    turned = copy.deepcopy(views("en")["paper"])
    turned["step"]["paper"]["page"] = 3
    await seen.say("view", turned)
    await expect(page.get_by_role("img", name="Page 3 of 4")).to_be_visible()
    await until(lambda: pages(seen)[-1] == 3)
    await page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    await until(lambda: pages(seen)[-1] == 0)
    assert {body["paper"] for body in said(seen, "paper.page")} == {"loan_contract"}


def pages(seen) -> list[int]:
    return [body["page"] for body in said(seen, "paper.page")]


async def test_only_the_server_opens_the_confirmation_of_a_paper(opened):
    page, seen = await opened("paper-last")
    confirm = page.get_by_role("button", name="I have read this")
    await expect(confirm).to_be_disabled()
    await page.locator(".reader__frame").focus()
    await page.keyboard.press("PageUp")
    await expect(page.get_by_role("img", name="Page 3 of 4")).to_be_visible()
    await seen.say("view", views("en")["paper-read"])
    await confirm.click()
    await until(lambda: bool(said(seen, "step.answer")))
    assert said(seen, "step.answer") == [{"step": "contract_reading", "value": {"seen": True}}]


async def heard(page: Page) -> str:
    """Everything in the tree that Chromium gives to a screen reader."""
    session = await page.context.new_cdp_session(page)
    nodes = (await session.send("Accessibility.getFullAXTree"))["nodes"]
    return "\n".join(
        str(node["name"].get("value", ""))
        for node in nodes
        if not node["ignored"] and "name" in node
    )


async def test_whoever_sees_no_picture_is_read_the_page_from_the_same_file(opened):
    page, _ = await opened("paper")
    first, second = page_texts("en")[:2]
    words = page.locator(".reader__text")
    await expect(words).to_contain_text("2.1")
    tree = await heard(page)
    assert all(line in tree for line in second.splitlines())
    assert f"{DIGEST[:4]} {DIGEST[4:8]}" in tree
    assert "1.1" not in tree
    await page.locator(".reader__frame").focus()
    await page.keyboard.press("PageUp")
    await expect(words).to_contain_text("1.1")
    tree = await heard(page)
    assert all(line in tree for line in first.splitlines())
    assert "2.1" not in tree
    await clean(page)


async def test_a_paper_comes_nearer_by_button_and_by_two_taps(opened):
    page, _ = await opened("paper")
    picture = page.get_by_role("img", name="Page 2 of 4")
    await expect(picture).to_be_visible()
    width = (await picture.bounding_box())["width"]

    async def near() -> bool:
        return bool((await picture.bounding_box())["width"] > 2 * width)

    await page.get_by_role("button", name="Larger").click()
    await until(near)
    smaller = page.get_by_role("button", name="Smaller")
    while await smaller.is_enabled():
        await smaller.click()
    assert not await near()
    await picture.dblclick()
    await until(near)


async def test_what_is_typed_stays_when_the_view_changes(opened):
    page, seen = await opened("code")
    field = page.get_by_label("Code sent to")
    await field.fill("12 34")
    await expect(field).to_have_value("1234")
    again = copy.deepcopy(views("en")["code"])
    again["notice"] = {"code": "slow", "message": "A little slow today.", "severity": "info"}
    await seen.say("view", again)
    await expect(read(page, "A little slow today.")).to_be_visible()
    await expect(field).to_have_value("1234")
    await page.get_by_role("button", name="Confirm the code").click()
    await expect(read(page, "Type all 6 figures of the code")).to_be_visible()
    await field.fill("123456")
    await page.get_by_role("button", name="Confirm the code").click()
    await until(lambda: bool(said(seen, "code.enter")))
    assert said(seen, "code.enter") == [{"step": "new_number", "code": "123456"}]
    await seen.say("view", views("en")["code-wrong"])
    await expect(read(page, "This code is not right. 2 tries left.").first).to_be_visible()
    await expect(field).to_have_value("")


async def test_a_yes_opens_when_the_teller_has_had_the_time(opened):
    page, seen = await opened("disclosure-held")
    agree = page.get_by_role("button", name="I understand and agree")
    await expect(agree).to_be_disabled()
    soon = copy.deepcopy(views("en")["disclosure-held"])
    soon["step"] |= {"ready_at": iso(1.2), "can": ["refuse"]}
    await seen.say("view", soon)
    await expect(agree).to_be_enabled()
    await agree.click()
    await until(lambda: bool(said(seen, "step.answer")))
    assert said(seen, "step.answer")[0]["value"] == {"agreed": True}


async def test_a_guest_comes_by_link_agrees_for_themselves_and_is_not_on_air_before_their_tap(
    opened, browser, gallery
):
    page, seen = await opened("as-guest-check")
    await visit(page, gallery[0], "join", {"en"})
    await visit(page, gallery[0], "as-guest-check", {"en"})
    await page.goto(f"{gallery[0]}/j#secret-secret", wait_until="domcontentloaded")
    await page.get_by_role("button", name="Open the invitation").click()
    assert page.url == f"{gallery[0]}/j"
    await heading(page, "You join as: Guarantor")
    await clean(page)
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("button", name="I agree to the recording").click()
    await page.get_by_role("button", name="I agree to face comparison").click()
    await until(lambda: bool(seen.posted))
    consents = {"recording": True, "face": True}
    assert seen.posted[-1] == ("join/consents", {"consents": consents})
    await page.get_by_role("button", name="Check camera and microphone").click()
    await expect(page.get_by_role("button", name="Join the visit")).to_be_visible()
    await asyncio.sleep(0.3)
    assert said(seen, "call.offer") == []
    await page.get_by_role("button", name="Join the visit").click()
    await expect(read(page, "The teller is with the customer").first).to_be_visible()
    await until(lambda: bool(said(seen, "call.offer")))


async def test_the_customer_passes_the_link_on_and_waits_calmly(opened):
    page, seen = await opened("guest-link")
    await settled(page)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_role("button", name="Copy the link").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = views("en")["guest-link"]["guests"][0]["link"]
    assert await page.evaluate("navigator.clipboard.readText()") == link
    await seen.say("view", views("en")["guest-turn"])
    await expect(page.get_by_role("heading", name="It is the turn of: Guarantor")).to_be_visible()


async def test_an_objection_is_written_sent_and_said_to_have_arrived(opened):
    page, seen = await opened("refused-bank")
    await page.get_by_role("button", name="Object to this decision").click()
    await page.get_by_role("button", name="Send the objection").click()
    await expect(read(page, "Write what should be looked at again")).to_be_visible()
    await page.get_by_label("Why do you object?").fill("The guarantee ended in November.")
    await clean(page)
    await page.get_by_role("button", name="Send the objection").click()
    await expect(read(page, "We have received it.")).to_be_visible()
    assert seen.posted == [("objection", {"reason": "The guarantee ended in November."})]


async def test_a_paper_is_fetched_by_a_link_made_for_it(opened):
    page, _ = await opened("done-papers")
    async with page.expect_download() as saving:
        await page.get_by_role("button", name="Personal loan contract").click()
    assert (await saving.value).suggested_filename == "contract.pdf"


@pytest.mark.parametrize("state", ["in-review", "done-pending"])
async def test_nothing_is_called_done_before_it_is(opened, state):
    page, _ = await opened(state)
    main = page.locator("#main")
    await expect(main).to_contain_text("effect")
    assert "Carried out" not in await main.inner_text()


async def test_the_receipt_says_what_to_bring_to_the_branch(opened):
    page, _ = await opened("sign-at-branch")
    slip = page.locator("#main .slip--short")
    await expect(slip).to_contain_text("B007")
    await expect(slip.get_by_role("listitem")).to_have_count(3)
    await expect(slip).to_contain_text("Bring your original identity document")
    await clean(page)
