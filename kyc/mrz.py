"""The two lines at the foot of a passport's page (ICAO Doc 9303 part 4, TD3): 44 characters each.

What a camera and a reader of letters make of them is mended where the place allows one kind of
character only, and then held against the check digits. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

LENGTH: Final = 44
_VALUES = {c: n for n, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}
_WEIGHTS = (7, 3, 1)
_TO_LETTERS = str.maketrans("015826", "OISBZG")
_TO_DIGITS = str.maketrans("OQDISBZG", "00015826")
# Of the second line: where a field begins and ends, and where its check digit stands.
_NUMBER, _NUMBER_CHECK = slice(0, 9), 9
_STATE = slice(10, 13)
_BIRTH, _BIRTH_CHECK = slice(13, 19), 19
_SEX = 20
_EXPIRY, _EXPIRY_CHECK = slice(21, 27), 27
_OPTIONAL, _OPTIONAL_CHECK = slice(28, 42), 42
_WHOLE_CHECK = 43
_DIGITS = (
    *range(13, 20),
    *range(21, 28),
    _NUMBER_CHECK,
    _OPTIONAL_CHECK,
    _WHOLE_CHECK,
)


@dataclass(frozen=True, slots=True)
class Passport:
    """What the lines say. `issuer` and `nationality` are ICAO's three letters; `sex` F, M or X;
    `problems` are codes: `number_check`, `birth_check`, `expiry_check`, `optional_check`,
    `whole_check`, `birth_date`, `expiry_date`, `expired`. A passport with a problem is not read."""

    surname: str
    given: str
    issuer: str
    number: str
    nationality: str
    birth: date | None
    sex: str
    expiry: date | None
    problems: tuple[str, ...]


def check_digit(text: str) -> int:
    """Doc 9303 part 3 §4.9: weights 7, 3, 1, modulo 10. ValueError for other characters."""
    try:
        return sum(_VALUES[c] * _WEIGHTS[n % 3] for n, c in enumerate(text)) % 10
    except KeyError:
        raise ValueError("only A to Z, 0 to 9 and < are counted") from None


def read(first: str, second: str, today: date) -> Passport | None:
    """Both lines as they were recognised; None where they are not a passport's."""
    upper, lower = _tidy(first), _tidy(second)
    if len(upper) != LENGTH or len(lower) != LENGTH or not upper.startswith("P"):
        return None
    upper = upper.translate(_TO_LETTERS)
    lower = "".join(c.translate(_TO_DIGITS) if n in _DIGITS else c for n, c in enumerate(lower))
    lower = lower[:10] + lower[_STATE].translate(_TO_LETTERS) + lower[13:]
    surname, _, given = upper[5:].partition("<<")
    birth, expiry = _date(lower[_BIRTH], today, past=True), _date(lower[_EXPIRY], today, past=False)
    return Passport(
        surname=_words(surname),
        given=_words(given),
        issuer=_words(upper[2:5]),
        number=_words(lower[_NUMBER]),
        nationality=_words(lower[_STATE]),
        birth=birth,
        sex=lower[_SEX] if lower[_SEX] in "FM" else "X",
        expiry=expiry,
        problems=tuple(_problems(lower, birth, expiry, today)),
    )


def _problems(lower: str, birth: date | None, expiry: date | None, today: date) -> list[str]:
    whole = lower[0:10] + lower[13:20] + lower[21:43]
    checks = {
        "number_check": (lower[_NUMBER], lower[_NUMBER_CHECK]),
        "birth_check": (lower[_BIRTH], lower[_BIRTH_CHECK]),
        "expiry_check": (lower[_EXPIRY], lower[_EXPIRY_CHECK]),
        "optional_check": (lower[_OPTIONAL], lower[_OPTIONAL_CHECK]),
        "whole_check": (whole, lower[_WHOLE_CHECK]),
    }
    found = [code for code, (text, digit) in checks.items() if not _agrees(text, digit)]
    if birth is None:
        found.append("birth_date")
    if expiry is None:
        found.append("expiry_date")
    elif expiry < today:
        found.append("expired")
    return found


def _agrees(text: str, digit: str) -> bool:
    """An empty optional field may carry `<` for its check digit (part 4 §4.2.2.2)."""
    if digit == "<":
        return not text.strip("<")
    return digit.isdigit() and check_digit(text) == int(digit)


def _date(text: str, today: date, *, past: bool) -> date | None:
    """YYMMDD; a birth lies in the past hundred years, an expiry in this century."""
    if not text.isdigit():
        return None
    century, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:6])
    try:
        found = date(century, month, day)
        return found.replace(year=century - 100) if past and found > today else found
    except ValueError:
        return None


def _tidy(line: str) -> str:
    """Readers of letters see « for <<, and put spaces between."""
    plain = line.upper().replace("«", "<<").replace("‹", "<")
    return "".join(c for c in plain if c in _VALUES)


def _words(field: str) -> str:
    return " ".join(field.replace("<", " ").split())
