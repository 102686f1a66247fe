"""Any service, step by step, by two people at their pages: what they click, type, read and draw.

What a page has been told (its view) says whose turn it is; everything that is done is done with the
page's own controls.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from playwright.async_api import Page, WebSocket, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.browser.customer_page import CustomerPage
from tests.browser.page import until
from tests.browser.staff_page import TellerPage

SLOW = 90_000
CREDIT_CODE = "91330106MA27XL0X1K"  # of a company that isn't (GB 32100, with its check character)
TASK = 'section[aria-label="Your task"], [role="region"][aria-label="Your task"]'
PRIMARY = "button.button--primary:not([disabled]):not([aria-busy='true'])"


class Told:
    """The newest view that a page was sent."""

    def __init__(self, page: Page) -> None:
        self.view: dict[str, Any] = {}
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._heard)

    def _heard(self, frame: str | bytes) -> None:
        message = json.loads(frame)
        if message.get("type") == "view":
            self.view = message["body"].get("state", message["body"])


@dataclass
class Service:
    """One visit at two pages."""

    teller: TellerPage
    customer: CustomerPage
    console: Told
    phone: Told
    code: Callable[[], Awaitable[str]]
    forms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    at: Callable[[str, str], Awaitable[None]] | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    """What is said, by `step.question`, where it is not what is hoped for."""

    async def serve(self) -> None:
        """Every step, until the teller may finish."""
        while True:
            current = await self._coming()
            if current is None:
                return
            step, kind = current["id"], current["kind"]
            await self.teller.next("start")
            await until(self._opened(step), f"step {step} to open", 60)
            if self.at is not None:
                await self.at(step, kind)
            await self._play(step, kind)
            if kind != "teller_decision":
                await self.teller.next("complete")
            await until(self._ended(step), f"step {step} to end", 60)

    async def _coming(self) -> dict[str, Any] | None:
        async def ready() -> bool:
            visit = self.console.view.get("visit") or {}
            current = visit.get("current")
            return bool(visit) and (current is None or "start" in current["can"])

        await until(ready, "the next step", 60)
        current: dict[str, Any] | None = self.console.view["visit"]["current"]
        return current

    def _opened(self, step: str) -> Callable[[], Awaitable[bool]]:
        async def opened() -> bool:
            shown = self.phone.view.get("step")
            return self._status(step) == "current" and bool(shown) and shown["id"] == step

        return opened

    def _ended(self, step: str) -> Callable[[], Awaitable[bool]]:
        async def ended() -> bool:
            return self._status(step) not in ("current", "todo")

        return ended

    def _status(self, step: str) -> str:
        lines = self.console.view["visit"]["steps"]
        return next(str(line["status"]) for line in lines if line["id"] == step)

    async def _play(self, step: str, kind: str) -> None:
        plays: dict[str, Callable[[], Awaitable[object]]] = {
            **dict.fromkeys(("notice", "consent", "disclosure", "hand_over"), self._tap),
            "identity_document": self._show_document,
            "registry_check": self._asked,
            "face_match": self.teller.decide,
            "liveness": self._watch,
            "question": partial(self._answer, step),
            "form": partial(self._fill, step),
            "document": partial(self._read, step),
            "sign": partial(self._sign, step),
            "one_time_code": partial(self._enter_code, step),
            "teller_decision": self._approve,
        }
        await plays[kind]()

    async def _show_document(self) -> None:
        """Every side that is asked for; then the teller answers what is to be looked for."""
        sides = self._document()["sides"]
        for number, side in enumerate(sides, 1):
            await self.customer.photograph()
            await until(self._taken(number), f"the {side['side']} to be taken", 90)
        for one in self._document()["asks"]:
            seen = f'[data-act="looked"][data-question="{one["id"]}"][data-value="seen"]'
            await self.teller.page.locator(seen).click(timeout=SLOW)
        await until(self._sealed, "the document to be in order", 90)

    def _document(self) -> dict[str, Any]:
        document: dict[str, Any] = self.console.view["visit"]["current"]["document"]
        return document

    def _taken(self, count: int) -> Callable[[], Awaitable[bool]]:
        async def taken() -> bool:
            sides = self._document()["sides"]
            return sum(one["status"] == "accepted" for one in sides) == count

        return taken

    async def _asked(self) -> None:
        """The registers answer by themselves."""
        await until(self._sealed, "the registers to answer", 60)

    async def _approve(self) -> None:
        """Chosen once the page offers the choice; it counts once the bank's seal is on."""
        word = self.teller.page.locator('[data-act="verdict"][data-verdict="approve"]')
        await word.click(timeout=SLOW)
        await expect(word).to_have_attribute("aria-pressed", "true")
        await until(self._sealed, "the bank's seal on every paper", 180)
        await self.teller.next("judge")

    async def _sealed(self) -> bool:
        """Nothing blocks the decision any more."""
        return "complete" in self.console.view["visit"]["current"]["can"]

    async def _tap(self, within: float = SLOW) -> None:
        """The one thing the page asks for, as soon as it may be done."""
        task = self.customer.page.get_by_role("region", name="Your task")
        await task.locator(PRIMARY).last.click(timeout=within)

    async def _answer(self, step: str) -> None:
        """The teller writes down what was said: what is hoped for, else the first that fits."""
        page = self.teller.page
        for question in self.console.view["visit"]["current"]["questions"]:
            said = self.answers.get(f"{step}.{question['id']}", question["expect"])
            if question["type"] == "yes_no":
                act = "answer-no" if said == "no" else "answer-yes"
                await page.locator(f'[data-act="{act}"]').click(timeout=SLOW)
            elif question["type"] == "choice":
                value = said or question["options"][0]["value"]
                await page.locator(f'[data-act="answer-choice"][data-value="{value}"]').click()
            else:
                await page.locator(f'[data-answer="{question["id"]}"]').fill(_typed(question))
                await page.keyboard.press("Control+Enter")
            await until(self._settled(question["id"]), f"{question['id']} to be taken down", 60)

    async def _watch(self) -> None:
        """A camera's test picture can't move as asked: the customer says so, and speaks."""
        task = self.customer.page.get_by_role("region", name="Your task")
        cannot = task.get_by_role("button", name="I can’t do this")
        if await self._moves():
            await cannot.click(timeout=SLOW)
            await until(self._spoken, "spoken tasks instead of movements", 60)
        for prompt in self.console.view["visit"]["current"]["prompts"]:
            if prompt["drawn"]:
                await self.teller.page.locator('[data-act="answer-yes"]').click(timeout=SLOW)
                await until(self._seen(prompt["id"]), f"{prompt['id']} to be taken down", 60)

    async def _moves(self) -> bool:
        challenge = self.console.view["visit"]["current"].get("challenge")
        return bool(challenge) and challenge["alternative"] is None

    async def _spoken(self) -> bool:
        return bool(self.console.view["visit"]["current"]["prompts"])

    def _seen(self, prompt: str) -> Callable[[], Awaitable[bool]]:
        async def seen() -> bool:
            current = (self.console.view["visit"] or {}).get("current") or {}
            shown = {one["id"]: one for one in current.get("prompts") or []}
            return prompt not in shown or shown[prompt]["finding"] is not None

        return seen

    def _settled(self, question: str) -> Callable[[], Awaitable[bool]]:
        async def settled() -> bool:
            current = (self.console.view["visit"] or {}).get("current") or {}
            asked = {one["id"]: one for one in current.get("questions") or []}
            return question not in asked or asked[question]["finding"] is not None

        return settled

    async def _fill(self, step: str) -> None:
        page, wished = self.teller.page, self.forms.get(step, {})
        for one in self.console.view["visit"]["form"]["fields"]:
            value = wished.get(one["name"]) or (_typed(one) if one["required"] else "")
            if not value:
                continue
            control = page.locator(f'[data-field="{one["name"]}"]').first
            if one["type"] in ("choice", "yes_no"):
                await _choose(page, one["name"], value)
            else:
                await control.fill(value)
        await self.teller.next("draft")
        await self._tap()

    async def _read(self, step: str) -> None:
        """Page by page, as long as each takes; then say that it was read."""

        async def answered() -> bool:
            shown = self.phone.view.get("step") or {}
            if shown.get("id") != step or not shown.get("can"):
                return True
            with contextlib.suppress(PlaywrightTimeout):  # answered in the meantime
                await self._tap(2_000)
            return False

        await until(self._shown(step), f"the paper of {step}", 60)
        await until(answered, f"the paper of {step} to be read", 120)

    def _shown(self, step: str) -> Callable[[], Awaitable[bool]]:
        async def shown() -> bool:
            now = self.phone.view.get("step") or {}
            return now.get("id") == step and bool(now.get("paper"))

        return shown

    async def _enter_code(self, step: str) -> None:
        """Ask for the code, type it as it arrived."""
        page = self.customer.page
        await page.get_by_role("button", name="Send the code", exact=False).first.click()
        await page.locator("input[autocomplete='one-time-code']").fill(await self.code())
        await self.customer.press("Confirm the code")

        async def right() -> bool:
            shown = self.phone.view.get("step") or {}
            return shown.get("id") != step or bool((shown.get("code") or {}).get("correct"))

        await until(right, f"the code of {step} to be taken", 60)

    async def _sign(self, step: str) -> None:
        """Declare, draw, ask for the code, type it, sign."""
        page = self.customer.page
        await self.customer.press("I declare this, and sign")
        await draw_name(page)
        await self.customer.press("Continue")
        await page.get_by_role("button", name="Send the code", exact=False).first.click()
        code = await self.code()
        await page.locator("input[autocomplete='one-time-code']").fill(code)
        await self.customer.press("Sign now")

        async def signed() -> bool:
            shown = self.phone.view.get("step") or {}
            return shown.get("id") != step or (shown.get("sign") or {}).get("status") == "signed"

        await until(signed, f"{step} to be signed", 120)


