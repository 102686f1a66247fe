"""An export from the branch: asked for, written down first, refused without a trace, verified."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from teller_server.desk.export import ExportDesk
from teller_server.desk.fields import FieldCipher
from teller_server.desk.keys import DataKeys
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText
from teller_server.store.chain import FIRST, link
from teller_server.store.view_requests import Grant, Scope
from tests.recording.handed import Court, stranger
from tests.recording.material import KEY, Frame, clip
from tests.teller_server.desk.archive import VISIT, Archive, archive
from tests.teller_server.kept import shredded

WHY = "上海市浦东新区人民法院调取证据 2026-118"
BY = "王敏，合规部"


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return clip(3)


@pytest.fixture(scope="module")
def court(tmp_path_factory: pytest.TempPathFactory) -> Court:
    return Court.found(tmp_path_factory.mktemp("court"))


@pytest.fixture
async def branch(tmp_path: Path, frames: list[Frame]) -> AsyncIterator[Archive]:
    made = await archive(tmp_path, frames)
    yield made
    await made.store.close()


def words(court: Court, out: Path, *more: str) -> list[str | Path]:
    to = ["--to", court.folder / "court.pem", "--out", out]
    return ["export", VISIT, "--purpose", WHY, "--by", BY, *to, *more]


async def test_the_command_hands_over_a_package_that_a_stranger_verifies(
    branch: Archive, court: Court, tmp_path: Path
) -> None:
    out = tmp_path / "out" / "package"
    done = await branch.run(*words(court, out))
    assert done.exit_code == 0, done.output
    assert "evidence complete" in done.output
    trust = sorted((branch.directory / "trust").glob("*.pem"))
    told = await asyncio.to_thread(stranger, out, trust, branch.place / "receipt.json")
    assert told.returncode == 0, told.stdout
    assert court.open_keys(out, tmp_path / "keys.json")["data_key"] == KEY.hex()
    entries = await branch.store.custody.entries(VISIT)
    assert [entry.act for entry in entries] == ["exported", "export_finished"]
    asked, finished = entries
    assert asked.actor == f"terminal: {BY}"
    sealed = SealedText(asked.detail["purpose"])
    assert FieldCipher(VISIT, KEY).open("purpose", sealed) == WHY
    fingerprint = re.search(r"SHA-256 ([0-9a-f]{64})\)", done.output)
    assert fingerprint is not None
    assert asked.detail["recipient"] == fingerprint[1]
    assert finished.detail["package"] in done.output
    assert WHY.encode() not in (branch.place / "data" / "branch.db").read_bytes()


async def test_the_custody_extract_is_a_chain_that_anybody_can_compute(
    branch: Archive, court: Court, tmp_path: Path
) -> None:
    await branch.store.custody.add(VISIT, "staff-1", "view_granted", {}, datetime.now(UTC))
    await branch.run(*words(court, tmp_path / "package"))
    raw = (tmp_path / "package" / "data" / "custody.json").read_bytes()
    entries, previous = json.loads(raw)["entries"], FIRST
    assert [entry["act"] for entry in entries] == ["view_granted", "exported"]
    for entry in entries:
        covered = (VISIT, entry["seq"], entry["at"], entry["actor"], entry["act"], entry["detail"])
        assert entry["previous"] == previous
        assert entry["hash"] == link(previous, *covered)
        previous = entry["hash"]
    assert entries[-1]["purpose"] == WHY


async def test_a_part_by_time_and_by_marks_from_the_terminal(
    branch: Archive, court: Court, tmp_path: Path
) -> None:
    listed = await branch.run("export", VISIT, "--purpose", WHY, "--by", BY, "--marks", "list")
    assert re.findall(r"^ *(\w+) +[\d.]+  (\w+)$", listed.output, re.MULTILINE) == [
        ("1", "consent"), ("2", "object"), ("a1", "ReviewDecided"),
    ]  # fmt: skip
    out = tmp_path / "part"
    done = await branch.run(
        *words(court, out, "--from", "00:00:01", "--until", "2", "--marks", "1")
    )
    assert done.exit_code == 0, done.output
    said = json.loads((out / "data" / "export.json").read_bytes())["disclosed"]
    assert (said["from_ms"], said["until_ms"], said["marks"]) == (1000, 2000, ["1"])
    assert set(said["segments"]) == {"customer.0000", "events.0000", "teller.0000"}
    assert "data_key" not in court.open_keys(out, tmp_path / "keys.json")
    acts = [entry.act for entry in await branch.store.custody.entries(VISIT)]
    assert acts == ["marks_listed", "exported", "export_finished"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--from", "soon"), "--from is like"),
        (("--from", "9", "--until", "3"), "not before"),
        (("--marks", "../x"), "--marks is like"),
        (("--marks", "77"), "export_nothing"),
        (("--from", "3600"), "export_nothing"),
    ],
)
async def test_a_wrong_range_is_refused_and_nothing_is_left(
    branch: Archive, court: Court, tmp_path: Path, more: tuple[str, ...], said: str
) -> None:
    done = await branch.run(*words(court, tmp_path / "out" / "x", *more))
    assert done.exit_code == 2
    assert said in done.output
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


async def test_what_fails_after_it_was_written_down_is_written_down_too(
    branch: Archive, court: Court, tmp_path: Path
) -> None:
    path = branch.directory / "teller.0000.evs"
    raw = bytearray(path.read_bytes())
    raw[-2000] ^= 1
    path.write_bytes(raw)
    done = await branch.run(*words(court, tmp_path / "out" / "x"))
    assert done.exit_code == 2
    entries = await branch.store.custody.entries(VISIT)
    assert [entry.act for entry in entries] == ["exported", "export_failed"]
    assert entries[1].detail == {"entry": 1}
    assert list((tmp_path / "out").iterdir()) == []


def desk(branch: Archive) -> ExportDesk:
    return ExportDesk(
        branch.store, DataKeys(branch.store, branch.room.wrapper), branch.root,
        branch.room.signer, lambda: datetime.now(UTC), "test",
    )  # fmt: skip


async def test_refused_before_a_key_is_touched(
    branch: Archive, court: Court, tmp_path: Path
) -> None:
    out = tmp_path / "x"
    for code, visit, recipient, place in (
        ("unknown_visit", "visit-2", court.pem, out),
        ("recipient_unusable", VISIT, b"no certificate", out),
        ("export_exists", VISIT, court.pem, tmp_path),
    ):
        with pytest.raises(Refusal, match=code):
            await desk(branch).export(visit, recipient, WHY, "staff-1", place)
    (branch.directory / "manifest.json").rename(tmp_path / "manifest.json")
    with pytest.raises(Refusal, match="export_not_sealed"):
        await desk(branch).export(VISIT, court.pem, WHY, "staff-1", out)
    assert await branch.store.custody.entries(VISIT) == ()
    assert not out.exists()


async def test_an_export_on_a_grant_names_it_where_the_key_is_opened(
    branch: Archive, court: Court, tmp_path: Path
) -> None:
    await desk(branch).export(VISIT, court.pem, WHY, "staff-1", tmp_path / "x", grant="g-7")
    opened, asked, *_ = await branch.store.custody.entries(VISIT)
    assert (opened.act, opened.actor) == ("key_opened", "staff-1")
    assert (opened.detail["for"], opened.detail["permission"]) == ("export", "grant g-7")
    assert asked.act == "exported"


async def test_what_is_shredded_is_not_handed_over(
    branch: Archive, court: Court, tmp_path: Path
) -> None:
    await shredded(branch.store, "visit-1", datetime.now(UTC))
    done = await branch.run(*words(court, tmp_path / "x"))
    assert done.exit_code == 2
    assert "key_shredded" in done.output
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(("by", "said"), [('"never"', '"export"'), ('"house"', '"cn-bank"')])
async def test_where_two_must_agree_the_terminal_asks_for_a_grant(
    branch: Archive, court: Court, tmp_path: Path, by: str, said: str
) -> None:
    """By `review.second_person`, as it is unless set otherwise, or by a pack's rule alone."""
    told = branch.place / "branch.toml"
    told.write_text(told.read_text().replace(by, said))
    out = tmp_path / "x"
    second = ("--from", "0", "--until", "1")
    refused = await branch.run(*words(court, out, *second))
    assert (refused.exit_code, "export_needs_grant" in refused.stderr) == (2, True)
    refused = await branch.run(*words(court, out, *second, "--grant", "guessed"))
    assert (refused.exit_code, "grant_needed" in refused.stderr) == (2, True)
    assert await branch.store.custody.entries(VISIT) == ()
    now = datetime.now(UTC)
    given = Grant("g-9", VISIT, "staff-1", Scope("export", 0, 1000), now + timedelta(minutes=5))
    token = "what the page showed"
    hashed = hashlib.sha256(token.encode()).hexdigest()
    await branch.store.view_requests.grant(hashed, given, {}, now)
    refused = await branch.run(*words(court, out, "--grant", token))
    assert (refused.exit_code, "grant_too_narrow" in refused.stderr) == (2, True)
    done = await branch.run(*words(court, out, *second, "--grant", token))
    assert done.exit_code == 0, done.stderr
    acts = {(one.act, one.actor) for one in await branch.store.custody.entries(VISIT)}
    assert ("exported", "staff-1") in acts
    assert ("key_opened", "staff-1") in acts
