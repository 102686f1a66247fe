"""The customer's page in Chromium: clean for axe, complete by keyboard, true to the wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.axe import violations
from tests.web.gallery_services import views
from tests.web.reading import read
from tests.web.screens import open_state, visit

pytestmark = pytest.mark.browser

OTHERS = ["start", "closed-branch", "invitation", "join", "superseded", "signed-out"]
STATES = [*OTHERS, *views("en")]
PLAIN = ["start", "queue", "consent", "form", "done"]
FEW = ["start", "queue", "consent", "form", "question", "paper", "sign", "done"]
ELDER = [*PLAIN, "question", "paper", "sign", "code", "refused-bank"]


async def until(holds: Callable[[], Awaitable[bool] | bool], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while True:
            answer = holds()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.05)


async def settled(page: Page) -> None:
    """Wait until the scene and, in a call, its sheet have been drawn."""
    await page.wait_for_selector("body[data-scene]:not([data-scene=loading])")
    if await page.evaluate("document.body.dataset.scene") == "call":
        await page.wait_for_selector(".sheet-panel .task")


@pytest.mark.parametrize(
    ("options", "states"),
    [
        ({"elder"}, FEW),
        pytest.param({"en"}, STATES, marks=pytest.mark.proof),
        pytest.param({"elder"}, ELDER, marks=pytest.mark.proof),
        pytest.param({"en", "w"}, ELDER, marks=pytest.mark.proof),
    ],
    ids=["few", "phone", "elder", "desk"],
)
async def test_states_are_clean_for_axe_and_silent_on_the_console(
    browser, gallery, options, states
):
    base, _ = gallery
    page, complaints = await open_state(browser, base, "start", options)
    found = {}
    for state in states:
        await visit(page, base, state, options)
        await settled(page)
        for rule, nodes in (await violations(page)).items():
            found[state, rule] = nodes
    assert found == {}
    assert complaints == []
    await page.context.close()


async def test_an_error_page_is_clean_for_axe_too(browser, gallery):
    base, _ = gallery
    page, _ = await open_state(browser, base, "start", {"en"})
    await visit(page, base, "error", {"en"})
    assert await violations(page) == {}
    await page.context.close()


async def test_by_keyboard_alone_from_the_start_to_the_queue(browser, gallery):
    base, _ = gallery
    page, _ = await open_state(browser, base, "flow", {"en", "w"})

    async def reach(name: str, press: str = "Enter") -> None:
        """Tab until the control called `name` has the focus, then press."""
        for _ in range(40):
            await page.keyboard.press("Tab")
            label = await page.evaluate(
                "(({labels, textContent}) => labels?.[0]?.textContent || textContent)"
                "(document.activeElement)"
            )
            if name in label:
                if press:
                    await page.keyboard.press(press)
                return
        raise AssertionError(f"{name} cannot be reached by Tab")

    async def heading(text: str) -> None:
        await expect(page.get_by_role("heading", level=1)).to_have_text(text)

    await heading("See a teller, wherever you are")
    await reach("Change of personal details")
    await heading("Change of personal details")
    await reach("Continue")
    await expect(page.get_by_role("alert")).to_contain_text("What would you like to change?")
    await reach("Phone number", " ")
    await page.keyboard.press("ArrowDown")
    await reach("Continue")
    await heading("Who are you?")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await reach("Continue")
    await expect(page.get_by_role("alert")).to_contain_text("Enter your name")
    await reach("Your name", "")
    await page.keyboard.type("Li Lan")
    await reach("Number of your identity document", "")
    await page.keyboard.type("330106199001010028")
    await page.keyboard.press("Enter")
    await heading("This visit is recorded")
    await reach("I agree to the recording")
    await heading("May we compare your face?")
    await reach("I agree to face comparison")
    await heading("Let’s check that everything works")
    await reach("Check camera and microphone")
    await expect(page.get_by_role("button", name="Take a ticket")).to_be_visible()
    await reach("Take a ticket")
    await heading("You are in the queue")
    await expect(read(page, "A018")).to_be_visible()
    await page.context.close()


async def test_refusing_the_recording_ends_kindly_and_sends_nothing(browser, gallery):
    base, seen = gallery
    page, _ = await open_state(browser, base, "flow", {"en"})
    await page.get_by_role("button", name="Change of personal details").click()
    await page.get_by_label("Address").check()
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("Your name").fill("Li Lan")
    await page.get_by_label("Number of your identity document").fill("330106199001010028")
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("button", name="I don’t agree").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("no service by video")
    await expect(read(page, "At any of our branches")).to_be_visible()
    assert seen.received == []
    await page.context.close()


async def test_the_secret_of_an_invitation_leaves_the_address_bar(browser, gallery):
    base, _ = gallery
    page, _ = await open_state(browser, base, "invitation", {"en"})
    assert page.url == f"{base}/i"
    await page.get_by_role("button", name="Accept the invitation").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("This visit is recorded")
    await page.context.close()


async def test_a_message_outlives_its_socket_and_keeps_its_id(browser, gallery):
    base, seen = gallery
    page, _ = await open_state(browser, base, "check", {"en"})
    await settled(page)
    seen.deaf = True
    await page.get_by_role("button", name="Check camera and microphone").click()
    await page.get_by_role("button", name="Take a ticket").click()
    await until(lambda: len(tickets(seen)) == 1)
    seen.deaf = False
    await seen.drop_sockets()
    await until(lambda: len(tickets(seen)) == 2)
    assert tickets(seen)[0] == tickets(seen)[1]
    await expect(page.get_by_role("heading", level=1)).to_have_text("You are in the queue")
    await page.context.close()


def tickets(seen) -> list[str]:
    return [m["id"] for m in seen.received if m["type"] == "ticket.take"]


async def test_an_answer_is_sent_once_and_then_said_to_be_sent(browser, gallery):
    base, seen = gallery
    page, _ = await open_state(browser, base, "consent", {"en"})
    await page.get_by_role("button", name="I agree", exact=True).click()
    await expect(read(page, "Your answer has been passed on.")).to_be_visible()
    await until(lambda: any(m["type"] == "step.answer" for m in seen.received))
    answers = [m["body"] for m in seen.received if m["type"] == "step.answer"]
    assert answers == [{"step": "recording_consent", "value": {"agreed": True}}]
    await page.context.close()


async def test_the_teller_is_seen_and_the_line_is_judged(browser, gallery):
    base, seen = gallery
    page, _ = await open_state(browser, base, "listen", {"en"})
    frames = "document.querySelector('.stage__remote')?.getVideoPlaybackQuality().totalVideoFrames"
    await until(lambda: _more_than(page, frames, 5), 30)
    offers = [m["body"] for m in seen.received if m["type"] == "call.offer"]
    assert len(offers) == 1
    assert "VP8" in offers[0]["sdp"]
    opus = (
        next(x for x in offers[0]["sdp"].splitlines() if "opus/48000" in x).split(":")[1].split()[0]
    )
    assert f"a=rtcp-fb:{opus} nack" in offers[0]["sdp"]
    await page.context.close()


async def _more_than(page: Page, expression: str, number: int) -> bool:
    counted = await page.evaluate(expression)
    return counted is not None and counted > number


async def test_a_rejoin_makes_a_new_leg_and_the_picture_returns(browser, gallery):
    base, seen = gallery
    page, _ = await open_state(browser, base, "listen", {"en"})
    frames = "document.querySelector('.stage__remote')?.getVideoPlaybackQuality().totalVideoFrames"
    await until(lambda: _more_than(page, frames, 5), 30)
    before = await page.evaluate(frames)
    await seen.say("call.rejoin", {"reason": "worker_lost"})
    await until(lambda: len(legs(seen)) == 2)
    assert len(set(legs(seen))) == 2
    await until(lambda: _more_than(page, frames, before + 10), 30)
    await page.context.close()


async def test_a_dead_line_is_said_and_mended_with_a_new_leg(browser, gallery):
    base, seen = gallery
    page, _ = await open_state(browser, base, "listen", {"en"})
    frames = "document.querySelector('.stage__remote')?.getVideoPlaybackQuality().totalVideoFrames"
    await until(lambda: _more_than(page, frames, 5), 30)
    await seen.legs[0].close()
    await expect(read(page, "Reconnecting…")).to_be_visible(timeout=60_000)
    await until(lambda: len(legs(seen)) > 1, 30)
    await expect(read(page, "Reconnecting…")).to_be_hidden(timeout=60_000)
    assert len(set(legs(seen))) == len(legs(seen))
    await page.context.close()


async def test_a_page_that_lost_its_place_does_not_fight_for_it(browser, gallery):
    base, seen = gallery
    page, _ = await open_state(browser, base, "queue", {"en"})
    await expect(page.get_by_role("heading", level=1)).to_have_text("You are in the queue")
    await seen.say("bye", {"code": "superseded"})
    await expect(page.get_by_role("button", name="Continue here")).to_be_visible()
    await page.evaluate("dispatchEvent(new Event('online')); dispatchEvent(new Event('pageshow'))")
    await asyncio.sleep(0.3)
    assert sum(m["type"] == "hello" for m in seen.received) == 1
    await page.context.close()


async def test_heads_of_the_call_are_in_the_receipt_that_is_saved(browser, gallery):
    base, seen = gallery
    page, _ = await open_state(browser, base, "decision", {"en"})
    await settled(page)
    heard = {"n": 99, "at": "2026-11-23T05:00:00+00:00", "digest": "ab" * 32}
    await seen.say("head", heard)
    await seen.say("view", views("en")["done"])
    async with page.expect_download() as saving:
        await page.get_by_role("button", name="Save the receipt").click()
    path = await (await saving.value).path()
    saved = json.loads(await asyncio.to_thread(Path(path).read_text))
    assert heard in saved["heads"]
    assert len(saved["heads"]) == 8
    await page.context.close()


def legs(seen) -> list[str]:
    return [m["body"]["leg"] for m in seen.received if m["type"] == "call.offer"]


async def test_a_photograph_is_taken_shown_and_sent(browser, gallery):
    base, seen = gallery
    page, _ = await open_state(browser, base, "document", {"en"})
    await page.get_by_role("button", name="Take photo").click()
    await page.get_by_role("button", name="Take the photo").click()
    await page.get_by_role("button", name="Use this photo").click()
    await until(lambda: bool(seen.uploads))
    kind, size = seen.uploads[0]
    assert kind in ("image/jpeg", "image/png")
    assert size > 1000
    await expect(page.locator("dialog.capture")).to_have_count(0)
    await page.context.close()


SLOW_CAMERA = """
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wish) => {
  const stream = await open(wish);
  if (!wish.video?.facingMode?.ideal || wish.audio) return stream;
  [window.documentCamera] = stream.getVideoTracks();
  await new Promise((go) => { window.letGo = go; });
  return stream;
};
0;
"""


async def awaiting_camera(browser, gallery):
    """The page of a document's photo; its camera comes when `letGo()` is called."""
    base, _ = gallery
    page, _ = await open_state(browser, base, "document", {"en"})
    await page.evaluate(SLOW_CAMERA)
    await page.get_by_role("button", name="Take photo").click()
    await until(lambda: page.evaluate("!!window.letGo"))
    return page


