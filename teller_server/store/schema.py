"""The tables of the branch.

Correctness lives here: partial unique indexes make a double pairing an error, whoever asks.
People's own data is only ever ciphertext or a keyed digest; secrets and tokens are hashes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as whole microseconds since 1970: the same order on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, _: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _visit(**options: Any) -> Column[str]:
    return Column("visit", String, ForeignKey("visits.id"), **options)


def _partial(name: str, *columns: str, where: str, unique: bool = True) -> Index:
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


visits = Table(
    "visits",
    metadata,
    Column("id", String, primary_key=True),
    Column("service", String, nullable=False),
    Column("language", String, nullable=False),
    Column("customer", String, nullable=False),
    Column("authenticated", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("outcome", String),
    Column("effect", String, nullable=False),
    Column("ticket", String),
    Column("teller", String),
    Column("owner", String),
    Column("recording", String),
    Column("opened_at", Instant, nullable=False),
    Column("accepted_at", Instant),
    Column("began_at", Instant),
    Column("ended_at", Instant),
    Column("closed_at", Instant),
    Column("version", Integer, nullable=False),
    Column("head", String, nullable=False),
    Column("snapshot", Text, nullable=False),
    _partial("ux_visits_one_per_teller", "owner", where="owner IS NOT NULL"),
    _partial("ix_visits_live", "state", where="state <> 'closed'", unique=False),
    Index("ix_visits_customer", "customer", "opened_at"),
    Index("ix_visits_opened", "opened_at"),
    Index("ix_visits_history", "service", "language", "ended_at"),
)

LIVE = text("visits.state <> 'closed'")
"""As `ix_visits_live` has it, word for word: what asks for states says this, too, to be quick."""

_AFTERWARDS = "name IN ('Objected', 'ObjectionAnswered', 'Repudiated', 'RepudiationSettled')"

events = Table(
    "events",
    metadata,
    _visit(primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("name", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
    _partial("ix_events_afterwards", "name", "visit", "at", where=_AFTERWARDS, unique=False),
)

AFTERWARDS = text(f"events.{_AFTERWARDS}")
"""As `ix_events_afterwards` has it."""

commands = Table(
    "commands",
    metadata,
    _visit(primary_key=True),
    Column("command", String, primary_key=True),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
)

lanes = Table(
    "lanes",
    metadata,
    Column("lane", String, primary_key=True),
    Column("letter", String, nullable=False, unique=True),
    Column("day", String, nullable=False),
    Column("taken", Integer, nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    _visit(primary_key=True),
    Column("number", String, nullable=False),
    Column("skill", String, nullable=False),
    Column("language", String, nullable=False),
    Column("enqueued_at", Instant, nullable=False),
    Column("queue_key", Instant, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("sticky", String),
    Column("sticky_until", Instant),
    Column("away", Boolean, nullable=False),
    Column("state", String, nullable=False),
    _partial(
        "ix_tickets_line",
        "skill",
        "language",
        "queue_key",
        "visit",
        where="state = 'waiting'",
        unique=False,
    ),
    _partial(
        "ix_tickets_sticky",
        "sticky",
        "queue_key",
        where="state = 'waiting' AND sticky IS NOT NULL",
        unique=False,
    ),
)

pairings = Table(
    "pairings",
    metadata,
    Column("id", String, primary_key=True),
    _visit(nullable=False),
    Column("teller", String, nullable=False),
    Column("state", String, nullable=False),
    Column("offered_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("accepted_at", Instant),
    Column("ended_at", Instant),
    Column("reason", Text),
    _partial("ux_pairings_live_visit", "visit", where="state IN ('offered', 'live')"),
    _partial("ux_pairings_live_teller", "teller", where="state IN ('offered', 'live')"),
    _partial("ux_pairings_accepted_once", "visit", where="accepted_at IS NOT NULL"),
    _partial("ix_pairings_due", "expires_at", where="state = 'offered'", unique=False),
    Index("ix_pairings_visit_teller", "visit", "teller"),
    Index("ix_pairings_teller", "teller", "offered_at"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("display_name", String, nullable=False),
    Column("number", String, nullable=False, unique=True),
    Column("language", String, nullable=False),
    Column("roles", String, nullable=False),
    Column("skills", String, nullable=False),
    Column("languages", String, nullable=False),
    Column("password_hash", String, nullable=False),
    Column("totp_secret", Text),
    Column("totp_step", BigInteger),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Instant),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant),
)

teller_lanes = Table(
    "teller_lanes",
    metadata,
    Column("teller", String, ForeignKey("accounts.id"), primary_key=True),
    Column("skill", String, primary_key=True),
    Column("language", String, primary_key=True),
    Index("ix_teller_lanes_lane", "skill", "language"),
)

presence = Table(
    "presence",
    metadata,
    Column("teller", String, ForeignKey("accounts.id"), primary_key=True),
    Column("wish", String, nullable=False),
    Column("reason", String),
    Column("since", Instant, nullable=False),
    Column("free_since", Instant, nullable=False),
)

web_sessions = Table(
    "web_sessions",
    metadata,
    Column("key", String, primary_key=True),
    Column("audience", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("fresh_until", Instant),
    Column("proof", String),
    Index("ix_web_sessions_subject", "audience", "subject"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", String, primary_key=True),
    Column("secret_hash", String, nullable=False, unique=True),
    Column("service", String, nullable=False),
    Column("language", String, nullable=False),
    Column("customer", String, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("created_by", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("redeemed_at", Instant),
)

handoffs = Table(
    "handoffs",
    metadata,
    Column("code_hash", String, primary_key=True),
    Column("subject", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index("ix_handoffs_subject", "subject"),
)

wire_sessions = Table(
    "wire_sessions",
    metadata,
    Column("session", String, primary_key=True),
    Column("subject", String, nullable=False),
    Column("token_hash", String, nullable=False, unique=True),
    Column("last_seq", Integer, nullable=False),
    Column("current", Boolean, nullable=False),
    _partial("ux_wire_sessions_current", "subject", where="current"),
)

wire_outbox = Table(
    "wire_outbox",
    metadata,
    Column("session", String, ForeignKey("wire_sessions.session"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("type", String, nullable=False),
    Column("body", Text, nullable=False),
)

wire_inbox = Table(
    "wire_inbox",
    metadata,
    Column("session", String, ForeignKey("wire_sessions.session"), primary_key=True),
    Column("message", String, primary_key=True),
)

_UNSETTLED = "state IN ('pending', 'dead_lettered')"

effects = Table(
    "effects",
    metadata,
    Column("key", String, primary_key=True),
    _visit(nullable=False),
    Column("effect", String, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("lease", String),
    Column("created_at", Instant, nullable=False),
    Column("detail", Text, nullable=False),
    _partial("ix_effects_due", "due_at", where="state = 'pending'", unique=False),
    _partial("ix_effects_unsettled", "created_at", where=_UNSETTLED, unique=False),
    Index("ix_effects_visit", "visit"),
)

UNSETTLED = text(f"effects.{_UNSETTLED}")
"""As `ix_effects_unsettled` has it."""

recordings = Table(
    "recordings",
    metadata,
    Column("id", String, primary_key=True),
    _visit(nullable=False),
    Column("directory", String, nullable=False),
    Column("state", String, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("sealed_at", Instant),
    Column("manifest", String),
    Column("verdict", String),
    Column("duration_ms", BigInteger),
    Index("ix_recordings_visit", "visit"),
)

data_keys = Table(
    "data_keys",
    metadata,
    Column("recording", String, primary_key=True),
    _visit(nullable=False),
    Column("wrapped", LargeBinary),
    Column("context", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("shredded_at", Instant),
)

objects = Table(
    "objects",
    metadata,
    Column("recording", String, ForeignKey("recordings.id"), primary_key=True),
    Column("digest", String, primary_key=True),
    _visit(nullable=False),
    Column("role", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_objects_visit", "visit"),
)

heads = Table(
    "heads",
    metadata,
    Column("recording", String, ForeignKey("recordings.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("digest", String, nullable=False),
    Column("stamped", Boolean, nullable=False),
)

sealed_fields = Table(
    "sealed_fields",
    metadata,
    _visit(primary_key=True),
    Column("name", String, primary_key=True),
    Column("sealed", Text),
    Column("lookup", String),
    Index("ix_sealed_fields_lookup", "name", "lookup"),
)

custody = Table(
    "custody",
    metadata,
    _visit(primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", String, nullable=False),
    Column("act", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
)

view_grants = Table(
    "view_grants",
    metadata,
    Column("grant_hash", String, primary_key=True),
    _visit(nullable=False),
    Column("account", String, nullable=False),
    Column("custody_seq", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("kind", String, nullable=False, server_default="view"),
    Column("from_ms", BigInteger),
    Column("until_ms", BigInteger),
)

APPEND_ONLY = ("events", "commands", "custody", "key_uses", "key_checks", "custody_chain", "shreds")
"""Tables in which the database itself refuses to change or remove a row."""
