"""Rows that join another transaction: a new visit's wrapped key, a recording's place."""

from __future__ import annotations

from sqlalchemy import Connection, insert

from .evidence import Recording, WrappedKey
from .schema import data_keys, recordings


def keep_key(connection: Connection, key: WrappedKey) -> None:
    """The wrapped key of a new visit, in the transaction that opens the visit."""
    connection.execute(
        insert(data_keys).values(**{name: getattr(key, name) for name in WrappedKey.__slots__})
    )


def open_recording(connection: Connection, recording: Recording) -> None:
    """A recording begins; its key has been kept since the visit opened."""
    connection.execute(
        insert(recordings).values(**{n: getattr(recording, n) for n in Recording.__slots__})
    )
