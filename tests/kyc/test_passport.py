"""A passport's page: its two lines are found among the others, mended and held to their checks."""

from __future__ import annotations

from datetime import date

import pytest

from kyc.ocr import Line
from kyc.passport import passport
from kyc.reading import FieldRead

TODAY = date(2012, 1, 1)
FIRST = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
SECOND = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"


def page(*rows: str) -> list[Line]:
    """Rows one below the other; `a|b` are two pieces of one row."""
    return [
        Line(part, 40 + 400 * k, 100 + 80 * n, 430 + 400 * k, 140 + 80 * n, 0.96)
        for n, row in enumerate(rows)
        for k, part in enumerate(row.split("|"))
    ]


def of(fields: tuple[FieldRead, ...]) -> dict[str, str]:
    return {one.name: one.text for one in fields}


WHOLE = {
    "surname": "ERIKSSON", "given": "ANNA MARIA", "number": "L898902C3", "nationality": "UTO",
    "issuer": "UTO", "birth": "1974-08-12", "sex": "F", "expiry": "2012-04-15",
}  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        ("PASSPORT UTOPIA", "Eriksson", "Anna Maria", FIRST, SECOND),
        (FIRST.replace("<" * 19, "<" * 16), SECOND),
        (FIRST.replace("<" * 19, "<" * 22), SECOND.replace("<" * 5, "<" * 4)),
        (
            "P<UT0ER1KSSON<<ANNA<MARIA<<|<<<<<<<<<<<<<<<<<",
            "L898902C36UTO7408122F12|04159ZE184226B<<<<<10",
        ),
        (FIRST.lower(), " ".join(SECOND)),
    ],
)
def test_the_lines_are_found_and_mended(rows: tuple[str, ...]) -> None:
    fields, problems = passport(page(*rows), TODAY)
    assert (of(fields), problems) == (WHOLE, ())


def test_names_are_surer_where_the_page_says_them_too() -> None:
    alone, _ = passport(page(FIRST, SECOND), TODAY)
    both, _ = passport(page("ERIKSSON", "ANNA MARIA", FIRST, SECOND), TODAY)
    assert [one.confidence for one in alone[:2]] < [one.confidence for one in both[:2]]


def test_a_wrong_digit_is_a_problem_of_its_field_and_of_the_page() -> None:
    fields, problems = passport(page(FIRST, SECOND.replace("L898902C3", "L898903C3")), TODAY)
    assert set(problems) == {"number_check", "whole_check"}
    assert {one.name for one in fields if one.problem} == {"number"}


def test_a_passport_that_has_run_out_is_said() -> None:
    assert passport(page(FIRST, SECOND), date(2012, 4, 16))[1] == ("expired",)


@pytest.mark.parametrize(
    "rows", [(), ("PASSPORT",), (FIRST,), (SECOND, FIRST), (FIRST, SECOND[:30])]
)
def test_without_both_lines_it_is_not_this_document(rows: tuple[str, ...]) -> None:
    fields, problems = passport(page(*rows), TODAY)
    assert problems == ("not_this_document",)
    assert {one.problem for one in fields} == {"not_found"}
