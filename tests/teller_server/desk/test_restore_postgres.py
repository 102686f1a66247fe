"""The drill on PostgreSQL: from a SQLite branch's backup, and from its own; the dead stay dead."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from teller_server.desk.keys import DataKeys
from teller_server.desk.purposes import SERVICE
from teller_server.desk.strongroom import open_strongroom
from teller_server.domain.errors import Outage, Refusal
from teller_server.settings import Settings, load
from teller_server.store.schema import metadata
from teller_server.store.shredding import ShreddingStore
from teller_server.store.store import Store
from tests.recording.material import KEY, Frame, clip
from tests.teller_server.desk.archive import VISIT, archive
from tests.teller_server.desk.test_backup import another
from tests.teller_server.shredding.house import House, furnish
from tests.teller_server.store.conftest import _execute
from tests.teller_server.store.postgres import NoPostgres, cluster


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    try:
        with cluster() as found:
            yield found
    except NoPostgres as why:
        pytest.skip(str(why))


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return clip(1)


@pytest.fixture
async def house(tmp_path: Path, frames: list[Frame]) -> AsyncIterator[House]:
    """Two visits with their recordings, on SQLite."""
    (tmp_path / "live").mkdir()
    branch = await archive(tmp_path / "live", frames)
    await another(branch, 2)
    yield await furnish(branch)
    await branch.store.close()


async def new_place(house: House, server: str, name: str) -> Path:
    """A configuration on an empty PostgreSQL database, with the branch's own keys."""
    await _execute(server, f"CREATE DATABASE {name}")
    place = house.branch.place.parent / name
    place.mkdir()
    data = f'[data]\ndirectory = "{place}/data"\ndatabase = "{server}/{name}"\n'
    (place / "branch.toml").write_text(f"demo = true\n{data}")
    return place / "branch.toml"


def keys_along(house: House, config: Path) -> Settings:
    """The keys are kept elsewhere; here they come along."""
    settings = load(config)
    for one in house.branch.settings.data.directory.iterdir():
        target = settings.data.directory / one.name
        if one.name not in ("evidence", "shreds") and "branch.db" not in one.name:
            if one.is_dir():
                shutil.copytree(one, target, dirs_exist_ok=True)
            elif not target.exists():
                shutil.copy(one, target)
    return settings


async def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but the sessions, which a restore ends."""
    found = {}
    for table in metadata.sorted_tables:
        if table.name not in ("web_sessions", "view_grants"):
            rows = await store.read(lambda conn, t=table: conn.execute(select(t)).all())
            found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found


async def test_from_a_file_to_postgresql_and_from_there_on(
    house: House, server: str, tmp_path: Path
) -> None:
    branch = house.branch
    before = await everything(branch.store)
    assert (await branch.run("backup", tmp_path / "one")).exit_code == 0
    config = await new_place(house, server, "restored_one")
    done = await branch.run("restore", tmp_path / "one", "--config", config)
    assert (done.exit_code, "2 of 2 recordings verify" in done.output) == (0, True), done.output
    settings = keys_along(house, config)
    store = await Store.open(settings.database_url)
    assert await everything(store) == before
    assert await store.visits.verify_chain(VISIT) == 1
    assert (await store.custody.check(frozenset())).problems == []
    room = await open_strongroom(settings, store)
    key = await DataKeys(store, room.wrapper).get(VISIT, SERVICE)
    assert key == KEY
    with pytest.raises(DBAPIError, match="append-only"):
        await store.write(lambda conn: conn.execute(text("DELETE FROM custody_chain")) and None)
    await store.close()
    assert not list(settings.data.directory.glob("*.restoring*"))
    # and PostgreSQL's own backup, after one visit was shredded there: the shred list goes along
    assert (await branch.run("backup", tmp_path / "two", "--config", config)).exit_code == 0
    await house.shred()
    second = await new_place(house, server, "restored_two")
    words = ["restore", tmp_path / "two", "--shreds", house.listed, "--config", second]
    done = await branch.run(*words)
    assert done.exit_code == 0, done.output
    assert "shredded again: rec-1" in done.output
    store = await Store.open(load(second).database_url)
    with pytest.raises(Refusal, match="key_shredded"):
        await store.evidence.key("rec-1")
    assert (await store.evidence.key("rec-2")).wrapped is not None
    await store.close()
    again = await branch.run("restore", tmp_path / "one", "--config", config)
    assert again.exit_code == 2  # a place that is taken is left alone


async def test_a_restore_that_breaks_off_leaves_nothing_alive_in_postgresql(
    house: House, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = house.branch
    assert (await branch.run("backup", tmp_path / "one")).exit_code == 0
    first = await new_place(house, server, "whole")
    assert (await branch.run("restore", tmp_path / "one", "--config", first)).exit_code == 0
    keys_along(house, first)
    assert (await branch.run("backup", tmp_path / "two", "--config", first)).exit_code == 0
    await house.shred()

    async def broken(*_: object) -> None:
        raise Outage("store_busy")

    monkeypatch.setattr(ShreddingStore, "replay", broken)
    for number, backup in enumerate(("one", "two")):
        config = await new_place(house, server, f"broken_{number}")
        words = ["restore", tmp_path / backup, "--shreds", house.listed, "--config", config]
        assert (await branch.run(*words)).exit_code == 2
        store = await Store.open(load(config).database_url)  # makes the tables anew: there are none
        assert not any((await everything(store)).values())
        await store.close()
        assert not list(config.parent.rglob("*restoring*"))
