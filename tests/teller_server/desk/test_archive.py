"""Each day has its statement; a visit that is missing as a whole is noticed; stamps are renewed."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recording.days import check_days, list_days
from recording.errors import Outage
from recording.renewals import ends
from recording.verify import verify
from teller_server.desk.archive import ArchiveDesk
from teller_server.domain.errors import Damage
from teller_server.store.evidence import Recording
from teller_server.store.keys import open_recording
from tests.recording.handed import root_of
from tests.recording.material import STARTED, Frame, clip
from tests.recording.test_verify import flip, openssl_cms, openssl_ts
from tests.teller_server.desk.archive import VISIT, Archive, archive

DAY = timedelta(days=1)


class Clock:
    """The desk's own time."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return clip(1)


@pytest.fixture
async def branch(tmp_path: Path, frames: list[Frame]) -> AsyncIterator[Archive]:
    made = await archive(tmp_path, frames)
    yield made
    await made.store.close()


def desk(branch: Archive, clock: Clock, renew_days: int = 180) -> ArchiveDesk:
    room = branch.room
    return ArchiveDesk(branch.store.days, branch.root, room.signer, room.stamper, clock, renew_days)


async def another(branch: Archive, name: str, began: datetime, manifest: str | None) -> Path:
    """One more recording, in the database and on the disk; a copy of the first."""
    place = f"{began:%Y/%m/%d}/{name}"
    shutil.copytree(branch.directory, branch.root / place)
    if manifest is None:
        (branch.root / place / "manifest.json").unlink()
    row = Recording(name, VISIT, place, "sealed", began, manifest=manifest)
    await branch.store.write(lambda connection: open_recording(connection, row))
    if manifest is not None:
        await branch.store.evidence.update(name, sealed_at=began + timedelta(hours=1))
    return branch.root / place


def codes(branch: Archive, **more: str) -> list[tuple[str, str]]:
    found = check_days(branch.root, **more)  # type: ignore[arg-type]
    return [(problem.code, problem.file) for problem in found.problems]


async def test_days_are_closed_in_turn_and_only_when_they_are_over(branch: Archive) -> None:
    clock = Clock(STARTED + timedelta(hours=20))
    archiving = desk(branch, clock)
    assert await archiving.close_days() == 0
    clock.at = datetime(2026, 11, 24, 5, 59, tzinfo=UTC)
    assert await archiving.close_days() == 0
    clock.at = datetime(2026, 11, 26, 7, tzinfo=UTC)
    assert await archiving.close_days() == 3
    assert await archiving.close_days() == 0
    paths = [path for _, path in list_days(branch.root)]
    assert [path.stem for path in paths] == ["2026-11-23", "2026-11-24", "2026-11-25"]
    first = json.loads(paths[0].read_bytes())
    seal = branch.receipt["evidence_digest"]
    assert first["recordings"] == [{"recording": "rec-1", "manifest": seal}]
    assert first["previous"] is None
    last = await branch.store.days.last()
    assert last is not None
    found = check_days(branch.root, newest=last.digest)
    assert (found.exit_code, found.days, found.recordings) == (0, 3, 1)


async def test_openssl_agrees_on_a_days_statement(branch: Archive, tmp_path: Path) -> None:
    await desk(branch, Clock(STARTED + 2 * DAY)).close_days()
    path = list_days(branch.root)[0][1]
    roots = [tmp_path / "signer.pem", tmp_path / "tsa.pem"]
    roots[0].write_bytes(root_of(branch.room.signer.chain))
    roots[1].write_bytes(root_of(branch.room.stamper.chain))
    assert openssl_cms(path, roots[0]) == 0
    assert openssl_ts(Path(f"{path}.p7s"), roots[1]) == 0
    trust = [root.read_bytes() for root in roots]
    assert check_days(branch.root, trust=trust).exit_code == 0
    assert check_days(branch.root, trust=trust[1:]).exit_code == 1


async def test_a_whole_missing_visit_is_noticed(branch: Archive) -> None:
    await another(branch, "rec-2", STARTED + timedelta(hours=1), branch.receipt["evidence_digest"])
    gone = await another(branch, "rec-3", STARTED + timedelta(hours=2), None)
    await desk(branch, Clock(STARTED + 2 * DAY)).close_days()
    assert codes(branch) == []
    assert check_days(branch.root).unsealed == ["rec-3"]
    shutil.rmtree(branch.directory)
    assert verify(branch.root / "2026/11/23/rec-2").exit_code == 0  # each by itself is sound
    assert codes(branch) == [("recording_gone", "2026/11/23/rec-1")]
    shutil.rmtree(gone)
    assert ("recording_gone", "2026/11/23/rec-3") in codes(branch)


async def test_another_seal_an_added_recording_and_a_removed_seal_are_noticed(
    branch: Archive,
) -> None:
    await desk(branch, Clock(STARTED + 2 * DAY)).close_days()
    shutil.copytree(branch.directory, branch.directory.with_name("rec-9"))
    assert codes(branch) == [("recording_unlisted", "2026/11/23/rec-9")]
    shutil.rmtree(branch.directory.with_name("rec-9"))
    path = branch.directory / "manifest.json"
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b'"complete"', b'"interrupted"'))
    assert codes(branch) == [("seal_differs", "2026/11/23/rec-1")]
    path.unlink()
    assert codes(branch) == [("seal_gone", "2026/11/23/rec-1")]


