"""Masked names for lists, sealed under a key of the branch: a list opens no visit's data key.

They are kept with the visit's other fields and shredded with them.
"""

from collections.abc import Sequence

import structlog

from teller_server.desk.fields import FieldCipher
from teller_server.desk.keys import DataKeys
from teller_server.desk.purposes import LABEL
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.people import masked_name
from teller_server.store.fields import SealedField
from teller_server.store.store import Store

log = structlog.get_logger(__name__)

FIELD = "label"


class Labels:
    """Seals and opens them. A visit of an earlier release gets its label when it is first listed"""

    def __init__(self, store: Store, keys: DataKeys, key: bytes) -> None:
        self._store = store
        self._keys = keys
        self._key = key

    def field(self, visit: str, name: str) -> dict[str, SealedField]:
        """What is kept of a person's name for lists, when the visit opens."""
        sealed = FieldCipher(visit, self._key).seal(FIELD, masked_name(name))
        return {FIELD: SealedField(SealedText(sealed))}

    async def of(self, visits: Sequence[str]) -> dict[str, str]:
        """The masked names by visit; nothing of those whose key was shredded."""
        found = {}
        for visit, fields in (await self._store.fields.read_many(visits, [FIELD, "name"])).items():
            if FIELD in fields:
                found[visit] = FieldCipher(visit, self._key).open(FIELD, fields[FIELD])
            elif "name" in fields:
                found[visit] = await self._first(visit, fields["name"])
        return found

    async def _first(self, visit: str, sealed: SealedText) -> str:
        try:
            cipher = FieldCipher(visit, await self._keys.get(visit, LABEL))
        except Refusal:
            return ""
        except Outage as outage:  # a list without some names is more use than none
            log.warning("label_not_made", visit=visit, why=outage.code)
            return ""
        name = cipher.open("name", sealed)
        await self._store.fields.keep(visit, self.field(visit, name))
        return masked_name(name)
