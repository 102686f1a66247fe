"""The two places where the databases differ."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, text

_LOCK = text("SELECT pg_advisory_xact_lock(:key)")


def one_at_a_time(connection: Connection, what: str) -> None:
    """Hold others who name the same thing until this transaction ends.

    SQLite has one writer anyway; PostgreSQL takes an advisory lock.
    """
    if connection.dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], "big", signed=True)
        connection.execute(_LOCK, {"key": key})
