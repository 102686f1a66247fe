"""The example of Doc 9303, what a reader of letters gets wrong, and what must not pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.mrz import LENGTH, check_digit, read

FIRST = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
SECOND = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
TODAY = date(2012, 1, 1)
DIGITS = [*range(13, 20), *range(21, 28), 9, 43]


def test_the_example_of_the_standard() -> None:
    """Part 4, appendix B."""
    found = read(FIRST, SECOND, TODAY)
    assert found is not None
    assert found.problems == ()
    assert (found.surname, found.given) == ("ERIKSSON", "ANNA MARIA")
    assert (found.issuer, found.nationality, found.number) == ("UTO", "UTO", "L898902C3")
    assert (found.birth, found.sex, found.expiry) == (date(1974, 8, 12), "F", date(2012, 4, 15))


def test_a_passport_that_has_run_out_is_said() -> None:
    found = read(FIRST, SECOND, date(2012, 4, 16))
    assert found is not None
    assert found.problems == ("expired",)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("P<UT0ER1K550N<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", SECOND),
        (FIRST, "L898902C36UT074O8I22FI2O4I59ZE184226B<<<<<IO"),
        (f" {FIRST.lower()} ", SECOND.replace("<<", "«")),
    ],
)
def test_what_a_place_allows_mends_what_was_misread(first: str, second: str) -> None:
    assert read(first, second, TODAY) == read(FIRST, SECOND, TODAY)


@given(place=st.integers(0, LENGTH - 1), other=st.sampled_from("0123456789"))
def test_a_changed_digit_of_the_second_line_never_passes(place: int, other: str) -> None:
    """But for the three letters and the sex, which no check digit covers."""
    if place in {10, 11, 12, 20} or SECOND[place] == other:
        return
    found = read(FIRST, SECOND[:place] + other + SECOND[place + 1 :], TODAY)
    assert found is not None
    same = replace(found, problems=()) == replace(read(FIRST, SECOND, TODAY), problems=())
    assert found.problems or same


def test_an_empty_optional_field_needs_no_digit() -> None:
    lower = SECOND[:28] + "<" * 14 + "<"
    whole = check_digit(lower[0:10] + lower[13:20] + lower[21:43])
    found = read(FIRST, f"{lower}{whole}", TODAY)
    assert found is not None
    assert found.problems == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", ""),
        (FIRST, SECOND[:-1]),
        (FIRST[:-1], SECOND),
        ("I" + FIRST[1:], SECOND),
        ("<" * 44, SECOND),
    ],
)
def test_other_lines_are_no_passport(first: str, second: str) -> None:
    assert read(first, second, TODAY) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_strangers_lines_are_read_or_not_and_never_raise(first: str, second: str) -> None:
    read(first, second, TODAY)
    read("P" + first.ljust(43, "<")[:43], second.ljust(44, "<")[:44], TODAY)


@pytest.mark.parametrize(("told", "year"), [("120101", 2012), ("120102", 1912), ("991231", 1999)])
def test_nobody_is_born_tomorrow(told: str, year: int) -> None:
    found = read(FIRST, SECOND[:13] + told + str(check_digit(told)) + SECOND[20:], TODAY)
    assert found is not None
    assert found.birth is not None
    assert found.birth.year == year


def test_only_what_is_counted_is_counted() -> None:
    assert check_digit("D23145890734") == 9
    with pytest.raises(ValueError, match="counted"):
        check_digit("a")
