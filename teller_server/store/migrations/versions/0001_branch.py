"""The branch opens: every table of the first version.

Revision ID: 0001
Revises:
"""

from teller_server.store.ddl import append_only, no_way_back, run_beside

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_beside(__file__)
    append_only("events", "commands", "custody")


def downgrade() -> None:
    no_way_back()
