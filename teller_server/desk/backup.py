"""A backup: the database as it is in one moment, then evidence, shred list, rules and settings.

What lies in it is listed in `files.sha256`, which `sha256sum -c` checks; `backup.json` names that
list's digest, is signed and written last: a backup without it was never finished.

It holds wrapped data keys, never a key that opens them. So it has to be destroyed before the time
by which somebody was promised that theirs is erased (`retention.backup_days`).
"""

import asyncio
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from pydantic import SecretStr
from sqlalchemy import make_url

from recording import canonical, cms, files
from recording.errors import Outage as NoStamp
from recording.heads import stamp_file, write_signed
from recording.parts import RECORDING_FILE
from recording.seal import Signer, Stamper
from teller_server.domain.errors import Refusal
from teller_server.settings import Settings
from teller_server.store.dump import dump, recordings_in

log = structlog.get_logger(__name__)

BACKUP, LIST = "backup.json", "files.sha256"
DATABASE, EVIDENCE, SHREDS, RULES = "database", "evidence", "shreds", "rules"
SETTINGS = "settings.json"
CLOSING = "closing.json"
_PIECE = 1 << 20


@dataclass(frozen=True)
class Backup:
    """What was written. `digest`: SHA-256 of backup.json."""

    path: Path
    files: int
    size: int
    recordings: int
    digest: str
    stamped: bool


async def back_up(
    settings: Settings,
    target: Path,
    signer: Signer,
    stamper: Stamper,
    now: Callable[[], datetime],
    *,
    link: bool = False,
) -> Backup:
    """Write a backup into `target`, which is empty or not there. The branch may go on meanwhile.

    `link`: hard links instead of copies of what is sealed and closed, on the same disk; they save
    room, not from a disk that fails. Raises Refusal `backup_not_empty`; Outage; OSError.
    """
    began = now()
    await asyncio.to_thread(_prepare, target)
    dumped = await asyncio.to_thread(dump, settings.database_url, target / DATABASE)
    rows, done = await asyncio.to_thread(recordings_in, dumped), now()
    copied = await asyncio.to_thread(_evidence, settings, target, rows, began, done, link=link)
    return await asyncio.to_thread(_rest, settings, target, signer, stamper, began, copied)


def _prepare(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise Refusal("backup_not_empty")
    target.chmod(0o700)
    (target / DATABASE).mkdir()


def _evidence(
    settings: Settings,
    target: Path,
    rows: frozenset[str] | None,
    began: datetime,
    dumped: datetime,
    *,
    link: bool,
) -> int:
    """After the database: what a row names is there. What began since then has none and waits for
    the next backup. How many recordings."""
    copied = 0
    for path in packages(settings.evidence_directory):
        made = (path / RECORDING_FILE).stat().st_mtime
        if (rows is None and made >= dumped.timestamp()) or (
            rows is not None and path.name not in rows and made >= began.timestamp()
        ):
            continue
        closed = link and (path / CLOSING).exists()
        place = target / EVIDENCE / path.relative_to(settings.evidence_directory)
        _copy_tree(path, place, link=closed)
        copied += 1
    return copied


def _rest(
    settings: Settings,
    target: Path,
    signer: Signer,
    stamper: Stamper,
    began: datetime,
    recordings: int,
) -> Backup:
    """What is small; the shred list last of all."""
    for name in ("days", "custody"):
        _copy_tree(settings.evidence_directory / name, target / EVIDENCE / name)
    if settings.rules.directory is not None:
        _copy_tree(settings.rules.directory, target / RULES)
    (target / SETTINGS).write_text(json.dumps(shown(settings), ensure_ascii=False, indent=2))
    _copy_tree(settings.shred_list, target / SHREDS)
    return _sealed(settings, target, signer, stamper, began, recordings)


def _sealed(
    settings: Settings,
    target: Path,
    signer: Signer,
    stamper: Stamper,
    began: datetime,
    recordings: int,
) -> Backup:
    trust = target / "trust"
    trust.mkdir()
    for role, chain in (("signer", signer.chain), ("tsa", stamper.chain)):
        (trust / f"{role}-{cms.fingerprint(cms.load_pem(chain)[0])[:16]}.pem").write_bytes(chain)
    there = sorted(path for path in target.rglob("*") if path.is_file())
    lines = [f"{digest(path)}  {path.relative_to(target).as_posix()}\n" for path in there]
    listed = "".join(lines).encode()
    files.write_new(target / LIST, listed)
    raw = canonical.dump(
        {
            "type": "backup",
            "format": 1,
            "began": canonical.stamp(began),
            "destroy_by": canonical.stamp(began + timedelta(days=settings.retention.backup_days)),
            "holds": "wrapped data keys; no key that opens them",
            "list": canonical.digest(listed),
            "files": len(there),
            "recordings": recordings,
        }
    )
    write_signed(target / BACKUP, raw, signer)
    stamped = True
    try:
        stamp_file(target / f"{BACKUP}.p7s", stamper)
    except NoStamp as outage:  # a backup without a stamp is more use than none
        log.warning("backup_unstamped", why=outage.code)
        stamped = False
    size = sum(path.stat().st_size for path in there)
    return Backup(target, len(there), size, recordings, canonical.digest(raw), stamped)


def packages(root: Path) -> Iterator[Path]:
    """The folders of all recordings, as they lie by day."""
    for path in sorted(root.glob(f"[0-9]*/[0-9]*/[0-9]*/*/{RECORDING_FILE}")):
        yield path.parent


def digest(path: Path) -> str:
    """SHA-256 of a file of any size, hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def copy(source: Path, target: Path) -> str:
    """Copy a file, or as much of it as there is now; SHA-256 of what was read. Synced."""
    found = hashlib.sha256()
    with source.open("rb") as stream, target.open("xb") as out:
        while piece := stream.read(_PIECE):
            found.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return found.hexdigest()


def _copy_tree(source: Path, target: Path, *, link: bool = False) -> None:
    """Every file; each copy is read again and must be what was read before."""
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        if path.is_symlink() or not path.is_file() or path.name.startswith(files.TEMPORARY):
            continue
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        if link:
            os.link(path, place)
        elif copy(path, place) != digest(place):
            raise OSError(f"{place}: not what was written")


def shown(settings: Settings) -> dict[str, Any]:
    """The settings without secrets, and the database's address without its password."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            pairs = value.items()
            return {k: plain(v) for k, v in pairs if not isinstance(v, SecretStr)}
        return str(value) if isinstance(value, Path) else value

    told: dict[str, Any] = json.loads(json.dumps(plain(settings.model_dump()), default=str))
    if told["data"]["database"]:
        told["data"]["database"] = make_url(told["data"]["database"]).render_as_string()
    return told
