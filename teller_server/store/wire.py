"""The wire's journal in the branch's database: sessions, outboxes, inboxes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select, update

from signaling.resume import Known, Post, Posted, Receipt

from .engine import Database
from .schema import wire_inbox, wire_outbox, wire_sessions


class WireJournal:
    """Implements `signaling.resume.Journal`: each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, session: str, subject: str, token_hash: str) -> None:
        def work(connection: Connection) -> None:
            _end(connection, subject)
            connection.execute(
                insert(wire_sessions).values(
                    session=session,
                    subject=subject,
                    token_hash=token_hash,
                    last_seq=0,
                    current=True,
                )
            )

        await self._database.write(work)

    async def find(self, token_hash: str) -> Known | None:
        def work(connection: Connection) -> Known | None:
            table = wire_sessions.c
            columns = (table.session, table.subject, table.last_seq, table.current)
            row = connection.execute(
                select(*columns).where(table.token_hash == token_hash)
            ).one_or_none()
            return Known(*row) if row else None

        return await self._database.read(work)

    async def commit(
        self, posts: Sequence[Post], receipt: Receipt | None = None
    ) -> Sequence[Posted]:
        def work(connection: Connection) -> Sequence[Posted]:
            placed = [row for post in posts if (row := _place(connection, post))]
            if receipt and not _received(connection, receipt):
                connection.execute(
                    insert(wire_inbox).values(session=receipt.session, message=receipt.message)
                )
            return placed

        return await self._database.write(work)

    async def seen(self, receipt: Receipt) -> bool:
        return await self._database.read(lambda connection: _received(connection, receipt))

    async def since(self, session: str, last: int) -> Sequence[Posted]:
        def work(connection: Connection) -> Sequence[Posted]:
            rows = connection.execute(
                select(
                    wire_sessions.c.subject,
                    wire_outbox.c.session,
                    wire_outbox.c.seq,
                    wire_outbox.c.type,
                    wire_outbox.c.body,
                )
                .join(wire_sessions, wire_sessions.c.session == wire_outbox.c.session)
                .where(wire_outbox.c.session == session, wire_outbox.c.seq > last)
                .order_by(wire_outbox.c.seq)
            )
            return [Posted(*row) for row in rows]

        return await self._database.read(work)

    async def trim(self, session: str, upto: int) -> None:
        acknowledged = (wire_outbox.c.session == session) & (wire_outbox.c.seq <= upto)
        await self._database.write(
            lambda connection: _done(connection.execute(delete(wire_outbox).where(acknowledged)))
        )

    async def end(self, subject: str) -> None:
        await self._database.write(lambda connection: _end(connection, subject))


def _received(connection: Connection, receipt: Receipt) -> bool:
    row = connection.execute(
        select(wire_inbox.c.message).where(
            wire_inbox.c.session == receipt.session, wire_inbox.c.message == receipt.message
        )
    ).first()
    return row is not None


def _place(connection: Connection, post: Post) -> Posted | None:
    table = wire_sessions.c
    row = connection.execute(
        update(wire_sessions)
        .where(table.subject == post.subject, table.current)
        .values(last_seq=table.last_seq + 1)
        .returning(table.session, table.last_seq)
    ).one_or_none()
    if row is None:
        return None
    session, seq = row
    connection.execute(
        insert(wire_outbox).values(session=session, seq=seq, type=post.type, body=post.body)
    )
    backlog = connection.execute(
        select(func.count()).select_from(wire_outbox).where(wire_outbox.c.session == session)
    ).scalar_one()
    return Posted(post.subject, session, seq, post.type, post.body, backlog)


def _end(connection: Connection, subject: str) -> None:
    table = wire_sessions.c
    session = connection.execute(
        update(wire_sessions)
        .where(table.subject == subject, table.current)
        .values(current=False)
        .returning(table.session)
    ).scalar_one_or_none()
    if session is not None:
        connection.execute(delete(wire_outbox).where(wire_outbox.c.session == session))
        connection.execute(delete(wire_inbox).where(wire_inbox.c.session == session))


def _done(_: object) -> None:
    """A statement whose result nobody needs."""
