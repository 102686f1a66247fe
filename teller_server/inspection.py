"""`teller-server inspect`: find the recording's data key in the branch, open and decode it."""

import asyncio
import json
from pathlib import Path
from typing import Any

from recording.inspect import inspect
from teller_server.desk.keys import DataKeys
from teller_server.desk.purposes import at_terminal
from teller_server.desk.wrappers import key_ring, open_hsm
from teller_server.domain.errors import Outage
from teller_server.settings import Settings
from teller_server.store.store import Store


async def inspect_evidence(settings: Settings, path: Path) -> dict[str, Any]:
    """What is in the evidence at `path`. Raises Refusal (shredded), Outage (not ours)."""
    try:
        visit = str(json.loads((path / "recording.json").read_text("utf-8"))["visit"])
    except (OSError, ValueError, KeyError, TypeError):
        raise Outage("not_evidence", path=str(path)) from None
    store = await Store.open(settings.database_url)
    try:
        ring = await asyncio.to_thread(key_ring, settings, open_hsm(settings))
        key = await DataKeys(store, ring).get(visit, at_terminal("inspect"))
    finally:
        await store.close()
    found = await asyncio.to_thread(inspect, path, key)
    return found.as_dict()
