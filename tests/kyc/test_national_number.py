"""The number's own check, and what it says of birth and sex."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc import credit_code, national_number

EXAMPLE = "11010519491231002X"  # of GB 11643-1999


def test_the_example_of_the_standard() -> None:
    assert national_number.agrees(EXAMPLE)
    assert national_number.birth(EXAMPLE) == date(1949, 12, 31)
    assert national_number.sex(EXAMPLE) == "F"


@given(
    body=st.from_regex(r"[0-9]{17}", fullmatch=True), place=st.integers(0, 16), by=st.integers(1, 9)
)
def test_one_changed_digit_is_always_found(body: str, place: int, by: int) -> None:
    number = body + national_number.check_digit(body)
    other = str((int(body[place]) + by) % 10)
    assert national_number.agrees(number)
    assert not national_number.agrees(number[:place] + other + number[place + 1 :])


@pytest.mark.parametrize("text", ["", "X", EXAMPLE[:-1], EXAMPLE + "0", EXAMPLE.lower(), "１" * 18])
def test_what_is_no_number_never_agrees(text: str) -> None:
    assert not national_number.agrees(text)


def test_a_day_that_never_was_is_no_birth() -> None:
    assert national_number.birth("110105194902300000") is None
    with pytest.raises(ValueError, match="seventeen"):
        national_number.check_digit("1")


# ---- GB 32100


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L"])
def test_a_credit_code_as_it_is_printed(code: str) -> None:
    assert credit_code.agrees(code)


@given(
    body=st.text(credit_code.ALPHABET, min_size=17, max_size=17),
    place=st.integers(0, 16),
    by=st.integers(1, 30),
)
def test_one_changed_character_is_always_found(body: str, place: int, by: int) -> None:
    code = body + credit_code.check_character(body)
    at = credit_code.ALPHABET.index(code[place])
    other = credit_code.ALPHABET[(at + by) % 31]
    assert credit_code.agrees(code)
    assert not credit_code.agrees(code[:place] + other + code[place + 1 :])


def test_letters_that_no_code_has_are_mended() -> None:
    assert credit_code.mended("9135o1ooMooo1ooY43") == "91350100M000100Y43"
    assert not credit_code.agrees("9135O100M000100Y43")
    with pytest.raises(ValueError, match="counted"):
        credit_code.check_character("9")
