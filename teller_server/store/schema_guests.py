"""Links by which further parties join a visit; their secrets are kept as hashes."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from .schema import Instant, metadata

guests = Table(
    "guests",
    metadata,
    Column("id", String, primary_key=True),
    Column("visit", String, ForeignKey("visits.id"), nullable=False),
    Column("party", String, nullable=False),
    Column("secret_hash", String, nullable=False, unique=True),
    Column("invited_by", String, nullable=False),
    Column("invited_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("redeemed_at", Instant),
    Index("ix_guests_visit", "visit"),
)
