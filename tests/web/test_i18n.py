"""One catalogue: whatever a page or a module says exists in every language."""

from __future__ import annotations

import json
import re

import pytest

from tests.web.messages import plurals, used
from web.i18n import DEFAULT, LANGUAGES, Catalogues, negotiate

PLACE = re.compile(r"\{\w+\}")


@pytest.fixture(scope="module")
def catalogues():
    return Catalogues.load()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_in_use_is_translated(catalogues, language):
    missing = {
        key: sorted(files) for key, files in used().items() if key not in catalogues.keys(language)
    }
    assert missing == {}


def test_no_message_is_translated_for_nothing(catalogues):
    assert catalogues.keys(DEFAULT) - used().keys() == set()


def test_all_languages_have_the_same_messages(catalogues):
    assert len({catalogues.keys(language) for language in LANGUAGES}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_places_for_values(catalogues, language):
    for key in catalogues.keys(language):
        wanted = set(PLACE.findall(key))
        for form in catalogues.forms(language, key):
            assert set(PLACE.findall(form)) == wanted, key


def test_plurals_are_known_as_the_modules_write_them(catalogues):
    for singular, plural in plurals().items():
        assert catalogues.forms("en", singular) == (singular, plural)
        assert len(catalogues.forms("zh-CN", singular)) == 1
    assert catalogues.ngettext("en", "{n} person", "{n} people", 1) == "{n} person"
    assert catalogues.ngettext("en", "{n} person", "{n} people", 2) == "{n} people"
    assert catalogues.ngettext("zh-CN", "{n} person", "{n} people", 2) == "{n} 位"


def test_scripts_get_the_same_catalogue(catalogues):
    files = catalogues.javascript()
    assert set(files) == {f"i18n/{language}.json" for language in LANGUAGES}
    chinese = json.loads(files["i18n/zh-CN.json"])
    assert chinese["Hang up"] == catalogues.gettext("zh-CN", "Hang up") == "挂断"


def test_an_unknown_message_is_its_own_text(catalogues):
    assert catalogues.gettext("zh-CN", "No such message") == "No such message"


@pytest.mark.parametrize(
    ("accepted", "choice", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", None, "zh-CN"),
        ("en-GB,en;q=0.9", None, "en"),
        ("fr,en;q=0.5", None, "en"),
        ("", None, DEFAULT),
        ("en-GB", "zh-CN", "zh-CN"),
        ("en-GB", "klingon", "en"),
    ],
)
def test_the_persons_choice_comes_before_the_browsers(accepted, choice, language):
    assert negotiate(accepted, choice) == language
