"""The wire's journal on disk: what was sent and not acknowledged survives a killed server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from signaling.resume import Known, Post, Posted, Receipt

from .dialect import one_at_a_time
from .engine import Database
from .schema import wire_inbox, wire_outbox, wire_sessions


class StoreJournal:
    """`signaling.resume.Journal` over the store; every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, session: str, subject: str, token_hash: str) -> None:
        """Begin a session; it replaces the subject's current one, whose outbox goes."""

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
        """The session that was opened with this token."""
        statement = select(wire_sessions).where(wire_sessions.c.token_hash == token_hash)
        row = await self._database.read(lambda conn: conn.execute(statement).one_or_none())
        return None if row is None else Known(row.session, row.subject, row.last_seq, row.current)

    async def commit(
        self, posts: Sequence[Post], receipt: Receipt | None = None
    ) -> Sequence[Posted]:
        """Number and keep the posts and the receipt, together."""
        return await self._database.write(lambda conn: _commit(conn, posts, receipt))

    async def seen(self, receipt: Receipt) -> bool:
        """Whether this message has been handled."""
        statement = select(wire_inbox.c.message).where(
            wire_inbox.c.session == receipt.session, wire_inbox.c.message == receipt.message
        )
        return await self._database.read(lambda conn: conn.execute(statement).first() is not None)

    async def since(self, session: str, last: int) -> Sequence[Posted]:
        """What is kept beyond `last`, in order."""
        statement = (
            select(wire_outbox, wire_sessions.c.subject)
            .join(wire_sessions, wire_sessions.c.session == wire_outbox.c.session)
            .where(wire_outbox.c.session == session, wire_outbox.c.seq > last)
            .order_by(wire_outbox.c.seq)
        )
        return await self._database.read(
            lambda conn: [
                Posted(row.subject, row.session, row.seq, row.type, row.body)
                for row in conn.execute(statement)
            ]
        )

    async def trim(self, session: str, upto: int) -> None:
        """Forget what has been acknowledged."""
        statement = delete(wire_outbox).where(
            wire_outbox.c.session == session, wire_outbox.c.seq <= upto
        )
        await self._database.write(lambda conn: conn.execute(statement) and None)

    async def end(self, subject: str) -> None:
        """End the subject's session: its token opens nothing any more."""
        await self._database.write(lambda conn: _end(conn, subject))


def _commit(
    connection: Connection, posts: Sequence[Post], receipt: Receipt | None
) -> Sequence[Posted]:
    """Subjects in one order, so that two commits on PostgreSQL never wait for each other."""
    held = {subject: _held(connection, subject) for subject in sorted({p.subject for p in posts})}
    numbers = {row.session: row.last_seq for row in held.values() if row}
    placed: list[Posted] = []
    for post in posts:
        row = held[post.subject]
        if row is None:
            continue
        numbers[row.session] += 1
        kept = Posted(post.subject, row.session, numbers[row.session], post.type, post.body)
        placed.append(kept)
    if placed:
        connection.execute(
            insert(wire_outbox),
            [{"session": p.session, "seq": p.seq, "type": p.type, "body": p.body} for p in placed],
        )
    for session in {p.session for p in placed}:
        connection.execute(
            update(wire_sessions)
            .where(wire_sessions.c.session == session)
            .values(last_seq=numbers[session])
        )
    if receipt is not None:
        _receive(connection, receipt)
    backlog = {session: _backlog(connection, session) for session in {p.session for p in placed}}
    return [_with_backlog(post, backlog[post.session], numbers) for post in placed]


def _with_backlog(post: Posted, kept: int, numbers: dict[str, int]) -> Posted:
    behind = numbers[post.session] - post.seq
    return Posted(post.subject, post.session, post.seq, post.type, post.body, kept - behind)


def _held(connection: Connection, subject: str) -> Row[Any, Any] | None:
    return connection.execute(
        select(wire_sessions.c.session, wire_sessions.c.last_seq)
        .where(wire_sessions.c.subject == subject, wire_sessions.c.current)
        .with_for_update()
    ).one_or_none()


def _receive(connection: Connection, receipt: Receipt) -> None:
    known = connection.execute(
        select(wire_sessions.c.session).where(wire_sessions.c.session == receipt.session)
    ).first()
    values = {"session": receipt.session, "message": receipt.message}
    before = select(wire_inbox.c.message).where(
        wire_inbox.c.session == receipt.session, wire_inbox.c.message == receipt.message
    )
    if known is not None and connection.execute(before).first() is None:
        connection.execute(insert(wire_inbox).values(**values))


def _backlog(connection: Connection, session: str) -> int:
    statement = select(func.count()).where(wire_outbox.c.session == session)
    return connection.execute(statement).scalar_one()


def _end(connection: Connection, subject: str) -> None:
    one_at_a_time(connection, f"wire {subject}")
    row = _held(connection, subject)
    if row is None:
        return
    for table in (wire_outbox, wire_inbox):
        connection.execute(delete(table).where(table.c.session == row.session))
    connection.execute(
        update(wire_sessions).where(wire_sessions.c.session == row.session).values(current=False)
    )
