"""What a visit is found by besides its row: codes of what happened, keyed digests of words.

All of it goes when the visit is shredded; nothing here is part of any chain.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table

from .schema import Instant, metadata

search_terms = Table(
    "search_terms",
    metadata,
    Column("visit", String, ForeignKey("visits.id"), primary_key=True),
    Column("term", String, primary_key=True),
    Index("ix_search_terms_term", "term"),
)

search_visits = Table(
    "search_visits",
    metadata,
    Column("visit", String, ForeignKey("visits.id"), primary_key=True),
    Column("indexed_at", Instant, nullable=False),
    Column("cut", Boolean, nullable=False),
)
