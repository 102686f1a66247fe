"""A passport's page of data from its lines of text: the two lines for machines decide. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from kyc import mrz
from kyc.identity_card import Read
from kyc.judged import field, whole
from kyc.ocr import Line, in_order
from kyc.reading import FieldRead

_FILLED = 0.6  # of the characters; a shorter line is no line for machines
_LONGEST_NAME, _UNCONFIRMED = 40, 0.8
_FIELDS = ("surname", "given", "number", "nationality", "issuer", "birth", "sex", "expiry")
_CHECKED = {
    "number": ("number_check",),
    "birth": ("birth_check", "birth_date"),
    "expiry": ("expiry_check", "expiry_date"),
}
_EMPTY_DATES = {"birth_date": "impossible_date", "expiry_date": "impossible_date"}


def passport(lines: Sequence[Line], today: date) -> Read:
    """The page of data; whether it is valid is asked of `today`."""
    rows = _rows(lines)
    for (first, one), (second, other) in pairwise(rows):
        read = mrz.read(_fitted(first), _fitted(second), today)
        if read is not None:
            printed = {_plain(line.text) for line in lines if len(line.text) < _LONGEST_NAME}
            return _fields(read, min(one, other), printed)
    return tuple(FieldRead(name, "", 0.0, "not_found") for name in _FIELDS), ("not_this_document",)


def _fields(read: mrz.Passport, sure: float, printed: set[str]) -> Read:
    told = {
        "surname": read.surname,
        "given": read.given,
        "number": read.number,
        "nationality": read.nationality,
        "issuer": read.issuer,
        "birth": str(read.birth or ""),
        "sex": read.sex,
        "expiry": str(read.expiry or ""),
    }
    fields = tuple(
        field(name, (text, _confirmed(name, text, sure, printed)), _wrong(name, read))
        for name, text in told.items()
    )
    return fields, whole(_EMPTY_DATES.get(code, code) for code in read.problems)


def _confirmed(name: str, text: str, sure: float, printed: set[str]) -> float:
    """No check digit covers the names: they are sure where the page above says them too."""
    if name not in {"surname", "given"} or _plain(text) in printed:
        return sure
    return min(sure, _UNCONFIRMED)


def _wrong(name: str, read: mrz.Passport) -> str:
    found = next((code for code in _CHECKED.get(name, ()) if code in read.problems), "")
    return _EMPTY_DATES.get(found, found)


def _rows(lines: Sequence[Line]) -> list[tuple[str, float]]:
    """The rows that may be for machines: text and how sure. A row may have come in two pieces."""
    rows: list[list[Line]] = []
    for line in in_order(lines):
        last = rows[-1][-1] if rows else None
        beside = last is not None and abs(last.middle - line.middle) < 0.5 * line.height
        if beside and last is not None and line.left >= last.left:
            rows[-1].append(line)
        else:
            rows.append([line])
    joined = [
        ("".join(one.text for one in row), min(one.confidence for one in row)) for row in rows
    ]
    return [(text, sure) for text, sure in joined if len(_plain(text)) >= _FILLED * mrz.LENGTH]


def _fitted(text: str) -> str:
    """Of a long run of `<` the reader sees one too many or too few; elsewhere nothing is mended."""
    plain = _plain(text)
    run = max(re.finditer("<+", plain), key=lambda one: len(one[0]), default=None)
    missing = mrz.LENGTH - len(plain)
    if run is None or missing == 0 or len(run[0]) + missing < 1:
        return plain
    return plain[: run.start()] + "<" * (len(run[0]) + missing) + plain[run.end() :]


def _plain(text: str) -> str:
    spread = text.upper().replace("«", "<<").replace("‹", "<").replace("＜", "<")
    return re.sub("[^A-Z0-9<]", "", spread)
