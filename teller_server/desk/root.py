"""The root of the desk's own keys: a secret of 32 bytes, wrapped and kept in the database.

A branch that began with a master key file had that file as its root. When it moves to a key server
the same 32 bytes are wrapped there, so that everything derived from them still opens.
"""

import asyncio
import secrets
from datetime import UTC, datetime

from recording.keys import KeyRing
from teller_server.desk.wrappers import master_key_path
from teller_server.domain.errors import Outage
from teller_server.domain.ids import new_id
from teller_server.settings import Settings
from teller_server.store.key_uses import ROOT, KeyUse
from teller_server.store.store import Store

CONTEXT = b"teller-server root"
BYTES = 32


async def open_root(settings: Settings, store: Store, ring: KeyRing, purpose: str) -> bytes:
    """The root. Raises Outage `keys_not_initialised` where a key server has none to open."""
    wrapped = await store.keys.root()
    if wrapped is not None:
        use = await store.keys.use(KeyUse(new_use(), datetime.now(UTC), ROOT, purpose))
        return await asyncio.to_thread(ring.unwrap, wrapped, CONTEXT, use.id)
    if settings.keys.wrapper != "file":
        raise Outage("keys_not_initialised")
    return await asyncio.to_thread(master_key_path(settings).read_bytes)


async def init_root(settings: Settings, store: Store, ring: KeyRing) -> bool:
    """Make the root and keep it wrapped; whether it is the former master key.

    Raises Outage('keys_initialised') when there is one.
    """
    path = master_key_path(settings)
    exists = await asyncio.to_thread(path.exists)
    root = await asyncio.to_thread(path.read_bytes) if exists else secrets.token_bytes(BYTES)
    wrapped = await asyncio.to_thread(ring.wrap, root, CONTEXT)
    await store.keys.keep_root(wrapped, datetime.now(UTC))
    return exists


def new_use() -> str:
    """A number for one unwrapping; it stands in our record and in the key server's log."""
    return new_id("use", secrets.token_bytes(16))
