"""What commands on a branch's store share: its settings, the work on it, and one line when refused.

`settings_of`, `on_store` and `fail` are what every such command is made with: `users`, `attest`,
`api-keys`, `keys`, `export`, `vault`, `renew`. Nothing here prints but the line of a refusal, and
that exits with 2.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer

import recording.errors
from teller_server.domain.errors import Damage, Outage, Refusal
from teller_server.settings import Settings, complaints, load
from teller_server.store.store import Store

T = TypeVar("T")
REFUSED = (Refusal, Outage, Damage, recording.errors.Outage, recording.errors.Damage)

Config = Annotated[Path | None, typer.Option("--config", help="TOML file of settings.")]
Data = Annotated[Path | None, typer.Option("--data", help="Data directory of the branch.")]


def settings_of(config: Path | None, data: Path | None = None) -> Settings:
    """The settings, `data` before what they say; exit 2 with what is wrong with them."""
    try:
        return load(config, **({"data": {"directory": data}} if data else {}))
    except (OSError, ValueError) as error:
        fail("; ".join(complaints(error, config)))


def on_store(
    config: Path | None, data: Path | None, work: Callable[[Store, Settings], Awaitable[T]]
) -> T:
    """Run `work` on the branch's store. Exit 2 with a line when it is refused."""
    settings = settings_of(config, data)

    async def run() -> T:
        store = await Store.open(settings.database_url)
        try:
            return await work(store, settings)
        finally:
            await store.close()

    try:
        return asyncio.run(run())
    except (*REFUSED, OSError, ValueError) as error:
        fail(str(error))


def fail(why: str) -> NoReturn:
    """Say why not, and exit with 2."""
    typer.echo(f"refused: {why}", err=True)
    raise typer.Exit(2)
