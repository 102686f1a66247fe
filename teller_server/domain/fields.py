"""Typed answers: the fields of forms, intakes and questions, and what makes a value acceptable.

Money is whole yuan or yuan and cents as a decimal text; dates are ISO 8601 days. Values travel and
are kept as text; `fact` turns one into what a condition compares.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

FieldType = Literal[
    "text", "choice", "yes_no", "number", "money", "date", "phone", "resident_id", "credit_code"
]
FIELD_TYPES: tuple[FieldType, ...] = (
    "text", "choice", "yes_no", "number", "money", "date", "phone", "resident_id", "credit_code",
)  # fmt: skip
Fact = str | Decimal | bool | date

MAX_TEXT = 500
_REORDERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Characters that change the order in which others are shown: a paper must read as it is kept."""
_PHONE = re.compile(r"(1[3-9][0-9]{9}|\+?[0-9][0-9 ]{6,17}[0-9])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT = re.compile(r"-?([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4})(\.[0-9]+)?")
_MONEY_DECIMALS = 2
_WEIGHTS_ID = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS_CREDIT = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice; systems receive `value`."""

    value: str
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One typed value. `before` names the core's field that stands there now; `mask` hides most.

    `decimals`: places after the point of a number (money always has two). `origin` (`from` in a
    script) names what was read on a document, `step.field`, that the field begins with.
    """

    name: str
    type: FieldType
    label: Mapping[str, str]
    required: bool = False
    max_length: int = 0
    low: int | None = None
    high: int | None = None
    decimals: int = 0
    options: tuple[Option, ...] = ()
    before: str = ""
    mask: bool = False
    origin: str = ""

    def error(self, value: str) -> str | None:
        """Why a value can't be accepted (a code), or None."""
        if not value.strip():
            return "empty"
        if any(unicodedata.category(c) == "Cc" or c in _REORDERING for c in value):
            return "control_character"
        return _CHECKS[self.type](self, value.strip())

    def fact(self, value: str) -> Fact:
        """What conditions see of an acceptable value."""
        value = value.strip()
        match self.type:
            case "number" | "money":
                return Decimal(value.replace(",", ""))
            case "yes_no":
                return value == "yes"
            case "date":
                return date.fromisoformat(value)
        return value


def resident_id_valid(number: str) -> bool:
    """ISO 7064 MOD 11-2 over a PRC citizen identity number (GB 11643), birth date included."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS_ID, strict=False))
    return "10X98765432"[total % 11] == number[17]


def age_on(number: str, day: date) -> int | None:
    """Whole years on `day` of whoever has that citizen identity number; None for any other."""
    if not resident_id_valid(number):
        return None
    born = int(number[6:10]), int(number[10:12]), int(number[12:14])
    return day.year - born[0] - ((day.month, day.day) < born[1:])


def credit_code_valid(code: str) -> bool:
    """The check character of a unified social credit code (GB 32100)."""
    if len(code) != 18 or any(character not in _CREDIT for character in code):
        return False
    total = sum(
        _CREDIT.index(character) * weight
        for character, weight in zip(code, _WEIGHTS_CREDIT, strict=False)
    )
    return _CREDIT[(31 - total % 31) % 31] == code[17]


def _text(field: Field, value: str) -> str | None:
    return "too_long" if len(value) > (field.max_length or MAX_TEXT) else None


def _choice(field: Field, value: str) -> str | None:
    known = {option.value for option in field.options}
    return None if value in known else "not_an_option"


def _yes_no(_: Field, value: str) -> str | None:
    return None if value in ("yes", "no") else "not_an_option"


def _amount(field: Field, value: str) -> str | None:
    decimals = _MONEY_DECIMALS if field.type == "money" else field.decimals
    if not _AMOUNT.fullmatch(value) or len(value.partition(".")[2]) > decimals:
        return "not_a_number"
    number = Decimal(value.replace(",", ""))
    if field.low is not None and number < field.low:
        return "too_small"
    if field.high is not None and number > field.high:
        return "too_large"
    return None


def _date(_: Field, value: str) -> str | None:
    try:
        date.fromisoformat(value if _DAY.fullmatch(value) else "")
    except ValueError:
        return "not_a_date"
    return None


def _phone(_: Field, value: str) -> str | None:
    return None if _PHONE.fullmatch(value) else "not_a_phone"


def _resident_id(_: Field, value: str) -> str | None:
    return None if resident_id_valid(value.upper()) else "not_an_id_number"


def _credit_code(_: Field, value: str) -> str | None:
    return None if credit_code_valid(value.upper()) else "not_a_credit_code"


_CHECKS = {
    "text": _text,
    "choice": _choice,
    "yes_no": _yes_no,
    "number": _amount,
    "money": _amount,
    "date": _date,
    "phone": _phone,
    "resident_id": _resident_id,
    "credit_code": _credit_code,
}
