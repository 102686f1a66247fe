"""A branch from its backup, in an empty place. Shred records are replayed before anything else.

A database in a file is put together beside its place, shredded what was shredded, and only then
moved there, or carried into PostgreSQL; so a restore that breaks off brings nothing back to life.
What `pg_restore` puts into PostgreSQL is shredded there at once, and taken away again when that
fails. It ends with a report that names what is missing.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import Connection, delete, make_url, select

import recording.errors
from recording.days import check_days
from recording.shredding import NAME, Certificate, place, write
from recording.verify import verify
from teller_server.desk.backup import DATABASE, EVIDENCE, RULES, SHREDS, copy, packages
from teller_server.desk.backup_check import Checked, certificates, check_backup
from teller_server.desk.vault_return import bring_all_back
from teller_server.domain.errors import Damage, Refusal
from teller_server.settings import Settings
from teller_server.store.carry import carry, empty_again
from teller_server.store.dump import POSTGRES, SQLITE, load
from teller_server.store.evidence import Recording
from teller_server.store.schema import recordings, view_grants, web_sessions
from teller_server.store.store import Store

log = structlog.get_logger(__name__)

REPORT = "restore-report.json"
_WHOLE = ("complete", "incomplete", "interrupted")


@dataclass
class Report:
    """What a restore found. Everything in `problems` was missing, altered or does not verify."""

    began: str
    trust: str
    recordings: int = 0
    verified: int = 0
    shredded: list[str] = field(default_factory=list)
    would_have_come_back: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 when nothing is missing, 1 otherwise."""
        return 1 if self.problems else 0

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)


async def restore(
    backup: Path,
    settings: Settings,
    trust: Sequence[bytes] | None = None,
    shred_lists: Sequence[Path] = (),
) -> Report:
    """Put `backup` into the place of `settings`, which must be empty, and judge what is there.

    Raises Refusal `restore_not_empty`, `restore_other_database`; Damage `backup_unfinished`,
    `backup_damaged`, `shred_record_bad`; Outage. Then nothing was restored.
    """
    await asyncio.to_thread(_check_empty, settings)
    checked = await asyncio.to_thread(check_backup, backup, trust)
    lists = [*shred_lists, settings.shred_list]
    shreds = await asyncio.to_thread(certificates, checked, lists)
    report = Report(str(checked.said["began"]), "outside" if trust else "backup")
    _tell_files(checked, report)
    report.would_have_come_back = list(await _database(checked, settings, shreds))
    await asyncio.to_thread(_files, checked, settings, shreds)
    await _from_vault(settings, report)
    await _judge(settings, trust, shreds, report)
    (settings.data.directory / REPORT).write_text(report.as_json(), "utf-8")
    return report


def _check_empty(settings: Settings) -> None:
    url = make_url(settings.database_url)
    taken = [settings.evidence_directory]
    if url.get_backend_name() == "sqlite":
        taken.append(Path(url.database or ""))
    for path in taken:
        if path.is_file() or (path.is_dir() and any(path.iterdir())):
            raise Refusal("restore_not_empty", path=str(path))


def _tell_files(checked: Checked, report: Report) -> None:
    if checked.said.get("stamped") is None and not (checked.path / "backup.json.p7s.tsr").exists():
        report.notes.append("the backup carries no timestamp")
    report.problems += [f"missing in the backup: {name}" for name in checked.missing]
    report.problems += [f"altered in the backup: {name}" for name in checked.altered]
    report.notes += [f"not of the backup, left out: {name}" for name in checked.foreign]
    if report.trust == "backup":
        report.notes.append("signatures were judged by the backup's own certificates")


# ---- the database, dead first


async def _database(
    checked: Checked, settings: Settings, shreds: dict[str, Certificate]
) -> Sequence[str]:
    """Recordings that would have come back to life."""
    names = [n for n in (f"{DATABASE}/{SQLITE}", f"{DATABASE}/{POSTGRES}") if n in checked.files]
    if len(names) != 1 or names[0] in (*checked.missing, *checked.altered):
        raise Damage("backup_damaged", file=names[0] if names else DATABASE)
    final = make_url(settings.database_url)
    into_file = final.get_backend_name() == "sqlite"
    if names[0].endswith(POSTGRES) or into_file:
        place = Path(final.database or "") if into_file else None
        return await _in_place(checked.path / names[0], settings.database_url, place, shreds)
    aside = settings.data.directory / f"{SQLITE}.restoring"
    try:
        alive = await _beside(checked.path / names[0], aside, shreds)
        await carry(aside, settings.database_url)
    finally:
        _remove(aside)
    return alive


async def _in_place(
    dumped: Path, url: str, place: Path | None, shreds: dict[str, Certificate]
) -> Sequence[str]:
    """Into a database of the kind that it was; `place` where that is a file."""
    if place is not None:
        aside = Path(f"{place}.restoring")
        alive = await _beside(dumped, aside, shreds)
        await asyncio.to_thread(aside.replace, place)
        return alive
    await asyncio.to_thread(load, dumped, url)
    try:
        return await _replay(url, shreds)
    except BaseException:
        await empty_again(url)
        raise


