"""Tables of what goes out: events to the bank's systems, and notices to customers."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, text

from .schema import Instant, metadata

_PENDING = text("state = 'pending'")
_DEAD = text("state = 'dead'")

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("id", String, primary_key=True),
    Column("url", String, nullable=False),
    Column("title", String, nullable=False),
    Column("types", String, nullable=False),
    Column("secret", Text, nullable=False),
    Column("former", Text),
    Column("former_until", Instant),
    Column("state", String, nullable=False),
    Column("created_by", String, nullable=False),
    Column("created_at", Instant, nullable=False),
)
"""Where events go. `secret` and `former` are sealed; `types` are separated by spaces."""

webhook_events = Table(
    "webhook_events",
    metadata,
    Column("id", String, primary_key=True),
    Column("visit", String, ForeignKey("visits.id"), nullable=False),
    Column("type", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False),
)
"""Events as they are sent, byte for byte."""

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("event", String, ForeignKey("webhook_events.id"), primary_key=True),
    Column("endpoint", String, ForeignKey("webhook_endpoints.id"), primary_key=True),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("lease", String),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("detail", String, nullable=False),
    Index(
        "ix_webhook_deliveries_due",
        "endpoint",
        "due_at",
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    ),
    Index("ix_webhook_deliveries_endpoint", "endpoint", "created_at"),
)
"""An event for an endpoint: `pending`, `delivered` or `dead`."""

notices = Table(
    "notices",
    metadata,
    Column("id", String, primary_key=True),
    Column("visit", String, ForeignKey("visits.id"), nullable=False),
    Column("receiver", String, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("lease", String),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("detail", String, nullable=False),
    Index("ix_notices_due", "due_at", sqlite_where=_PENDING, postgresql_where=_PENDING),
    Index("ix_notices_visit", "visit"),
    Index("ix_notices_given_up", "created_at", sqlite_where=_DEAD, postgresql_where=_DEAD),
)
"""Messages to customers about what was changed; `sealed` holds number and text."""
