"""Tables of how long evidence is kept: what the bank has told, holds, requests, and the shred list.

`shreds` is append-only: a certificate that was given stays, whatever becomes of its package.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, Text, text

from .schema import Instant, metadata

_OPEN = text("done_at IS NULL")
_SET = text("lifted_at IS NULL")

retention_events = Table(
    "retention_events",
    metadata,
    Column("visit", String, ForeignKey("visits.id"), primary_key=True),
    Column("event", String, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("told_by", String, nullable=False),
    Column("told_at", Instant, nullable=False),
)

legal_holds = Table(
    "legal_holds",
    metadata,
    Column("id", String, primary_key=True),
    Column("visit", String, ForeignKey("visits.id"), nullable=False),
    Column("set_by", String, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("lifted_by", String),
    Column("lifted_at", Instant),
    Index("ix_legal_holds_set", "visit", sqlite_where=_SET, postgresql_where=_SET),
)

shred_requests = Table(
    "shred_requests",
    metadata,
    Column("id", String, primary_key=True),
    Column("visit", String, ForeignKey("visits.id"), nullable=False),
    Column("why", Text, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("confirmed_by", String),
    Column("done_at", Instant),
    Index("ux_shred_requests_open", "visit", unique=True, sqlite_where=_OPEN,
          postgresql_where=_OPEN),
)  # fmt: skip

shreds = Table(
    "shreds",
    metadata,
    Column("recording", String, primary_key=True),
    Column("visit", String, ForeignKey("visits.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("digest", String, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("token", LargeBinary, nullable=False),
    Column("signer_chain", LargeBinary, nullable=False),
    Column("tsa_chain", LargeBinary, nullable=False),
)
