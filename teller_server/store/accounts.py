"""Staff accounts: who may sign in, as what, and for which lanes. Passwords arrive as hashes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from teller_server.domain.errors import Refusal
from teller_server.domain.people import Role, Teller

from .engine import Database
from .schema import accounts, teller_lanes


@dataclass(frozen=True, slots=True)
class Account:
    """A member of staff. `password` is an argon2id hash string, `totp` a sealed secret."""

    id: str
    login: str
    number: str
    name: str
    roles: frozenset[Role]
    skills: frozenset[str]
    languages: frozenset[str]
    password: str
    created_at: datetime
    totp: bytes | None = None
    failures: int = 0
    locked_until: datetime | None = None
    active: bool = True

    @property
    def teller(self) -> Teller:
        """The account as the queue sees it."""
        return Teller(self.id, self.number, self.name, self.skills, self.languages)


class AccountStore:
    """Accounts and their lockouts; nothing here ever sees a password."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, account: Account) -> None:
        """`Refusal('account_exists')` when login or number is taken."""

        def work(connection: Connection) -> None:
            try:
                connection.execute(insert(accounts).values(**_columns(account)))
            except IntegrityError as error:
                raise Refusal("account_exists", login=account.login) from error
            _write_lanes(connection, account.id, account.skills, account.languages)

        await self._database.write(work)

    async def by_login(self, login: str) -> Account | None:
        """The account with this login, active or not."""
        return await self._one(accounts.c.login == login)

    async def by_id(self, account: str) -> Account | None:
        """The account with this id, active or not."""
        return await self._one(accounts.c.id == account)

    async def all(self) -> tuple[Account, ...]:
        """Every account, by login."""
        statement = select(accounts).order_by(accounts.c.login)
        return await self._database.read(
            lambda conn: tuple(_account(row) for row in conn.execute(statement))
        )

    async def change(self, account: str, **values: Any) -> None:
        """Change `name`, `roles`, `skills`, `languages`, `password`, `totp` or `active`."""
        unknown = values.keys() - _CHANGEABLE
        if unknown:
            raise ValueError(f"not a part of an account that changes: {sorted(unknown)}")
        for name in ("roles", "skills", "languages"):
            if name in values:
                values[name] = _joined(values[name])

        def work(connection: Connection) -> None:
            mine = accounts.c.id == account
            if connection.execute(update(accounts).where(mine).values(**values)).rowcount == 0:
                raise Refusal("unknown_account")
            row = connection.execute(select(accounts).where(mine)).one()
            _write_lanes(connection, account, _split(row.skills), _split(row.languages))

        await self._database.write(work)

    async def failed(self, account: str, lock_after: int, locked_until: datetime) -> int:
        """Count a failed sign-in; from `lock_after` failures on, lock until then."""

        def work(connection: Connection) -> int:
            mine = accounts.c.id == account
            connection.execute(
                update(accounts).where(mine).values(failures=accounts.c.failures + 1)
            )
            failures: int = connection.execute(select(accounts.c.failures).where(mine)).scalar_one()
            if failures >= lock_after:
                connection.execute(update(accounts).where(mine).values(locked_until=locked_until))
            return failures

        return await self._database.write(work)

    async def succeeded(self, account: str) -> None:
        """A sign-in succeeded: earlier failures are forgotten."""
        statement = update(accounts).where(accounts.c.id == account)
        await self._database.write(
            lambda conn: conn.execute(statement.values(failures=0, locked_until=None)) and None
        )

    async def use_totp_step(self, account: str, step: int) -> bool:
        """Whether this time step's code is used for the first time (a code works once)."""
        statement = (
            update(accounts)
            .where(
                accounts.c.id == account,
                or_(accounts.c.totp_step.is_(None), accounts.c.totp_step < step),
            )
            .values(totp_step=step)
        )
        return await self._database.write(lambda conn: conn.execute(statement).rowcount == 1)

    async def _one(self, condition: Any) -> Account | None:
        statement = select(accounts).where(condition)
        return await self._database.read(
            lambda conn: next((_account(row) for row in conn.execute(statement)), None)
        )


_CHANGEABLE = frozenset({"name", "roles", "skills", "languages", "password", "totp", "active"})


def _columns(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "login": account.login,
        "number": account.number,
        "name": account.name,
        "roles": _joined(account.roles),
        "skills": _joined(account.skills),
        "languages": _joined(account.languages),
        "password": account.password,
        "totp": account.totp,
        "failures": account.failures,
        "locked_until": account.locked_until,
        "active": account.active,
        "created_at": account.created_at,
    }


def _account(row: Row[Any]) -> Account:
    return Account(
        id=row.id,
        login=row.login,
        number=row.number,
        name=row.name,
        roles=frozenset(Role(role) for role in _split(row.roles)),
        skills=_split(row.skills),
        languages=_split(row.languages),
        password=row.password,
        created_at=row.created_at,
        totp=row.totp,
        failures=row.failures,
        locked_until=row.locked_until,
        active=row.active,
    )


def _joined(words: Iterable[str]) -> str:
    return " ".join(sorted(words))


def _split(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _write_lanes(
    connection: Connection, account: str, skills: Iterable[str], languages: Iterable[str]
) -> None:
    connection.execute(delete(teller_lanes).where(teller_lanes.c.teller == account))
    rows = [
        {"teller": account, "skill": skill, "language": language}
        for skill in skills
        for language in languages
    ]
    if rows:
        connection.execute(insert(teller_lanes), rows)
