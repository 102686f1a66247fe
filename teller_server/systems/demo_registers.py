"""Registers for the demo: they know the demo's people, and a few numbers for every other outcome.

Whoever is not named here is confirmed, so that any visit can be tried. A demo customer under
another name is not, nor is a demo customer's telephone in another's hands. docs/integration.md
lists the odd numbers; the identity numbers are of an area (999999) that no place has.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from .demo_people import COMPANIES, PEOPLE
from .registry import Answer, Kind

CITIZENS: Mapping[str, str] = {
    "999999199001010016": "number_unknown",
    "999999199001010024": "photo_differs",
    "999999199001010032": "document_cancelled",
    "999999199001010040": "name_differs",
    "999999199001010059": "registry_unreachable",
}
COMPANY_CODES: Mapping[str, str] = {
    "91999999MA0000001N": "company_unknown",
    "91999999MA0000002R": "company_abnormal",
    "91999999MA0000003W": "company_closed",
    "91999999MA00000040": "registry_unreachable",
}
LISTED: Mapping[str, str] = {
    "999999199001010067": "listed",
    "999999199001010075": "registry_unreachable",
    "91999999MA00000053": "listed",
    "名单示例": "owner_listed",
    "Listed Example": "owner_listed",
}
PHONES: Mapping[str, str] = {
    "13900000090": "phone_of_another",
    "13900000091": "registry_unreachable",
    "13900000092": "phone_unknown",
}
"""Number (or name) → what is said of it; a code that begins with `registry_`: no answer."""

_CUSTOMERS = {one.document: one for one in PEOPLE}
_HOLDERS = {one.phone.replace(" ", ""): one.document for one in PEOPLE}
_FIRMS = {
    firm.credit_code: (firm.name, _CUSTOMERS[person.document].name)
    for person in PEOPLE
    for firm in COMPANIES.get(person.reference, ())
}


class DemoRegistry:
    """Answers at once, from the tables above; it keeps nothing of what it is asked."""

    async def citizen(self, name: str, number: str, portrait: bytes | None) -> Answer:
        number = _plain(number)
        known = _CUSTOMERS.get(number)
        odd = CITIZENS.get(number, "")
        if not odd and known is not None and known.name != name:
            odd = "name_differs"
        if odd == "photo_differs" and portrait is None:  # nothing to compare
            odd = ""
        return _answer(odd, "citizen", number)

    async def company(self, credit_code: str, name: str, legal_representative: str) -> Answer:
        code = _plain(credit_code)
        odd = COMPANY_CODES.get(code, "")
        if not odd and code in _FIRMS:
            known, head = _FIRMS[code]
            odd = "" if known == name else "name_differs"
            odd = odd or ("" if head == legal_representative else "representative_differs")
        return _answer(odd, "company", code)

    async def screening(self, name: str, code: str, kind: Kind) -> Answer:
        odd = LISTED.get(_plain(code)) or LISTED.get(name.strip(), "")
        return _answer(odd, f"screening-{kind}", _plain(code))

    async def phone(self, phone: str, document: str) -> Answer:
        number = _plain(phone)
        odd = PHONES.get(number, "")
        holder = _HOLDERS.get(number)
        if not odd and holder is not None and holder != _plain(document):
            odd = "phone_of_another"
        return _answer(odd, "phone", number)

    async def close(self) -> None:
        """Nothing is open."""


def _plain(number: str) -> str:
    return "".join(number.split()).upper()


def _answer(odd: str, check: str, number: str) -> Answer:
    """As a register would put it, with a number of its own that tells nothing about the person."""
    now = datetime.now(UTC)
    if odd.startswith("registry_"):
        return Answer("unreachable", now, (odd,))
    reference = "D" + hashlib.sha256(f"{check} {number}".encode()).hexdigest()[:12].upper()
    said = {"serial": reference, "check": check, "result": "no" if odd else "yes", "reason": odd}
    raw = json.dumps(said, ensure_ascii=False).encode()
    if odd:
        return Answer("mismatch", now, (odd,), reference, raw)
    return Answer("match", now, (), reference, raw)
