"""What the bank vouches for, as it was said: rows are added, never changed."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, String, Table, Text

from .schema import Instant, metadata

attestations = Table(
    "attestations",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("region", String, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("given_by", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("demo", Boolean, nullable=False),
    Index("ix_attestations_kind", "kind", "given_at"),
)
