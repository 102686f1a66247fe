"""A script's picture shows every step, every condition and every way out, to eyes and ears."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest

from teller_server.desk.scripts import load_scripts
from teller_server.domain.diagram import diagram
from teller_server.domain.diagram_shapes import width, wrapped
from teller_server.domain.outline import outline
from teller_server.domain.script import LANGUAGES, ServiceScript
from teller_server.domain.script_reader import parse_script
from tests.teller_server.domain.script_text import PARTS, SCRIPT

SVG = "{http://www.w3.org/2000/svg}"
SMALL = parse_script(SCRIPT, "loan.yaml", PARTS)
ALL = [SMALL, *load_scripts().values()]
each = pytest.mark.parametrize("script", ALL, ids=lambda script: script.service)
spoken = pytest.mark.parametrize("language", LANGUAGES)


def drawn(script: ServiceScript, language: str) -> ET.Element:
    return ET.fromstring(diagram(script, language))


def lettering(picture: ET.Element) -> str:
    return "\n".join(text.text or "" for text in picture.iter(f"{SVG}text"))


@each
@spoken
def test_every_step_is_shown_and_told(script: ServiceScript, language: str) -> None:
    picture = drawn(script, language)
    shown = lettering(picture)
    told = picture.findtext(f"{SVG}desc") or ""
    for number, step in enumerate(outline(script, language), 1):
        assert f"{number} · {step['kind_title']}" in shown
        assert f"{number}. {step['title']}" in told
    assert picture.findtext(f"{SVG}title") == script.title[language]
    assert picture.get("role") == "img"
    named = (picture.get("aria-labelledby") or "").split()
    assert {element.get("id") for element in picture if element.get("id")} == set(named)


@each
def test_every_condition_has_a_way_round(script: ServiceScript) -> None:
    picture = drawn(script, "en")
    shown = lettering(picture).splitlines()
    whens = [step.when.text if step.when else "" for step in script.steps]
    branches = [w for i, w in enumerate(whens) if w and (i == 0 or whens[i - 1] != w)]
    assert shown.count("yes") == shown.count("no") == len(branches)
    dashed = [p for p in picture.iter(f"{SVG}path") if p.get("stroke-dasharray") == "5 4"]
    assert len(dashed) == len(branches)
    for name in script.conditions:
        assert any(line.startswith(f"{name}: ") for line in shown)


@each
@spoken
def test_nothing_stands_outside_the_picture(script: ServiceScript, language: str) -> None:
    picture = drawn(script, language)
    _, _, wide, high = map(float, (picture.get("viewBox") or "").split())
    for text in picture.iter(f"{SVG}text"):
        x, y, size = (float(text.get(key) or 0) for key in ("x", "y", "font-size"))
        room = width(text.text or "", size)
        left = x - room * {"start": 0, "middle": 0.5, "end": 1}[text.get("text-anchor") or "start"]
        assert left >= 0, text.text
        assert left + room <= wide, text.text
        assert 0 < y < high
    for rect in picture.iter(f"{SVG}rect"):
        assert float(rect.get("x") or 0) + float(rect.get("width") or 0) <= wide


@each
def test_a_strict_page_may_show_it(script: ServiceScript) -> None:
    """No styles, scripts, handlers or links: nothing that a content security policy stops."""
    for element in drawn(script, "en").iter():
        assert element.tag in {f"{SVG}{t}" for t in ("svg", "title", "desc", "g", "path", "rect",
                                                     "circle", "text")}  # fmt: skip
        assert not any(re.match(r"on|style|href", key) for key in element.attrib)


def test_texts_of_people_are_never_markup() -> None:
    script = parse_script(
        SCRIPT.replace("en: Small loan", "en: Loans <b> & 'more'"), "loan.yaml", PARTS
    )
    assert drawn(script, "en").findtext(f"{SVG}title") == "Loans <b> & 'more'"


def test_the_parties_have_their_lanes() -> None:
    shown = lettering(drawn(SMALL, "en")).splitlines()
    assert [line for line in shown if line in ("Customer", "Guarantor", "Bank")] == [
        "Customer", "Guarantor", "Bank",
    ]  # fmt: skip
    middles = {
        text.text: float(text.get("x") or 0) for text in drawn(SMALL, "en").iter(f"{SVG}text")
    }
    assert middles["Customer"] < middles["Guarantor"] < middles["Bank"]


def test_what_may_end_the_visit_is_marked() -> None:
    stops = [r for r in drawn(SMALL, "en").iter(f"{SVG}rect") if r.get("fill") == "#b3261e"]
    ending = [step for step in outline(SMALL, "en") if step["may_end"]]
    assert [step["id"] for step in ending] == [
        "recorded", "will", "guarantor_will", "cost", "contract_read", "contract_sign", "decision",
        "check",
    ]  # fmt: skip
    assert len(stops) == len(ending) + 1, "and once in the key below"


def test_the_outline_is_plain_values_in_one_language() -> None:
    chinese = outline(SMALL, "zh-CN")
    assert json.loads(json.dumps(chinese)) == chinese
    by_id = {step["id"]: step for step in outline(SMALL, "en")}
    assert by_id["questions"]["details"] == ["2 of 2 questions, in random order"]
    assert by_id["contract_read"]["details"] == ["Loan contract", "3 s a page at least"]
    assert by_id["contract_sign"]["needs"] == ["face just seen", "live video"]
    assert by_id["contract_sign"]["when"] == "not above_limit and not housing"
    assert by_id["guarantor_face"]["party_title"] == "Guarantor"
    assert by_id["check"]["details"] == ["somebody else decides within 24 hours"]
    assert next(s for s in chinese if s["id"] == "check")["kind_title"] == "复核"


def test_long_texts_are_broken_where_they_may_be() -> None:
    assert wrapped("A loan for a house", 10, 50, 3) == ["A loan for", "a house"]
    assert wrapped("请核对，再确认。", 10, 45, 2) == ["请核对，", "再确认。"]
    assert wrapped("word " * 40, 10, 100, 2)[1].endswith("…")
    assert wrapped("", 10, 100, 2) == []
