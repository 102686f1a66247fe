"""Real Chromium processes, each with a camera of its own.

A fake camera belongs to a browser process, so customer and teller are two processes; whoever needs
no camera opens a context in the teller's.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser import cameras
from tests.browser.branch import DemoBranch, demo_branch

QUIET = [
    "--no-sandbox",
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


@dataclass(frozen=True)
class Browsers:
    customer: Browser
    teller: Browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
async def browsers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browsers]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail("Chromium is missing: make setup-dev installs it or names the package")
    folder = tmp_path_factory.mktemp("cameras")
    async with async_playwright() as playwright:
        pair = [
            await playwright.chromium.launch(
                executable_path=chromium, args=QUIET + devices(folder).arguments()
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
