"""A real face in a real browser, end to end: coached, in doubt, asked to move, doubted, decided on;
and every one of it in the evidence and at the review desk.

The card shows the man with a share of another's face mixed in, so the comparison is in doubt. The
camera is a canvas (`films.py`) that does what the page asks: the draw itself is the server's own.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, expect

from recording.verify import verify
from tests.browser import cameras
from tests.browser.branch import DemoBranch, demo_branch
from tests.browser.conftest import Browsers
from tests.browser.customer_page import CustomerPage
from tests.browser.films import mixed_portrait, play_films, show
from tests.browser.page import until
from tests.browser.service import Service, Told
from tests.browser.staff_page import ReviewPage, TellerPage
from tests.journeys.people import HOUSE

pytestmark = pytest.mark.proof  # three comparisons, two movements, a doubt: minutes, not seconds

CHAPTERS = True
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
NAME, NUMBER = "韩梅梅", "310104198805120041"
BEFORE_DETAILS = """  - {id: registers, kind: registry_check, checks: [citizen, screening], needs: [live_video], title: *words, say: *words, task: *words}
  - id: presence
    kind: liveness
    draw: 2
    needs: [live_video]
    title: *words
    say: *words
    task: *words
    prompts:
      - {id: left, ask: {zh-CN: 请向左转头, en: Turn to your left}, motor: true, action: turn_left}
      - {id: closer, ask: {zh-CN: 请靠近镜头, en: Come closer}, motor: true, action: come_closer}
      - {id: hand, ask: {zh-CN: 请用手遮脸, en: Hand before your face}, motor: true, action: cover_face}
      - {id: digits, ask: {zh-CN: 请念数字, en: Read the digits}, motor: false, digits: 4}
