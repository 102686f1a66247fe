"""What an eye finds on a page: its words, without the copy kept for a screen reader.

`announce` repeats some words for a moment in a region nobody sees; a search of the whole page
finds them once or twice, as the moment has it.
"""

from playwright.async_api import Locator, Page

_UNHEARD = ":not(.sr[aria-live])"


def read(page: Page, words: str, *, exact: bool = False) -> Locator:
    """The elements of `page` that show `words`, outside the announcer's live regions."""
    return page.get_by_text(words, exact=exact).and_(page.locator(_UNHEARD))
