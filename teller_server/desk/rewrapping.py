"""Every wrapped key under the newest version of the configured wrapper; evidence is not touched."""

import asyncio
import hmac
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from recording.keys import KeyRing, Wrapped
from teller_server.desk.keys import context_of
from teller_server.desk.root import CONTEXT, new_use
from teller_server.domain.errors import Outage
from teller_server.store.key_uses import ROOT, KeyUse
from teller_server.store.store import Store

AT_ONCE = 200


@dataclass(frozen=True)
class Rewrapped:
    """How many keys were wrapped anew, and how many were so already or vanished meanwhile."""

    changed: int
    left: int


class Rewrapping:
    """One pass over the store. It may be broken off and begun again at any time."""

    def __init__(self, store: Store, ring: KeyRing) -> None:
        self._store = store
        self._ring = ring

    async def run(self) -> Rewrapped:
        """Raises recording's Outage; what was done until then stays done."""
        version = await asyncio.to_thread(self._ring.version)
        changed = left = 0
        root = await self._store.keys.root()
        if root is not None and self._old(root, version):
            await self._store.keys.root_rewrapped(root, await self._anew(ROOT, root, CONTEXT))
            changed += 1
        last = ""
        while rows := await self._store.keys.wrapped(last, AT_ONCE):
            for row in rows:
                last = row.recording
                if row.wrapped is None or not self._old(row.wrapped, version):
                    left += 1
                    continue
                anew = await self._anew(row.visit, row.wrapped, context_of(row.visit))
                kept = await self._store.keys.rewrapped(row.recording, row.wrapped, anew)
                changed, left = changed + kept, left + (not kept)
        return Rewrapped(changed, left)

    def _old(self, wrapped: bytes, version: str) -> bool:
        told = Wrapped.parse(wrapped)
        return (told.wrapper, told.version) != (self._ring.name, version)

    async def _anew(self, subject: str, wrapped: bytes, context: bytes) -> bytes:
        """The same key; one that changes its wrapper is opened again before the old one goes."""
        use = await self._use(subject)
        if Wrapped.parse(wrapped).wrapper == self._ring.name:
            return await asyncio.to_thread(self._ring.rewrap, wrapped, context, use)
        key = await asyncio.to_thread(self._ring.unwrap, wrapped, context, use)
        anew = await asyncio.to_thread(self._ring.wrap, key, context)
        again = await self._use(subject)
        opened = await asyncio.to_thread(self._ring.unwrap, anew, context, again)
        if not hmac.compare_digest(opened, key):
            raise Outage("key_unwrap_refused", subject=subject)
        return anew

    async def _use(self, subject: str) -> str:
        use = KeyUse(new_use(), datetime.now(UTC), subject, "rewrap")
        return (await self._store.keys.use(use)).id


async def wrapped_by(store: Store) -> Counter[tuple[str, str]]:
    """How many keys each wrapper and version holds."""
    found: Counter[tuple[str, str]] = Counter()
    root = await store.keys.root()
    last, held = "", [root] if root else []
    while rows := await store.keys.wrapped(last, AT_ONCE):
        last = rows[-1].recording
        held += [row.wrapped for row in rows if row.wrapped]
        for wrapped in held:
            told = Wrapped.parse(wrapped)
            found[told.wrapper, told.version] += 1
        held = []
    for wrapped in held:
        told = Wrapped.parse(wrapped)
        found[told.wrapper, told.version] += 1
    return found