async def test_a_recording_sealed_late_stands_in_a_later_day(branch: Archive) -> None:
    place = await another(branch, "rec-2", STARTED, None)
    clock = Clock(datetime(2026, 11, 24, 7, tzinfo=UTC))
    archiving = desk(branch, clock)
    await archiving.close_days()
    assert check_days(branch.root).unsealed == ["rec-2"]
    shutil.copy(branch.directory / "manifest.json", place)
    seal = branch.receipt["evidence_digest"]
    at = clock.at + timedelta(hours=1)
    await branch.store.evidence.update("rec-2", sealed_at=at, manifest=seal)
    clock.at += DAY
    await archiving.close_days()
    second = json.loads(list_days(branch.root)[1][1].read_bytes())
    late = [{"day": "2026-11-23", "recording": "rec-2", "manifest": seal}]
    assert second["late"] == late
    assert check_days(branch.root).unsealed == []
    shutil.rmtree(place)
    assert ("recording_gone", "2026/11/23/rec-2") in codes(branch)


async def test_the_chain_of_days_can_not_be_cut_changed_or_thinned(branch: Archive) -> None:
    archiving = desk(branch, Clock(STARTED + 5 * DAY))
    await archiving.close_days()
    days = [path for _, path in list_days(branch.root)]
    last = await branch.store.days.last()
    assert last is not None
    for index, code in ((0, "day_chain_broken"), (1, "day_chain_broken"), (-1, "days_cut")):
        raw = days[index].read_bytes()
        days[index].unlink()
        found = check_days(branch.root, newest=last.digest)
        assert [problem.code for problem in found.problems] == [code]
        days[index].write_bytes(raw)
    flip(days[1], 40)
    assert check_days(branch.root).exit_code == 1
    flip(days[1], 40)
    assert check_days(branch.root, newest=last.digest).exit_code == 0
    days[-1].unlink()
    with pytest.raises(Damage, match="days_cut"):
        await archiving.close_days()


async def test_the_daily_work_goes_on_after_a_crash_between_disk_and_database(
    branch: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(STARTED + 2 * DAY)

    async def crash(*_: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(branch.store.days, "add", crash)
        with pytest.raises(OSError, match="power"):
            await desk(branch, clock).close_days()
    assert len(list_days(branch.root)) == 1
    clock.at += DAY
    assert await desk(branch, clock).close_days() == 1
    last = await branch.store.days.last()
    assert last is not None
    assert check_days(branch.root, newest=last.digest).exit_code == 0


async def test_the_command_knows_the_newest_day_from_the_database(branch: Archive) -> None:
    await desk(branch, Clock(STARTED + 3 * DAY)).close_days()
    list_days(branch.root)[-1][1].unlink()
    done = await branch.run("verify", "--days")
    assert done.exit_code == 1
    assert "days_cut" in done.output
    assert (await branch.run("verify", branch.root, "--days")).exit_code == 0  # the disk alone


async def test_the_command_names_what_is_missing(branch: Archive) -> None:
    assert (await branch.run("verify", "--days")).exit_code == 0
    await desk(branch, Clock(STARTED + 3 * DAY)).close_days()
    done = await branch.run("verify", "--days")
    assert done.exit_code == 0, done.output
    assert "2 days, 1 recordings" in done.output
    told = json.loads((await branch.run("verify", "--days", "--json")).output)
    assert (told["days"], told["problems"]) == (2, [])
    assert (await branch.run("verify", branch.root, "--days")).exit_code == 0
    shutil.rmtree(branch.directory)
    done = await branch.run("verify", "--days")
    assert done.exit_code == 1
    assert "recording_gone" in done.output
    assert "2026/11/23/rec-1" in done.output


# ---- timestamps


async def test_only_what_ends_soon_is_renewed(branch: Archive) -> None:
    first = ends(branch.directory)
    assert first is not None
    clock = Clock(first - timedelta(days=200))
    archiving = desk(branch, clock)
    assert await archiving.renew() == (0, 0)
    clock.at = first - timedelta(days=100)
    assert await archiving.renew() == (1, 0)
    verdict = verify(branch.directory)
    assert verdict.exit_code == 0
    assert any(step.detail.startswith("1 renewals") for step in verdict.steps)


async def test_an_authority_that_is_away_is_asked_again(
    branch: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: bytes) -> bytes:
        raise Outage("timestamp_failed", "no answer")

    archiving = desk(branch, Clock(STARTED + 2 * DAY))
    with monkeypatch.context() as broken:
        broken.setattr(branch.room.stamper, "stamp", away)
        assert await archiving.renew(timedelta(days=36500)) == (0, 1)
        assert await archiving.close_days() == 1
        path = list_days(branch.root)[0][1]
        assert path.with_name(f"{path.name}.p7s.tsr") not in set(path.parent.iterdir())
    assert await archiving.renew(timedelta(days=36500)) == (1, 0)
    await archiving.close_days()
    assert path.with_name(f"{path.name}.p7s.tsr") in set(path.parent.iterdir())


async def test_the_command_renews(branch: Archive) -> None:
    done = await branch.run("renew")
    assert (done.exit_code, done.output) == (0, "0 renewed\n")
    done = await branch.run("renew", "--within", "36500")
    assert (done.exit_code, done.output) == (0, "1 renewed\n")
    assert (await asyncio.to_thread(verify, branch.directory)).exit_code == 0
