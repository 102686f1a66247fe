"""Keys of the bank's own programs, and the answers they were given, so that each is given once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from teller_server.domain.errors import Refusal

from .engine import Database
from .schema_bank import bank_answers, bank_keys

KEPT = timedelta(hours=24)
"""How long a repeated request gets the first one's answer."""

ABANDONED = timedelta(minutes=5)
"""Without an answer after so long, a request was cut off: its process died, and whether it had done
its work nobody knows. It may be repeated."""


@dataclass(frozen=True, slots=True)
class BankKey:
    """One program of the bank's; what it may do, and until when."""

    id: str
    title: str
    scopes: frozenset[str]
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to an earlier request with the same key."""

    status: int
    body: str


class BankStore:
    """Secrets are kept as hashes only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, key: BankKey, secret_hash: str) -> None:
        """Keep a new key."""

        def work(connection: Connection) -> None:
            connection.execute(
                insert(bank_keys).values(
                    id=key.id,
                    title=key.title,
                    secret_hash=secret_hash,
                    scopes=json.dumps(sorted(key.scopes)),
                    created_by=key.created_by,
                    created_at=key.created_at,
                    expires_at=key.expires_at,
                )
            )

        await self._database.write(work)

    async def find(self, key_id: str) -> tuple[BankKey, str] | None:
        """A key and the hash of its secret; None when there is none."""
        statement = select(bank_keys).where(bank_keys.c.id == key_id)
        row = await self._database.read(lambda conn: conn.execute(statement).one_or_none())
        return None if row is None else (_key(row._mapping), row.secret_hash)

    async def all(self) -> tuple[BankKey, ...]:
        """Every key, the newest first."""
        statement = select(bank_keys).order_by(bank_keys.c.created_at.desc(), bank_keys.c.id)
        rows = await self._database.read(lambda conn: conn.execute(statement).all())
        return tuple(_key(row._mapping) for row in rows)

    async def revoke(self, key_id: str, now: datetime) -> None:
        """From now on it opens nothing. Raises Refusal('bank_key_unknown')."""
        statement = update(bank_keys).where(bank_keys.c.id == key_id).values(revoked_at=now)

        def work(connection: Connection) -> None:
            if not connection.execute(statement).rowcount:
                raise Refusal("bank_key_unknown")

        await self._database.write(work)

    # ---- answers

    async def begin(
        self, key_id: str, request_key: str, request_hash: str, now: datetime
    ) -> Answered | None:
        """None: go on, it is the first. Raises Refusal idempotency_key_reused, request_running."""
        named = (bank_answers.c.bank_key == key_id) & (bank_answers.c.request_key == request_key)

        def work(connection: Connection) -> Answered | None:
            connection.execute(delete(bank_answers).where(bank_answers.c.at < now - KEPT))
            connection.execute(
                delete(bank_answers).where(
                    bank_answers.c.status.is_(None), bank_answers.c.at < now - ABANDONED
                )
            )
            row = connection.execute(select(bank_answers).where(named)).one_or_none()
            if row is None:
                connection.execute(
                    insert(bank_answers).values(
                        bank_key=key_id,
                        request_key=request_key,
                        request_hash=request_hash,
                        at=now,
                    )
                )
                return None
            if row.request_hash != request_hash:
                raise Refusal("idempotency_key_reused")
            if row.status is None:
                raise Refusal("request_running")
            return Answered(row.status, row.body)

        try:
            return await self._database.write(work)
        except IntegrityError:
            raise Refusal("request_running") from None

    async def end(self, key_id: str, request_key: str, answered: Answered | None) -> None:
        """Keep the answer; None (it failed) forgets the request, so that it may be tried again."""
        named = (bank_answers.c.bank_key == key_id) & (bank_answers.c.request_key == request_key)

        def work(connection: Connection) -> None:
            if answered is None:
                connection.execute(delete(bank_answers).where(named))
            else:
                values = {"status": answered.status, "body": answered.body}
                connection.execute(update(bank_answers).where(named).values(**values))

        await self._database.write(work)


def _key(row: object) -> BankKey:
    values = dict(row)  # type: ignore[call-overload]
    values.pop("secret_hash")
    return BankKey(**{**values, "scopes": frozenset(json.loads(values["scopes"]))})
