"""`teller-server export`: a recording handed over, from the terminal of the branch's machine."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from recording.disclosure import Wanted
from teller_server import __version__
from teller_server.cli_store import REFUSED, Config, Data, fail, settings_of
from teller_server.desk.export import ExportDesk, Exported
from teller_server.desk.keys import DataKeys
from teller_server.desk.openings import asks_second, export_grant
from teller_server.desk.packs import read_packs
from teller_server.desk.strongroom import open_strongroom
from teller_server.domain.errors import Refusal
from teller_server.domain.policy import combine
from teller_server.settings import Settings
from teller_server.store.store import Store
from teller_server.store.view_requests import Grant

T = TypeVar("T")
Work = Callable[[ExportDesk, Store, Settings], Awaitable[T]]
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(\.\d{1,3})?\Z|(\d+)(\.\d{1,3})?\Z")
_MARK = re.compile(r"a?\d{1,6}\Z")


def export(
    visit: Annotated[str, typer.Argument(help="The visit, visit-….")],
    purpose: Annotated[str, typer.Option(help="Why it is handed over; kept in the custody list.")],
    by: Annotated[str, typer.Option(help="Who hands it over: a name and an office.")],
    to: Annotated[
        Path | None, typer.Option(help="The recipient's certificate (PEM, RSA).", exists=True)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The package; must not exist yet.")] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="Only from here: 00:03:10, or seconds.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Only until here.")] = None,
    marks: Annotated[
        str | None, typer.Option(help="Single marks by number, `3,7,a1`; `list` shows them.")
    ] = None,
    grant: Annotated[
        str | None,
        typer.Option(envvar="TELLER_GRANT", help="What the review page gave for an agreed export."),
    ] = None,
    config: Config = None,
    data: Data = None,
) -> None:
    """Hand over a sealed recording, whole or in part, as a package that only `--to` can open.

    Where a second person has to agree (review.second_person, or a pack), a grant must say so.
    """
    if marks == "list":
        _list(visit, purpose, by, config, data)
        return
    if to is None or out is None:
        fail("say --to and --out")
    wanted = _wanted(since, until, marks)

    async def work(desk: ExportDesk, store: Store, settings: Settings) -> Exported:
        held = await _granted(store, settings, grant, visit, wanted)
        actor, name = (held.account, held.name) if held else (_actor(by), None)
        return await desk.export(visit, to.read_bytes(), purpose, actor, out, wanted, name)

    done = _run(config, data, work)
    package = done.package
    typer.echo(f"{package.path}: {package.bytes} bytes, evidence {package.verdict}")
    if package.segments is not None:
        typer.echo(f"{package.segments} segments disclosed; of the rest headers and digests")
    for party, (first, before) in package.pictures.items():
        typer.echo(f"{party}: {_picture(first, before)}")
    typer.echo(f"opens for {done.recipient} (SHA-256 {done.fingerprint})")
    typer.echo(f"SHA-256 of manifest-sha256.txt: {package.digest}")


def _list(visit: str, purpose: str, by: str, config: Path | None, data: Path | None) -> None:
    for mark in _run(config, data, lambda desk, *_: desk.marks(visit, purpose, _actor(by))):
        typer.echo(f"{mark.id:>6}  {mark.at_ms / 1000:>10.3f}  {mark.kind}")


async def _granted(
    store: Store, settings: Settings, token: str | None, visit: str, wanted: Wanted | None
) -> Grant | None:
    """The grant it rests on; None where the branch asks for none."""
    if token:
        now = datetime.now(UTC)
        return await export_grant(store.view_requests, token, visit, wanted, now)
    service = (await store.visits.get(visit)).service
    policy = combine(read_packs(settings.rules.packs, settings.rules.directory))
    if asks_second(settings.review.second_person, policy, service, "export"):
        raise Refusal("export_needs_grant")
    return None


def _actor(by: str) -> str:
    return f"terminal: {by}"


def _picture(first: int | None, before: int | None) -> str:
    told = "no picture begins in this range" if first is None else f"picture from {first / 1000} s"
    return told + (f"; the one before begins at {before / 1000} s" if before is not None else "")


def _wanted(since: str | None, until: str | None, marks: str | None) -> Wanted | None:
    if since is None and until is None and marks is None:
        return None
    chosen = frozenset(one.strip() for one in marks.split(",")) if marks else frozenset()
    if not all(_MARK.match(one) for one in chosen):
        fail("--marks is like 3,7,a1")
    start, end = _ms(since, "--from"), _ms(until, "--until")
    if start is not None and end is not None and start >= end:
        fail("--from is not before --until")
    return Wanted(start, end, chosen)


def _ms(text: str | None, option: str) -> int | None:
    if text is None:
        return None
    found = _CLOCK.match(text)
    if found is None:
        fail(f"{option} is like 00:03:10 or 190.5")
    hours, minutes, seconds, parts, plain, fraction = found.groups()
    whole = int(plain) if plain else int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole * 1000 + round(float(fraction or parts or 0) * 1000)


def _run(config: Path | None, data: Path | None, work: Work[T]) -> T:
    """Run `work` with the branch's store and keys; exit 2 with a line when it is refused."""
    settings = settings_of(config, data)
    try:
        return asyncio.run(_with_desk(settings, work))
    except REFUSED as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or ''}: {error.strerror}")


async def _with_desk(settings: Settings, work: Work[T]) -> T:
    store = await Store.open(settings.database_url)
    try:
        strongroom = await open_strongroom(settings, store, "terminal export")
        desk = ExportDesk(
            store,
            DataKeys(store, strongroom.wrapper),
            settings.evidence_directory.absolute(),
            strongroom.signer,
            lambda: datetime.now(UTC),
            f"teller-server {__version__}",
        )
        return await work(desk, store, settings)
    finally:
        await store.close()
