"""Indexes for what is asked again and again: objections, repudiations, what waits for a person.

Revision ID: 0012
Revises: 0009
"""

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    ddl = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    lines = [line for line in ddl.splitlines() if not line.startswith("--")]
    for statement in (
        "\n".join(lines).replace("{bytes}", "BYTEA" if postgres else "BLOB").split(";")
    ):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("a branch's history is not thrown away")
