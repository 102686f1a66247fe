"""Bring a database to the tables of this version, whatever version it comes from."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from .engine import Database, connect

MIGRATIONS = Path(__file__).with_name("migrations")
_LOCK = 0x7E11E2


async def migrate(url: str) -> None:
    """Run every migration that the database at `url` has not seen; one process at a time."""
    database = connect(url)
    try:
        await migrate_database(database)
    finally:
        await database.close()


async def migrate_database(database: Database) -> None:
    """The same on a database that is open already, in one transaction."""
    await database.write(upgrade)


def upgrade(connection: Connection) -> None:
    """Run the missing migrations on `connection`, in its transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
