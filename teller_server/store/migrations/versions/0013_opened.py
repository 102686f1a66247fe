"""Opened on purpose: requests, ranges of grants, one custody chain over all visits.

Revision ID: 0013
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

from teller_server.store.chain import FIRST, link
from teller_server.store.ddl import append_only, no_way_back, run_beside

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None

_OLD = sa.text("SELECT visit, seq, at, actor, act, hash FROM custody ORDER BY at, visit, seq")
_NEW = sa.text(
    "INSERT INTO custody_chain (n, at, visit, seq, actor, act, detail, previous, hash) "
    "VALUES (:n, :at, :visit, :seq, :actor, :act, :detail, :previous, :hash)"
)


def upgrade() -> None:
    run_beside(__file__)
    _take_in_what_is_there()
    append_only("custody_chain")


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
    no_way_back()
