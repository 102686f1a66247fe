"""Shredding a visit in the database: its key, and everything about its people besides.

What is sealed under the visit's key (fields, texts in its events, purposes, notices) is unreadable
once that key is gone. What is not, or what could be searched by, is blanked or removed. Events
and custody stay: they are chains, and hold ciphertext, codes and keyed digests only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, or_, select, update

from recording.shredding import Certificate
from teller_server.domain.errors import Refusal

from .bank import KEPT
from .custody import add_entry
from .engine import Database
from .retention import ShredRequest, check_free
from .schema import (
    data_keys,
    handoffs,
    invitations,
    recordings,
    sealed_fields,
    view_grants,
    visits,
    web_sessions,
    wire_inbox,
    wire_outbox,
    wire_sessions,
)
from .schema_bank import bank_answers
from .schema_guests import guests
from .schema_outgoing import notices, webhook_deliveries, webhook_events
from .schema_retention import shred_requests, shreds
from .search_terms import forget_terms

SETTLED = "shredded"


@dataclass(frozen=True, slots=True)
class Shred:
    """A line of the shred list."""

    visit: str
    at: datetime
    certificate: Certificate


class ShreddingStore:
    """Carries a shredding out, whole or not at all, and keeps the list of all of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def shred(
        self, request: ShredRequest, second: str, certificate: Certificate, now: datetime
    ) -> None:
        """Raises Refusal held, key_shredded, shred_not_asked, as things stand in this moment."""

        def work(connection: Connection) -> None:
            detail = {
                "request": request.id,
                "asked_by": request.asked_by,
                "certificate": certificate.digest,
            }
            add_entry(connection, request.visit, second, "shredded", detail, now)  # locks the visit
            check_free(connection, request.visit)
            mine = (shred_requests.c.id == request.id) & shred_requests.c.done_at.is_(None)
            done = update(shred_requests).where(mine).values(confirmed_by=second, done_at=now)
            if not connection.execute(done).rowcount:
                raise Refusal("shred_not_asked")
            enlist(connection, request.visit, certificate, now)
            destroy(connection, request.visit, now)

        await self._database.write(work)
        await self._database.forget_pages()

    async def shred_by_rule(
        self, visit: str, rule: str, certificate: Certificate, now: datetime
    ) -> None:
        """By a setting, not by people. Raises Refusal held, key_shredded. The customer's own page
        stays open, so that it can say how the visit ended."""

        def work(connection: Connection) -> None:
            detail = {"rule": rule, "certificate": certificate.digest}
            add_entry(connection, visit, f"rule: {rule}", "shredded", detail, now)
            check_free(connection, visit)
            enlist(connection, visit, certificate, now)
            destroy(connection, visit, now, sessions=False)

        await self._database.write(work)
        await self._database.forget_pages()

    async def all(self) -> tuple[Shred, ...]:
        """The shred list, oldest first."""
        statement = select(shreds).order_by(shreds.c.at, shreds.c.recording)

        def work(connection: Connection) -> tuple[Shred, ...]:
            return tuple(
                Shred(
                    row.visit,
                    row.at,
                    Certificate(
                        row.recording,
                        bytes(row.document),
                        bytes(row.signature),
                        bytes(row.token),
                        (bytes(row.signer_chain), bytes(row.tsa_chain)),
                    ),
                )
                for row in connection.execute(statement)
            )

        return await self._database.read(work)

    async def replay(self, listed: Sequence[tuple[str, datetime, Certificate]]) -> tuple[str, ...]:
        """After a restore, before anything else: what had been shredded is shredded again.

        Returns the recordings that would have come back to life.
        """

        def work(connection: Connection) -> tuple[str, ...]:
            alive = []
            for visit, at, certificate in listed:
                there = select(visits.c.id).where(visits.c.id == visit)
                if connection.execute(there).first() is None:
                    continue  # the backup is older than the visit
                readable = select(data_keys.c.recording).where(
                    data_keys.c.visit == visit, data_keys.c.wrapped.is_not(None)
                )
                if connection.execute(readable).first() is not None:
                    alive.append(certificate.recording)
                enlist(connection, visit, certificate, at)
                destroy(connection, visit, at)
            return tuple(alive)

        alive = await self._database.write(work)
        await self._database.forget_pages()
        return alive


