"""One administrator does not become two approvers; what is done alone is told for good."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from teller_server.cli import whole
from teller_server.cli_users import users
from teller_server.settings import load
from teller_server.store.store import Store
from tests.teller_server.material import NOON, opening

PASSWORD = "correct horse battery"
NEW = "the new one's own words"


class House:
    """A branch with three administrators of last week, and its first visit."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.secrets: dict[str, str] = {}

    def __call__(self, *words: str, said: str = "") -> Result:
        return CliRunner().invoke(users, [*words, "--data", str(self.data)], input=said)

    def on_store(self, work: Callable[[Store], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            store = await Store.open(load(data={"directory": self.data}).database_url)
            try:
                return await work(store)
            finally:
                await store.close()

        return asyncio.run(run())

    def sql(self, statement: str) -> None:
        async def work(store: Store) -> None:
            await store.write(lambda conn: conn.execute(text(statement)) and None)

        self.on_store(work)

    def proof(self, login: str) -> str:
        return f"{PASSWORD}\n{pyotp.TOTP(self.secrets[login]).now()}\n"

    def changed(self, login: str) -> datetime | None:
        async def work(store: Store) -> datetime | None:
            account = await store.accounts.by_name(login)
            return account.changed_at if account else None

        found = self.on_store(work)
        return found if isinstance(found, datetime) else None

    def age(self) -> None:
        week = int((datetime.now(UTC) - timedelta(days=7)).timestamp() * 1e6)
        self.sql(f"UPDATE accounts SET created_at = {week}, changed_at = NULL, totp_step = NULL")

    def custody(self) -> dict[str, Any]:
        words = ["verify", "--custody", "--json", "--data", str(self.data)]
        told = CliRunner().invoke(whole(), words)
        return dict(json.loads(told.stdout.strip().splitlines()[-1]))


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path / "data")
    for n, login in enumerate(("ada", "bo", "cy")):
        assert add(made, login, "admin", number=f"A{n}").exit_code == 0
        printed = made("totp", login).stdout
        made.secrets[login] = printed.split("secret: ")[1].splitlines()[0]

    async def visit(store: Store) -> None:
        await store.visits.apply("v1", opening("v1"), NOON)

    made.on_store(visit)
    made.age()
    return made


def add(
    house: House, login: str, role: str, *more: str, said: str = "", number: str = ""
) -> Result:
    words = ("add", login, "--name", login, "--number", number or login, "--role", role)
    return house(*words, "--password-stdin", *more, said=f"{NEW if said else PASSWORD}\n{said}")


def refused(result: Result, code: str) -> None:
    assert result.exit_code == 2, result.output
    assert code in result.stderr


def test_nobody_is_an_administrator_and_a_compliance_officer(house: House) -> None:
    both = house("roles", "ada", "--role", "admin", "--role", "compliance", "--alone")
    refused(both, "roles_exclude")
    refused(add(house, "di", "admin", "--role", "compliance", "--alone"), "roles_exclude")


@pytest.mark.parametrize(
    "words",
    [
        ("roles", "bo", "--role", "compliance"),
        ("password", "bo", "--password-stdin"),
        ("totp", "bo"),
        ("totp", "bo", "--off"),
        ("disable", "bo", "--undo"),
    ],
)
def test_a_change_needs_two_administrators(house: House, words: tuple[str, ...]) -> None:
    refused(house(*words, said=f"{NEW}\n" if "password" in words else ""), "second_admin_needed")
    assert house.changed("bo") is None


def test_one_administrator_does_not_become_two_approvers(house: House) -> None:
    ada = house.proof("ada")
    refused(add(house, "eve", "compliance"), "second_admin_needed")
    refused(add(house, "eve", "compliance", "--by", "ada", said=ada), "second_admin_needed")
    twice = add(house, "eve", "compliance", "--by", "ada", "--by", "ada", said=ada + ada)
    refused(twice, "second_admin_needed")
    guess = add(house, "eve", "compliance", "--by", "ada", "--by", "bo", said=f"{ada}guess\n\n")
    refused(guess, "bad_credentials")
    house.age()
    assert house.custody()["alone"] == []
    alone = add(house, "eve", "compliance", "--alone")
    assert alone.exit_code == 0
    assert add(house, "mal", "compliance", "--alone").exit_code == 0
    (first, second) = house.custody()["alone"]
    assert "account_added" in first
    assert "nobody second" in second


def test_two_administrators_may_and_the_account_is_new_for_a_day(house: House) -> None:
    said = house.proof("ada") + house.proof("bo")
    made = add(house, "eve", "compliance", "--by", "ada", "--by", "bo", said=said)
    assert made.exit_code == 0, made.output
    house.age()
    said = house.proof("ada") + house.proof("bo")
    assert (
        house("roles", "cy", "--role", "teller", "--by", "ada", "--by", "bo", said=said).exit_code
        == 0
    )
    changed = house.changed("cy")
    assert changed is not None
    assert datetime.now(UTC) - changed < timedelta(minutes=1)
    assert house.custody()["alone"] == []


def test_nobody_stands_for_a_change_of_their_own_or_while_new(house: House) -> None:
    said = house.proof("ada") + house.proof("bo")
    mine = house("roles", "ada", "--role", "compliance", "--by", "ada", "--by", "bo", said=said)
    refused(mine, "second_admin_needed")
    house.age()
    now = int(datetime.now(UTC).timestamp() * 1e6)
    house.sql(f"UPDATE accounts SET changed_at = {now} WHERE name = 'bo'")
    said = house.proof("ada") + house.proof("bo")
    refused(house("totp", "cy", "--off", "--by", "ada", "--by", "bo", said=said), "account_changed")


def test_shutting_somebody_out_waits_for_nobody(house: House) -> None:
    assert house("disable", "bo").exit_code == 0
    assert house.custody()["problems"] == []
