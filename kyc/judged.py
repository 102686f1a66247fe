"""From recognised words to a field: its confidence and what is wrong with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from kyc.reading import FieldRead

SURE = 0.9  # below, a printed word doesn't stand against a number whose check digit is right
_DOUBTED = 0.6  # what is left of the confidence of a field with something against it
_UNSURE = 0.6
_DATE = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})")
_TO_DIGITS = str.maketrans("OoQDIlZSB", "000011258")


def field(name: str, found: tuple[str, float], problem: str = "") -> FieldRead:
    """A field as it was found; `not_found` where it was not, `unsure` where the reader was not."""
    text, confidence = found
    if not text:
        return FieldRead(name, "", 0.0, "not_found")
    if problem:
        return FieldRead(name, text, round(confidence * _DOUBTED, 3), problem)
    return FieldRead(name, text, round(confidence, 3), "unsure" if confidence < _UNSURE else "")


def day(found: tuple[str, float]) -> tuple[str, float]:
    """A printed date as YYYY-MM-DD; the text as it was where no calendar has that day."""
    match = _DATE.search(digits(found[0]))
    if match is None:
        return found[0], found[1]
    try:
        return str(date(int(match[1]), int(match[2]), int(match[3]))), found[1]
    except ValueError:
        return found[0], found[1]


def parsed(text: str) -> date | None:
    """The day of a field's text; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def dated(name: str, found: tuple[str, float], problem: str = "") -> FieldRead:
    """A field with a date in it."""
    told = day(found)
    wrong = bool(told[0]) and parsed(told[0]) is None
    return field(name, told, "impossible_date" if wrong else problem)


def digits(text: str) -> str:
    """What was recognised where only digits stand."""
    return text.translate(_TO_DIGITS)


def first_of(*found: tuple[str, float]) -> tuple[str, float]:
    """The first that was found."""
    return next((one for one in found if one[0]), ("", 0.0))


def whole(problems: Iterable[str]) -> tuple[str, ...]:
    """The problems that concern the whole document, each once, in order."""
    return tuple(dict.fromkeys(code for code in problems if code))
