"""Sealed evidence finds its way into the vault, and what could not go is not forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recording.errors import Outage
from recording.vault import FolderVault, Stored, sha256_of
from teller_server.desk.counter import Counter
from teller_server.desk.keys import recording_of
from teller_server.desk.vault import LONGEST_WAIT, VaultDesk
from teller_server.store.evidence import Recording, WrappedKey
from teller_server.store.store import Store
from tests.teller_server.kept import begun
from tests.teller_server.material import opening

VISIT, PLACE = "visit-1", "2026/11/23/rec-1"
RECORDING = recording_of(VISIT)


class Moody(FolderVault):
    """A folder that is away when it is told to be."""

    away = False

    def put(self, name: str, path: Path, until: datetime) -> Stored:
        if self.away:
            raise Outage("vault_unreachable", "ConnectTimeout")
        return super().put(name, path, until)


class Clock(Counter):
    """A counter whose time is set by hand."""

    at = datetime.now(UTC)

    def now(self) -> datetime:
        return self.at


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store, now = await Store.open(f"sqlite:///{tmp_path}/branch.db"), datetime.now(UTC)
    await store.visits.apply(VISIT, opening(VISIT), now)
    await begun(
        store,
        Recording(RECORDING, VISIT, PLACE, "open", now),
        WrappedKey(RECORDING, VISIT, b"wrapped", b"context", now),
    )
    await store.evidence.update(RECORDING, state="sealed", sealed_at=now)
    yield store
    await store.close()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    directory = tmp_path / "evidence" / PLACE
    (directory / "heads").mkdir(parents=True)
    for name in ("recording.json", "customer.0000.evs", "manifest.json", "heads/000001.json"):
        (directory / name).write_bytes(name.encode() * 50)
    return directory


@pytest.fixture
def share(tmp_path: Path) -> Moody:
    (tmp_path / "share").mkdir()
    return Moody(tmp_path / "share")


@pytest.fixture
def clock(store: Store) -> Clock:
    return Clock(store.visits)


@pytest.fixture
def desk(store: Store, clock: Clock, share: Moody, tmp_path: Path) -> VaultDesk:
    lock = timedelta(days=3653)
    return VaultDesk(store.vault, store.evidence, clock, tmp_path / "evidence", share, lock)


def named(package: Path) -> set[str]:
    """Every file of the package, by its name in it."""
    files = (path for path in package.rglob("*") if path.is_file())
    return {path.relative_to(package).as_posix() for path in files}


async def test_a_sealed_recording_goes_and_then_what_came_after(
    desk: VaultDesk, store: Store, package: Path, tmp_path: Path
) -> None:
    (package / "afterwards.0000.evs").write_bytes(b"one")
    await desk.want(RECORDING)
    assert (await desk.backlog()).waiting == 1
    await desk.round()
    assert (await desk.backlog()).waiting == 0
    assert "afterwards.0000.evs" not in await store.vault.files(RECORDING)
    (package / "afterwards.0000.evs").write_bytes(b"one and two")
    (package / "closing.json").write_bytes(b"{}")
    await desk.want(RECORDING)
    await desk.round()
    kept = await store.vault.files(RECORDING)
    assert set(kept) == named(package)
    for name, file in kept.items():
        copy = tmp_path / "share" / PLACE / name
        assert sha256_of(copy) == file.sha256 == sha256_of(package / name)


@pytest.mark.scaled(9, "the vault away for eleven tries: nothing is forgotten")
async def test_an_absent_vault_is_tried_again_and_nothing_is_forgotten(
    desk: VaultDesk, clock: Clock, share: Moody, package: Path
) -> None:
    share.away = True
    await desk.want(RECORDING)
    for attempt in range(1, 12):
        await desk.round()
        (failing,) = (await desk.backlog()).failing
        assert (failing.attempts, failing.error) == (attempt, "vault_unreachable")
        await desk.round()  # not before its time
        assert (await desk.backlog()).failing[0].attempts == attempt
        clock.at += LONGEST_WAIT
    share.away = False
    await desk.round()
    assert (await desk.backlog()).waiting == 0


async def test_what_a_dead_desk_never_asked_for_is_found(
    desk: VaultDesk, store: Store, package: Path
) -> None:
    await desk.sweep()
    await desk.round()
    assert await store.vault.files(RECORDING)
    (package / "manifest.json.p7s.tsr").write_bytes(b"a token that came late")
    await desk.sweep()
    await desk.round()
    assert "manifest.json.p7s.tsr" in await store.vault.files(RECORDING)


async def test_what_came_to_it_while_it_was_stored_is_not_lost(
    desk: VaultDesk, store: Store, clock: Clock, package: Path
) -> None:
    await desk.want(RECORDING)
    (task,) = await store.vault.claim(clock.now(), timedelta(minutes=1), 4)
    clock.at += timedelta(seconds=1)
    await desk.want(RECORDING)
    await store.vault.done(task, clock.now())
    assert (await desk.backlog()).waiting == 1


async def test_what_the_local_disk_lost_is_brought_back(
    desk: VaultDesk, store: Store, package: Path
) -> None:
    await desk.want(RECORDING)
    await desk.round()
    whole = (package / "customer.0000.evs").read_bytes()
    (package / "customer.0000.evs").unlink()
    assert await desk.bring_back(RECORDING) == 1
    assert (package / "customer.0000.evs").read_bytes() == whole
    assert await desk.bring_back(RECORDING) == 0


async def test_without_a_vault_nothing_waits(store: Store, clock: Clock, tmp_path: Path) -> None:
    desk = VaultDesk(store.vault, store.evidence, clock, tmp_path, None, timedelta(days=1))
    await desk.want(RECORDING)
    await desk.round()
    assert (await desk.backlog()).waiting == 0
    assert not desk.used
