"""Tables for attestations.

Revision ID: 0002
Revises: 0001
"""

from teller_server.store.ddl import no_way_back, run_beside

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_beside(__file__)


def downgrade() -> None:
    no_way_back()
