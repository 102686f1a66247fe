"""Tables for bank api.

Revision ID: 0005
Revises: 0004
"""

from teller_server.store.ddl import no_way_back, run_beside

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_beside(__file__)


def downgrade() -> None:
    no_way_back()
