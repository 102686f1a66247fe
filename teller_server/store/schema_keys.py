"""Tables of keys: the wrapped root, each use of a data key, readings of the key server's log."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from .schema import Instant, metadata

root_keys = Table(
    "root_keys",
    metadata,
    Column("name", String, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)

key_uses = Table(
    "key_uses",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("subject", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("actor", String),
    Column("permission", String),
    Column("custody_seq", Integer),
    Index("ix_key_uses_at", "at"),
)

key_checks = Table(
    "key_checks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("place", String, nullable=False),
    Column("read", Integer, nullable=False),
    Column("findings", Text, nullable=False),
)
