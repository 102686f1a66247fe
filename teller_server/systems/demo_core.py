"""A little bank behind the branch, for the demo: customers in a database file of its own.

It stands for the bank's own system: it knows people by a reference, takes an order once however
often it is sent, and says with a receipt what it did. Its people are invented. It is a demo and
keeps its data in the clear; nothing else of the branch reads or writes its file.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from . import demo_ledger
from .demo_people import COMPANIES, PEOPLE
from .port import Company, Customer, Order, Proposal, Receipt, Seals

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CoreOrder:
    """An order that was carried out: what was wanted, what stood there before, and the receipt."""

    key: str
    effect: str
    reference: str
    wanted: Mapping[str, Any]
    before: Mapping[str, str]
    call_seal: str
    decision_seal: str | None
    receipt: Receipt
    at: str


@dataclass(frozen=True, slots=True)
class CoreMessage:
    """A message that would have gone to a telephone."""

    to: str
    text: str
    purpose: str
    at: str


class DemoCore:
    """The demo bank, and its message gateway. Every verb runs on a thread of its own."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._thread = ThreadPoolExecutor(1, "demo-core")
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        demo_ledger.prepare(self._db)

    async def seed(self) -> None:
        """Put the invented customers in, where they aren't already."""

        def work(db: sqlite3.Connection) -> None:
            for one in PEOPLE:
                companies = [asdict(c) for c in COMPANIES.get(one.reference, ())]
                db.execute(
                    "INSERT OR IGNORE INTO customers (reference, name, document, phone, address, "
                    "occupation, document_until, companies) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (one.reference, one.name, one.document, one.phone, one.address,
                     one.occupation, one.document_until, json.dumps(companies, ensure_ascii=False)),
                )  # fmt: skip

        await self._run(work)

    # ---- the port

    async def look_up(self, *, document: str = "", reference: str = "") -> Customer | None:
        """By document number (spaces and case don't matter) or by reference."""
        column = "document" if document else "reference"
        value = "".join(document.split()).upper() if document else reference
        return await self._run(lambda db: _customer(demo_ledger.find(db, column, value)))

    async def propose(self, order: Order) -> Proposal:
        """Whether the order would be taken now."""
        now = datetime.now(UTC)
        reasons = await self._run(lambda db: demo_ledger.objections(db, order, now))
        return Proposal(not reasons, reasons)

    async def commit(self, order: Order, seals: Seals, now: datetime) -> Receipt:
        """Carry the order out once per key; the same key gets the same receipt."""
        return await self._in_one(lambda db: demo_ledger.carry_out(db, order, seals, now))

    async def cancel(self, key: str) -> Receipt | None:
        """Never carry this key out; its receipt when that has happened already."""
        return await self._in_one(lambda db: demo_ledger.withdraw(db, key))

    async def close(self) -> None:
        """Let go of the file."""
        await self._run(lambda db: db.close())
        self._thread.shutdown(wait=True)

    # ---- messages

    async def send(self, to: str, text: str, purpose: str, key: str = "") -> None:
        """Keep a message for the demo's page; one with a known key is not kept twice."""
        row = (to, text, purpose, key or None, datetime.now(UTC).isoformat())
        statement = (
            'INSERT OR IGNORE INTO messages ("to", text, purpose, key, at) VALUES (?, ?, ?, ?, ?)'
        )
        await self._run(lambda db: db.execute(statement, row) and None)

    # ---- to be looked into

    async def customers(self) -> tuple[tuple[Customer, str | None], ...]:
        """Everybody by reference, and when they were last changed."""
        statement = "SELECT * FROM customers ORDER BY reference"

        def work(db: sqlite3.Connection) -> tuple[tuple[Customer, str | None], ...]:
            rows = [dict(row) for row in db.execute(statement)]
            return tuple((_known(row), row["changed_at"]) for row in rows)

        return await self._run(work)

    async def orders(self) -> tuple[CoreOrder, ...]:
        """Every order that was carried out, newest first."""
        statement = "SELECT * FROM orders WHERE receipt IS NOT NULL ORDER BY at DESC, key"
        return await self._run(lambda db: tuple(_order(row) for row in db.execute(statement)))

    async def messages(self, limit: int = 50) -> tuple[CoreMessage, ...]:
        """The newest messages first."""
        statement = 'SELECT "to", text, purpose, at FROM messages ORDER BY id DESC LIMIT ?'
        return await self._run(
            lambda db: tuple(CoreMessage(*row) for row in db.execute(statement, (limit,)))
        )

    async def _in_one(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """`work` in one transaction."""

        def whole(db: sqlite3.Connection) -> T:
            db.execute("BEGIN IMMEDIATE")
            try:
                done = work(db)
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
            return done

        return await self._run(whole)

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, work, self._db)


def _customer(row: Mapping[str, Any] | None) -> Customer | None:
    return None if row is None else _known(row)


def _known(row: Mapping[str, Any]) -> Customer:
    return Customer(
        reference=row["reference"],
        name=row["name"],
        document=row["document"],
        phone=row["phone"],
        address=row["address"],
        occupation=row["occupation"],
        document_until=row["document_until"],
        companies=tuple(Company(**one) for one in json.loads(row["companies"])),
    )


def _order(row: sqlite3.Row) -> CoreOrder:
    return CoreOrder(
        key=row["key"],
        effect=row["effect"],
        reference=row["reference"],
        wanted=json.loads(row["wanted"]),
        before=json.loads(row["before"]),
        call_seal=row["call_seal"],
        decision_seal=row["decision_seal"],
        receipt=Receipt(row["receipt"], row["status"]),
        at=row["at"],
    )