async def _beside(dumped: Path, aside: Path, shreds: dict[str, Certificate]) -> Sequence[str]:
    """A file at `aside` in which nothing lives that was shredded."""
    _remove(aside)  # of a restore that broke off
    url = f"sqlite:///{aside}"
    try:
        await asyncio.to_thread(load, dumped, url)
        return await _replay(url, shreds)
    except BaseException:
        _remove(aside)
        raise


async def _replay(url: str, shreds: dict[str, Certificate]) -> Sequence[str]:
    store = await Store.open(url)
    try:
        listed = []
        for certificate in shreds.values():
            said = json.loads(certificate.document)
            listed.append(
                (str(said["visit"]), datetime.fromisoformat(said["shredded"]), certificate)
            )
        alive = await store.shreds.replay(listed)
        await store.write(_end_sessions)
        return alive
    finally:
        await store.close()


def _end_sessions(connection: Connection) -> None:
    """Whoever was signed in when the backup was made is not any more."""
    connection.execute(delete(web_sessions))
    connection.execute(delete(view_grants))


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{end}").unlink(missing_ok=True)


# ---- files


def _files(checked: Checked, settings: Settings, shreds: dict[str, Certificate]) -> None:
    places = {EVIDENCE: settings.evidence_directory, SHREDS: settings.shred_list}
    if settings.rules.directory is not None and not settings.rules.directory.exists():
        places[RULES] = settings.rules.directory
    for name in checked.files:
        top, _, rest = name.partition("/")
        if top not in places or name in checked.missing:
            continue
        target = places[top] / rest
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            copy(checked.path / name, target)
    settings.shred_list.mkdir(parents=True, exist_ok=True)
    for certificate in shreds.values():
        listed = settings.shred_list / f"{certificate.recording}.json"
        write(listed, certificate)
        for role, chain in zip(("signer", "tsa"), certificate.chains, strict=True):
            listed.with_name(f"{certificate.recording}.{role}.pem").write_bytes(chain)
    for path in packages(settings.evidence_directory):
        if path.name in shreds and not (path / NAME).exists():
            place(path, shreds[path.name])


async def _from_vault(settings: Settings, report: Report) -> None:
    """What the backup lacks and the vault has; a vault that is away takes nothing away."""
    store = await Store.open(settings.database_url)
    try:
        returned = await bring_all_back(settings, store)
    except recording.errors.Outage as outage:
        report.notes.append(f"the vault was not asked: {outage}")
        return
    finally:
        await store.close()
    if returned.files:
        report.notes.append(f"{returned.files} files came back from the vault")
    report.problems += [f"not in the vault: {name}" for name in returned.missing]
    report.problems += [f"{name}: in the vault, and not in the backup" for name in returned.unknown]


# ---- the judgement


async def _judge(
    settings: Settings,
    trust: Sequence[bytes] | None,
    shreds: dict[str, Certificate],
    report: Report,
) -> None:
    root = settings.evidence_directory
    store = await Store.open(settings.database_url)
    try:
        rows = await store.read(_rows)
        last = await store.days.last()
        for shred in await store.shreds.all():
            report.shredded.append(shred.certificate.recording)
    finally:
        await store.close()
    there = {path.name: path for path in await asyncio.to_thread(lambda: list(packages(root)))}
    for row in rows:
        await _judge_one(row, there.pop(row.id, None), trust, report)
    report.problems += [f"{name}: evidence without a row" for name in sorted(there)]
    newer = sorted(set(shreds) - set(report.shredded))
    report.notes += [f"{name}: shredded, and newer than the backup" for name in newer]
    newest = last.digest if last else None
    found = await asyncio.to_thread(check_days, root, trust=trust, newest=newest)
    report.problems += [f"{problem.file}: {problem}" for problem in found.problems]
    report.notes += [f"{name}: no call seal" for name in found.unsealed]


def _rows(connection: Connection) -> list[Recording]:
    statement = select(recordings).order_by(recordings.c.started_at)
    return [Recording(**row._mapping) for row in connection.execute(statement)]


async def _judge_one(
    row: Recording, path: Path | None, trust: Sequence[bytes] | None, report: Report
) -> None:
    report.recordings += 1
    if path is None and row.state == "open":
        report.notes.append(f"{row.id} ({row.visit}): began while the backup was made")
        return
    if path is None:
        report.problems.append(f"{row.id} ({row.visit}): its evidence is missing")
        return
    verdict = await asyncio.to_thread(verify, path, trust=trust)
    if verdict.status not in _WHOLE or (row.verdict in _WHOLE and verdict.status != row.verdict):
        report.problems.append(f"{row.id} ({row.visit}): {verdict.status} {verdict.first_bad}")
        return
    if row.manifest and verdict.evidence_digest != row.manifest:
        report.problems.append(f"{row.id} ({row.visit}): not the call seal that it had")
        return
    if row.state == "shredded" and row.id in report.shredded and verdict.shredded is None:
        report.problems.append(f"{row.id} ({row.visit}): shredded, and no certificate is there")
        return
    report.verified += 1
