"""The database as one file that is consistent in itself, made while the branch works; and back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url

from teller_server.domain.errors import Damage, Outage, Refusal

SQLITE, POSTGRES = "branch.db", "branch.pgdump"
_PAGES = 2000
_SECONDS = 3600


def dump(url: str, folder: Path) -> Path:
    """Write the database at `url` into `folder`. Blocks.

    Raises Outage `pg_dump_missing`, `database_not_dumped`.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _copy_sqlite(Path(parsed.database or ""), folder / SQLITE)
    out = folder / POSTGRES
    _postgres("pg_dump", parsed, "--format=custom", "--no-owner", f"--file={out}")
    return out


def load(dumped: Path, url: str) -> None:
    """Put a dump into the place of `url`, which must be empty. Blocks.

    Raises Refusal `restore_not_empty`, `restore_other_database`; Damage `backup_damaged`; Outage.
    """
    parsed = make_url(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    if sqlite != (dumped.name == SQLITE):
        raise Refusal("restore_other_database")
    if not sqlite:
        _postgres("pg_restore", parsed, "--no-owner", "--single-transaction", str(dumped))
        return
    target = Path(parsed.database or "")
    if target.exists():
        raise Refusal("restore_not_empty", path=str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    _copy_sqlite(dumped, target)


def recordings_in(dumped: Path) -> frozenset[str] | None:
    """The recordings that a dump has rows of; None where only PostgreSQL could tell."""
    if dumped.name != SQLITE:
        return None
    with closing(sqlite3.connect(f"file:{dumped}?mode=ro", uri=True)) as opened:
        return frozenset(row[0] for row in opened.execute("SELECT id FROM recordings"))


def _copy_sqlite(source: Path, target: Path) -> Path:
    """By SQLite's own backup, page by page; a writer in between only makes it begin anew."""
    if not source.is_file():
        raise Outage("database_not_dumped", detail=f"{source} is not there")
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as one,
            closing(sqlite3.connect(target)) as other,
        ):
            one.backup(other, pages=_PAGES)
            other.execute("PRAGMA journal_mode=DELETE")
            found = other.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise Outage("database_not_dumped", detail=str(error)) from None
    if found != "ok":
        target.unlink(missing_ok=True)
        raise Damage("backup_damaged", file=source.name)
    target.chmod(0o600)
    return target


def _postgres(program: str, url: URL, *words: str) -> None:
    """The password goes by the environment: a command line is seen by every user."""
    path = shutil.which(program)
    if path is None:
        raise Outage("pg_dump_missing", program=program)
    password = {"PGPASSWORD": url.password} if url.password else {}
    where = ["--dbname", url.set(drivername="postgresql", password=None).render_as_string()]
    ran = subprocess.run(  # noqa: S603 - our own words
        [path, *where, "--no-password", *words],
        env={**os.environ, **password},
        capture_output=True,
        check=False,
        timeout=_SECONDS,
    )
    if ran.returncode:
        raise Outage("database_not_dumped", detail=ran.stderr.decode("utf-8", "replace")[-300:])
