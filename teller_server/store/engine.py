"""One database behind two verbs, `write` and `read`: each runs a whole transaction.

The work is a plain function of a SQLAlchemy connection, so every statement of the branch is
written once. On SQLite it runs on a thread of its own: one hop to the writer's thread for a
whole transaction, where a hop for every statement cost more than the statements. On PostgreSQL
it runs in SQLAlchemy's greenlet over asyncpg. Nothing blocks the event loop on either.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import QueuePool

from teller_server.domain.errors import Outage

T = TypeVar("T")
Work = Callable[[Connection], T]

MAX_PENDING = 2000
READERS = 3
BUSY_MS = 5000
_RETRIES = 8
_SERIALIZATION = frozenset({"40001", "40P01"})


class Database(Protocol):
    """Transactions on one database."""

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction of its own; committed and durable when this returns."""

    async def read(self, work: Work[T]) -> T:
        """Run `work`, which changes nothing, on one consistent picture."""

    async def forget_pages(self) -> None:
        """What was overwritten is no longer read in any file of the database, where it can be."""

    async def close(self) -> None:
        """Finish what is running and let go of all connections."""


def connect(url: str) -> Database:
    """`sqlite:///path` (embedded) or `postgresql://…`; driver names in the URL don't matter."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise Outage("database_needs_a_file")
        return SqliteDatabase(Path(parsed.database))
    if backend == "postgresql":
        return PostgresDatabase(url)
    raise Outage("database_unknown", backend=backend)


class _Gate:
    """How many transactions may wait at once; beyond that the store says so instead of piling."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.pending = 0
        self.refused = 0

    def __enter__(self) -> None:
        if self.pending >= self.limit:
            self.refused += 1
            raise Outage("store_busy", pending=self.pending)
        self.pending += 1

    def __exit__(self, *_: object) -> None:
        self.pending -= 1


class SqliteDatabase:
    """SQLite in WAL mode with `synchronous=FULL`: one writer thread, a few reader threads."""

    def __init__(self, path: Path, max_pending: int = MAX_PENDING) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.gate = _Gate(max_pending)
        self._path = path
        self._writing = _sqlite_engine(path, "BEGIN IMMEDIATE", size=1)
        self._reading = _sqlite_engine(path, "BEGIN", size=READERS)
        self._writer = ThreadPoolExecutor(1, "store-writer")
        self._readers = ThreadPoolExecutor(READERS, "store-reader")

    async def write(self, work: Work[T]) -> T:
        with self.gate:
            return await self._run(self._writer, self._writing, work)

    async def read(self, work: Work[T]) -> T:
        with self.gate:
            return await self._run(self._readers, self._reading, work)

    async def forget_pages(self) -> None:
        """Carry the overwritten pages from the log into the file, and empty the log.

        Raises Outage `store_busy` when readers hold the log for too long.
        """
        await asyncio.to_thread(_empty_log, self._path)

    async def close(self) -> None:
        await asyncio.to_thread(self._shut)

    def _shut(self) -> None:
        for executor, engine in (
            (self._readers, self._reading),
            (self._writer, self._writing),
        ):
            executor.shutdown(wait=True)
            engine.dispose()

    async def _run(self, executor: ThreadPoolExecutor, engine: Engine, work: Work[T]) -> T:
        """A transaction that has begun is carried to its end, even if nobody waits any more."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(executor, _transact, engine, work)


class PostgresDatabase:
    """PostgreSQL over asyncpg; a transaction that lost a race is tried again."""

    def __init__(self, url: str, max_pending: int = MAX_PENDING) -> None:
        self.gate = _Gate(max_pending)
        self._engine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"),
            pool_size=8,
            max_overflow=0,
            hide_parameters=True,
        )

    async def write(self, work: Work[T]) -> T:
        with self.gate:
            for attempt in range(_RETRIES):
                try:
                    async with self._engine.begin() as connection:
                        return await connection.run_sync(work)
                except DBAPIError as error:
                    last = attempt == _RETRIES - 1
                    if last or getattr(error.orig, "sqlstate", None) not in _SERIALIZATION:
                        raise
                await asyncio.sleep(0.005 * 2**attempt)
            raise Outage("store_busy")

    async def read(self, work: Work[T]) -> T:
        with self.gate:
            async with self._engine.connect() as plain:
                connection = await plain.execution_options(isolation_level="REPEATABLE READ")
                return await connection.run_sync(work)

    async def forget_pages(self) -> None:
        """Dead rows go when PostgreSQL vacuums; its own log is the operator's (operations.md)."""

    async def close(self) -> None:
        await self._engine.dispose()


def _transact(engine: Engine, work: Work[T]) -> T:
    try:
        with engine.begin() as connection:
            return work(connection)
    except OperationalError as error:
        code = getattr(error.orig, "sqlite_errorname", "")
        if code in {"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC"}:
            raise Outage("disk_full", detail=code) from error
        raise


def _empty_log(path: Path) -> None:
    connection = sqlite3.connect(path, timeout=BUSY_MS / 1000)
    try:
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        connection.close()
    if busy:
        raise Outage("store_busy")


def _sqlite_engine(path: Path, begin: str, size: int) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,  # an error's text goes to the log; what was bound does not
        connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",  # a shredded key leaves no copy in a free page
            f"busy_timeout={BUSY_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
