"""Links by which a customer says "this was not me": kept as hashes, for a while, for that alone.

They stand beside the hand-off codes, which work once as well; the subject tells them apart, and
neither opens what the other does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from teller_server.domain.errors import Refusal

from .engine import Database
from .schema import handoffs

PURPOSE = "repudiation"


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link to be kept with the notice that names it."""

    secret_hash: str
    expires_at: datetime


def keep_link(
    connection: Connection, link: NewLink, visit: str, receiver: str, now: datetime
) -> None:
    """Keep a link in the transaction of its notice."""
    values = {
        "code_hash": link.secret_hash,
        "subject": f"{PURPOSE} {visit} {receiver}",
        "created_at": now,
        "expires_at": link.expires_at,
    }
    connection.execute(insert(handoffs), values)


class RepudiationLinks:
    """Opens links; what is said by one twice is said once, so that a lost answer costs nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, secret_hash: str, now: datetime) -> tuple[str, str]:
        """Its visit, and to which number it went. Refusal repudiation_link_unknown."""
        statement = select(handoffs).where(handoffs.c.code_hash == secret_hash)
        row = await self._database.read(lambda conn: conn.execute(statement).one_or_none())
        parts = row.subject.split(" ") if row is not None else []
        if row is None or len(parts) != 3 or parts[0] != PURPOSE or now >= row.expires_at:
            raise Refusal("repudiation_link_unknown")
        return parts[1], parts[2]
