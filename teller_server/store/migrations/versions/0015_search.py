"""Tables by which visits are found: marks, and keyed digests of words.

Revision ID: 0015
Revises: 0014
"""

from teller_server.store.ddl import no_way_back, run_beside

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_beside(__file__)


def downgrade() -> None:
    no_way_back()
