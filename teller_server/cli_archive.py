"""`teller-server renew` and `verify --days`: the archive as a whole, from the terminal."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

import recording.errors
from recording.days import Completeness, check_days
from teller_server.cli_store import Config, Data, fail, settings_of
from teller_server.desk.archive import open_archive
from teller_server.desk.strongroom import open_strongroom
from teller_server.desk.vault import open_vault
from teller_server.desk.vault_statements import look_in_vault
from teller_server.domain.errors import Damage, Outage, Refusal
from teller_server.settings import Settings
from teller_server.store.store import Store


def renew(
    within: Annotated[
        int | None, typer.Option(help="Days; default: recording.renew_days.", min=1)
    ] = None,
    config: Config = None,
    data: Data = None,
) -> None:
    """Renew timestamps whose certificates end soon. The server does it daily by itself."""
    settings = settings_of(config, data)
    try:
        renewed, failed = asyncio.run(_renew(settings, within))
    except (Refusal, Outage, Damage, recording.errors.Outage, OSError) as error:
        fail(str(error))
    typer.echo(f"{renewed} renewed" + (f", {failed} could not be; see the log" if failed else ""))
    raise typer.Exit(1 if failed else 0)


async def _renew(settings: Settings, within: int | None) -> tuple[int, int]:
    store = await Store.open(settings.database_url)
    try:
        room = await open_strongroom(settings, store)
        desk = open_archive(settings, store, room, lambda: datetime.now(UTC))
        return await desk.renew(timedelta(days=within) if within is not None else None)
    finally:
        await store.close()


def verify_days(
    root: Path | None,
    trust: list[bytes] | None,
    config: Path | None,
    data: Path | None,
    *,
    as_json: bool,
) -> int:
    """The exit code: 0 when the chain holds and all that it lists is there, else 1."""
    newest, settings = None, None
    if root is None:
        settings = settings_of(config, data)
        root = settings.evidence_directory.absolute()
        try:
            newest = asyncio.run(_newest(settings))
        except (Refusal, Outage, OSError) as error:
            fail(str(error))
    if not root.is_dir():
        fail(f"{root} is not a directory")
    try:
        found = check_days(root, trust=trust, newest=newest)
        if settings is not None:
            asyncio.run(_ask_vault(found, settings))
    except recording.errors.Outage as outage:
        fail(f"the vault could not be asked: {outage}")
    except recording.errors.Damage as damage:
        fail(str(damage))
    typer.echo(json.dumps(_plain(found), ensure_ascii=False) if as_json else _told(found))
    return found.exit_code


async def _newest(settings: Settings) -> str | None:
    store = await Store.open(settings.database_url)
    try:
        last = await store.days.last()
    finally:
        await store.close()
    return None if last is None else last.digest


async def _ask_vault(found: Completeness, settings: Settings) -> None:
    vault = open_vault(settings.vault)
    if vault is None:
        return
    store = await Store.open(settings.database_url)
    try:
        await look_in_vault(found, settings.evidence_directory.absolute(), vault, store.vault)
    finally:
        await store.close()


def _plain(found: Completeness) -> dict[str, object]:
    return {
        "days": found.days,
        "recordings": found.recordings,
        "last": found.last.isoformat() if found.last else None,
        "digest": found.digest,
        "unsealed": found.unsealed,
        "in_vault": found.in_vault,
        "problems": [problem.position() for problem in found.problems],
    }


def _told(found: Completeness) -> str:
    lines = [f"FAIL  {problem} ({problem.file})" for problem in found.problems]
    lines += [f"note: {name} has no call seal" for name in found.unsealed]
    if found.in_vault:
        lines.append(
            f"note: {len(found.in_vault)} recordings are in the vault and not on this disk"
        )
    if found.last is None:
        return "\n".join([*lines, "no day has been closed yet"])
    last = f"{found.days} days, {found.recordings} recordings, last {found.last} {found.digest}"
    return "\n".join([*lines, last])
