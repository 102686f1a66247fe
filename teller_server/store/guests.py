"""Links for further parties: secrets that work once and not for long, kept as hashes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from teller_server.domain.errors import Refusal

from .engine import Database
from .schema_guests import guests


@dataclass(frozen=True, slots=True)
class GuestLink:
    """Who is asked into which visit, as which party. Times are aware UTC."""

    id: str
    visit: str
    party: str
    invited_by: str
    invited_at: datetime
    expires_at: datetime


def keep_link(link: GuestLink, secret_hash: str) -> Callable[[Connection], None]:
    """Keep a link under the hash of its secret, in somebody else's transaction."""
    values = {name: getattr(link, name) for name in GuestLink.__slots__}

    def work(connection: Connection) -> None:
        connection.execute(insert(guests).values(**values, secret_hash=secret_hash))

    return work


class GuestStore:
    """Opening a link consumes nothing; a tap redeems the secret, and only the first one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def redeem(self, secret_hash: str, now: datetime) -> GuestLink:
        """Use the secret: `Refusal` `join_unknown`, `join_used` or `join_expired` otherwise."""

        def work(connection: Connection) -> GuestLink:
            row = connection.execute(
                select(guests).where(guests.c.secret_hash == secret_hash).with_for_update()
            ).one_or_none()
            if row is None:
                raise Refusal("join_unknown")
            if row.redeemed_at is not None:
                raise Refusal("join_used")
            if now >= row.expires_at:
                raise Refusal("join_expired")
            connection.execute(update(guests).where(guests.c.id == row.id).values(redeemed_at=now))
            return GuestLink(**{name: row._mapping[name] for name in GuestLink.__slots__})

        return await self._database.write(work)

    async def get(self, guest: str) -> GuestLink | None:
        """The link of that id."""
        statement = select(guests).where(guests.c.id == guest)
        row = await self._database.read(lambda conn: conn.execute(statement).one_or_none())
        if row is None:
            return None
        return GuestLink(**{name: row._mapping[name] for name in GuestLink.__slots__})