async def test_a_photo_chosen_before_the_camera_came_stays(browser, gallery):
    page = await awaiting_camera(browser, gallery)
    photo = {"name": "card.png", "mimeType": "image/png", "buffer": await page.screenshot()}
    await page.locator("dialog.capture input[type=file]").set_input_files([photo])
    use = page.get_by_role("button", name="Use this photo")
    await expect(use).to_be_visible()
    await page.evaluate("letGo()")
    await until(lambda: page.evaluate("!!document.querySelector('.capture__video').srcObject"))
    await page.wait_for_timeout(300)
    await expect(use).to_be_visible()
    await page.context.close()


async def test_a_camera_that_comes_after_the_page_was_closed_is_let_go(browser, gallery):
    page = await awaiting_camera(browser, gallery)
    await page.locator("dialog.capture").get_by_role("button", name="Close").click()
    await page.evaluate("letGo()")
    await until(lambda: page.evaluate("documentCamera.readyState === 'ended'"))
    await page.context.close()


async def test_another_tab_can_be_brought_here(browser, gallery):
    base, seen = gallery
    page, _ = await open_state(browser, base, "queue", {"en"})
    await expect(page.get_by_role("heading", level=1)).to_have_text("You are in the queue")
    await seen.say("bye", {"code": "superseded"})
    await page.get_by_role("button", name="Continue here").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("You are in the queue")
    await page.context.close()


