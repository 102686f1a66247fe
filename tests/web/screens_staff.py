"""Photograph staff states: `python -m tests.web.screens_staff OUT PATH[?state=..] …`.

Options follow the path after `|`: `w=1024`, `key=d`, `click=SELECTOR`, `wait=SECONDS`, `full`.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests.chromium import chromium
from tests.web.gallery_staff import serve
from tests.web.screens import ARGS

DESK = {"width": 1440, "height": 900}
WEAK = """(() => { let n = 0; RTCPeerConnection.prototype.getStats = async () => { n += 1;
  return new Map([["a", {type: "inbound-rtp", packetsReceived: n * 100, packetsLost: n * 20,
  framesDecoded: n * 10}], ["b", {type: "remote-inbound-rtp", roundTripTime: 0.62}]]); }; })()"""


async def desk_page(browser: Browser, width: int = 1440) -> tuple[Page, list[str]]:
    """An empty page of a member of staff; also returns what the console complains about."""
    height = DESK["height"] if width >= DESK["width"] else 800 if width > 500 else 844
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        permissions=["camera", "microphone"],
        reduced_motion="reduce",
    )
    page = await context.new_page()
    page.set_default_timeout(60_000)
    await page.add_init_script(f"if (location.search.includes('state=weak')) {WEAK}")
    complaints: list[str] = []
    page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
    page.on("pageerror", lambda e: complaints.append(str(e)))
    return page, complaints


async def holds(page: Page, expression: str, seconds: float = 30) -> None:
    """Wait until `expression` is true. (wait_for_function needs eval, which the policy forbids.)"""
    async with asyncio.timeout(seconds):
        while True:
            if await page.evaluate(f"Boolean({expression})"):
                return
            await asyncio.sleep(0.1)


async def open_page(
    browser: Browser, base: str, path: str, width: int = 1440
) -> tuple[Page, list[str]]:
    """Open one state."""
    page, complaints = await desk_page(browser, width)
    await page.goto(base + path, wait_until="domcontentloaded")
    await page.wait_for_selector("h1", state="attached")
    return page, complaints


async def shoot(browser: Browser, base: str, out: Path, spec: str) -> None:
    path, *options = spec.split("|")
    given = dict(option.partition("=")[::2] for option in options)
    page, complaints = await open_page(browser, base, path, int(given.get("w", 1440)))
    await asyncio.sleep(float(given.get("wait", 1)))
    for option in options:
        name, _, value = option.partition("=")
        if name == "key":
            await page.keyboard.press(value)
        elif name == "click":
            await page.click(value)
        elif name == "type":
            await page.keyboard.type(value)
        else:
            continue
        await asyncio.sleep(0.4)
    await asyncio.sleep(float(given.get("then", 0)))
    name = re.sub(r"\W+", "_", spec).strip("_")
    await page.screenshot(path=out / f"{name}.png", full_page="full" in given)
    if complaints:
        sys.stdout.write(f"{spec}: {complaints}\n")
    await page.context.close()


async def _main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - nothing else runs yet
    runner, port, _ = await serve()
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=chromium(), args=ARGS)
        for spec in sys.argv[2:]:
            await shoot(browser, f"http://127.0.0.1:{port}", out, spec)
        await browser.close()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_main())
