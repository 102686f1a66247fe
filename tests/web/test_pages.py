"""Every page renders in every language, strictly, with nothing inline."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from teller_server.api.bank.interface import openapi
from web.i18n import LANGUAGES
from web.pages import PAGES, TEMPLATES, PageContext, Pages

NASTY = "</script><script>alert(1)</script>"


@pytest.fixture(scope="module")
def pages():
    return Pages.load()


class Page(HTMLParser):
    """What a browser would run or apply from this page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.addresses: list[str] = []
        self.headings = 0
        self.language = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script" and "src" not in values and values.get("type") != "application/json":
            self.inline.append("script")
        if tag == "style" or "style" in values or any(name.startswith("on") for name in values):
            self.inline.append(tag)
        if tag == "html":
            self.language = values.get("lang") or ""
        self.addresses += [values[n] or "" for n in ("src", "href") if n in values]


def written(name: str) -> bool:
    return (TEMPLATES / PAGES[name]).exists()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_renders_with_nothing_inline(pages, name, language):
    if not written(name):
        pytest.skip("this page has no template yet")
    data = {"openapi": openapi(), "problems": []} if name == "bank-docs" else {}
    context = PageContext(language=language, csrf="token", demo=True, status=404, data=data)
    text = pages.render(name, context)
    page = Page(text)
    assert page.inline == []
    assert page.language == language
    assert '<meta name="csrf" content="token">' in text
    assert all(not a.startswith(("http:", "https:", "//", "javascript:")) for a in page.addresses)


def test_all_addresses_of_files_exist(pages):
    text = pages.render("customer", PageContext(language="en"))
    base = pages.assets.base + "/"
    names = {a.removeprefix(base).split("#")[0] for a in Page(text).addresses if a.startswith(base)}
    assert names
    assert names <= pages.assets.names()


def test_data_of_the_page_cannot_break_out(pages):
    text = pages.render("customer", PageContext(language="en", bank=NASTY, data={"name": NASTY}))
    assert "<script>alert" not in text


def test_an_error_page_says_what_happened_and_the_way_back(pages):
    response = pages.response("error", PageContext(language="en", status=403))
    assert response.status == 403
    assert "You are not allowed to open this page" in (response.text or "")
    assert 'href="/"' in (response.text or "")


def test_no_page_is_shown_under_an_unknown_name(pages):
    with pytest.raises(KeyError):
        pages.render("no-such-page", PageContext(language="en"))