async def test_the_language_changes_in_place_and_stays(browser, gallery):
    base, _ = gallery
    page, _ = await open_state(browser, base, "start", {"en"})
    await page.get_by_role("button", name="中文").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("柜员面对面，足不出户")
    assert await page.evaluate("document.documentElement.lang") == "zh-CN"
    await page.context.close()


async def test_a_browser_without_calls_is_told_what_to_do(browser, gallery):
    base, _ = gallery
    context = await browser.new_context()
    await context.add_init_script("delete window.RTCPeerConnection")
    page = await context.new_page()
    await page.goto(f"{base}/?state=start&lang=en", wait_until="domcontentloaded")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("cannot make video calls")
    await context.close()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NotAllowedError", "are blocked"),
        ("NotFoundError", "was found"),
        ("NotReadableError", "Another app"),
    ],
)
async def test_each_failure_of_a_camera_has_its_own_words(browser, gallery, name, words):
    base, _ = gallery
    page, _ = await open_state(browser, base, "check", {"en"})
    await page.evaluate(
        "name => { navigator.mediaDevices.getUserMedia ="
        " () => Promise.reject(new DOMException('', name)); }",
        name,
    )
    await page.get_by_role("button", name="Check camera and microphone").click()
    await expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
    await expect(page.get_by_role("button", name="Try again")).to_be_visible()
    await page.context.close()
