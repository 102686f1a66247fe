"""`teller-server users …`: staff accounts, from the terminal of the machine that holds the keys."""

import json
import re
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import segno
import typer

from teller_server.api.accounts import DOORS
from teller_server.api.passwords import SHORTEST_PASSWORD, hash_password
from teller_server.api.second_factor import enrolment_uri, new_secret
from teller_server.cli_admins import Alone, Asked, By, Consent, ask_admins, consent, tell
from teller_server.cli_store import Config, Data, fail, on_store
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import new_id
from teller_server.domain.people import STAFF
from teller_server.settings import Settings
from teller_server.store.accounts import Account
from teller_server.store.store import Store

users = typer.Typer(no_args_is_help=True, help="Staff accounts.")

Login = Annotated[str, typer.Argument(help="Sign-in name: a-z, 0-9, dot, dash; 2 to 32.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]

_LOGIN = re.compile(r"[a-z0-9][a-z0-9.-]{1,31}")


@users.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="The name that customers see.")],
    number: Annotated[str, typer.Option(help="Staff number.")],
    role: Annotated[list[str], typer.Option(help="teller, supervisor, compliance or admin.")],
    skill: Annotated[list[str] | None, typer.Option(help="A service that a teller serves.")] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="A language spoken: zh-CN, en.")
    ] = None,
    password_stdin: FromStdin = False,
    by: By = None,
    alone: Alone = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Add an account; asks for its password. Run `users totp` next for its second factor."""
    if not _LOGIN.fullmatch(login):
        fail("the sign-in name must be 2 to 32 of a-z, 0-9, dot and dash")
    _check_roles(role)
    account = Account(
        id=new_id("staff", secrets.token_bytes(16)),
        name=login,
        display_name=name,
        number=number,
        roles=frozenset(role),
        skills=frozenset(skill or ()),
        languages=frozenset(language or ("zh-CN",)),
        password_hash=hash_password(_password(from_stdin=password_stdin)),
        created_at=datetime.now(UTC),
    )
    asked = ask_admins(by)

    async def work(store: Store, settings: Settings) -> None:
        stand = await consent(store, settings, account.id, asked, alone=alone)
        await store.accounts.add(account)
        await tell(store, "account_added", account.id, stand)

    on_store(config, data, work)
    typer.echo(f"added {login}")


@users.command()
def roles(
    login: Login,
    role: Annotated[list[str], typer.Option(help="teller, supervisor, compliance or admin.")],
    by: By = None,
    alone: Alone = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Give an account these roles and no others; its sessions end."""
    _check_roles(role)
    _change(login, "account_roles", ask_admins(by), alone, config, data, roles=frozenset(role))
    typer.echo(f"{login}: {', '.join(sorted(set(role)))}")


@users.command("list")
def list_accounts(
    config: Config = None,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
) -> None:
    """List accounts; never a password, never a secret."""
    rows = [
        _row(account) for account in on_store(config, data, lambda store, _: store.accounts.all())
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        state = "disabled" if row["disabled"] else "active"
        factor = "totp" if row["totp"] else "no totp"
        roles = ",".join(row["roles"])
        typer.echo(f"{row['login']:<16} {row['number']:<8} {roles:<20} {state:<9} {factor}")


@users.command()
def disable(
    login: Login,
    undo: Annotated[bool, typer.Option("--undo", help="Let the account sign in again.")] = False,
    by: By = None,
    alone: Alone = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Shut an account out, at once and everywhere; nobody else is asked. --undo asks."""
    if undo:
        _change(login, "account_enabled", ask_admins(by), alone, config, data, disabled=False)
        typer.echo(f"enabled {login}")
        return

    async def work(store: Store, _: Settings) -> None:
        account = await _find(store, login)
        await _write(store, account, disabled=True)
        await tell(store, "account_disabled", account.id, Consent((), alone=False))

    on_store(config, data, work)
    typer.echo(f"disabled {login}")


@users.command()
def password(
    login: Login,
    password_stdin: FromStdin = False,
    by: By = None,
    alone: Alone = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Set a new password and end the account's sessions."""
    hashed = hash_password(_password(from_stdin=password_stdin))
    _change(login, "account_password", ask_admins(by), alone, config, data, password_hash=hashed)
    typer.echo(f"new password for {login}")


@users.command()
def totp(
    login: Login,
    off: Annotated[bool, typer.Option("--off", help="Remove the second factor.")] = False,
    by: By = None,
    alone: Alone = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Set up a second factor: prints the QR code for an authenticator app, this once."""
    asked = ask_admins(by)
    if off:
        _change(login, "account_totp", asked, alone, config, data, totp_secret=None)
        typer.echo(f"{login} has no second factor now")
        return
    secret = new_secret()

    async def enrol(store: Store, settings: Settings) -> str:
        from teller_server.desk.strongroom import open_strongroom  # noqa: PLC0415 - slow to import

        account = await _find(store, login)
        stand = await consent(store, settings, account.id, asked, alone=alone)
        room = await open_strongroom(settings, store, "terminal users")
        await _write(store, account, totp_secret=room.seal_totp(account.id, secret))
        await tell(store, "account_totp", account.id, stand)
        return settings.branch.name_en

    issuer = on_store(config, data, enrol)
    uri = enrolment_uri(secret, login, issuer)
    segno.make(uri).terminal(compact=True)
    typer.echo(f"secret: {secret}\n{uri}")


def _change(
    login: str,
    act: str,
    asked: tuple[Asked, ...],
    alone: bool,
    config: Path | None,
    data: Path | None,
    **values: Any,
) -> None:
    async def work(store: Store, settings: Settings) -> None:
        account = await _find(store, login)
        stand = await consent(store, settings, account.id, asked, alone=alone)
        await _write(store, account, **values)
        await tell(store, act, account.id, stand)

    on_store(config, data, work)


async def _write(store: Store, account: Account, **values: Any) -> None:
    """Change it, from now on unsettled, and end its sessions."""
    await store.accounts.change(account.id, **values, changed_at=datetime.now(UTC))
    for door in DOORS:
        await store.sessions.remove_subject(door, account.id)


def _check_roles(role: list[str]) -> None:
    if unknown := set(role) - {str(known) for known in STAFF}:
        fail(f"no such role: {', '.join(sorted(unknown))}")


async def _find(store: Store, login: str) -> Account:
    account = await store.accounts.by_name(login)
    if account is None:
        raise Refusal("unknown_account", name=login)
    return account


def _row(account: Account) -> dict[str, Any]:
    return {
        "login": account.name,
        "name": account.display_name,
        "number": account.number,
        "roles": sorted(account.roles),
        "skills": sorted(account.skills),
        "languages": sorted(account.languages),
        "disabled": account.disabled,
        "totp": account.totp_secret is not None,
    }


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        given = sys.stdin.readline().rstrip("\r\n")
    else:
        given = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(given) < SHORTEST_PASSWORD:
        fail(f"the password must have at least {SHORTEST_PASSWORD} characters")
    return str(given)