"""  # noqa: E501
CHECK = "  - {id: check, kind: checker_decision, hours: 24, title: *words}\n"
NAMED = {"come_closer": "Come closer", "cover_face": "Hand before the face"}


def rules(place: Path) -> Path:
    """The short service, with registers, movements and a second person."""
    shutil.copytree(HOUSE, place)
    script = place / "scripts" / "change_of_details.yaml"
    text = script.read_text("utf-8")
    text = text.replace("  - id: details\n", f"{BEFORE_DETAILS}  - id: details\n", 1)
    text = text.replace("  - {id: commit,", f"{CHECK}  - {{id: commit,", 1)
    script.write_text(text, "utf-8")
    return place


@dataclass
class FaceService(Service):
    """The camera answers what is asked of the face."""

    asked: tuple[str, ...] = ()

    async def _play(self, step: str, kind: str) -> None:
        if kind == "identity_document":
            await self.customer.photograph(cameras.document(mixed_portrait()))
        elif kind == "face_match":
            await self._compared()
        else:
            await super()._play(step, kind)
        if kind == "liveness":
            await self._swapped()

    async def _compared(self) -> None:
        """Too far, too dark, then well lit: the page says as it happens what to change, and a
        comparison that is begun all the same has no result."""
        advice = self.customer.page.get_by_role("region", name="Your task").locator(".banner")
        poor = ("far", "Please come closer"), ("dark", "switch on a light")
        for attempt, (film, words) in enumerate(poor, 1):
            await show(self.customer.page, film)
            await expect(advice).to_contain_text(words, timeout=90_000)
            await self.customer.accessible()
            await self.teller.next("check")
            await until(self._without_result(attempt), f"comparison {attempt} to end", 90)
        await show(self.customer.page, "calm")
        await expect(advice).to_have_count(0, timeout=90_000)
        assert "Not certain" in await self.teller.decide()

    def _without_result(self, attempt: int) -> Callable[[], Awaitable[bool]]:
        async def ended() -> bool:
            check = self.console.view["visit"]["identity"]["check"] or {}
            return (check.get("attempt"), check.get("status")) == (attempt, "failed")

        return ended

    async def _watch(self) -> None:
        await self.teller.next("challenge")
        while (now := self._challenge())["phase"] not in ("passed", "failed", "unusable"):
            await show(self.customer.page, now["action"] or "calm")
            self.asked += (
                (now["action"],) if now["action"] and now["action"] not in self.asked else ()
            )
            await asyncio.sleep(0.1)
        await show(self.customer.page, "calm")
        await expect(self.teller.page.get_by_role("region", name="Movements")).to_contain_text(
            "All movements were recognised"
        )
        await self.teller.page.locator('[data-act="answer-yes"]').click(timeout=90_000)
        await until(self._seen("digits"), "the digits to be taken down", 60)

    def _challenge(self) -> dict[str, Any]:
        return dict((self.phone.view.get("step") or {}).get("challenge") or {"phase": "passed"})

    async def _swapped(self) -> None:
        """Somebody else sits down for a moment: the console says so while it lasts."""
        doubts = self.teller.page.locator(".stage__doubts")
        await show(self.customer.page, "somebody")
        await expect(doubts).to_contain_text("Another face")
        await show(self.customer.page, "calm")
        await expect(doubts).not_to_contain_text("Another face")


@dataclass
class Story:
    branch: DemoBranch
    customer: CustomerPage
    teller: TellerPage
    service: FaceService
    review: ReviewPage
    ticket: str = ""


@pytest.fixture(scope="module")
async def story(
    browsers: Browsers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Story]:
    place = tmp_path_factory.mktemp("face")
    async with demo_branch(place / "data", rules(place / "bank"), "house") as branch:
        contexts: list[BrowserContext] = [
            await browsers.customer.new_context(viewport=PHONE, locale="en-GB"),
            await browsers.teller.new_context(viewport=DESKTOP, locale="en-GB"),
            await browsers.teller.new_context(viewport=DESKTOP, locale="en-GB"),
        ]
        await play_films(contexts[0])
        phone, console, desk = [await context.new_page() for context in contexts]
        customer, teller = CustomerPage(phone), TellerPage(console)
        wishes = {"details": {"address": "1 Longjing Road, Hangzhou", "occupation": "office"}}
        service = FaceService(teller, customer, Told(console), Told(phone), _no_code, wishes)
        yield Story(branch, customer, teller, service, ReviewPage(desk))
        for context in contexts:
            await context.close()


async def _no_code() -> str:
    raise AssertionError("nothing here needs a code")


async def test_a_face_is_coached_compared_moved_and_doubted(story: Story) -> None:
    customer, teller, branch = story.customer, story.teller, story.branch
    await teller.sign_in(branch.base, "teller", "wangmin", branch.passwords["wangmin"])
    await teller.ready()
    await customer.goto(branch.base)
    await customer.page.locator("button.service").filter(has_text="Change").first.click()
    await customer.introduce(NAME, NUMBER)
    await customer.press("I agree to the recording")
    await customer.press("I agree to face comparison")
    await customer.check_devices()
    story.ticket = await customer.take_ticket()
    await teller.accept(story.ticket)
    await story.service.serve()
    await teller.next("finish")
    await teller.wrap_up("The second person should look at the portrait.")
    customer.content()
    teller.content()


async def test_the_second_person_sees_all_of_it_in_words_and_decides(story: Story) -> None:
    review, password = story.review, story.branch.passwords["chenyu"]
    page = review.page
    await review.sign_in(story.branch.base, "review", "chenyu", password)
    await expect(page.get_by_role("main")).to_contain_text(story.ticket, timeout=90_000)
    await review.open_check(story.ticket)
    await review.watch(password, "FACE-1")
    overview = page.locator("#panel-overview")
    for words in ("the face comparison was in doubt", "Customer · Another face"):
        await expect(overview).to_contain_text(words)
    await page.get_by_role("tab", name="Identity").click()
    person = page.locator("#panel-identity")
    for words in ("In doubt: a person has to decide", "Same person", "Same ears and hairline"):
        await expect(person).to_contain_text(words)
    await expect(person).to_contain_text(re.compile(r"Similarity 0\.[34]\d · attempt 3"))
    await asked_about(page, story.service.asked)
    await review.accessible()
    await page.get_by_role("tab", name="Evidence").click()
    marks = page.locator("#panel-evidence .mark-row")
    for words in expected_marks(story.service.asked):
        await expect(marks.filter(has_text=words).first).to_be_visible()
    await review.accessible()
    await review.approve(password)
    await page.get_by_role("tab", name="Decision").click()
    await expect(page.locator("#panel-decision")).to_contain_text("陈雨", timeout=90_000)
    review.content()


async def asked_about(page: Page, asked: tuple[str, ...]) -> None:
    """Beside the face: what was moved and measured, what the registers said."""
    moved = page.get_by_role("region", name="Movements")
    titles = {**NAMED, "turn_left": "Turn to the left"}
    for action, line in zip(asked, await moved.locator(".asked__one").all(), strict=True):
        await expect(line).to_contain_text(titles[action])
        await expect(line).to_contain_text("recognised")
        await expect(line).not_to_contain_text("not recognised")
    registers = page.get_by_role("region", name="Registers")
    await expect(registers.get_by_text("Confirmed")).to_have_count(2)


def expected_marks(asked: tuple[str, ...]) -> list[re.Pattern[str]]:
    """What stands in the film's list, whichever movements chance has drawn."""
    assert "turn_left" in asked
    (other,) = {*asked} - {"turn_left"}
    lines = [
        r"Face match without result.*too small",
        r"Face match without result.*Too dark",
        r"Face match result.*In doubt · Similarity 0\.[34]",
        r"Movements drawn and sealed.*Draw 1 · .*Turn to the left.* · Digits to read: \d{4}",
        r"Movement judged.*Turn to the left · Passed · \d+(\.\d+)?° · \d\.\d s after",
        rf"Movement judged.*{NAMED[other]} · Passed",
        r"Check of movements ended.*Passed",
        r"Doubt about the face.*Customer · Another face: began",
        r"Doubt about the face.*Customer · Another face: ended",
        r"Register answered.*Identity register · Confirmed",
        r"Register answered.*Name screening · Confirmed",
    ]
    return [re.compile(line, re.DOTALL) for line in lines]


async def test_a_stranger_verifies_it_with_the_second_person_s_decision(story: Story) -> None:
    async def committed() -> bool:
        return bool(story.service.phone.view["visit"]["effect"] == "committed")

    await until(committed, "the commit", 120)
    verdict = await asyncio.to_thread(verify, story.branch.recordings()[-1])
    assert verdict.status == "complete"
    assert next(step.ok for step in verdict.steps if step.name == "decision")
