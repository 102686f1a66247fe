"""What staff do on their pages, in the words that the pages show."""

from __future__ import annotations

import re

from playwright.async_api import Locator, expect

from tests.browser.page import Watched

SLOW = 90_000
ATTEMPTS = 4  # a busy machine's picture may be too small to compare, as a bad line's would


class StaffPage(Watched):
    async def sign_in(self, base: str, desk: str, account: str, password: str) -> None:
        """Through the front door: the desk's page leads to its sign-in page and back."""
        await self.goto(f"{base}/{desk}")
        await self.page.get_by_label("Account").fill(account)
        await self.page.get_by_label("Password").fill(password)
        await self.press("Sign in")
        await expect(self.page).to_have_url(re.compile(rf"/{desk}/?$"))


class TellerPage(StaffPage):
    @property
    def customer_picture(self) -> Locator:
        return self.page.get_by_label("Picture of the customer")

    async def ready(self) -> None:
        await self.page.get_by_role("button", name=re.compile("^I am ready")).click()
        await expect(self.page.locator('[data-act="ready"][aria-pressed="true"]')).to_be_visible()

    async def accept(self, ticket: str) -> None:
        card = self.page.get_by_role("heading", level=1)
        await expect(card).to_contain_text(ticket, timeout=SLOW)
        await self.page.get_by_role("button", name=re.compile("^Accept")).click()

    async def next(self, act: str) -> None:
        """Do the one large thing, once the console offers this one and nothing blocks it."""
        primary = f'[data-key="primary"][data-act="{act}"]:not([aria-disabled]):not([aria-busy])'
        await self.page.locator(primary).click(timeout=SLOW)

    async def decide(self) -> str:
        """Accept the person, as soon as a comparison allows it; what that one said."""
        compare = self.page.locator('[data-key="primary"][data-act="check"]:not([aria-busy])')
        running = self.page.locator(".result--running")
        verdict = self.page.locator('[data-key="primary"][data-act="decide"]')
        for _ in range(ATTEMPTS):
            await self.next("check")
            await expect(running.or_(verdict).first).to_be_visible(timeout=SLOW)
            await expect(running).to_have_count(0, timeout=SLOW)
            await expect(compare.or_(verdict)).to_be_visible(timeout=SLOW)
            if await verdict.count():
                break
        await expect(verdict).to_have_attribute("data-verdict", "accept", timeout=SLOW)
        said = await self.page.locator(".identity .result").inner_text()
        await self.next("decide")
        await self._give_a_reason_if_asked()
        return said

    async def _give_a_reason_if_asked(self) -> None:
        reason = self.page.locator("#reason")
        done = self.page.locator('[data-key="primary"][data-act="complete"]')
        await expect(reason.or_(done)).to_be_visible(timeout=SLOW)
        if await reason.count():
            await reason.fill("Same ears and hairline; answered the control question.")
            await self.page.locator('[data-act="decide-now"]').click()

    async def change_address(self, address: str) -> None:
        await self.page.get_by_label(re.compile("^Address")).fill(address)
        await self.page.get_by_label(re.compile("^Occupation")).select_option("professional")
        await self.next("draft")

    async def wrap_up(self, note: str) -> None:
        await expect(self.page.get_by_role("heading", name="The call is over")).to_be_visible()
        await self.page.get_by_label("Note").fill(note)
        await self.page.locator('[data-act="wrap-up"]').click()


class ReviewPage(StaffPage):
    def take(self, party: str) -> Locator:
        """The recorded picture of one party."""
        return self.page.get_by_label(f"Recording of: {party}")

    async def open_visit(self, ticket: str) -> None:
        await self.page.get_by_role("link", name=ticket, exact=True).click()
        await expect(self.page.get_by_role("heading", level=1)).to_contain_text(ticket)

    async def open_check(self, ticket: str) -> None:
        """From the work list of what waits for a second person."""
        await self.page.locator("a.work__link", has_text=ticket).click()
        await expect(self.page.get_by_role("heading", level=1)).to_contain_text(ticket)

    async def approve(self, password: str) -> None:
        """The second person's yes, proving who they are if that is asked again."""
        await self.page.locator('[data-act="approve"]:not([aria-disabled])').click(timeout=SLOW)
        dialog = self.page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Approve the visit").click()
        again = dialog.get_by_label("Password")
        if await again.count():
            await again.fill(password)
            await self.press("Confirm")
        await expect(dialog).to_have_count(0, timeout=SLOW)

    async def watch(self, password: str, remark: str) -> None:
        """Say why, prove who is asking if that is wanted, and wait for the pictures."""
        await self.page.get_by_label("Case number or remark").fill(remark)
        await self.press("Enter the purpose and watch")
        again = self.page.get_by_role("dialog").get_by_label("Password")
        await expect(again.or_(self.page.locator("vb-player video")).first).to_be_visible()
        if await again.count():
            await again.fill(password)
            await self.press("Confirm")
        await expect(self.page.locator("vb-player video")).to_have_count(2, timeout=SLOW)

    async def position(self, party: str) -> float:
        """Seconds on the timeline at which a party's picture stands."""
        return float(await self.take(party).evaluate("video => video.currentTime"))
