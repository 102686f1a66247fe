"""Who comes in: what they say of themselves, what the bank holds of them, and how it is kept."""

import json
from collections.abc import Mapping
from dataclasses import replace

from teller_server.desk.facts import VisitFacts
from teller_server.desk.fields import FieldCipher, LookupKey
from teller_server.domain.ids import SealedText
from teller_server.store.fields import SealedField
from teller_server.systems.port import Backoffice, Customer

HELD = ("phone", "address", "occupation", "document_until")
"""What a form may show as it stands at the bank."""

INVITATION, RECEIPT, REFERENCE = "invitation", "receipt", "core_reference"
"""Fields of a visit by which the bank's own programs and people find it again."""


async def known(core: Backoffice, said: VisitFacts) -> VisitFacts:
    """What the person says, and what the bank holds of them if the name agrees.

    An invitation may name the bank's own reference (`said.core_reference`): then that record is
    asked for, and no other. Outage core_unreachable, …
    """
    if said.core_reference:
        record = await core.look_up(reference=said.core_reference)
    else:
        record = await core.look_up(document=said.document_number)
    if record is None or not same_name(record.name, said.name):
        return replace(said, core_reference="")
    return replace(said, core_reference=record.reference, before=_held(record))


def _held(record: Customer) -> Mapping[str, str]:
    return {one: value for one in HELD if (value := str(getattr(record, one)))}


def sealed(
    cipher: FieldCipher, lookup: LookupKey, person: VisitFacts, invitation: str = ""
) -> dict[str, SealedField]:
    """The fields of a visit as they are kept, with keyed digests of what it is found by."""

    def field(label: str, value: str, *, found_by: bool = False) -> SealedField:
        digest = lookup.digest(value) if found_by else None
        return SealedField(SealedText(cipher.seal(label, value)), digest)

    values = {
        "name": field("name", person.name, found_by=True),
        "document_number": field("document_number", person.document_number, found_by=True),
        "intake": field("intake", json.dumps(dict(person.intake), ensure_ascii=False)),
    }
    if person.core_reference:
        values[REFERENCE] = field(REFERENCE, person.core_reference, found_by=True)
        before = json.dumps(dict(person.before), ensure_ascii=False)
        values["before"] = field("before", before)
    if invitation:
        values[INVITATION] = field(INVITATION, invitation, found_by=True)
    return values


def same_name(one: str, other: str) -> bool:
    """Spaces and case don't matter."""
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()
