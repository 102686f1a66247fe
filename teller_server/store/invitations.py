"""Invitations and hand-off codes: secrets that work once, kept as hashes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText

from .engine import Database
from .schema import handoffs, invitations


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who is invited to what. `customer` is a keyed digest; `sealed` what the bank knows."""

    id: str
    service: str
    language: str
    customer: str
    sealed: SealedText
    created_by: str
    created_at: datetime
    expires_at: datetime


class InvitationStore:
    """Opening a link consumes nothing; a tap redeems the secret, and only the first one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def invite(self, invitation: Invitation, secret_hash: str) -> None:
        """Keep an invitation under the hash of its secret."""
        values = {name: getattr(invitation, name) for name in Invitation.__slots__}
        await self._database.write(
            lambda conn: (
                conn.execute(insert(invitations).values(**values, secret_hash=secret_hash)) and None
            )
        )

    async def redeem(self, secret_hash: str, now: datetime) -> Invitation:
        """Use the secret: `Refusal` `invitation_unknown`, `…_expired` or `…_used` otherwise."""

        def work(connection: Connection) -> Invitation:
            row = connection.execute(
                select(invitations)
                .where(invitations.c.secret_hash == secret_hash)
                .with_for_update()
            ).one_or_none()
            if row is None:
                raise Refusal("invitation_unknown")
            if row.redeemed_at is not None:
                raise Refusal("invitation_used")
            if now >= row.expires_at:
                raise Refusal("invitation_expired")
            connection.execute(
                update(invitations).where(invitations.c.id == row.id).values(redeemed_at=now)
            )
            return Invitation(**{name: row._mapping[name] for name in Invitation.__slots__})

        return await self._database.write(work)

    async def redeemed(self, invitation: str) -> Invitation:
        """An invitation that its holder has redeemed; `Refusal('invitation_unknown')`."""
        statement = select(invitations).where(
            invitations.c.id == invitation, invitations.c.redeemed_at.is_not(None)
        )
        row = await self._database.read(lambda conn: conn.execute(statement).one_or_none())
        if row is None:
            raise Refusal("invitation_unknown")
        return Invitation(**{name: row._mapping[name] for name in Invitation.__slots__})

    async def look(self, invitation: str, created_by: str) -> tuple[Invitation, datetime | None]:
        """An invitation of this maker, and when it was used; `Refusal('not_found')`."""
        statement = select(invitations).where(
            invitations.c.id == invitation, invitations.c.created_by == created_by
        )
        row = await self._database.read(lambda conn: conn.execute(statement).one_or_none())
        if row is None:
            raise Refusal("not_found")
        found = Invitation(**{name: row._mapping[name] for name in Invitation.__slots__})
        return found, row.redeemed_at

    async def hand_off(
        self, code_hash: str, subject: str, now: datetime, expires_at: datetime
    ) -> None:
        """A code by which another device takes `subject` over; it replaces an earlier one."""

        def work(connection: Connection) -> None:
            connection.execute(
                delete(handoffs).where(handoffs.c.subject == subject, handoffs.c.used_at.is_(None))
            )
            connection.execute(
                insert(handoffs).values(
                    code_hash=code_hash, subject=subject, created_at=now, expires_at=expires_at
                )
            )

        await self._database.write(work)

    async def take_over(self, code_hash: str, now: datetime) -> str:
        """The subject of a code, once; `Refusal('handoff_unknown')` for any other code."""

        def work(connection: Connection) -> str:
            row = connection.execute(
                select(handoffs).where(handoffs.c.code_hash == code_hash).with_for_update()
            ).one_or_none()
            if row is None or row.used_at is not None or now >= row.expires_at:
                raise Refusal("handoff_unknown")
            if " " in row.subject:  # a link of another purpose (`repudiation_links`)
                raise Refusal("handoff_unknown")
            connection.execute(
                update(handoffs).where(handoffs.c.code_hash == code_hash).values(used_at=now)
            )
            return str(row.subject)

        return await self._database.write(work)
