"""Data keys: one per visit, wrapped and durable before the first byte is sealed under it.

Each unwrapping is written down with its purpose before the key server is asked; one that serves a
person is an entry in the visit's custody chain as well. Its number goes into the server's own log.
"""

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import recording.errors
from recording.keys import KeyWrapper
from teller_server.desk.purposes import Purpose
from teller_server.desk.root import new_use
from teller_server.domain.errors import Outage, Refusal
from teller_server.store.evidence import WrappedKey
from teller_server.store.key_uses import KeyUse
from teller_server.store.store import Store

KEY_BYTES = 32
MAX_HELD = 4096
PERSON_SECONDS = 900.0
"""So long a key that was opened for a person stays in memory; then it is another use."""


@dataclass(frozen=True)
class _Held:
    key: bytes
    until: float | None


_Slot = tuple[str, str, str]  # visit, account, permission; both empty for the branch's own work


class DataKeys:
    """Makes data keys, keeps them wrapped in the store, and holds those in use in memory.

    The wrapping context names recording and visit: a wrapped key moved elsewhere does not open.
    A key that the branch holds for its own work is not given to a person: that is another use.
    """

    def __init__(
        self,
        store: Store,
        wrapper: KeyWrapper,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._wrapper = wrapper
        self._now = now
        self._held: OrderedDict[_Slot, _Held] = OrderedDict()
        self._opening: dict[_Slot, asyncio.Future[bytes]] = {}

    async def make(self, visit: str, now: datetime) -> tuple[bytes, WrappedKey]:
        """A fresh key for a new visit, and the row to keep in the transaction that opens it.

        Raises Outage `key_server_away`: no visit opens whose evidence nobody could open later.
        """
        key = secrets.token_bytes(KEY_BYTES)
        context = context_of(visit)
        with _told():
            wrapped = await asyncio.to_thread(self._wrapper.wrap, key, context)
        self._hold((visit, "", ""), key, None)
        return key, WrappedKey(recording_of(visit), visit, wrapped, context, now)

    async def get(self, visit: str, purpose: Purpose) -> bytes:
        """The visit's key. Raises Refusal('key_shredded') when it was destroyed; Outage."""
        slot = (visit, purpose.actor or "", purpose.permission or "")
        held = self._held.get(slot)
        if held is not None and (held.until is None or time.monotonic() < held.until):
            self._held.move_to_end(slot)
            return held.key
        opening = self._opening.get(slot)
        if opening is None:
            opening = asyncio.create_task(self._open(slot, purpose), name="key.open")
            self._opening[slot] = opening
            opening.add_done_callback(lambda done: self._opened(slot, done))
        return await asyncio.shield(opening)

    async def _open(self, slot: _Slot, purpose: Purpose) -> bytes:
        visit = slot[0]
        kept = await self._store.evidence.key(recording_of(visit))
        if kept.wrapped is None:
            raise Refusal("key_shredded")
        use = KeyUse(new_use(), self._now(), visit, purpose.what, purpose.actor, purpose.permission)
        await self._store.keys.use(use)
        with _told():
            return await asyncio.to_thread(
                self._wrapper.unwrap, kept.wrapped, context_of(visit), use.id
            )

    def _opened(self, slot: _Slot, done: asyncio.Future[bytes]) -> None:
        """Held, unless it was forgotten while it was being opened."""
        wanted = self._opening.get(slot) is done
        if wanted:
            del self._opening[slot]
        if not done.cancelled() and done.exception() is None and wanted:
            self._hold(slot, done.result(), time.monotonic() + PERSON_SECONDS if slot[1] else None)

    def _hold(self, slot: _Slot, key: bytes, until: float | None) -> None:
        self._held[slot] = _Held(key, until)
        if len(self._held) > MAX_HELD:
            self._held.popitem(last=False)

    async def let_go(self) -> None:
        """Keys that somebody shredded at the terminal leave the memory of this process as well."""
        held = {visit for visit, _, _ in self._held}
        for visit in await self._store.evidence.shredded(held) if held else ():
            self.forget(visit)

    def forget_permission(self, permission: str) -> None:
        """What a grant allowed is over: keys that were opened on it leave the memory."""
        for slots in (self._held, self._opening):
            for slot in [one for one in slots if one[2] == permission]:
                del slots[slot]

    def put_away(self, visit: str) -> None:
        """The branch's own work on this visit is done; what a person was given stays theirs."""
        for slots in (self._held, self._opening):
            slots.pop((visit, "", ""), None)

    def forget(self, visit: str) -> None:
        for slots in (self._held, self._opening):
            for slot in [one for one in slots if one[0] == visit]:
                del slots[slot]


@contextmanager
def _told() -> Iterator[None]:
    """The workshop's Outage as the branch's own, so that every desk treats it as one."""
    try:
        yield
    except recording.errors.Outage as error:
        raise Outage(error.code, detail=error.detail) from None


def recording_of(visit: str) -> str:
    """A visit has one recording, named after it."""
    return visit.replace("visit-", "rec-", 1)


def context_of(visit: str) -> bytes:
    """What a visit's wrapped key is bound to."""
    return f"{recording_of(visit)}|{visit}".encode()
