"""The drill: a branch is lost and comes back from its backup; what was shredded does not."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from recording.verify import verify
from teller_server.desk.archive import ArchiveDesk
from teller_server.domain.errors import Refusal
from teller_server.settings import load
from teller_server.store.evidence import Recording, WrappedKey
from teller_server.store.keys import keep_key, open_recording
from teller_server.store.schema import web_sessions
from teller_server.store.sessions import Session
from teller_server.store.store import Store
from tests.recording.handed import root_of
from tests.recording.material import STARTED, Frame, clip
from tests.recording.test_verify import flip, openssl_cms
from tests.teller_server.desk.archive import VISIT, Archive, archive
from tests.teller_server.material import NOON, opening
from tests.teller_server.shredding.house import House, furnish

SECRET = "a secret of the bank's"


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return clip(1)


@pytest.fixture
async def house(tmp_path: Path, frames: list[Frame]) -> AsyncIterator[House]:
    """Three visits with their recordings, two of them copies of the first, and a closed day."""
    (tmp_path / "live").mkdir()
    branch = await archive(tmp_path / "live", frames)
    for n in (2, 3):
        await another(branch, n)
    room, clock = branch.room, lambda: datetime(2026, 11, 24, 7, tzinfo=UTC)
    days = ArchiveDesk(branch.store.days, branch.root, room.signer, room.stamper, clock, 180)
    assert await days.close_days() == 1
    yield await furnish(branch)
    await branch.store.close()


async def another(branch: Archive, n: int) -> None:
    visit, name = f"visit-{n}", f"rec-{n}"
    place = f"2026/11/23/{name}"
    shutil.copytree(branch.directory, branch.root / place)
    await branch.store.visits.apply(visit, opening(visit), NOON)
    key = WrappedKey(name, visit, os.urandom(60), b"context", NOON)
    digest = branch.receipt["evidence_digest"]
    row = Recording(name, visit, place, "sealed", STARTED, NOON, digest, "complete")
    await branch.store.write(lambda connection: keep_key(connection, key))
    await branch.store.write(lambda connection: open_recording(connection, row))


async def back_up(house: House, *more: str) -> Path:
    target = house.branch.place.parent / "backup"
    done = await house.branch.run("backup", target, *more)
    assert done.exit_code == 0, done.output
    return target


async def restored(house: House, backup: Path, *more: str | Path) -> tuple[int, str, Path]:
    """Exit code, what was said, and the place."""
    place = house.branch.place.parent / f"new-{len(list(house.branch.place.parent.iterdir()))}"
    place.mkdir()
    config = place / "branch.toml"
    config.write_text(f'demo = true\n[data]\ndirectory = "{place / "data"}"\n')
    done = await house.branch.run("restore", backup, *more, "--config", config)
    return done.exit_code, done.output, place / "data"


async def open_store(data: Path) -> Store:
    return await Store.open(load(data={"directory": data}).database_url)


async def test_a_branch_comes_back_whole(house: House) -> None:
    code, said, data = await restored(house, await back_up(house))
    assert (code, "3 of 3 recordings verify, 0 shredded" in said) == (0, True), said
    assert verify(data / "evidence/2026/11/23/rec-1").status == "complete"
    store = await open_store(data)
    assert await store.visits.verify_chain(VISIT) == 1
    assert (await store.evidence.key("rec-1")).wrapped
    await store.close()
    assert json.loads((data / "restore-report.json").read_text())["problems"] == []


@pytest.mark.scaled(10, "a backup from before a shredding restored: the key is destroyed again")
async def test_the_drill(house: House) -> None:
    """Backed up; then one is shredded and another lost. What is left of it, in an empty place."""
    backup = await back_up(house)
    wrapped = (await house.branch.store.evidence.key("rec-1")).wrapped
    assert wrapped is not None
    assert wrapped in (backup / "database/branch.db").read_bytes()
    await house.shred()
    shutil.rmtree(backup / "evidence/2026/11/23/rec-2")
    code, said, data = await restored(house, backup, "--shreds", house.listed)
    assert code == 1
    assert "MISSING  rec-2 (visit-2): its evidence is missing" in said
    assert "MISSING  2026/11/23/rec-2: recording_gone" in said
    assert "rec-3" not in said
    assert "shredded again: rec-1" in said
    assert "2 of 3 recordings verify, 1 shredded" in said
    store = await open_store(data)
    try:
        with pytest.raises(Refusal, match="key_shredded"):
            await store.evidence.key("rec-1")
        assert [shred.visit for shred in await store.shreds.all()] == [VISIT]
    finally:
        await store.close()
    for path in data.glob("branch.db*"):
        assert wrapped[20:44] not in path.read_bytes()
    verdict = verify(data / "evidence/2026/11/23/rec-1")
    assert (verdict.status, bool(verdict.shredded)) == ("complete", True)
    assert (data / "shreds/rec-1.json").exists()  # and the next backup has it


async def test_a_later_backup_carries_the_shred_list_itself(house: House) -> None:
    await house.shred()
    code, said, _data = await restored(house, await back_up(house))
    assert (code, "1 shredded" in said, "shredded again" in said) == (0, True, False)


async def test_a_forged_shred_record_destroys_nothing(house: House, tmp_path: Path) -> None:
    backup = await back_up(house)
    await house.shred()
    forged = tmp_path / "forged"
    shutil.copytree(house.listed, forged)
    path = forged / "rec-1.json"
    path.write_bytes(path.read_bytes().replace(b'"rec-1"', b'"rec-3"'))
    code, said, data = await restored(house, backup, "--shreds", forged)
    assert (code, "shred_record_bad" in said) == (2, True)
    assert not list(data.glob("*"))


async def test_evidence_without_a_row_and_altered_files_are_named(house: House) -> None:
    live = house.branch.root / "2026/11/23"
    shutil.copytree(live / "rec-3", live / "rec-9")
    backup = await back_up(house)
    flip(backup / "evidence/2026/11/23/rec-3/customer.0000.evs", 400)
    (backup / "evidence/2026/11/23/rec-3/added.txt").write_text("later")
    code, said, data = await restored(house, backup)
    assert code == 1
    assert "MISSING  rec-9: evidence without a row" in said
    assert "MISSING  altered in the backup: evidence/2026/11/23/rec-3/customer.0000.evs" in said
    assert "MISSING  rec-3 (visit-3): damaged" in said
    assert "MISSING  2026/11/23/rec-9: recording_unlisted" in said
    assert not (data / "evidence/2026/11/23/rec-3/added.txt").exists()


@pytest.mark.parametrize("name", ["database/branch.db", "files.sha256", "backup.json"])
async def test_a_backup_that_is_not_what_it_says_restores_nothing(house: House, name: str) -> None:
    backup = await back_up(house)
    flip(backup / name, 200)
    code, said, data = await restored(house, backup)
    assert (code, "backup_damaged" in said) == (2, True)
    assert not list(data.glob("*"))


async def test_an_unfinished_backup_and_a_place_that_is_taken_are_refused(house: House) -> None:
    backup = await back_up(house)
    assert (await house.branch.run("backup", backup)).exit_code == 2
    taken = await house.branch.run("restore", backup)
    assert (taken.exit_code, "restore_not_empty" in taken.output) == (2, True)
    (backup / "backup.json").unlink()
    code, said, _ = await restored(house, backup)
    assert (code, "backup_unfinished" in said) == (2, True)


async def test_there_is_no_key_and_no_secret_in_it_and_other_tools_agree(
    house: House, tmp_path: Path
) -> None:
    config = house.branch.place / "branch.toml"
    config.write_text(config.read_text() + f'[signing]\n[media]\nturn_secret = "{SECRET}"\n')
    backup = await back_up(house)
    data = house.branch.place / "data" / "keys"
    secrets = [path.read_bytes() for path in data.rglob("*key*") if path.is_file()]
    assert secrets
    for path in backup.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert SECRET.encode() not in content
            assert not any(secret in content for secret in secrets), path
    words = ["sha256sum", "--quiet", "-c", "files.sha256"]
    ran = await asyncio.to_thread(subprocess.run, words, cwd=backup, check=False)
    assert ran.returncode == 0
    root = tmp_path / "root.pem"
    root.write_bytes(root_of(house.branch.room.signer.chain))
    assert openssl_cms(backup / "backup.json", root) == 0
    assert json.loads((backup / "backup.json").read_bytes())["destroy_by"] > "2026"


async def test_a_backup_is_consistent_while_the_branch_works(house: House) -> None:
    stop = asyncio.Event()

    async def work() -> int:
        n = 100
        while not stop.is_set():
            await house.branch.store.visits.apply(f"visit-{n}", opening(f"visit-{n}"), NOON)
            n += 1
        return n - 100

    working = asyncio.ensure_future(work())
    backup = await back_up(house)
    stop.set()
    assert await working > 0
    code, said, data = await restored(house, backup)
    assert code == 0, said
    store = await open_store(data)
    rows = [visit.id for visit in await store.visits.live()]
    for visit in rows:
        await store.visits.verify_chain(visit)
    await store.close()


async def test_links_save_room_and_whoever_was_signed_in_is_not_any_more(house: House) -> None:
    session = Session("key", "admin", "ada", NOON, NOON, NOON + timedelta(days=9000))
    await house.branch.store.sessions.add(session)
    backup = await back_up(house, "--link")
    name = "evidence/2026/11/23/rec-1/manifest.json"
    assert (backup / name).samefile(house.branch.directory / "manifest.json")
    code, _said, data = await restored(house, backup)
    assert code == 0
    assert not (data / name).samefile(house.branch.directory / "manifest.json")
    store = await open_store(data)
    assert await store.read(lambda conn: conn.execute(select(web_sessions)).all()) == []
    await store.close()
