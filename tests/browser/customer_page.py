"""What a customer does on the page, in the words that the page shows."""

from __future__ import annotations

from playwright.async_api import Locator, expect

from tests.browser import cameras
from tests.browser.page import Watched

SLOW = 90_000


class CustomerPage(Watched):
    @property
    def teller_picture(self) -> Locator:
        return self.page.get_by_label("Picture of the teller")

    async def choose_service(self, base: str) -> None:
        await self.goto(base)
        await self.page.locator("button.service").first.click()
        await self.page.get_by_label("Address", exact=True).check()
        await self.press("Continue")

    async def introduce(self, name: str, number: str) -> None:
        await self.page.get_by_label("Your name, as on your document").fill(name)
        await self.page.get_by_label("Number of your identity document").fill(number)
        await self.page.get_by_role("radio", name="English").check()
        await self.press("Continue")

    async def consent(self) -> None:
        await self.press("I agree to the recording")
        await self.press("I agree to face comparison")
        await expect(self.page.get_by_role("heading", level=1)).to_contain_text("face pictures")
        await self.press("I agree")

    async def check_devices(self) -> None:
        await self.press("Check camera and microphone")
        await expect(self.page.get_by_role("button", name="Take a ticket")).to_be_visible()
        await expect(self.page.locator(".checks .cell").first).to_contain_text("Fine")

    async def take_ticket(self) -> str:
        await self.press("Take a ticket")
        number = self.page.locator(".ticket__number")
        await expect(number).not_to_have_text("—")
        return (await number.inner_text()).strip()

    async def expect_task(self, title: str) -> None:
        task = self.page.get_by_role("region", name="Your task")
        await expect(task.get_by_role("heading", level=2)).to_contain_text(title, timeout=SLOW)

    async def photograph(self, card: bytes | None = None) -> None:
        """The customer's own card, or this one."""
        await self.press("Take photo")
        picture = card or cameras.document()
        photo = {"name": "card.jpg", "mimeType": "image/jpeg", "buffer": picture}
        await self.page.locator("input[type=file]").set_input_files([photo])
        await self.press("Use this photo")
