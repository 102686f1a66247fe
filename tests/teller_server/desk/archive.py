"""A branch's data directory with one sealed recording in it, and the command line over it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from teller_server.cli import whole as command_line
from teller_server.desk.keys import context_of, recording_of
from teller_server.desk.strongroom import Strongroom, open_strongroom
from teller_server.settings import Settings, load
from teller_server.store.evidence import Recording, WrappedKey
from teller_server.store.keys import keep_key, open_recording
from teller_server.store.store import Store
from tests.journeys.people import HOUSE
from tests.recording.handed import closed
from tests.recording.material import KEY, STARTED, Authority, Frame, at
from tests.teller_server.material import NOON, opening

VISIT = "visit-1"


@dataclass
class Archive:
    """`room` is the branch's own strongroom; its signer and stamper sealed the recording."""

    place: Path
    store: Store
    room: Strongroom
    receipt: dict[str, Any]

    @property
    def settings(self) -> Settings:
        return load(self.place / "branch.toml")

    @property
    def root(self) -> Path:
        return self.settings.evidence_directory

    @property
    def directory(self) -> Path:
        return self.root / "2026" / "11" / "23" / "rec-1"

    async def run(self, *words: str | Path) -> Result:
        given = [str(word) for word in words]
        if "--config" not in given:
            given += ["--config", str(self.place / "branch.toml")]
        return await asyncio.to_thread(CliRunner().invoke, command_line(), given)


async def archive(place: Path, frames: list[Frame]) -> Archive:
    """Made as a branch makes it, but for the visit's course: only its opening is there."""
    told = f'demo = true\n[data]\ndirectory = "{place / "data"}"\n'
    told += f'[rules]\ndirectory = "{HOUSE}"\npacks = ["house"]\n'  # asks for no second person
    (place / "branch.toml").write_text(told + '[review]\nsecond_person = "never"\n')
    (place / "data").mkdir()
    settings = load(place / "branch.toml")
    store = await Store.open(settings.database_url)
    room = await open_strongroom(settings, store)
    made = Archive(place, store, room, {})
    authority = Authority(room.signer, room.stamper)  # type: ignore[arg-type]
    made.receipt = await asyncio.to_thread(closed, made.directory, authority, frames)
    made.receipt["visit"] = VISIT
    (place / "receipt.json").write_text(json.dumps(made.receipt))
    wrapped = room.wrapper.wrap(KEY, context_of(VISIT))
    await store.visits.apply(VISIT, opening(VISIT), NOON)
    row = WrappedKey(recording_of(VISIT), VISIT, wrapped, context_of(VISIT), NOON)
    await store.write(lambda connection: keep_key(connection, row))
    recording = Recording("rec-1", VISIT, "2026/11/23/rec-1", "open", STARTED)
    await store.write(lambda connection: open_recording(connection, recording))
    digest = made.receipt["evidence_digest"]
    await store.evidence.update(
        "rec-1", state="sealed", sealed_at=at(6), manifest=digest, verdict="complete"
    )
    return made
