"""A disk that is lost, or a backup that is old: what the vault has comes back, and is named."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from recording.custody_heads import write_custody_head
from recording.verify import verify
from teller_server.desk.archive import open_archive
from teller_server.desk.counter import Counter
from teller_server.desk.vault import build_statements, build_vault
from tests.recording.material import STARTED, clip
from tests.teller_server.desk.archive import Archive, archive


@pytest.fixture
async def stored(tmp_path: Path) -> AsyncIterator[Archive]:
    """A recording, three days and a custody head, all in the vault."""
    made = await archive(tmp_path, clip(1))
    (tmp_path / "share").mkdir()
    with (tmp_path / "branch.toml").open("a") as settings:
        settings.write(vault_at(tmp_path))
    counter = Counter(made.store.visits)
    later = open_archive(made.settings, made.store, made.room, lambda: STARTED + timedelta(days=3))
    await later.close_days()
    write_custody_head(made.root, 1, "0" * 64, STARTED, made.room.signer)
    vault = build_vault(made.settings, made.store, counter)
    await vault.want("rec-1")
    await vault.round()
    await build_statements(made.settings, made.store, counter.now).round()
    yield made
    await made.store.close()


def vault_at(place: Path) -> str:
    return f'[vault]\nkind = "folder"\nfolder = "{place}/share"\n'


def below(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


async def test_a_lost_disk_is_filled_again(stored: Archive) -> None:
    before = below(stored.root)
    shutil.rmtree(stored.root)
    done = await stored.run("vault", "bring-back")
    assert (done.exit_code, done.output) == (0, f"{len(before)} files brought back\n")
    assert below(stored.root) == before
    assert verify(stored.directory).status == "complete"
    assert (await stored.run("verify", "--days")).exit_code == 0
    assert "0 files" in (await stored.run("vault", "bring-back")).output


async def test_what_the_vault_lost_too_is_named(stored: Archive) -> None:
    shutil.rmtree(stored.directory)
    (stored.place / "share/2026/11/23/rec-1/customer.0000.evs").unlink()
    shutil.copytree(
        stored.place / "share/2026/11/23/rec-1", stored.place / "share/2026/11/24/rec-9"
    )
    done = await stored.run("vault", "bring-back")
    assert done.exit_code == 1
    assert "MISSING  2026/11/23/rec-1/customer.0000.evs: vault_file_missing" in done.output
    assert "in no book: 2026/11/24/rec-9" in done.output


@pytest.mark.scaled(10, "a restore fetches what the backup lacks, and names what it never knew")
async def test_a_restore_asks_the_vault(stored: Archive) -> None:
    backup = stored.place / "backup"
    done = await stored.run("backup", backup)
    assert done.exit_code == 0, done.output
    shutil.rmtree(backup / "evidence/2026/11/23/rec-1")
    share = stored.place / "share/2026/11"
    shutil.copytree(share / "23/rec-1", share / "24/rec-9")
    code, said = await restored(stored, backup, vault_at(stored.place))
    assert "files came back from the vault" in said
    assert "1 of 1 recordings verify" in said
    assert "2026/11/24/rec-9: in the vault, and not in the backup" in said
    assert code == 1
    shutil.rmtree(share / "24")
    shutil.move(stored.place / "share", stored.place / "away")
    code, said = await restored(stored, backup, vault_at(stored.place))
    assert (code, "the vault was not asked" in said) == (1, True), said


async def restored(branch: Archive, backup: Path, vault: str) -> tuple[int, str]:
    place = branch.place / f"new-{len(list(branch.place.iterdir()))}"
    place.mkdir()
    config = place / "branch.toml"
    config.write_text(f'demo = true\n[data]\ndirectory = "{place / "data"}"\n{vault}')
    done = await branch.run("restore", backup, "--config", config)
    return done.exit_code, done.output
