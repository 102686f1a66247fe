"""The branch opens: every table of the first version.

Revision ID: 0001
Revises:
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_APPEND_ONLY = ("events", "commands", "custody")

_SQLITE_TRIGGER = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""

_POSTGRES_FUNCTION = """
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""

_POSTGRES_TRIGGER = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION append_only()
"""


def upgrade() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    ddl = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in _statements(ddl.replace("{bytes}", "BYTEA" if postgres else "BLOB")):
        op.execute(statement)
    if postgres:
        op.execute(_POSTGRES_FUNCTION)
    for table in _APPEND_ONLY:
        if postgres:
            op.execute(_POSTGRES_TRIGGER.format(table=table))
        else:
            for verb in ("update", "delete"):
                op.execute(_SQLITE_TRIGGER.format(table=table, verb=verb, VERB=verb.upper()))


def downgrade() -> None:
    raise NotImplementedError("a branch's history is not thrown away")


def _statements(ddl: str) -> list[str]:
    lines = [line for line in ddl.splitlines() if not line.startswith("--")]
    return [part.strip() for part in "\n".join(lines).split(";") if part.strip()]