def enlist(connection: Connection, visit: str, certificate: Certificate, at: datetime) -> None:
    """A line of the list; one that is there stays."""
    known = select(shreds.c.recording).where(shreds.c.recording == certificate.recording)
    if connection.execute(known).first() is None:
        connection.execute(
            insert(shreds).values(
                recording=certificate.recording,
                visit=visit,
                at=at,
                digest=certificate.digest,
                document=certificate.document,
                signature=certificate.signature,
                token=certificate.token,
                signer_chain=certificate.chains[0],
                tsa_chain=certificate.chains[1],
            )
        )


def destroy(connection: Connection, visit: str, now: datetime, *, sessions: bool = True) -> None:
    """The key, what is found by, and what of a person is not sealed under that key."""
    customer = connection.execute(select(visits.c.customer).where(visits.c.id == visit)).scalar()
    connection.execute(
        update(data_keys)
        .where(data_keys.c.visit == visit, data_keys.c.wrapped.is_not(None))
        .values(wrapped=None, shredded_at=now)
    )
    connection.execute(
        update(recordings).where(recordings.c.visit == visit).values(state="shredded")
    )
    connection.execute(
        update(sealed_fields).where(sealed_fields.c.visit == visit).values(sealed=None, lookup=None)
    )
    forget_terms(connection, visit)
    connection.execute(update(visits).where(visits.c.id == visit).values(customer=""))
    if customer:  # a used invitation is of no use any more, and not under the visit's key
        used = (invitations.c.customer == customer) & invitations.c.redeemed_at.is_not(None)
        connection.execute(update(invitations).where(used).values(sealed="", customer=""))
    _outgoing(connection, visit, now)
    if sessions:
        _sessions(connection, visit)
    connection.execute(delete(bank_answers).where(bank_answers.c.at < now - KEPT))


def _outgoing(connection: Connection, visit: str, now: datetime) -> None:
    connection.execute(update(notices).where(notices.c.visit == visit).values(sealed=""))
    waiting = (notices.c.visit == visit) & (notices.c.state == "pending")
    dead = {"state": "dead", "settled_at": now, "detail": SETTLED}
    connection.execute(update(notices).where(waiting).values(**dead))
    told = select(webhook_events.c.id).where(webhook_events.c.visit == visit)
    pending = webhook_deliveries.c.event.in_(told) & (webhook_deliveries.c.state == "pending")
    connection.execute(update(webhook_deliveries).where(pending).values(**dead))
    connection.execute(
        update(webhook_events).where(webhook_events.c.visit == visit).values(body="")
    )


def _sessions(connection: Connection, visit: str) -> None:
    asked = connection.execute(select(guests.c.id).where(guests.c.visit == visit)).scalars()
    subjects = [visit, *asked]
    mine = select(wire_sessions.c.session).where(wire_sessions.c.subject.in_(subjects))
    connection.execute(
        delete(wire_outbox).where(
            or_(wire_outbox.c.session.in_(mine), wire_outbox.c.body.contains(visit))
        )
    )
    connection.execute(delete(wire_inbox).where(wire_inbox.c.session.in_(mine)))
    connection.execute(delete(wire_sessions).where(wire_sessions.c.subject.in_(subjects)))
    connection.execute(delete(web_sessions).where(web_sessions.c.subject.in_(subjects)))
    connection.execute(delete(view_grants).where(view_grants.c.visit == visit))
    links = or_(handoffs.c.subject.in_(subjects), handoffs.c.subject.contains(f" {visit} "))
    connection.execute(delete(handoffs).where(links))
