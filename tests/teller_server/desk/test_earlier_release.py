"""What an earlier release left is opened by this one: database, wrapped keys, evidence."""

from __future__ import annotations

import json
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from recording.playback import open_media
from recording.verify import verify
from teller_server.desk.fields import FieldCipher
from teller_server.desk.keys import DataKeys
from teller_server.desk.labels import Labels
from teller_server.desk.purposes import SERVICE
from teller_server.desk.strongroom import Strongroom, open_strongroom
from teller_server.settings import load
from teller_server.store.store import Store
from teller_server.store.visits import VisitQuery
from tests.recording.handed import stranger
from tests.teller_server.desk.archive import Archive

ARCHIVE = Path(__file__).parents[2] / "archives" / "schema-0005.tar.xz"
VISIT = "visit-1"


@pytest.fixture
async def branch(tmp_path: Path) -> AsyncIterator[Archive]:
    data = tmp_path / "data"
    with tarfile.open(ARCHIVE) as packed:
        packed.extractall(data, filter="data")
    (tmp_path / "branch.toml").write_text(f'demo = true\n[data]\ndirectory = "{data}"\n')
    settings = load(tmp_path / "branch.toml")
    store = await Store.open(settings.database_url)
    room: Strongroom = await open_strongroom(settings, store)
    yield Archive(tmp_path, store, room, json.loads((data / "receipt.json").read_text()))
    await store.close()


async def test_its_database_is_brought_up_to_date_and_its_chains_hold(branch: Archive) -> None:
    store = branch.store
    version = await store.read(
        lambda conn: conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
    )
    assert version != "0005"
    assert await store.visits.verify_chain(VISIT) == 1
    assert [entry.act for entry in await store.custody.entries(VISIT)] == ["viewed"]
    found = await store.custody.check(frozenset())
    assert (found.links, found.problems) == (1, [])


async def test_its_keys_open_what_it_sealed(branch: Archive) -> None:
    store, room = branch.store, branch.room
    keys = DataKeys(store, room.wrapper)
    key = await keys.get(VISIT, SERVICE)
    sealed = (await store.fields.read(VISIT))["name"]
    assert FieldCipher(VISIT, key).open("name", sealed) == "王小明"
    by_name = VisitQuery(lookups=(room.lookup.digest("王小明"),))
    assert (await store.visits.search(by_name)).total == 1
    assert await Labels(store, keys, room.labels).of([VISIT]) == {VISIT: "王**"}
    assert open_media(branch.directory, "customer", key).duration_ms > 500


async def test_its_evidence_verifies_with_todays_witness_and_for_a_stranger(
    branch: Archive,
) -> None:
    verdict = verify(branch.directory, receipt=branch.receipt)
    assert (verdict.status, verdict.exit_code) == ("complete", 0)
    roots = sorted((branch.directory / "trust").glob("*.pem"))
    assert stranger(branch.directory, roots, branch.place / "data/receipt.json").returncode == 0


async def test_it_goes_through_backup_and_restore(branch: Archive, tmp_path: Path) -> None:
    made = await branch.run("backup", tmp_path / "backup")
    assert made.exit_code == 0, made.output
    config = tmp_path / "new.toml"
    config.write_text(f'demo = true\n[data]\ndirectory = "{tmp_path / "new"}"\n')
    back = await branch.run("restore", tmp_path / "backup", "--config", config)
    assert (back.exit_code, "1 of 1 recordings verify" in back.output) == (0, True), back.output
