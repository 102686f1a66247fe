"""A licence's two columns become fields; a code whose check is wrong is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.licence import licence
from kyc.ocr import Line

WIDTH, HEIGHT = 1414, 1000
CODE = "91350100M000100Y43"
LEFT = (
    "名称|福州志涛物流有限公司",
    "类型|有限责任公司（自然人独资）",
    "法定代表人苏军刚",
    "经营范围|技术开发；",
    "|销售电子产品。",
)
RIGHT = ("注册资本|壹佰万元整", "成立日期|2007年07月02日", "住所|福建省福州市鼓楼区", "|东街8号")


def sheet(code: str = CODE, left: tuple[str, ...] = LEFT) -> list[Line]:
    top = [at("营业执照", 540, 130), at("统一社会信用代码", 90, 110), at(code, 90, 150)]
    columns = ((90, left), (790, RIGHT))
    return top + [
        at(part, x + 150 * k, 320 + 60 * n)
        for x, rows in columns
        for n, row in enumerate(rows)
        for k, part in enumerate(row.split("|"))
        if part
    ]


def at(text: str, x: float, y: float) -> Line:
    return Line(text, x, y, x + 26 * len(text), y + 30, 0.97)


def told(lines: list[Line]) -> dict[str, str]:
    return {one.name: one.text for one in licence(lines, WIDTH, HEIGHT)[0]}


def test_a_licence_says_whose_it_is() -> None:
    fields, problems = licence(sheet(), WIDTH, HEIGHT)
    assert {one.name: one.text for one in fields} == {
        "name": "福州志涛物流有限公司", "credit_code": CODE, "type": "有限责任公司(自然人独资)",
        "legal_representative": "苏军刚", "capital": "壹佰万元整", "established": "2007-07-02",
        "address": "福建省福州市鼓楼区东街8号", "scope": "技术开发；销售电子产品。",
    }  # fmt: skip
    assert problems == ()
    assert not any(one.problem for one in fields)


@pytest.mark.parametrize("word", ["负责人", "经营者", "投资人", "执行事务合伙人"])
def test_who_stands_for_it_has_other_words_elsewhere(word: str) -> None:
    rows = (*LEFT[:2], f"{word}苏军刚", *LEFT[3:])
    assert told(sheet(left=rows))["legal_representative"] == "苏军刚"


def test_a_wrong_code_is_a_problem_of_the_licence() -> None:
    fields, problems = licence(sheet("91350100M000100Y44"), WIDTH, HEIGHT)
    assert problems == ("number_check",)
    assert next(one for one in fields if one.name == "credit_code").problem == "number_check"


def test_a_code_has_no_letters_that_look_like_digits() -> None:
    assert told(sheet("9I35OIOOMOOOIOOY43"))["credit_code"] == CODE


@pytest.mark.parametrize("read", ["查佰万元整", "责仟万元整", "壹佰万元"])
def test_a_sum_that_is_none_is_not_sure(read: str) -> None:
    lines = [at(read, 940, 320) if one.text == "壹佰万元整" else one for one in sheet()]
    (capital,) = [one for one in licence(lines, WIDTH, HEIGHT)[0] if one.name == "capital"]
    assert capital.problem == ("" if read.startswith("壹") else "unsure")


def test_without_a_scope_there_is_no_field_for_it() -> None:
    assert "scope" not in told(sheet(left=LEFT[:3]))


def test_other_paper_is_not_this_document() -> None:
    assert licence([at("居民身份证", 90, 110)], WIDTH, HEIGHT)[1] == ("not_this_document",)
    assert licence([], WIDTH, HEIGHT)[1] == ("not_this_document",)


@given(
    st.lists(
        st.text("营业执照名称类型住所法定代表人注册资本成立日期年月日0129A公司\n ", max_size=20),
        max_size=9,
    )
)
def test_strangers_lines_are_read_or_not_and_never_raise(rows: list[str]) -> None:
    licence(
        [at(row, 90 + 700 * (n % 2), 100 + 90 * n) for n, row in enumerate(rows)], WIDTH, HEIGHT
    )
