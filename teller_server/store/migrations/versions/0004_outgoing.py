"""Tables for outgoing.

Revision ID: 0004
Revises: 0003
"""

from teller_server.store.ddl import no_way_back, run_beside

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_beside(__file__)


def downgrade() -> None:
    no_way_back()
