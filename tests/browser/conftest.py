"""Real Chromium processes, each with a camera of its own.

A fake camera belongs to a browser process, so customer and teller are two processes; whoever needs
no camera opens a context in the teller's.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, async_playwright, expect
from playwright.async_api import Error as PlaywrightError

from tests.browser import cameras
from tests.browser.branch import DemoBranch, demo_branch
from tests.chromium import chromium
from tests.tree import ROOT

expect.set_options(timeout=60_000)  # a busy machine draws late, and late is not wrong

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--metrics-recording-only",
    # Both windows are in use at once; a hidden one must not be slowed down.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
]


FAILED = pytest.StashKey[bool]()


@dataclass(frozen=True)
class Browsers:
    customer: Browser
    teller: Browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
        if report.failed and item.parent is not None:
            item.parent.stash[FAILED] = True
    return report


def pytest_runtest_setup(item: pytest.Item) -> None:
    """The tests of a module with `CHAPTERS` tell one story: nothing to see after a torn page."""
    told = getattr(getattr(item, "module", None), "CHAPTERS", False)
    if told and item.parent is not None and item.parent.stash.get(FAILED, False):
        pytest.skip("an earlier chapter failed")


@pytest.fixture(autouse=True)
async def last_seen(request: pytest.FixtureRequest, browsers: Browsers) -> AsyncIterator[None]:
    """After a failure: what every open page showed, as text here and as a picture in `build`."""
    yield
    if not request.node.stash.get(FAILED, False):
        return
    folder = ROOT / "build" / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    tell = request.config.pluginmanager.getplugin("terminalreporter").write_line
    contexts = [*browsers.customer.contexts, *browsers.teller.contexts]
    for number, page in enumerate(page for context in contexts for page in context.pages):
        picture = folder / f"{request.node.name}-{number}.png"
        with contextlib.suppress(PlaywrightError):
            await page.screenshot(path=picture)
            tell(f"\n--- {page.url} {picture.relative_to(ROOT)}")
            tell(await page.locator("body").inner_text(timeout=8000))


@pytest.fixture(scope="session")
async def browsers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browsers]:
    folder = tmp_path_factory.mktemp("cameras")
    async with async_playwright() as playwright:
        pair = [
            await playwright.chromium.launch(
                executable_path=chromium(whole=True), args=QUIET + devices(folder).arguments()
            )
            for devices in (cameras.customer, cameras.teller)
        ]
        yield Browsers(*pair)
        for browser in pair:
            await browser.close()


@pytest.fixture(scope="session")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DemoBranch]:
    """One demonstration branch for all browser tests; it serves one call at a time."""
    async with demo_branch(tmp_path_factory.mktemp("demo") / "data") as branch:
        yield branch
