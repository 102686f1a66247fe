"""What is wrong with what stands on a document: with itself, with today, with what is known.

Values are as they were read or corrected; dates are ISO 8601 days, `long_term` never ends. A code
belongs to one field. These codes are judged anew after a correction; all others are the reader's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from .fields import credit_code_valid, resident_id_valid

LONG_TERM = "long_term"
_BETWEEN = re.compile(r"[-./年月日]")
JUDGED = frozenset(
    {"number_check", "number_differs", "birth_differs", "sex_differs", "name_differs", "expired",
     "not_yet_valid", "code_check", "code_differs", "representative_differs"}
)  # fmt: skip
BLOCKING: Mapping[str, str] = {
    "expired": "document_expired",
    "number_check": "document_number_wrong",
    "code_check": "document_code_wrong",
}
"""Problems of a field that keep a step from being passed, and the code that says so."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a visit knows already; empty where it knows nothing."""

    name: str = ""
    number: str = ""
    company: str = ""
    credit_code: str = ""


def judged(kind: str, values: Mapping[str, str], known: Known, today: date) -> dict[str, str]:
    """Field → code, of one side of a document; a field that is empty has none."""
    given = {name: value.strip() for name, value in values.items() if value.strip()}
    match kind:
        case "resident_id":
            found = _card(given, known)
        case "passport":
            found = _passport(given, known)
        case "business_licence":
            found = _licence(given, known)
        case _:
            found = {}
    return found | _dates(given, today)


def amended(
    kind: str,
    before: Mapping[str, str],
    name: str,
    values: Mapping[str, str],
    known: Known,
    today: date,
) -> dict[str, str]:
    """The problems of a side once the field `name` was put right; the reader's others stand.

    The lines of a passport are held against each other by the reader alone.
    """
    again = JUDGED - {"number_check"} if kind == "passport" else JUDGED
    kept = {one: code for one, code in before.items() if one != name and code not in again}
    return kept | judged(kind, values, known, today)


def as_date(value: str) -> str | None:
    """A day in ISO 8601, or `long_term`, from how people write it; None when it is neither."""
    plain = value.strip().casefold().replace(" ", "_")
    if plain in (LONG_TERM, "长期", "长期有效"):
        return LONG_TERM
    parts = [part for part in _BETWEEN.split(plain) if part]
    if len(parts) == 1 and len(parts[0]) == 8:
        parts = [plain[:4], plain[4:6], plain[6:]]
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def blocking(problems: Mapping[str, str]) -> str | None:
    """The first code that keeps the step from being passed."""
    return next((BLOCKING[code] for code in problems.values() if code in BLOCKING), None)


def _card(given: Mapping[str, str], known: Known) -> dict[str, str]:
    number = given.get("number", "").upper()
    found = _compared("name", given, known.name, "name_differs")
    if number and not resident_id_valid(number):
        return found | {"number": "number_check"}
    found |= _compared("number", given, known.number, "number_differs")
    if number and given.get("birth") and _digits(given["birth"]) != number[6:14]:
        found["birth"] = "birth_differs"
    if number and given.get("sex") and given["sex"] not in _sexes(number):
        found["sex"] = "sex_differs"
    return found


def _passport(given: Mapping[str, str], known: Known) -> dict[str, str]:
    found = _compared("number", given, known.number, "number_differs")
    surname, first = _plain(given.get("surname", "")), _plain(given.get("given", ""))
    spoken = _plain(known.name)
    comparable = surname and first and spoken.isascii() and spoken  # not 韩梅梅 with HAN MEIMEI
    if comparable and spoken not in (surname + first, first + surname):
        found["surname"] = "name_differs"
    return found


def _licence(given: Mapping[str, str], known: Known) -> dict[str, str]:
    found = _compared("name", given, known.company, "name_differs")
    found |= _compared("legal_representative", given, known.name, "representative_differs")
    if given.get("credit_code") and not credit_code_valid(given["credit_code"].upper()):
        return found | {"credit_code": "code_check"}
    return found | _compared("credit_code", given, known.credit_code, "code_differs")


def _dates(given: Mapping[str, str], today: date) -> dict[str, str]:
    found = {}
    for name in ("valid_until", "expiry"):
        until = _day(given.get(name, ""))
        if until is not None and until < today:
            found[name] = "expired"
    begins = _day(given.get("valid_from", ""))
    if begins is not None and begins > today:
        found["valid_from"] = "not_yet_valid"
    return found


def _compared(name: str, given: Mapping[str, str], known: str, code: str) -> dict[str, str]:
    value = given.get(name, "")
    return {name: code} if value and known and _plain(value) != _plain(known) else {}


def _plain(value: str) -> str:
    """Spaces, dots between names, hyphens and case don't matter."""
    return "".join(one for one in value.casefold() if one not in " .·•-’'\u3000")


def _sexes(number: str) -> tuple[str, ...]:
    """The words that agree with the number's seventeenth digit: odd is male (GB 11643)."""
    return ("M", "男") if int(number[16]) % 2 else ("F", "女")


def _digits(value: str) -> str:
    return "".join(one for one in value if one.isdigit())


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
