"""A private PostgreSQL for the tests: a cluster of their own in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SYSTEM_USER = "postgres"


class NoPostgres(Exception):
    """Why there is none here."""


def _programs() -> Path:
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if (place / "initdb").exists() and (place / "pg_ctl").exists():
            return place
    raise NoPostgres("no initdb and pg_ctl: apt install postgresql")


def _owner() -> str | None:
    """PostgreSQL refuses to run as root; root lends the folder to the packaged system user."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise NoPostgres(f"root, but no system user {SYSTEM_USER}") from None
    return SYSTEM_USER


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of an empty server (without a database name) that ends with the context."""
    programs, owner = _programs(), _owner()
    folder = Path(tempfile.mkdtemp(prefix="branch-pg-"))
    try:
        if owner:
            shutil.chown(folder, owner)
        data, port = folder / "data", _free_port()
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        control = [programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
        _run(
            [programs / "initdb", "-D", data, "-U", "branch", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--no-sync"], owner, folder,
        )  # fmt: skip
        _run([*control, "-o", options, "start"], owner, folder)
        try:
            yield f"postgresql://branch@127.0.0.1:{port}"
        finally:
            _run([*control, "-m", "immediate", "stop"], owner, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str | Path], owner: str | None, folder: Path) -> None:
    ran = subprocess.run(
        [str(part) for part in command],
        check=False,
        user=owner,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if "initdb" in str(command[0]) else subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    if ran.returncode != 0:
        raise NoPostgres(f"{command[0]} failed: {ran.stdout}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
