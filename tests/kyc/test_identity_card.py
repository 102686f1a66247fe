"""A card's lines of text become fields; what contradicts the number or the calendar is said."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.identity_card import back, front
from kyc.ocr import Line
from kyc.reading import FieldRead

TODAY = date(2026, 11, 23)
WIDTH, HEIGHT = 1012, 638
NUMBER = "11010519491231002X"
FRONT = ("姓名王小明", "性别女民族汉", "出生1949年12月31日", "住址北京市朝阳区建国路88号院",
         "5号楼1203室", f"公民身份号码{NUMBER}")  # fmt: skip
BACK = (
    "中华人民共和国",
    "居民身份证",
    "签发机关北京市公安局朝阳分局",
    "有效期限2016.05.20-2036.05.20",
)


def lines(*rows: str, sure: float = 0.98) -> list[Line]:
    """One below the other; `a|b` are two lines side by side."""
    return [
        Line(part, 60 + 200 * column, 60 + 80 * n, 240 + 200 * column, 100 + 80 * n, sure)
        for n, row in enumerate(rows)
        for column, part in enumerate(row.split("|"))
    ]


def swapped(rows: tuple[str, ...], old: str, new: str) -> list[Line]:
    assert any(old in row for row in rows)
    return lines(*(row.replace(old, new) for row in rows))


def of(fields: tuple[FieldRead, ...]) -> dict[str, str]:
    return {one.name: one.text for one in fields}


def wrong(fields: tuple[FieldRead, ...]) -> dict[str, str]:
    return {one.name: one.problem for one in fields if one.problem}


def test_a_front_says_who_it_is() -> None:
    fields, problems = front(lines(*FRONT), WIDTH, HEIGHT)
    assert of(fields) == {
        "name": "王小明", "sex": "F", "nation": "汉", "birth": "1949-12-31",
        "address": "北京市朝阳区建国路88号院5号楼1203室", "number": NUMBER,
    }  # fmt: skip
    assert (problems, wrong(fields)) == ((), {})
    assert all(one.confidence > 0.9 for one in fields)


def test_labels_apart_from_their_words_are_the_same_card() -> None:
    apart = lines("姓名|王 小 明", "性别|女|民族|汉", "出生|1949 年|12月|31日",
                  "住址|北京市朝阳区建国路88号院", "5号楼1203室",
                  f"公民身份号码|{NUMBER}")  # fmt: skip
    assert front(apart, WIDTH, HEIGHT) == front(lines(*FRONT), WIDTH, HEIGHT)


@pytest.mark.parametrize("dot", ["·", "•", ".", "・"])
def test_a_name_keeps_its_dot(dot: str) -> None:
    fields, _ = front(swapped(FRONT, "王小明", f"阿卜杜拉{dot}买买提"), WIDTH, HEIGHT)
    assert of(fields)["name"] == "阿卜杜拉·买买提"


@pytest.mark.parametrize("nation", ["维吾尔", "土家", "土", "蒙古", "塔吉克"])
def test_a_nation_is_one_of_the_fifty_six(nation: str) -> None:
    fields, _ = front(swapped(FRONT, "族汉", f"族{nation}"), WIDTH, HEIGHT)
    assert of(fields)["nation"] == nation


@pytest.mark.parametrize("misread", ["性刷女", "性剧女", "性女", "女"])
def test_a_label_that_was_misread_hides_no_word(misread: str) -> None:
    fields, _ = front(swapped(FRONT, "性别女", misread), WIDTH, HEIGHT)
    assert of(fields)["sex"] == "F"


@pytest.mark.parametrize(
    "misread", ["11O1O519491231002X", "110l0519491231002x", "11010S19491231002×"]
)
def test_a_number_has_digits_where_only_digits_stand(misread: str) -> None:
    fields, problems = front(swapped(FRONT, NUMBER, misread), WIDTH, HEIGHT)
    assert (of(fields)["number"], problems) == (NUMBER, ())


def test_a_number_with_a_wrong_digit_is_a_problem_of_the_card() -> None:
    fields, problems = front(swapped(FRONT, NUMBER, "11010519491231003X"), WIDTH, HEIGHT)
    assert problems == ("number_check",)
    assert wrong(fields) == {"number": "number_check"}
    assert of(fields)["birth"] == "1949-12-31"


def test_print_that_contradicts_the_number_is_a_problem() -> None:
    rows = tuple(row.replace("女", "男").replace("31日", "30日") for row in FRONT)
    fields, problems = front(lines(*rows), WIDTH, HEIGHT)
    assert set(problems) == {"sex_differs", "birth_differs"}
    assert (of(fields)["sex"], of(fields)["birth"]) == ("M", "1949-12-30")
    assert all(one.confidence < 0.7 for one in fields if one.problem)


def test_print_that_was_hardly_read_gives_way_to_the_number() -> None:
    dim = [
        Line(one.text.replace("女", "男"), one.left, one.top, one.right, one.bottom,
             0.5 if "性别" in one.text else one.confidence)
        for one in lines(*FRONT)
    ]  # fmt: skip
    fields, problems = front(dim, WIDTH, HEIGHT)
    assert (of(fields)["sex"], problems) == ("F", ())


def test_what_is_not_printed_the_number_says() -> None:
    fields, problems = front(lines(FRONT[0], "民族汉", *FRONT[3:]), WIDTH, HEIGHT)
    assert (of(fields)["sex"], of(fields)["birth"], problems) == ("F", "1949-12-31", ())


def test_letters_seen_in_the_portrait_are_not_of_the_address() -> None:
    hair = Line("川", 760, 300, 800, 340, 0.9)
    assert front([*lines(*FRONT), hair], WIDTH, HEIGHT) == front(lines(*FRONT), WIDTH, HEIGHT)


def test_the_other_side_is_not_this_document() -> None:
    assert front(lines(*BACK), WIDTH, HEIGHT)[1] == ("not_this_document",)
    assert back(lines(*FRONT), TODAY)[1] == ("not_this_document",)
    assert front([], WIDTH, HEIGHT)[1] == back([], TODAY)[1] == ("not_this_document",)


def test_a_back_says_who_gave_it_and_for_how_long() -> None:
    fields, problems = back(lines(*BACK), TODAY)
    assert of(fields) == {
        "authority": "北京市公安局朝阳分局", "valid_from": "2016-05-20",
        "valid_until": "2036-05-20",
    }  # fmt: skip
    assert (problems, wrong(fields)) == ((), {})


@pytest.mark.parametrize(
    ("printed", "until", "problems"),
    [
        ("2016.05.20-长期", "long_term", ()),
        ("2016.05.20一长期", "long_term", ()),
        ("2016.05.20－2031.05.20", "2031-05-20", ()),
        ("20160520-20360520", "2036-05-20", ()),
        ("2016.05.20-2026.05.20", "2026-05-20", ("expired",)),
        ("2016.05.20-2026.11.23", "2026-11-23", ()),
        ("2027.05.20-2037.05.20", "2037-05-20", ("not_yet_valid",)),
        ("2016.05.20-2006.05.20", "2006-05-20", ("dates_reversed",)),
        ("2016.05.20-2036.02.30", "2036.02.30", ("impossible_date",)),
    ],
)
def test_terms(printed: str, until: str, problems: tuple[str, ...]) -> None:
    fields, found = back(swapped(BACK, "2016.05.20-2036.05.20", printed), TODAY)
    assert (of(fields)["valid_until"], found) == (until, problems)


def test_a_stamp_over_the_authority_is_said_to_be_missing() -> None:
    fields, problems = back(lines("居民身份证", BACK[3]), TODAY)
    assert problems == ("not_this_document",) or wrong(fields)["authority"] == "not_found"


@given(
    st.lists(
        st.text(
            "姓名性别女男民族汉出生年月日住址公民身份号码签发机关有效期限0123456789X.-\n ",
            max_size=24,
        ),
        max_size=9,
    )
)
def test_strangers_lines_are_read_or_not_and_never_raise(rows: list[str]) -> None:
    front(lines(*rows), WIDTH, HEIGHT)
    back(lines(*rows), TODAY)


def test_a_reading_does_not_show_itself_in_logs() -> None:
    fields, _ = front(lines(*FRONT), WIDTH, HEIGHT)
    assert NUMBER not in repr(fields)
    assert "王小明" not in repr(fields)
