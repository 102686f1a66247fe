"""Tables of the vault: which recordings have to go there, and what it said it holds."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, text

from .schema import Instant, metadata

vault_tasks = Table(
    "vault_tasks",
    metadata,
    Column("recording", String, ForeignKey("recordings.id"), primary_key=True),
    Column("wanted_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", String),
    Column("done_at", Instant),
    Index(
        "ix_vault_tasks_due",
        "due_at",
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
)

vault_files = Table(
    "vault_files",
    metadata,
    Column("recording", String, ForeignKey("recordings.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String, nullable=False),
    Column("version", String, nullable=False),
    Column("locked_until", Instant),
    Column("stored_at", Instant, nullable=False),
)

vault_statements = Table(
    "vault_statements",
    metadata,
    Column("name", String, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String, nullable=False),
    Column("version", String, nullable=False),
    Column("locked_until", Instant),
    Column("stored_at", Instant, nullable=False),
)
"""Of no one recording: days and custody heads, by their names in the evidence root."""
