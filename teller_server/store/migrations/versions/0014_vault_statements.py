"""Days and custody heads that the vault holds.

Revision ID: 0014
Revises: 0012
"""

from teller_server.store.ddl import no_way_back, run_beside

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_beside(__file__)


def downgrade() -> None:
    no_way_back()
