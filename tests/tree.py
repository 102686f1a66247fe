"""The files that we wrote, for the tests that read the house instead of running it."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("teller_server", "signaling", "recording", "kyc", "web")
PYTHON_ROOMS = (*PACKAGES, "tests", "bench", "examples")

# Not ours: generated, vendored, or written by a measurement.
FOREIGN = ("web/static/vendor/", "docs/proof/", "web/package-lock.json", "tests/vectors/")


@cache
def written() -> tuple[Path, ...]:
    """Every text file that git holds or would take, vendored and measured ones left out."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    files = (ROOT / name for name in sorted(set(names)) if not name.startswith(FOREIGN))
    return tuple(f for f in files if f.is_file() and not _binary(f))


def _binary(path: Path) -> bool:
    with path.open("rb") as file:
        return b"\0" in file.read(8192)


def named(*suffixes: str) -> list[Path]:
    return [path for path in written() if path.suffix in suffixes]


def product() -> list[Path]:
    """The Python files that are installed."""
    return [p for p in named(".py") if short(p).split("/")[0] in PACKAGES]


def short(path: Path) -> str:
    """The path as a reader would say it."""
    return path.relative_to(ROOT).as_posix()


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(text(path), filename=str(path))


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a module, with the last part of the called name."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            function = node.func
            name = getattr(function, "attr", None) or getattr(function, "id", "")
            yield name, node
