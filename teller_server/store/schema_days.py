"""The chain of days as the database knows it: what was cut off its end on the disk shows here."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from .schema import Instant, metadata

days = Table(
    "days",
    metadata,
    Column("day", String, primary_key=True),
    Column("digest", String, nullable=False),
    Column("made_at", Instant, nullable=False),
)
