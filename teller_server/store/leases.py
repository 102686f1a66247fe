"""Rows that wait to be carried out: claimed by one worker at a time, for as long as a lease."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, select, update

LEASE = timedelta(seconds=60)
"""Whoever dies with a row in hand loses it after that."""


def claim_due(
    connection: Connection, table: Table, key: Column[Any], now: datetime, limit: int
) -> Sequence[tuple[Row[Any], str]]:
    """Rows that are pending and due, oldest first, each with the lease it was just given.

    The table has `state`, `due_at`, `attempts` (as they were before this one) and `lease`; `key`
    tells its rows apart.
    """
    due = (
        select(table)
        .where(table.c.state == "pending", table.c.due_at <= now)
        .order_by(table.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = []
    for row in connection.execute(due).all():
        lease = secrets.token_hex(8)
        mine = update(table).where(key == row._mapping[key])
        values = {"attempts": row.attempts + 1, "lease": lease, "due_at": now + LEASE}
        connection.execute(mine.values(**values))
        claimed.append((row, lease))
    return claimed
