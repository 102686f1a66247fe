"""How many people's faces are kept, from the index alone: no key is opened for it.

Counted is whoever has a picture of their face among the attachments of a recording that has not
been shredded: customers by the keyed digest of their document, so that one who comes twice counts
once; whoever was asked into such a visit and came counts by that visit, for their digest is not
kept. No template of a face is kept anywhere, so there is none to count.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from .engine import Database
from .schema import data_keys, objects, visits
from .schema_guests import guests

FACES = ("document_photo", "portrait", "face_live", "face_portrait")
"""Roles of attachments that show a face."""


class FaceStore:
    """Counts; writes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def people(self) -> int:
        """Everybody whose face is kept now."""
        return await self._database.read(_people)


def _people(connection: Connection) -> int:
    kept = (
        select(objects.c.visit)
        .join(data_keys, data_keys.c.recording == objects.c.recording)
        .where(objects.c.role.in_(FACES), data_keys.c.wrapped.is_not(None))
        .distinct()
    )
    customers = select(func.count(visits.c.customer.distinct())).where(visits.c.id.in_(kept))
    party = guests.c.visit + " " + guests.c.party
    others = select(func.count(party.distinct())).where(
        guests.c.visit.in_(kept), guests.c.redeemed_at.is_not(None)
    )
    return int(connection.execute(customers).scalar_one()) + int(
        connection.execute(others).scalar_one()
    )
