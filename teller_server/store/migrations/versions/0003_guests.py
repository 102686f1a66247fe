"""Tables for guests.

Revision ID: 0003
Revises: 0002
"""

from teller_server.store.ddl import no_way_back, run_beside

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_beside(__file__)


def downgrade() -> None:
    no_way_back()
