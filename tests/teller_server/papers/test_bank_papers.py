"""The papers of the three services, set from the real scripts in both languages."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdfium2
import pytest

from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.script import LANGUAGES, Sign
from teller_server.papers import press
from teller_server.papers.paper import Order, Paper
from tests.teller_server.papers.bank_values import (
    NAMES,
    PAPERS,
    PERSON,
    SERVICES,
    TICKET,
    service,
    values,
)

TITLES = {paper: service(name).papers[paper] for name, paper in PAPERS}
NOT_YET = {
    "change_form": ("不代表信息已经变更", "does not mean that anything has been changed"),
    "loan_contract": ("不代表贷款已经批准", "does not mean that the loan has been approved"),
    "guarantee_letter": ("贷款未发放的，本保证函不生效", "does not take effect"),
    "interview_minutes": ("不代表贷款获得批准", "neither the interview nor a signature means"),
    "account_application": ("不是开户证明", "no evidence that an account has been opened"),
    "account_agreement": (
        "自账户正式开立之日起生效",
        "takes effect on the day the account is opened",
    ),
}


def set_one(name: str, paper: str, language: str, *, much: bool) -> Paper:
    return press.set_paper(Order(paper, language, values(name, language, much=much), TICKET))


def pages(paper: Paper) -> list[str]:
    """The text of each page, without the spaces that type setting puts anywhere."""
    document = pypdfium2.PdfDocument(io.BytesIO(paper.pdf))
    return [squeezed(page.get_textpage().get_text_range()) for page in document]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text.replace("\ufffe", ""))


def signers(name: str, paper: str) -> set[str]:
    steps = service(name).steps
    return {s.party for s in steps if isinstance(s.detail, Sign) and paper in s.detail.papers}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "paper"), PAPERS)
def test_a_paper_with_everything_in_it(name: str, paper: str, language: str) -> None:
    made = set_one(name, paper, language, much=True)
    told = pages(made)
    whole = "".join(told)
    assert squeezed(TITLES[paper][language]) in told[0]
    assert squeezed(NAMES[language]) in told[0]
    assert TICKET in whole
    assert set(made.places) == signers(name, paper) | {"bank"}
    assert {place[0] for place in made.places.values()} == {made.pages - 1}
    for number, text in enumerate(told, 1):
        zh, en = f"第{number}页共{made.pages}页", f"Page{number}of{made.pages}"
        assert (zh if language == "zh-CN" else en) in text
    if paper != "tax_residence":
        assert squeezed(PERSON[language][1]).replace("-", "") in whole.replace("-", "")
    if paper in NOT_YET:
        assert squeezed(NOT_YET[paper][LANGUAGES.index(language)]) in whole


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "paper"), PAPERS)
def test_a_paper_with_little_in_it(name: str, paper: str, language: str) -> None:
    given = values(name, language, much=False)
    html = press.written(Order(paper, language, given, TICKET))
    assert f"<h1>{TITLES[paper][language]}</h1>" in html
    assert "None" not in re.sub(r"<td>None</td>", "", html)
    for party in signers(name, paper):
        assert html.count(f'data-sign="{party}"') == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("residence", ["china_only", "foreign_only", "both"])
@pytest.mark.parametrize("passive", ["yes", "no"])
def test_tax_residence_is_marked_whatever_words_a_bank_has_for_it(
    language: str, residence: str, passive: str
) -> None:
    given = values("corporate_account", language, much=True)
    given["answers"]["tax"]["residence"] |= {"value": residence, "shown": "in the bank's words"}
    given["answers"]["tax"]["passive"] |= {"value": passive, "shown": "in the bank's words"}
    html = press.written(Order("tax_residence", language, given, TICKET))
    marks = re.findall("[■□]", html)
    assert marks[:2] == ["■" if passive == one else "□" for one in ("yes", "no")]
    places = ("china_only", "foreign_only", "both")
    assert marks[2:] == ["■" if residence == one else "□" for one in places]


def test_a_little_cost_table_fits_one_sheet() -> None:
    for language in LANGUAGES:
        assert set_one("loan_interview", "cost_table", language, much=False).pages == 1


def test_the_cost_table_says_every_figure() -> None:
    given = values("loan_interview", "zh-CN", much=True)
    html = press.written(Order("cost_table", "zh-CN", given, TICKET))
    cost = given["cost"]
    for figure in ("150,000.00", "1,200.00", "800.50", "50%", "100%", "6.525%", "8.70%", "1%"):
        assert figure in html
    assert f"{cost['annual_simple']}%" in html
    assert "不收取任何其他费用" in html


def test_a_cost_table_with_a_gap_is_never_set() -> None:
    with pytest.raises(Refusal, match="cost_table_incomplete"):
        _without("loan_interview", "overdue_surcharge")


def test_a_cost_table_without_a_cost_is_a_fault_and_no_paper() -> None:
    given = {**values("loan_interview", "en", much=False), "cost": None}
    with pytest.raises(Outage, match="paper_template_bad"):
        press.written(Order("cost_table", "en", given, TICKET))


def test_an_old_number_is_not_told_by_the_change_form() -> None:
    given = values("change_of_details", "zh-CN", much=True)
    html = press.written(Order("change_form", "zh-CN", given, TICKET))
    assert "138****0001" in html
    assert "13800000001" not in html
    assert "13900007788" in html


def test_what_somebody_says_is_text_and_never_markup() -> None:
    given = values("loan_interview", "en", much=True)
    given["answers"]["means"]["employer"]["shown"] = "<b>me & you</b>{{ cost }}"
    html = press.written(Order("interview_minutes", "en", given, TICKET))
    assert "&lt;b&gt;me &amp; you&lt;/b&gt;{{ cost }}" in html


def test_every_paper_of_a_script_has_its_templates() -> None:
    written = {paper for name in SERVICES for paper in service(name).papers}
    assert written == {paper for _, paper in PAPERS}
    for paper in written:
        for language in LANGUAGES:
            assert (press.TEMPLATES / f"{paper}.{language}.html").is_file()


def _without(name: str, field: str) -> dict[str, Any]:
    from teller_server.papers.figures import loan_figures

    forms = values(name, "en", much=False)["forms"]
    plain = {
        k.removesuffix("_raw"): v for form in forms.values() for k, v in form.items() if "_raw" in k
    }
    return loan_figures({k: v for k, v in plain.items() if k != field})


@pytest.mark.parametrize(
    ("name", "paper", "form"),
    [
        ("loan_interview", "guarantee_letter", "guarantor_details"),
        ("loan_interview", "interview_minutes", "guarantor_details"),
        ("corporate_account", "account_application", "agent_details"),
    ],
)
def test_a_further_party_is_named_with_its_document(name: str, paper: str, form: str) -> None:
    for language in LANGUAGES:
        given = values(name, language, much=True)
        given["forms"][form] = {"guest_name": "Zhao Mou", "guest_document": "E12345678"}
        html = press.written(Order(paper, language, given, TICKET))
        assert "Zhao Mou" in html
        assert "E12345678" in html
