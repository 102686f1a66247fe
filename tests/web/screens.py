"""Photograph states of the gallery: `python -m tests.web.screens OUT STATE[:OPTION]… …`.

Options: `w` (desktop), `en`, `elder`, `full` (whole page); and, in this order as often as wanted,
`tap=BUTTON`, `pick=LABEL`, `fill=LABEL=TEXT`, `ink` (sign in the field).
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests.chromium import chromium
from tests.web.gallery import serve

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-default-apps",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=fps=5",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
LIVE_AFTER = 3.5


async def open_state(
    browser: Browser, base: str, state: str, options: set[str]
) -> tuple[Page, list[str]]:
    """Open one state as a person would see it; also returns what the console complained about."""
    wide = "w" in options
    context = await browser.new_context(
        viewport=DESK if wide else PHONE,
        device_scale_factor=1,
        is_mobile=not wide,
        has_touch=not wide,
        permissions=["camera", "microphone"],
        reduced_motion="reduce",
    )
    elder = "1" if "elder" in options else "0"
    await context.add_init_script(
        f"localStorage.setItem('elder','{elder}');sessionStorage.setItem('devices','1');"
        "sessionStorage.setItem('ready', location.search.includes('guest-check') ? '' : '1')"
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
    page.on("pageerror", lambda e: complaints.append(str(e)))
    await visit(page, base, state, options)
    return page, complaints


async def visit(page: Page, base: str, state: str, options: set[str]) -> None:
    """Go to one state in a page that is open already."""
    language = "en" if "en" in options else "zh-CN"
    query = f"/?state={state}&lang={language}"
    if state in ("invitation", "join"):
        await page.goto(f"{base}/?state=start&lang={language}", wait_until="domcontentloaded")
        query = f"/{state[0]}#secret-secret-secret"
    await page.goto(base + query, wait_until="domcontentloaded")
    await page.wait_for_selector("h1", state="attached")


async def act(page: Page, step: str) -> None:
    """One thing that a person does."""
    kind, _, what = step.partition("=")
    match kind:
        case "tap":
            await page.get_by_role("button", name=what).first.click()
            await asyncio.sleep(1.2)
        case "pick":
            await page.get_by_label(what, exact=True).check()
        case "fill":
            label, _, text = what.partition("=")
            await page.get_by_label(label).fill(text)
        case "ink":
            await ink(page)


async def ink(page: Page) -> None:
    """Sign in the field: two strokes."""
    box = await page.locator(".ink__canvas").bounding_box()
    if box is None:
        raise ValueError("no field to sign in")
    for row in (0.35, 0.6):
        await page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * row)
        await page.mouse.down()
        for i in range(1, 13):
            wave = (-1) ** i * 0.12
            x = box["x"] + box["width"] * (0.2 + 0.05 * i)
            await page.mouse.move(x, box["y"] + box["height"] * (row + wave), steps=3)
        await page.mouse.up()


async def _main(out: Path) -> None:
    runner, port, _ = await serve()
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=chromium(), args=ARGS)
        for spec in sys.argv[2:]:
            state, *options = spec.split(":")
            page, complaints = await open_state(
                browser, f"http://127.0.0.1:{port}", state, set(options)
            )
            scene = await page.evaluate("document.body.dataset.scene")
            await asyncio.sleep(LIVE_AFTER if scene == "call" else 0.6)
            for step in options:
                await act(page, step)
            await page.screenshot(
                path=out / f"{spec.replace(':', '_').replace('/', '')}.png",
                full_page="full" in options,
            )
            if complaints:
                sys.stdout.write(f"{spec}: {complaints}\n")
            await page.context.close()
        await browser.close()
    await runner.cleanup()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(_main(folder))
