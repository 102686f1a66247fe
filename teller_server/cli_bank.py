"""Commands for the keys of the bank's own programs."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from teller_server.api.bank.keys import SCOPES, make_key
from teller_server.cli_store import Config, Data, on_store
from teller_server.settings import Settings
from teller_server.store.store import Store

api_keys = typer.Typer(no_args_is_help=True, help="Keys of the bank's own programs.")


@api_keys.command()
def add(
    title: Annotated[str, typer.Argument(help="Which program it is for.")],
    scope: Annotated[list[str], typer.Option(help=f"One of: {', '.join(SCOPES)}.")],
    days: Annotated[int, typer.Option(min=1, max=730, help="How long it works.")] = 365,
    config: Config = None,
    data: Data = None,
) -> None:
    """Make a key; it is shown once."""

    async def work(store: Store, _: Settings) -> str:
        now = datetime.now(UTC)
        return await make_key(store.bank, title, frozenset(scope), days, "operator", now)

    typer.echo(on_store(config, data, work))


@api_keys.command("list")
def list_keys(config: Config = None, data: Data = None) -> None:
    """Every key: id, until when, scopes, title. Secrets are not kept."""

    async def work(store: Store, _: Settings) -> str:
        lines = []
        for key in await store.bank.all():
            state = "revoked" if key.revoked_at else f"until {key.expires_at:%Y-%m-%d}"
            lines.append(f"{key.id}  {state}  {' '.join(sorted(key.scopes))}  {key.title}")
        return "\n".join(lines) or "no keys"

    typer.echo(on_store(config, data, work))


@api_keys.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The key's id.")],
    config: Config = None,
    data: Data = None,
) -> None:
    """Take a key away at once."""

    async def work(store: Store, _: Settings) -> str:
        await store.bank.revoke(key, datetime.now(UTC))
        return f"{key} is revoked"

    typer.echo(on_store(config, data, work))
