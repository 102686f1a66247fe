"""What every page under test is asked: is it quiet, is it accessible, what does its video show."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from playwright.async_api import ConsoleMessage, Locator, Page, Request, Response

from tests.axe import violations

# The average colour of a patch in the lower left corner, as [r, g, b]; null before a frame.
CORNER = """video => {
  if (!video.videoWidth) return null;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 16;
  const context = canvas.getContext("2d");
  const side = video.videoHeight / 12;
  context.drawImage(video, side / 2, video.videoHeight - 1.5 * side, side, side, 0, 0, 16, 16);
  const { data } = context.getImageData(0, 0, 16, 16);
  const sum = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c++) sum[c] += data[i + c];
  return sum.map(value => value / 256);
}"""

# Everything that moves to an end has come to it; what goes round for ever is not waited for.
SETTLED = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
  .map((one) => one.finished.catch(() => null)))"""

PLAYED = "video => video.getVideoPlaybackQuality().totalVideoFrames"


@dataclass
class Watched:
    """A page with an ear on its console and its network."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"threw: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    async def goto(self, url: str) -> None:
        """Not `load`: a video that waits for its first frame delays that event."""
        await self.page.goto(url, wait_until="domcontentloaded")

    async def accessible(self) -> None:
        """Note every violation of WCAG 2.2 AA that a machine can see, once nothing fades in."""
        await self.page.evaluate(SETTLED)
        where = await self.page.title()
        self.complaints += [
            f"axe, {where!r}, {rule}: {node}"
            for rule, nodes in (await violations(self.page)).items()
            for node in nodes
        ]

    async def picture(self, name: str) -> None:
        """Keep a picture of the page for the documents, where one is asked for."""
        if folder := os.environ.get("PICTURES"):
            await self.page.screenshot(path=f"{folder}/{name}.png")

    def content(self) -> None:
        """Nothing was wrong on this page so far. Raises AssertionError with all that was."""
        assert not self.complaints, "\n".join(self.complaints)

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).click()

    def _heard(self, message: ConsoleMessage) -> None:
        named = "Failed to load resource" in message.text  # by `_answered`, with its address
        if message.type in {"error", "warning"} and not named:
            self.complaints.append(f"{message.type}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.request.method} {response.url}: {response.status}")

    def _failed(self, request: Request) -> None:
        if request.failure and "ERR_ABORTED" not in request.failure:
            self.complaints.append(f"{request.method} {request.url}: {request.failure}")


async def until(check: Callable[[], Awaitable[bool]], what: str, within: float = 90) -> None:
    """Wait until `check` is true. Raises TimeoutError naming `what`."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while not await check():
        if loop.time() > deadline:
            raise TimeoutError(f"waited {within:g} s for {what}")
        await asyncio.sleep(0.2)


async def shows(video: Locator, colour: str) -> None:
    """Wait until the far side's marker is seen: the customer's box is red, the teller's blue."""

    async def marked() -> bool:
        red, green, blue = await video.evaluate(CORNER) or (0, 0, 0)
        weak, strong = (blue, red) if colour == "red" else (red, blue)
        return strong > 100 and strong > 2 * weak and strong > 2 * green

    await until(marked, f"a {colour} box in the picture")


async def moves(video: Locator, frames: int = 20) -> None:
    """Wait until this many more frames have been decoded and shown."""
    seen = await video.evaluate(PLAYED)

    async def grown() -> bool:
        return bool(await video.evaluate(PLAYED) >= seen + frames)

    await until(grown, f"{frames} more frames")
