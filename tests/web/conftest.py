"""One Chromium and one gallery for all browser tests of the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.chromium import chromium
from tests.web.gallery import Gallery, serve
from tests.web.screens import ARGS

expect.set_options(timeout=60_000)  # a busy machine draws late, and late is not wrong


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=chromium(), args=ARGS)
        yield browser
        await browser.close()


@pytest.fixture
async def gallery() -> AsyncIterator[tuple[str, Gallery]]:
    """Base address and the gallery, which remembers every message that it received."""
    runner, port, gallery = await serve()
    yield f"http://127.0.0.1:{port}", gallery
    await runner.cleanup()
