"""Data keys: one per visit, wrapped and durable before the first byte is sealed under it."""

import asyncio
import secrets
from collections import OrderedDict
from datetime import datetime

from recording.keys import KeyWrapper
from teller_server.domain.errors import Refusal
from teller_server.store.evidence import WrappedKey
from teller_server.store.store import Store

KEY_BYTES = 32
MAX_HELD = 4096


class DataKeys:
    """Makes data keys, keeps them wrapped in the store, and holds those in use in memory.

    The wrapping context names recording and visit: a wrapped key moved elsewhere does not open.
    """

    def __init__(self, store: Store, wrapper: KeyWrapper) -> None:
        self._store = store
        self._wrapper = wrapper
        self._held: OrderedDict[str, bytes] = OrderedDict()

    async def make(self, visit: str, now: datetime) -> tuple[bytes, WrappedKey]:
        """A fresh key for a new visit, and the row to keep in the transaction that opens it."""
        key = secrets.token_bytes(KEY_BYTES)
        context = _context(visit)
        wrapped = await asyncio.to_thread(self._wrapper.wrap, key, context)
        return key, WrappedKey(recording_of(visit), visit, wrapped, context, now)

    async def get(self, visit: str) -> bytes:
        """The visit's key. Raises Refusal('key_shredded') when it was destroyed."""
        held = self._held.get(visit)
        if held is not None:
            self._held.move_to_end(visit)
            return held
        kept = await self._store.evidence.key(recording_of(visit))
        if kept.wrapped is None:
            raise Refusal("key_shredded")
        key = await asyncio.to_thread(self._wrapper.unwrap, kept.wrapped, _context(visit))
        self._held[visit] = key
        if len(self._held) > MAX_HELD:
            self._held.popitem(last=False)
        return key

    async def shred(self, visit: str, now: datetime) -> None:
        """Destroy the wrapped key: recording, objects and fields are unreadable from now on."""
        self.forget(visit)
        await self._store.evidence.shred(recording_of(visit), now)

    def forget(self, visit: str) -> None:
        self._held.pop(visit, None)


def recording_of(visit: str) -> str:
    """A visit has one recording, named after it."""
    return visit.replace("visit-", "rec-", 1)


def _context(visit: str) -> bytes:
    return f"{recording_of(visit)}|{visit}".encode()
