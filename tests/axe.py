"""What axe finds on a page: every violation of WCAG 2.2 AA that a machine can see."""

from __future__ import annotations

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # the others would be worked out in full too
    "preload": False,
}


async def violations(page: Page) -> dict[str, list[str]]:
    """The beginnings of the elements at fault, by rule."""
    found = await Axe().run(page, options=_OPTIONS)
    return {
        one["id"]: [node["html"][:160] for node in one["nodes"]]
        for one in found.response["violations"]
    }
