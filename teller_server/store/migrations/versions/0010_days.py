"""Table of the chain of days.

Revision ID: 0010
Revises: 0008
"""

from teller_server.store.ddl import no_way_back, run_beside

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_beside(__file__)


def downgrade() -> None:
    no_way_back()
