"""Tables come by migrations alone, transactions are whole, and a full queue says so."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from teller_server.domain.errors import Outage
from teller_server.store.engine import SqliteDatabase, connect
from teller_server.store.migrate import migrate, migrate_database
from teller_server.store.schema import APPEND_ONLY, metadata
from teller_server.store.store import Store
from tests.teller_server.material import NOON, opening


async def test_the_migrations_make_exactly_the_tables_of_the_schema(store: Store) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    assert await store.read(differences) == []


async def test_migrating_again_keeps_what_is_there(store: Store, url: str) -> None:
    await store.visits.apply("v1", opening("v1"), NOON)
    await asyncio.gather(migrate(url), migrate_database(store.database))
    assert (await store.visits.get("v1")).id == "v1"


async def test_every_append_only_table_has_its_trigger(tmp_path: Path) -> None:
    await migrate(f"sqlite:///{tmp_path}/a b.db")
    with sqlite3.connect(tmp_path / "a b.db") as db:
        names = {
            row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
        }
    assert names == {f"{table}_no_{verb}" for table in APPEND_ONLY for verb in ("update", "delete")}


async def test_sqlite_is_kept_safe_and_readable_while_written(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "x.db")

    def pragmas(connection: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.execute(text(f"PRAGMA {name}")).scalar() for name in names]

    assert await database.write(pragmas) == ["wal", 2, 1]
    assert await database.read(pragmas) == ["wal", 2, 1]
    begun, go = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
        begun.set()
        go.wait(10)

    writing = asyncio.create_task(database.write(slow))
    await asyncio.to_thread(begun.wait, 10)
    assert await database.read(lambda conn: conn.execute(text("SELECT 1")).scalar()) == 1
    go.set()
    await writing
    await database.close()


async def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def work(connection: Connection) -> None:
        connection.execute(text("DELETE FROM lanes"))
        connection.execute(text("INSERT INTO lanes VALUES ('x', 'A', 'd', 1)"))
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        await store.write(work)
    count = text("SELECT count(*) FROM lanes")
    assert await store.read(lambda conn: conn.execute(count).scalar()) == 0


async def test_a_crowd_beyond_the_limit_is_told_at_once(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "x.db", max_pending=3)
    go = threading.Event()
    waiting = [asyncio.create_task(database.write(lambda _: go.wait(10))) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Outage, match="store_busy"):
        await database.write(lambda _: None)
    assert (database.gate.pending, database.gate.refused) == (3, 1)
    go.set()
    await asyncio.gather(*waiting)
    assert database.gate.pending == 0
    await database.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y"])
def test_a_database_that_cannot_serve_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(Outage):
        connect(url)


async def test_a_full_disk_is_the_operators_matter(tmp_path: Path) -> None:
    """A page limit stands for the disk: SQLite reports both as SQLITE_FULL."""
    database = SqliteDatabase(tmp_path / "x.db")

    def limit(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE t (b BLOB)"))
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages + 2}"))

    def fill(connection: Connection) -> None:
        connection.execute(text("INSERT INTO t VALUES (zeroblob(1000000))"))

    await database.write(limit)
    with pytest.raises(Outage, match="disk_full"):
        await database.write(fill)
    assert (
        await database.read(lambda conn: conn.execute(text("SELECT count(*) FROM t")).scalar()) == 0
    )
    await database.close()
