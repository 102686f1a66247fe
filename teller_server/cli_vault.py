"""`teller-server vault`: asks the vault, prints its books, fetches what the disk has lost."""

import asyncio
from typing import Annotated

import typer

import recording.errors
from teller_server.cli_store import Config, fail, settings_of
from teller_server.desk.counter import Counter
from teller_server.desk.vault import build_statements, build_vault, open_vault
from teller_server.desk.vault_return import Returned, bring_all_back
from teller_server.settings import Settings
from teller_server.store.store import Store

vault = typer.Typer(no_args_is_help=True, help="Where finished evidence is kept.")


@vault.command()
def check(config: Config = None) -> None:
    """Exit 0 if the vault is there and, for a bucket, keeps versions and locks."""
    settings = settings_of(config)
    place = open_vault(settings.vault)
    if place is None:
        fail("vault.kind is none")
    try:
        place.check()
    except recording.errors.Outage as outage:
        fail(str(outage))
    typer.echo("the vault can be used" + ("" if place.locks else "; nothing there is locked"))


@vault.command()
def status(config: Config = None) -> None:
    """What has not been stored yet; exit 1 if anything has failed."""
    asyncio.run(_status(settings_of(config)))


@vault.command("bring-back")
def bring_back(
    recording_id: Annotated[str | None, typer.Argument(help="Nothing: all there is.")] = None,
    config: Config = None,
) -> None:
    """Fetch what is in the vault and not on the disk; exit 1 if anything did not come."""
    asyncio.run(_bring_back(settings_of(config), recording_id))


async def _status(settings: Settings) -> None:
    store = await Store.open(settings.database_url)
    try:
        backlog = await store.vault.backlog()
        counter = Counter(store.visits)
        used = settings.vault.kind != "none"
        waiting = await build_statements(settings, store, counter.now).waiting() if used else []
    finally:
        await store.close()
    since = f" since {backlog.oldest.isoformat()}" if backlog.oldest else ""
    typer.echo(f"{backlog.waiting} recordings wait{since}")
    typer.echo(f"{len(waiting)} files of days and custody heads wait")
    for task in backlog.failing:
        typer.echo(f"{task.recording}  {task.attempts} attempts  {task.error}")
    if backlog.failing:
        raise typer.Exit(1)


async def _bring_back(settings: Settings, name: str | None) -> None:
    store = await Store.open(settings.database_url)
    try:
        if name is None:
            returned = await bring_all_back(settings, store)
        else:
            desk = build_vault(settings, store, Counter(store.visits))
            returned = Returned(await desk.bring_back(name))
    except (recording.errors.Outage, recording.errors.Damage) as error:
        fail(str(error))
    finally:
        await store.close()
    typer.echo(f"{returned.files} files brought back")
    for lost in returned.missing:
        typer.echo(f"MISSING  {lost}")
    for found in returned.unknown:
        typer.echo(f"in the vault, and in no book: {found}")
    if returned.missing:
        raise typer.Exit(1)
