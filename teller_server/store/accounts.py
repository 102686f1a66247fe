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
    """A member of staff, who signs in as `name` and is shown as `display_name`.

    `password_hash` is an argon2id string; `totp_secret` is sealed text, None before a second
    factor is set up. `languages` are those spoken to customers, `language` that of the console.
    `changed_at`: when its roles, password or second factor were last changed, or it came back.
    """

    id: str
    name: str
    display_name: str
    number: str
    roles: frozenset[str]
    password_hash: str
    created_at: datetime
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    totp_secret: str | None = None
    disabled: bool = False
    language: str = "zh-CN"
    failures: int = 0
    locked_until: datetime | None = None
    changed_at: datetime | None = None

    @property
    def teller(self) -> Teller:
        """The account as the queue sees it."""
        return Teller(self.id, self.number, self.display_name, self.skills, self.languages)


class AccountStore:
    """Accounts and their lockouts; nothing here ever sees a password."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, account: Account) -> None:
        """`Refusal('account_exists')` when name or number is taken; `Refusal('roles_exclude')`."""
        _check_roles(account.roles)

        def work(connection: Connection) -> None:
            try:
                connection.execute(insert(accounts).values(**_columns(account)))
            except IntegrityError as error:
                raise Refusal("account_exists", name=account.name) from error
            _write_lanes(connection, account.id, account.skills, account.languages)

        await self._database.write(work)

    async def by_name(self, name: str) -> Account | None:
        """The account with this sign-in name, disabled or not."""
        return await self._one(accounts.c.name == name)

    async def by_id(self, account: str) -> Account | None:
        """The account with this id, disabled or not."""
        return await self._one(accounts.c.id == account)

    async def all(self) -> tuple[Account, ...]:
        """Every account, by sign-in name."""
        statement = select(accounts).order_by(accounts.c.name)
        return await self._database.read(
            lambda conn: tuple(_account(row) for row in conn.execute(statement))
        )

    async def change(self, account: str, **values: Any) -> None:
        """Change any of `_CHANGEABLE`. Raises Refusal `unknown_account`, `roles_exclude`."""
        if "roles" in values:
            _check_roles(frozenset(values["roles"]))
        unknown = values.keys() - _CHANGEABLE
        if unknown:
            raise ValueError(f"not a part of an account that changes: {sorted(unknown)}")
        for name in _WORDS:
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

    async def use_totp(self, account: str, step: int) -> bool:
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


_WORDS = ("roles", "skills", "languages")
_CHANGEABLE = frozenset(
    (*_WORDS, "display_name", "language", "password_hash", "totp_secret", "disabled", "changed_at")
)


def _check_roles(roles: frozenset[str]) -> None:
    """Whoever rules over accounts neither views nor approves."""
    if Role.ADMIN in roles and Role.COMPLIANCE in roles:
        raise Refusal("roles_exclude")


def _columns(account: Account) -> dict[str, Any]:
    values = {name: getattr(account, name) for name in Account.__slots__}
    return {**values, **{name: _joined(values[name]) for name in _WORDS}}


def _account(row: Row[Any]) -> Account:
    values = {name: row._mapping[name] for name in Account.__slots__}
    return Account(**{**values, **{name: _split(values[name]) for name in _WORDS}})


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
