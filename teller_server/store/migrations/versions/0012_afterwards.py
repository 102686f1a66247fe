"""Indexes for what is asked again and again: objections, repudiations, what waits for a person.

Revision ID: 0012
Revises: 0009
"""

from teller_server.store.ddl import no_way_back, run_beside

revision = "0012"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_beside(__file__)


def downgrade() -> None:
    no_way_back()
