"""Commands for the keys of the bank's own programs."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from teller_server.api.bank.keys import SCOPES, make_key
from teller_server.domain.errors import Refusal
from teller_server.settings import load
from teller_server.store.store import Store

api_keys = typer.Typer(no_args_is_help=True, help="Keys of the bank's own programs.")
Config = Annotated[Path | None, typer.Option("--config", help="TOML file of settings.")]
DataDirectory = Annotated[Path | None, typer.Option("--data", help="The data directory.")]


@api_keys.command()
def add(
    title: Annotated[str, typer.Argument(help="Which program it is for.")],
    scope: Annotated[list[str], typer.Option(help=f"One of: {', '.join(SCOPES)}.")],
    days: Annotated[int, typer.Option(min=1, max=730, help="How long it works.")] = 365,
    config: Config = None,
    data: DataDirectory = None,
) -> None:
    """Make a key; it is shown once."""

    async def work(store: Store) -> str:
        now = datetime.now(UTC)
        return await make_key(store.bank, title, frozenset(scope), days, "operator", now)

    typer.echo(_run(config, data, work))


@api_keys.command("list")
def list_keys(config: Config = None, data: DataDirectory = None) -> None:
    """Every key: id, until when, scopes, title. Secrets are not kept."""

    async def work(store: Store) -> str:
        lines = []
        for key in await store.bank.all():
            state = "revoked" if key.revoked_at else f"until {key.expires_at:%Y-%m-%d}"
            lines.append(f"{key.id}  {state}  {' '.join(sorted(key.scopes))}  {key.title}")
        return "\n".join(lines) or "no keys"

    typer.echo(_run(config, data, work))


@api_keys.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The key's id.")],
    config: Config = None,
    data: DataDirectory = None,
) -> None:
    """Take a key away at once."""

    async def work(store: Store) -> str:
        await store.bank.revoke(key, datetime.now(UTC))
        return f"{key} is revoked"

    typer.echo(_run(config, data, work))


def _run(config: Path | None, data: Path | None, work: object) -> str:
    settings = load(config, **({"data": {"directory": data}} if data else {}))

    async def run() -> str:
        store = await Store.open(settings.database_url)
        try:
            return str(await work(store))  # type: ignore[operator]
        finally:
            await store.close()

    try:
        return asyncio.run(run())
    except Refusal as refusal:
        typer.echo(f"refused: {refusal}", err=True)
        raise typer.Exit(1) from None
