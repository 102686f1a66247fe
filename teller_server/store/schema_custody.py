"""Tables of what is opened on purpose: who asked, who agreed, and one chain over every act."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from .schema import Instant, metadata

custody_chain = Table(
    "custody_chain",
    metadata,
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("visit", String),
    Column("seq", Integer),
    Column("actor", String, nullable=False),
    Column("act", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
    Index("ux_custody_chain_entry", "visit", "seq", unique=True),
)

view_requests = Table(
    "view_requests",
    metadata,
    Column("id", String, primary_key=True),
    Column("visit", String, ForeignKey("visits.id"), nullable=False),
    Column("account", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("from_ms", BigInteger),
    Column("until_ms", BigInteger),
    Column("purpose", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("decided_by", String),
    Column("decided_at", Instant),
    Column("approved", Boolean),
    Column("reason", Text),
    Column("used_at", Instant),
    Index("ix_view_requests_asked", "asked_at"),
)
