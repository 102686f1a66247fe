"""What a migration does with the SQL file beside it, and how a table becomes append-only.

Files are written for both databases: `{bytes}` is the type of binary columns.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import op

_SQLITE_TRIGGER: Final = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""

_POSTGRES_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""

_POSTGRES_TRIGGER: Final = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION append_only()
"""


def run_beside(migration: str) -> None:
    """Run the statements of the `.sql` file beside the migration whose `__file__` is given."""
    ddl = Path(migration).with_suffix(".sql").read_text(encoding="utf-8")
    lines = [line for line in ddl.splitlines() if not line.startswith("--")]
    binary = "BYTEA" if _postgres() else "BLOB"
    for statement in "\n".join(lines).replace("{bytes}", binary).split(";"):
        if statement.strip():
            op.execute(statement)


def append_only(*tables: str) -> None:
    """Rows of these tables are never changed or removed; the database itself refuses."""
    if _postgres():
        op.execute(_POSTGRES_FUNCTION)
    for table in tables:
        if _postgres():
            op.execute(_POSTGRES_TRIGGER.format(table=table))
        else:
            for verb in ("update", "delete"):
                op.execute(_SQLITE_TRIGGER.format(table=table, verb=verb, VERB=verb.upper()))


def no_way_back() -> None:
    """A branch's history is not thrown away. Raises NotImplementedError."""
    raise NotImplementedError("a branch's history is not thrown away")


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
