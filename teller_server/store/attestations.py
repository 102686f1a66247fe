"""Attestations of the bank: every one that was ever given, the newest of a kind counts."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from teller_server.domain.policy import Attestation

from .engine import Database
from .schema_policy import attestations


class AttestationStore:
    """Rows are only added; a shorter one that is newer takes an older one back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, attestation_id: str, attestation: Attestation) -> None:
        """Keep one under an id of its own."""
        given = attestation

        def work(connection: Connection) -> None:
            connection.execute(
                insert(attestations).values(
                    id=attestation_id,
                    kind=given.kind,
                    region=given.region,
                    given_at=given.given_at,
                    until=given.until,
                    given_by=given.by,
                    note=given.note,
                    demo=given.demo,
                )
            )

        await self._database.write(work)

    async def all(self) -> tuple[Attestation, ...]:
        """Every attestation, in the order in which they were given."""
        statement = select(attestations).order_by(attestations.c.given_at, attestations.c.id)
        rows = await self._database.read(lambda conn: conn.execute(statement).all())
        return tuple(
            Attestation(r.kind, r.given_at, r.until, r.given_by, r.note, r.region, r.demo)
            for r in rows
        )
