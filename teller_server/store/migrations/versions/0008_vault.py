"""Tables for the vault.

Revision ID: 0008
Revises: 0007
"""

from teller_server.store.ddl import no_way_back, run_beside

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_beside(__file__)


def downgrade() -> None:
    no_way_back()
