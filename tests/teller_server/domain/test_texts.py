"""Texts show values and make choices; they can't do anything else, whatever is written in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_server.domain.texts import BLANK, MAX_OUTPUT, TextError, compile_text, renamed, render

VALUES = {"teller.name": "李娜", "details.items": "三项", "number": "A018", "intake.item": "phone"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("您好，我是{{ teller.name }}。", "您好，我是李娜。"),
        ("{{ details.items }}{{ number }}", "三项A018"),
        ("{% if intake.item == 'phone' %}号码{% else %}地址{% endif %}", "号码"),
        ("{{ 'a' if intake.item in ('phone', 'fax') else 'b' }}", "a"),
        ("{{ missing.value }} {{ gone }}", f"{BLANK} {BLANK}"),
        ("{% if missing.value %}yes{% else %}no{% endif %}", "no"),
        ("{{ missing.value|default('无') }}", "无"),
        ("{{ teller.name.more }}", BLANK),
        ("<b>{{ number }}</b>", "<b>A018</b>"),
    ],
)
def test_a_text_shows_its_values_or_a_blank(text: str, shown: str) -> None:
    assert render(text, VALUES) == shown


def test_a_value_is_never_read_as_a_text() -> None:
    assert render("{{ x.y }}", {"x.y": "{{ teller.name }}{% if %}"}) == "{{ teller.name }}{% if %}"


def test_what_is_shown_has_an_end() -> None:
    assert len(render("{{ x }}", {"x": "长" * 10 * MAX_OUTPUT})) == MAX_OUTPUT


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{{ ''.__class__.__mro__ }}", 1),
        ("a\n{{ teller['name'] }}", 2),
        ("a\nb\n{{ teller.name() }}", 3),
        ("{% for x in teller %}{% endfor %}", 1),
        ("{{ range(10**9) }}", 1),
        ("{{ 'a' * 1000000 }}", 1),
        ("{{ teller|attr('x') }}", 1),
        ("{{ number|upper(3) }}", 1),
        ("{% set a = 1 %}", 1),
        ("{% include 'x' %}", 1),
        ("{% import 'x' as y %}", 1),
        ("{% macro x() %}{% endmacro %}", 1),
        ("{{ teller is defined }}", 1),
        ("{{ a < b }}", 1),
        ("\n\n{{ teller.name }", 3),
        ("{% if a %}", 1),
        ("{{ " + "(" * 1500 + "}}", 1),
        ("{{ a" + ".b" * 1500 + " }}", 1),
        ("x" * 4001, 1),
    ],
)
def test_what_a_text_may_not_do_is_told_at_its_line(text: str, line: int) -> None:
    with pytest.raises(TextError) as caught:
        compile_text(text)
    assert caught.value.line == line
    assert caught.value.what


def test_a_text_says_what_it_shows() -> None:
    text = "{{ a.b }}\n{% if c.d == 'x' %}{{ number }}{% endif %}"
    assert set(compile_text(text).names) == {(1, "a.b"), (2, "c.d"), (2, "number")}


def test_a_part_speaks_of_its_own_steps_wherever_it_stands() -> None:
    text = "face {{ face.face }} {% if will.face == 'face' %}{{ other.will }}{% endif %}"
    assert renamed(text, {"face": "g_face", "will": "g_will"}) == (
        "face {{ g_face.face }} {% if g_will.face == 'face' %}{{ other.will }}{% endif %}"
    )


@given(st.text(max_size=80) | st.text(alphabet="{}%# ab.|'()[]=ifelsnd\n", max_size=80))
def test_no_text_at_all_breaks_the_sandbox(text: str) -> None:
    try:
        compile_text(text)
    except TextError:
        return
    assert len(render(text, VALUES)) <= MAX_OUTPUT
    assert render(renamed(text, {}), VALUES) == render(text, VALUES)
