"""What a test sees of the bank outside the branch: its telephones, its orders, a stranger's tools.

The demo core's own file is read beside its owner: it may be writing at this moment.
"""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WITHIN = 90.0  # seconds: the machine may be busy
_CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")


def core_of(data: Path) -> Path:
    """The demo core's own file: the bank's system, outside the branch's data."""
    return data.with_name(f"{data.name}-core") / "core.db"


def rows(database: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Look into a SQLite file beside its owner."""
    with closing(sqlite3.connect(database, timeout=20)) as db:
        return db.execute(statement, values).fetchall()


def orders(core: Path, visit: str) -> list[dict[str, Any]]:
    """What the bank's own system was asked for in this visit's name."""
    found = rows(core, "SELECT wanted FROM orders WHERE key LIKE ?", f"{visit}/%")
    return [json.loads(wanted) for (wanted,) in found]


async def pdfsig(pdf: Path) -> str:
    """What poppler says of a paper's signatures."""
    words = ["pdfsig", "-nocert", str(pdf)]
    done = await asyncio.to_thread(
        subprocess.run, words, capture_output=True, text=True, check=True
    )
    return done.stdout


@dataclass
class Phone:
    """The messages that reach telephones; codes that were there before are nobody's here."""

    core: Path
    seen: int = -1

    def __post_init__(self) -> None:
        if self.seen < 0:
            self.seen = len(self.codes())

    def messages(self) -> list[tuple[str, str, str]]:
        """Number, text and purpose of everything sent, the oldest first."""
        statement = 'SELECT "to", text, purpose FROM messages ORDER BY rowid'
        return [(to, text, purpose) for to, text, purpose in rows(self.core, statement)]

    def codes(self) -> list[str]:
        """The texts that carry a code."""
        return [text for _, text, purpose in self.messages() if purpose == "code"]

    def told(self) -> set[str]:
        """The numbers that were told of a change."""
        return {to for to, _, purpose in self.messages() if purpose == "notice"}

    async def code(self) -> str:
        """The newest code that was not read before."""
        async with asyncio.timeout(WITHIN):
            while len(codes := self.codes()) <= self.seen:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.1)
        self.seen = len(codes)
        found = _CODE.search(codes[-1])
        assert found is not None
        return found.group(1)
