"""`teller-server retention …` and `hold …`: how long evidence is kept, and how it ends.

What destroys or protects is signed in for: every person types their own password and code.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import typer

from teller_server.api.accounts import Account
from teller_server.api.auth import Auth
from teller_server.cli_store import Config, Data, fail, on_store
from teller_server.desk.holds import HoldDesk
from teller_server.desk.keys import DataKeys
from teller_server.desk.rules import BranchRules
from teller_server.desk.shredding import ShreddingDesk, Standing, open_shredding
from teller_server.desk.strongroom import Strongroom, open_strongroom
from teller_server.domain.errors import Refusal
from teller_server.settings import Settings
from teller_server.store.store import Store

T = TypeVar("T")
AsJson = Annotated[bool, typer.Option("--json", help="One JSON array.")]
Visit = Annotated[str, typer.Argument(help="The visit, visit-….")]
Why = Annotated[str, typer.Option(help="In words that name nobody; on the certificate.")]
By = Annotated[str, typer.Option(help="Sign-in name; asks for password and code.")]

retention = typer.Typer(no_args_is_help=True, help="How long evidence is kept, and how it ends.")
hold = typer.Typer(no_args_is_help=True, help="Legal holds: what stands on hold is never shredded.")


@retention.command("list")
def list_all(config: Config = None, data: Data = None, as_json: AsJson = False) -> None:
    """Every visit that can be read: until when it must and may be kept, and what it waits for."""
    _tell(_standings(config, data), as_json=as_json)


@retention.command()
def due(config: Config = None, data: Data = None, as_json: AsJson = False) -> None:
    """Visits whose time is over and that are not on hold. Nothing is shredded by itself."""
    now = datetime.now(UTC)
    found = _standings(config, data)
    free = [one for one in found if one.keeping.due(now) and not one.kept.held]
    _tell(free, as_json=as_json)


@retention.command("set")
def tell(
    visit: Visit,
    event: Annotated[str, typer.Option(help="relationship_end, transaction_end, …")],
    at: Annotated[str, typer.Option(help="The day: 2026-11-23.")],
    by: Annotated[str, typer.Option(help="Who says so for the bank: a name and an office.")],
    config: Config = None,
    data: Data = None,
) -> None:
    """Tell when something ended that retention is counted from."""
    try:
        day = date.fromisoformat(at)
    except ValueError:
        fail("--at is a day: 2026-11-23")

    async def work(desk: ShreddingDesk, settings: Settings, _: Store) -> None:
        zone = ZoneInfo(settings.branch.timezone)
        await desk.tell(visit, event, datetime.combine(day, time(), zone), f"terminal: {by}")

    _run(config, data, work)
    typer.echo(f"{visit}: {event} on {day}")


@retention.command()
def shred(
    visit: Visit,
    why: Why,
    by: By,
    confirmed_by: Annotated[
        str | None, typer.Option(help="Another administrator who is here; else they confirm later.")
    ] = None,
    config: Config = None,
    data: Data = None,
) -> None:
    """Ask for a shredding; with --confirmed-by it is done at once. It can't be undone."""
    first = _asked(by)
    second = _asked(confirmed_by) if confirmed_by else None

    async def work(desk: ShreddingDesk, settings: Settings, store: Store) -> str | None:
        door = await _door(settings, store)
        one, other = await _enter(door, "admin", first), None
        if second is not None:
            other = await _enter(door, "admin", second)
            if one.id == other.id:
                raise Refusal("second_person_needed")
        await desk.ask(visit, one, why)
        return None if other is None else (await desk.confirm(visit, other)).digest

    digest = _run(config, data, work)
    typer.echo(f"{visit}: shredded, certificate {digest}" if digest else f"{visit}: asked for")


@retention.command()
def confirm(visit: Visit, by: By, config: Config = None, data: Data = None) -> None:
    """Confirm what another administrator has asked for. It can't be undone."""
    asked = _asked(by)

    async def work(desk: ShreddingDesk, settings: Settings, store: Store) -> str:
        account = await _enter(await _door(settings, store), "admin", asked)
        return (await desk.confirm(visit, account)).digest

    typer.echo(f"{visit}: shredded, certificate {_run(config, data, work)}")


@retention.command()
def withdraw(visit: Visit, by: By, config: Config = None, data: Data = None) -> None:
    """Take a request back."""
    asked = _asked(by)

    async def work(desk: ShreddingDesk, settings: Settings, store: Store) -> None:
        await desk.withdraw(visit, await _enter(await _door(settings, store), "admin", asked))

    _run(config, data, work)
    typer.echo(f"{visit}: withdrawn")


