"""A customer's own data, as ciphertext, with a keyed digest where it must be found again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from teller_server.domain.ids import SealedText

from .engine import Database
from .ledger import Alongside
from .schema import sealed_fields


@dataclass(frozen=True, slots=True)
class SealedField:
    """One value: ciphertext under the visit's key, and its keyed HMAC when it is searched by."""

    sealed: SealedText
    lookup: str | None = None


def keep(visit: str, values: Mapping[str, SealedField]) -> Alongside:
    """Work that writes the fields of a visit, to go with a command in one transaction."""

    def work(connection: Connection) -> None:
        named = (sealed_fields.c.visit == visit) & sealed_fields.c.name.in_(list(values))
        connection.execute(delete(sealed_fields).where(named))
        rows = [
            {"visit": visit, "name": name, "sealed": value.sealed, "lookup": value.lookup}
            for name, value in values.items()
        ]
        if rows:
            connection.execute(insert(sealed_fields), rows)

    return work


class FieldStore:
    """Sealed personal fields of visits."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, visit: str, values: Mapping[str, SealedField]) -> None:
        """Write or replace fields."""
        work = keep(visit, values)
        await self._database.write(lambda conn: work(conn) and None)

    async def read(self, visit: str) -> dict[str, SealedText]:
        """The ciphertexts of a visit by name; a shredded field is absent."""
        return (await self.read_many([visit])).get(visit, {})

    async def read_many(
        self, visits: Sequence[str], names: Sequence[str] | None = None
    ) -> dict[str, dict[str, SealedText]]:
        """The same for several visits, for some names or all."""
        statement = select(sealed_fields).where(
            sealed_fields.c.visit.in_(list(visits)), sealed_fields.c.sealed.is_not(None)
        )
        if names is not None:
            statement = statement.where(sealed_fields.c.name.in_(list(names)))

        def work(connection: Connection) -> dict[str, dict[str, SealedText]]:
            found: dict[str, dict[str, SealedText]] = {}
            for row in connection.execute(statement):
                found.setdefault(row.visit, {})[row.name] = SealedText(row.sealed)
            return found

        return await self._database.read(work)
