"""Staff accounts from the terminal."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from teller_server.api.second_factor import matching_step
from teller_server.cli_users import users
from teller_server.desk.strongroom import Strongroom, open_strongroom
from teller_server.settings import Settings, load
from teller_server.store.accounts import Account
from teller_server.store.store import Store

PASSWORD = "correct horse battery"


class Terminal:
    def __init__(self, data: Path) -> None:
        self.data = data

    def __call__(self, *words: str, said: str = "") -> Result:
        return CliRunner().invoke(users, [*words, "--data", str(self.data)], input=said)

    def add(self, login: str = "wang", *more: str) -> Result:
        words = ("add", login, "--name", "王敏", "--number", "T1", "--role", "teller")
        return self(*words, "--password-stdin", *more, said=PASSWORD + "\n")

    def account(self, login: str) -> Account:
        async def find() -> Account:
            store = await Store.open(load(data={"directory": self.data}).database_url)
            account = await store.accounts.by_name(login)
            await store.close()
            assert account
            return account

        return asyncio.run(find())


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "data")


def test_an_account_is_added_and_listed_without_its_secrets(terminal: Terminal) -> None:
    assert terminal.add("wang", "--skill", "change_of_details").exit_code == 0
    assert terminal("totp", "wang").exit_code == 0
    listed = terminal("list", "--json").stdout
    (row,) = json.loads(listed)
    assert row["login"] == "wang"
    assert row["roles"] == ["teller"]
    assert row["skills"] == ["change_of_details"]
    assert row["totp"] is True
    assert "argon2" not in listed
    assert "wang" in terminal("list").stdout


async def _strongroom(settings: Settings) -> Strongroom:
    store = await Store.open(settings.database_url)
    try:
        return await open_strongroom(settings, store)
    finally:
        await store.close()


def test_the_printed_secret_is_the_one_that_is_checked(terminal: Terminal) -> None:
    import pyotp

    terminal.add()
    printed = terminal("totp", "wang").stdout
    secret = next(line for line in printed.splitlines() if line.startswith("secret: "))[8:]
    account = terminal.account("wang")
    room = asyncio.run(_strongroom(load(data={"directory": terminal.data})))
    assert account.totp_secret is not None
    assert secret not in account.totp_secret
    opened = room.open_totp(account.id, account.totp_secret)
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    assert matching_step(opened, pyotp.TOTP(secret).at(now), now) is not None
    assert "otpauth://totp/" in printed
    terminal("totp", "wang", "--off")
    assert terminal.account("wang").totp_secret is None


def test_disabling_and_a_new_password_change_the_account(terminal: Terminal) -> None:
    terminal.add()
    before = terminal.account("wang").password_hash
    assert terminal("password", "wang", "--password-stdin", said=PASSWORD + "2\n").exit_code == 0
    assert terminal.account("wang").password_hash != before
    assert terminal("disable", "wang").exit_code == 0
    assert terminal.account("wang").disabled
    terminal("disable", "wang", "--undo")
    assert not terminal.account("wang").disabled


@pytest.mark.parametrize(
    ("words", "said", "why"),
    [
        (("disable", "nobody"), "", "unknown_account"),
        (("password", "wang", "--password-stdin"), "short\n", "at least 12"),
        (("add", "Wang!", "--name", "x", "--number", "y", "--role", "teller"), "", "sign-in name"),
        (("add", "li", "--name", "x", "--number", "y", "--role", "king"), "", "no such role: king"),
    ],
)
def test_what_cannot_be_done_is_said(
    terminal: Terminal, words: tuple[str, ...], said: str, why: str
) -> None:
    terminal.add()
    refused = terminal(*words, said=said)
    assert refused.exit_code == 2
    assert why in refused.stderr


def test_a_sign_in_name_is_taken_once(terminal: Terminal) -> None:
    terminal.add()
    assert "account_exists" in terminal.add().stderr
