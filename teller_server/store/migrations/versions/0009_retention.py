"""Tables of retention: what the bank told, legal holds, requests to shred, the shred list.

Revision ID: 0009
Revises: 0013
"""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0013"
branch_labels = None
depends_on = None

_SQLITE_TRIGGER = """
CREATE TRIGGER shreds_no_{verb} BEFORE {VERB} ON shreds
BEGIN SELECT RAISE(ABORT, 'shreds is append-only'); END
"""

_POSTGRES_TRIGGER = """
CREATE TRIGGER shreds_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON shreds
FOR EACH STATEMENT EXECUTE FUNCTION append_only()
"""


def upgrade() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    ddl = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    lines = [line for line in ddl.splitlines() if not line.startswith("--")]
    for statement in (
        "\n".join(lines).replace("{bytes}", "BYTEA" if postgres else "BLOB").split(";")
    ):
        if statement.strip():
            op.execute(statement)
    if postgres:
        op.execute(_POSTGRES_TRIGGER)
    else:
        for verb in ("update", "delete"):
            op.execute(_SQLITE_TRIGGER.format(verb=verb, VERB=verb.upper()))


def downgrade() -> None:
    raise NotImplementedError("a branch's history is not thrown away")
