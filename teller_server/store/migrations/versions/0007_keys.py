"""Tables for keys: the wrapped root, what each unwrapping was for, what the audit log told.

Revision ID: 0007
Revises: 0005
"""

from teller_server.store.ddl import append_only, no_way_back, run_beside

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_beside(__file__)
    append_only("key_uses", "key_checks")


def downgrade() -> None:
    no_way_back()
