"""A little bank behind the branch, for the demo: customers in a database file of its own.

It stands for the bank's own system: it knows people by a reference, takes a change once however
often it is sent, and says with a receipt that it did. Its people are invented. It is a demo and
keeps its data in the clear; nothing else of the branch reads or writes its file.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from teller_server.domain.errors import Refusal

T = TypeVar("T")

CHANGEABLE = ("address", "occupation", "phone")

_TABLES = """
CREATE TABLE IF NOT EXISTS customers (
    reference TEXT PRIMARY KEY, name TEXT NOT NULL, document TEXT NOT NULL UNIQUE,
    phone TEXT NOT NULL, address TEXT NOT NULL, occupation TEXT NOT NULL, changed_at TEXT);
CREATE TABLE IF NOT EXISTS changes (
    key TEXT PRIMARY KEY, reference TEXT NOT NULL REFERENCES customers, wanted TEXT NOT NULL,
    before TEXT NOT NULL, receipt TEXT NOT NULL, at TEXT NOT NULL);
"""

_SEED = (
    ("C100001", "李雷", "330106199001010028", "13800000001", "杭州市西湖区文三路1号", "office"),
    ("C100002", "韩梅梅", "310104198805120041", "13800000002", "上海市徐汇区漕溪路8号", "student"),
    ("C100003", "王小明", "440305199507230013", "13800000003", "深圳市南山区科苑路15号", "retired"),
    ("C200001", "Ada Whitfield", "512846097", "07700 900101", "4 Larch Road, London N4", "office"),
    ("C200002", "Owen Pryce", "518230446", "07700 900102", "27 Quay Street, Bristol", "student"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CoreCustomer:
    """A customer as the bank knows one."""

    reference: str
    name: str
    document: str
    phone: str
    address: str
    occupation: str
    changed_at: str | None


@dataclass(frozen=True, slots=True)
class CoreChange:
    """A change that was made: what was wanted, what stood there before, and the receipt."""

    key: str
    reference: str
    wanted: Mapping[str, str]
    before: Mapping[str, str]
    receipt: str
    at: str


class DemoCore:
    """The demo bank. Every verb runs on a thread of its own."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._thread = ThreadPoolExecutor(1, "demo-core")
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_TABLES)

    async def seed(self) -> None:
        """Put the invented customers in, where they aren't already."""
        statement = "INSERT OR IGNORE INTO customers VALUES (?, ?, ?, ?, ?, ?, NULL)"
        await self._run(lambda db: db.executemany(statement, _SEED) and None)

    async def customers(self) -> tuple[CoreCustomer, ...]:
        """Everybody, by reference."""
        return await self._run(
            lambda db: tuple(
                CoreCustomer(*row)
                for row in db.execute("SELECT * FROM customers ORDER BY reference")
            )
        )

    async def find(self, document: str) -> CoreCustomer | None:
        """The customer with this document number; spaces and case don't matter."""
        number = "".join(document.split()).upper()

        def work(db: sqlite3.Connection) -> CoreCustomer | None:
            row = db.execute("SELECT * FROM customers WHERE document = ?", (number,)).fetchone()
            return CoreCustomer(*row) if row else None

        return await self._run(work)

    async def changes(self) -> tuple[CoreChange, ...]:
        """Every change that was made, newest first."""
        statement = "SELECT * FROM changes ORDER BY at DESC, key"
        return await self._run(lambda db: tuple(_change(row) for row in db.execute(statement)))

    async def apply(
        self, key: str, reference: str, changes: Mapping[str, str], now: datetime
    ) -> str:
        """Make a change once per `key` and return its receipt; the same key gets the same one.

        `Refusal` with `core_unknown_customer`, `core_not_changeable` or `core_key_reused`.
        """
        unknown = changes.keys() - set(CHANGEABLE)
        if unknown or not changes:
            raise Refusal("core_not_changeable", fields=", ".join(sorted(unknown)))
        wanted = json.dumps(dict(sorted(changes.items())), ensure_ascii=False)

        def work(db: sqlite3.Connection) -> str:
            db.execute("BEGIN IMMEDIATE")
            try:
                receipt = _apply(db, key, reference, wanted, now)
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
            return receipt

        return await self._run(work)

    async def close(self) -> None:
        """Let go of the file."""
        await self._run(lambda db: db.close())
        self._thread.shutdown(wait=True)

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, work, self._db)


def _apply(db: sqlite3.Connection, key: str, reference: str, wanted: str, now: datetime) -> str:
    done = db.execute(
        "SELECT reference, wanted, receipt FROM changes WHERE key = ?", (key,)
    ).fetchone()
    if done is not None:
        if (done[0], done[1]) != (reference, wanted):
            raise Refusal("core_key_reused", key=key)
        return str(done[2])
    known = db.execute(
        "SELECT address, occupation, phone FROM customers WHERE reference = ?", (reference,)
    ).fetchone()
    if known is None:
        raise Refusal("core_unknown_customer", reference=reference)
    values: dict[str, str] = json.loads(wanted)
    before = {n: v for n, v in zip(CHANGEABLE, known, strict=True) if n in values}
    for name, value in values.items():
        db.execute(
            f"UPDATE customers SET {name} = ?, changed_at = ? WHERE reference = ?",  # noqa: S608
            (value, now.isoformat(), reference),
        )
    receipt = (
        "R" + hashlib.sha256(f"{key}\n{reference}\n{wanted}".encode()).hexdigest()[:12].upper()
    )
    db.execute(
        "INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?)",
        (key, reference, wanted, json.dumps(before, ensure_ascii=False), receipt, now.isoformat()),
    )
    return receipt


def _change(row: tuple[str, ...]) -> CoreChange:
    key, reference, wanted, before, receipt, at = row
    return CoreChange(key, reference, json.loads(wanted), json.loads(before), receipt, at)
