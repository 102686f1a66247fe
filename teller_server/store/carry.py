"""Every row of one database into another of the other kind: from a branch's SQLite file into its
new PostgreSQL. The target gets its tables from the migrations, so its rules hold there as well.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, create_engine, insert, inspect, select, text
from sqlalchemy.pool import NullPool

from teller_server.domain.errors import Refusal

from .engine import connect
from .migrate import upgrade
from .schema import metadata

_AT_ONCE: Final = 500


async def carry(source: Path, url: str) -> int:
    """All rows of the SQLite file `source`, which is up to date, in one transaction; how many.

    Raises Refusal `restore_not_empty` where the target has tables.
    """
    database = connect(url)

    def work(target: Connection) -> int:
        if inspect(target).get_table_names():
            raise Refusal("restore_not_empty", path=target.engine.url.database)
        upgrade(target)
        made = URL.create("sqlite", database=f"file:{source}", query={"mode": "ro", "uri": "true"})
        engine = create_engine(made, poolclass=NullPool, hide_parameters=True)
        with engine.connect() as rows:
            return sum(_table(table.name, rows, target) for table in metadata.sorted_tables)

    try:
        return await database.write(work)
    finally:
        await database.close()


async def empty_again(url: str) -> None:
    """Take the branch's tables out of a database into which they were restored just now."""
    database = connect(url)

    def work(target: Connection) -> None:
        metadata.drop_all(target)
        target.execute(text("DROP TABLE IF EXISTS alembic_version"))

    try:
        await database.write(work)
    finally:
        await database.close()


def _table(name: str, source: Connection, target: Connection) -> int:
    table, count = metadata.tables[name], 0
    found = source.execution_options(yield_per=_AT_ONCE).execute(select(table))
    for rows in found.partitions():
        target.execute(insert(table), [dict(row._mapping) for row in rows])
        count += len(rows)
    return count
