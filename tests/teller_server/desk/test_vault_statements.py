"""Days, custody heads and renewals reach the vault; what left for it is not called gone."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from recording.custody_heads import write_custody_head
from recording.errors import Outage
from recording.vault import FolderVault, Stored
from teller_server.desk.archive import open_archive
from teller_server.desk.counter import Counter
from teller_server.desk.vault import VaultDesk, build_vault
from teller_server.desk.vault_statements import VaultStatements
from teller_server.settings import load
from tests.recording.material import STARTED, Frame, clip
from tests.teller_server.desk.archive import Archive, archive

DAY, LOCK = timedelta(days=1), timedelta(days=3653)


class Moody(FolderVault):
    """A folder that is away when it is told to be."""

    away = False

    def put(self, name: str, path: Path, until: object) -> Stored:
        if self.away:
            raise Outage("vault_unreachable", "ConnectTimeout")
        return super().put(name, path, until)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return clip(1)


@pytest.fixture
async def branch(tmp_path: Path, frames: list[Frame]) -> AsyncIterator[Archive]:
    made = await archive(tmp_path, frames)
    (tmp_path / "share").mkdir()
    with (tmp_path / "branch.toml").open("a") as settings:
        settings.write(f'[vault]\nkind = "folder"\nfolder = "{tmp_path}/share"\n')
    yield made
    await made.store.close()


@pytest.fixture
def share(branch: Archive) -> Moody:
    return Moody(branch.place / "share")


@pytest.fixture
def statements(branch: Archive, share: Moody) -> VaultStatements:
    now = Counter(branch.store.visits).now
    return VaultStatements(branch.store.vault, branch.root, share, LOCK, now)


def recordings_vault(branch: Archive) -> VaultDesk:
    settings = load(branch.place / "branch.toml")
    return build_vault(settings, branch.store, Counter(branch.store.visits))


async def days_until(branch: Archive, days: int) -> None:
    settings = load(branch.place / "branch.toml")
    room = branch.room
    await open_archive(settings, branch.store, room, lambda: STARTED + days * DAY).close_days()


def head(branch: Archive, links: int) -> None:
    write_custody_head(branch.root, links, "0" * 64, STARTED, branch.room.signer)


def below(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


async def test_days_and_custody_heads_go_there_as_they_come(
    branch: Archive, statements: VaultStatements, share: Moody
) -> None:
    share.away = True
    await days_until(branch, 2)
    head(branch, 1)
    await statements.round()
    assert len(await statements.waiting()) == len(below(branch.root / "days")) + 3
    share.away = False
    for days in (2, 4, 6):
        await days_until(branch, days)
        head(branch, days)
        await statements.round()
        assert await statements.waiting() == []
        for folder in ("days", "custody"):
            assert below(branch.place / "share" / folder) == below(branch.root / folder)
    (branch.root / "custody/000004.json.p7s.tsr").write_bytes(b"a token that came late")
    assert await statements.waiting() == ["custody/000004.json.p7s.tsr"]


async def test_a_renewal_goes_there_years_after_the_seal(branch: Archive) -> None:
    vault = recordings_vault(branch)
    await vault.want("rec-1")
    await vault.round()
    assert (await branch.run("renew", "--within", "36500")).exit_code == 0
    assert "renewals/0001.tsr" in below(branch.directory)
    await vault.round()
    assert set(await branch.store.vault.files("rec-1")) == below(branch.directory)


async def test_a_recording_that_left_the_disk_for_the_vault_is_not_called_gone(
    branch: Archive, statements: VaultStatements
) -> None:
    await days_until(branch, 3)
    vault = recordings_vault(branch)
    await vault.want("rec-1")
    await vault.round()
    shutil.rmtree(branch.directory)
    done = await branch.run("verify", "--days")
    assert done.exit_code == 0, done.output
    assert "1 recordings are in the vault" in done.output
    told = json.loads((await branch.run("verify", "--days", "--json")).output)
    assert (told["in_vault"], told["problems"]) == (["rec-1"], [])
    copy = branch.place / "share" / "2026/11/23/rec-1"
    for name in ("manifest.json", "customer.0000.evs"):  # the books say yes, the vault says no
        raw = (copy / name).read_bytes()
        (copy / name).unlink()
        done = await branch.run("verify", "--days")
        assert (done.exit_code, "recording_gone" in done.output) == (1, True)
        (copy / name).write_bytes(raw)
    (copy / "manifest.json").write_bytes(b"{}")
    assert (await branch.run("verify", "--days")).exit_code == 1
    shutil.move(branch.place / "share", branch.place / "unmounted")
    done = await branch.run("verify", "--days")
    assert (done.exit_code, "could not be asked" in done.output) == (2, True)


async def test_what_was_cut_off_here_is_noticed_by_what_the_vault_has(
    branch: Archive, statements: VaultStatements
) -> None:
    await days_until(branch, 4)
    for links in (0, 0):
        head(branch, links)
    await statements.round()
    assert (await branch.run("verify", "--days")).exit_code == 0
    for path in (branch.root / "days").glob("2026-11-25.json*"):
        path.unlink()
    for path in (branch.root / "custody").glob("000002.json*"):
        path.unlink()

    def forget(connection) -> None:  # type: ignore[no-untyped-def]
        connection.exec_driver_sql("DELETE FROM days WHERE day = '2026-11-25'")

    await branch.store.write(forget)
    done = await branch.run("verify", "--days")
    assert (done.exit_code, "days/2026-11-25.json" in done.output) == (1, True), done.output
    done = await branch.run("verify", "--custody")
    assert (done.exit_code, "custody/000002.json" in done.output) == (1, True), done.output
