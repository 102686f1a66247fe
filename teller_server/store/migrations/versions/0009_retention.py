"""Tables of retention: what the bank told, legal holds, requests to shred, the shred list.

Revision ID: 0009
Revises: 0013
"""

from teller_server.store.ddl import append_only, no_way_back, run_beside

revision = "0009"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_beside(__file__)
    append_only("shreds")


def downgrade() -> None:
    no_way_back()