@hold.command("set")
def hold_set(
    visit: Visit,
    reason: Annotated[str, typer.Option(help="Kept sealed in the custody list.")],
    by: By,
    config: Config = None,
    data: Data = None,
) -> None:
    """From now on nothing shreds this visit. By compliance."""
    asked = _asked(by)

    async def work(desk: HoldDesk, account: Account) -> str:
        return (await desk.set(visit, account, reason)).id

    typer.echo(f"{visit}: {_on_hold(config, data, asked, work)}")


@hold.command("lift")
def hold_lift(
    hold_id: Annotated[str, typer.Argument(help="The hold, hold-….")],
    reason: Annotated[str, typer.Option(help="Kept sealed in the custody list.")],
    by: By,
    config: Config = None,
    data: Data = None,
) -> None:
    """A hold is over; others on the same visit stand. By compliance."""
    asked = _asked(by)

    async def work(desk: HoldDesk, account: Account) -> str:
        return (await desk.lift(hold_id, account, reason)).visit

    typer.echo(f"{hold_id}: lifted from {_on_hold(config, data, asked, work)}")


@hold.command("list")
def hold_list(config: Config = None, data: Data = None) -> None:
    """Holds that stand."""

    async def work(store: Store, _: Settings) -> list[str]:
        staff = {one.id: one.name for one in await store.accounts.all()}
        return [
            f"{one.id}  {one.visit}  {one.set_at:%Y-%m-%d}  {staff.get(one.set_by, one.set_by)}"
            for one in await store.retention.holds()
        ]

    for line in on_store(config, data, work):
        typer.echo(line)


# ---- inside


def _standings(config: Path | None, data: Path | None) -> list[Standing]:
    async def work(desk: ShreddingDesk, _: Settings, __: Store) -> list[Standing]:
        return await desk.standings()

    return _run(config, data, work)


def _tell(found: list[Standing], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        told = _plain(one)
        words = [told["visit"], told["service"], f"until {told['until'] or '-'}"]
        words += [f"at latest {told['latest']}"] if told["latest"] else []
        words += [f"waits for {', '.join(told['awaits'])}"] if told["awaits"] else []
        words += [word for word in ("due", "overdue", "held") if told[word]]
        typer.echo("  ".join(words))


def _plain(one: Standing) -> dict[str, Any]:
    now, range_ = datetime.now(UTC), one.keeping
    return {
        "visit": one.kept.visit,
        "service": one.kept.service,
        "until": range_.until.date().isoformat() if range_.until else None,
        "latest": range_.latest.date().isoformat() if range_.latest else None,
        "awaits": list(range_.awaits),
        "clauses": list(range_.clauses),
        "due": range_.due(now),
        "overdue": range_.overdue(now),
        "held": one.kept.held,
    }


def _run(
    config: Path | None,
    data: Path | None,
    work: Callable[[ShreddingDesk, Settings, Store], Awaitable[T]],
) -> T:
    async def run(store: Store, settings: Settings) -> T:
        room = await open_strongroom(settings, store)
        policy = BranchRules.read(settings).policy
        desk = open_shredding(settings, store, room, policy, lambda: datetime.now(UTC))
        await desk.finish()
        return await work(desk, settings, store)

    return on_store(config, data, run)


def _on_hold(
    config: Path | None,
    data: Path | None,
    asked: tuple[str, str, str],
    work: Callable[[HoldDesk, Account], Awaitable[str]],
) -> str:
    async def run(store: Store, settings: Settings) -> str:
        room = await open_strongroom(settings, store)
        account = await _enter(_auth(settings, store, room), "review", asked)
        keys = DataKeys(store, room.wrapper)
        return await work(HoldDesk(store, keys, lambda: datetime.now(UTC)), account)

    return on_store(config, data, run)


def _asked(login: str) -> tuple[str, str, str]:
    """Sign-in name, password, code."""
    password = typer.prompt(f"Password of {login}", hide_input=True)
    code = typer.prompt(f"Code of {login} (none: empty)", default="", show_default=False)
    return login, password, code


async def _door(settings: Settings, store: Store) -> Auth:
    return _auth(settings, store, await open_strongroom(settings, store))


def _auth(settings: Settings, store: Store, room: Strongroom) -> Auth:
    return Auth(store.accounts, store.sessions, settings, room.open_totp)


async def _enter(door: Auth, audience: str, asked: tuple[str, str, str]) -> Account:
    """Who typed it, by the same rules as at the page; the session ends at once."""
    login, password, code = asked
    opened = await door.sign_in(audience, login, password, code or None, "terminal")
    identity = await door.recognise(audience, opened.cookie)
    if identity is None or identity.account is None:
        raise Refusal("bad_credentials")
    await door.sign_out(identity)
    return identity.account
