"""`teller-server backup` and `restore`: the branch as a whole, and back from it."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from teller_server.cli_store import REFUSED, Config, Data, fail, on_store, settings_of
from teller_server.desk.backup import Backup, back_up
from teller_server.desk.restore import Report
from teller_server.desk.restore import restore as bring_back
from teller_server.desk.strongroom import open_strongroom
from teller_server.settings import Settings
from teller_server.store.store import Store


def backup(
    directory: Annotated[Path, typer.Argument(help="Empty, or not there yet.")],
    link: Annotated[
        bool, typer.Option("--link", help="Hard links of closed evidence; same disk only.")
    ] = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Copy database, evidence, shred list, rules and settings while the branch works. No keys."""

    async def work(store: Store, settings: Settings) -> Backup:
        room = await open_strongroom(settings, store)
        return await back_up(
            settings, directory, room.signer, room.stamper, lambda: datetime.now(UTC),
            link=link,
        )  # fmt: skip

    done = on_store(config, data, work)
    typer.echo(f"{done.path}: {done.recordings} recordings, {done.files} files, {done.size} bytes")
    typer.echo(f"SHA-256 of backup.json: {done.digest}" + ("" if done.stamped else ", no stamp"))


def restore(
    directory: Annotated[Path, typer.Argument(help="The backup.", exists=True)],
    shreds: Annotated[
        list[Path] | None,
        typer.Option(help="A shred list that outlived the backup; more than once.", exists=True),
    ] = None,
    trust: Annotated[
        list[Path] | None, typer.Option(help="PEM roots that you trust.", exists=True)
    ] = None,
    config: Config = None,
    data: Data = None,
) -> None:
    """Restore into an empty place. Exit 0: all is there; 1: named is what is not; 2: refused.

    What was shredded since is shredded first: give the newest shred list with --shreds.
    """
    settings = settings_of(config, data)
    roots = [pem.read_bytes() for pem in trust] if trust else None
    try:
        report = asyncio.run(bring_back(directory, settings, roots, shreds or ()))
    except (*REFUSED, OSError, ValueError) as error:
        fail(str(error))
    typer.echo(_told(report))
    raise typer.Exit(report.exit_code)


def _told(report: Report) -> str:
    lines = [f"MISSING  {problem}" for problem in report.problems]
    lines += [f"note: {note}" for note in report.notes]
    lines += [f"shredded again: {name}" for name in report.would_have_come_back]
    total = f"{report.verified} of {report.recordings} recordings verify"
    return "\n".join(
        [*lines, f"{total}, {len(report.shredded)} shredded; backup of {report.began}"]
    )