async def draw_name(page: Page) -> None:
    """Three loops with the mouse, as a hand would draw a name."""
    field_ = page.locator("canvas").last
    await expect(field_).to_be_visible()
    await field_.scroll_into_view_if_needed()
    box = await field_.bounding_box()
    assert box is not None
    for n in range(3):
        left = box["x"] + box["width"] * (0.2 + 0.27 * n)
        middle = box["y"] + box["height"] / 2
        for k in range(30):
            x = left + box["width"] * 0.09 * math.sin(k / 4)
            y = middle + box["height"] * 0.3 * math.cos(k / 3)
            await page.mouse.move(x, y)
            if k == 0:
                await page.mouse.down()
        await page.mouse.up()


async def _choose(page: Page, name: str, value: str) -> None:
    """A choice is a list to select from, or a row of buttons."""
    control = page.locator(f'[data-field="{name}"]')
    tag = await control.first.evaluate("one => one.tagName")
    if tag == "SELECT":
        await control.first.select_option(value)
        return
    await page.locator(f'[data-field="{name}"][value="{value}"]').check(force=True)


def _typed(one: Mapping[str, Any]) -> str:
    """Something that the type allows."""
    if one["type"] == "choice":
        return str(one["options"][0]["value"])
    if one["type"] in ("number", "money"):
        return str(one["low"] if one.get("low") is not None else 12)
    plain = {
        "date": "2036-01-01",
        "phone": "13900000009",
        "yes_no": "yes",
        "credit_code": CREDIT_CODE,
    }
    return plain.get(one["type"], "as stated")
