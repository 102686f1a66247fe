"""Tables of the bank's own programs: their keys, and answers given once."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from .schema import Instant, metadata

bank_keys = Table(
    "bank_keys",
    metadata,
    Column("id", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("secret_hash", String, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_by", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

bank_answers = Table(
    "bank_answers",
    metadata,
    Column("bank_key", String, primary_key=True),
    Column("request_key", String, primary_key=True),
    Column("request_hash", String, nullable=False),
    Column("status", Integer),
    Column("body", Text),
    Column("at", Instant, nullable=False),
)
