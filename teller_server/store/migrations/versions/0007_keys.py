"""Tables for keys: the wrapped root, what each unwrapping was for, what the audit log told.

Revision ID: 0007
Revises: 0005
"""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None

_SQLITE_TRIGGER = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""

_POSTGRES_TRIGGER = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
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
    for table in ("key_uses", "key_checks"):
        if postgres:
            op.execute(_POSTGRES_TRIGGER.format(table=table))
        else:
            for verb in ("update", "delete"):
                op.execute(_SQLITE_TRIGGER.format(table=table, verb=verb, VERB=verb.upper()))


def downgrade() -> None:
    raise NotImplementedError("a branch's history is not thrown away")
