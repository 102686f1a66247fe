"""Rows of a recording, written and destroyed as the branch does, without the desks that do it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from teller_server.store.evidence import Recording, WrappedKey
from teller_server.store.keys import keep_key, open_recording
from teller_server.store.shredding import destroy
from teller_server.store.store import Store


async def begun(store: Store, recording: Recording, key: WrappedKey) -> None:
    """A recording and its key."""

    def work(connection: Connection) -> None:
        open_recording(connection, recording)
        keep_key(connection, key)

    await store.write(work)


async def shredded(store: Store, visit: str, at: datetime) -> None:
    """What a shredding destroys, without its people and its certificate."""
    await store.write(lambda connection: destroy(connection, visit, at))
