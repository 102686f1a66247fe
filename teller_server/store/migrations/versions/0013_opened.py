"""Opened on purpose: requests, ranges of grants, one custody chain over all visits.

Revision ID: 0013
Revises: 0010
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

from teller_server.store.chain import FIRST, link

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None

_SQLITE_TRIGGER = """
CREATE TRIGGER custody_chain_no_{verb} BEFORE {VERB} ON custody_chain
BEGIN SELECT RAISE(ABORT, 'custody_chain is append-only'); END
"""

_POSTGRES_TRIGGER = """
CREATE TRIGGER custody_chain_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON custody_chain
FOR EACH STATEMENT EXECUTE FUNCTION append_only()
"""

_OLD = sa.text("SELECT visit, seq, at, actor, act, hash FROM custody ORDER BY at, visit, seq")
_NEW = sa.text(
    "INSERT INTO custody_chain (n, at, visit, seq, actor, act, detail, previous, hash) "
    "VALUES (:n, :at, :visit, :seq, :actor, :act, :detail, :previous, :hash)"
)


def upgrade() -> None:
    ddl = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    lines = [line for line in ddl.splitlines() if not line.startswith("--")]
    for statement in "\n".join(lines).split(";"):
        if statement.strip():
            op.execute(statement)
    _take_in_what_is_there()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRES_TRIGGER)
    else:
        for verb in ("update", "delete"):
            op.execute(_SQLITE_TRIGGER.format(verb=verb, VERB=verb.upper()))


def _take_in_what_is_there() -> None:
    """Entries of earlier releases, in the order of their time."""
    connection, previous = op.get_bind(), FIRST
    for n, row in enumerate(connection.execute(_OLD).all(), 1):
        covered = (row.at, row.visit, row.seq, row.actor, row.act, row.hash)
        digest = link(previous, n, *covered)
        values = {**row._mapping, "n": n, "detail": row.hash, "previous": previous, "hash": digest}
        connection.execute(_NEW, values)
        previous = digest


def downgrade() -> None:
    raise NotImplementedError("a branch's history is not thrown away")
