"""A party that joins a running call: its own log, on the common timeline, and nothing missing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from recording import playback
from recording.inspect import inspect
from recording.parts import accepted_segments
from recording.verify import verify
from tests.recording.material import (
    EPOCH,
    KEY,
    Authority,
    Frame,
    Told,
    at,
    create,
    feed,
    wait_sealed,
)

CAME, AGAIN = 300.0, 360.0


def later(frames: Sequence[Frame], seconds: float) -> list[Frame]:
    return [replace(frame, at=frame.at + seconds) for frame in frames]


def visited(directory: Path, authority: Authority, clip: Sequence[Frame]) -> None:
    """Customer and teller; a guarantor comes, leaves, and comes back; an agent never does."""
    evidence, told = create(directory), Told()
    events = told.events(directory)
    for party in ("customer", "teller"):
        recorder = told.recorder(directory, party)
        feed(recorder, clip)
        asyncio.run(recorder.close())
    for second in (CAME, AGAIN):
        guest = told.recorder(directory, "guarantor", joined=EPOCH + second)
        guest.leg(f"leg-{second:g}", at=EPOCH + second)
        sealed = len(told.sealed)
        guest._thread.wake()
        wait_sealed(told, {"guarantor"}, after=sealed)  # the leg is on disk before the first frame
        feed(guest, later(clip[:150], second))
        asyncio.run(guest.close())
    events.close()
    evidence.stamp_head(evidence.head(at(400), authority.signer).n, authority.stamper)
    evidence.seal(at(401), authority.signer, authority.stamper, {"outcome": "done"})
    assert not told.failures


def test_who_joins_later_has_an_own_log_and_nothing_is_said_to_be_missing(
    tmp_path: Path, authority: Authority, roots: list[bytes], clip: list[Frame]
) -> None:
    visited(tmp_path / "r", authority, clip)
    verdict = verify(tmp_path / "r", trust=roots)
    assert verdict.status == "complete"
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_bytes())
    assert manifest["parties"] == ["customer", "guarantor", "teller"]
    assert manifest["absent"] == []  # an agent was asked in and never came: no party of the call
    parts = manifest["logs"]["guarantor"]
    assert [part["ended"] for part in parts] == [True, True]
    assert abs(parts[0]["from_ms"] - CAME * 1000) < 100
    assert abs(parts[1]["from_ms"] - AGAIN * 1000) < 100
    starting = manifest["gaps"]["guarantor"]["audio"]  # until the first packet, and nothing else
    assert list(starting) == ["leg_starting"]
    assert starting["leg_starting"]["ms"] <= 100


def test_they_play_at_the_moment_they_came(
    tmp_path: Path, authority: Authority, clip: list[Frame]
) -> None:
    visited(tmp_path / "r", authority, clip)
    media = playback.open_media(tmp_path / "r", "guarantor", KEY)
    assert abs(media.from_ms - CAME * 1000) < 100
    assert media.duration_ms > AGAIN * 1000
    found = inspect(tmp_path / "r", KEY)
    assert found.ok
    assert found.logs["guarantor"].frames["video"] > 60
    assert {gap["cause"] for gap in found.logs["guarantor"].gaps} == {"leg_starting"}
    notes = playback.read_records(tmp_path / "r", "guarantor", KEY)
    (came_back,) = [note for note in notes if note["t"] == "part"]
    assert came_back["cause"] == "came_back"
    assert abs(came_back["at_ms"] - AGAIN * 1000) < 100
    (_, _, first), _ = accepted_segments(tmp_path / "r", "guarantor")
    assert first[0].header.from_ms >= CAME * 1000


def test_a_writer_that_takes_over_declares_what_lies_between(
    tmp_path: Path, clip: list[Frame]
) -> None:
    create(tmp_path / "r")
    told = Told()
    guest = told.recorder(tmp_path / "r", "guarantor", joined=EPOCH + CAME)
    feed(guest, later(clip[:100], CAME))
    asyncio.run(guest.close())
    other = told.recorder(tmp_path / "r", "guarantor")  # on another worker: nobody has left
    feed(other, later(clip[:100], AGAIN))
    asyncio.run(other.close())
    gaps = playback.gaps(tmp_path / "r", "guarantor", KEY)
    assert {gap["cause"] for gap in gaps} == {"recorder_restart"}
    assert all(gap["from_ms"] > CAME * 1000 for gap in gaps)
