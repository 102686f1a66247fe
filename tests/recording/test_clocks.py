"""The wall clock may be set in a call: order is by the monotonic one, the step is on record."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recording import parts, playback
from recording.clocks import ServerClock, boot
from recording.events import EventLog
from recording.inspect import inspect
from recording.recorder import PartyRecorder
from recording.takeover import time_zero
from recording.verify import verify
from tests.recording.material import EPOCH, KEY, STARTED, Authority, Frame, at, create, feed

HOUR, DAY = 3600.0, 86400.0


class Clocks:
    """Both clocks of a server, in the test's hand."""

    def __init__(self) -> None:
        self.since = 0.0
        self.set_by = 0.0

    def monotonic(self) -> float:
        return EPOCH + self.since

    def wall(self) -> float:
        return STARTED.timestamp() + self.since + self.set_by


@pytest.mark.parametrize("step", [-HOUR, DAY, 0.7, -0.3])
def test_a_step_of_the_wall_clock_is_noted_once_with_its_size(step: float) -> None:
    clock, server = Clocks(), ServerClock(EPOCH, STARTED)
    notes = []
    for n in range(200):
        clock.since = n * 0.9
        clock.set_by = step if n >= 100 else 0.0
        notes.append(server.look(clock.monotonic(), clock.wall()))
    steps = [note for note in notes if note and note["what"] == "wall_step"]
    (found,) = steps
    assert found["by_ms"] == pytest.approx(step * 1000, abs=1)
    assert found["at_ms"] == 90_000
    minutes = [note["at_ms"] for note in notes if note and note["what"] == "wall"]
    assert minutes[:2] == [0, 60_300]
    assert [note["off_ms"] for note in notes if note][-1] == pytest.approx(step * 1000, abs=1)


def test_a_slewed_clock_is_no_step_and_its_drift_is_on_record() -> None:
    server = ServerClock(EPOCH, STARTED)
    found = []
    for n in range(2000):  # half an hour, 500 ppm
        since = n * 0.9
        note = server.look(EPOCH + since, STARTED.timestamp() + since * 1.0005)
        found += [note] if note else []
    assert {note["what"] for note in found} == {"wall"}
    assert found[-1]["off_ms"] == pytest.approx(900, abs=35)


@pytest.mark.scaled(8, "wall clock set by −1 h, +1 d, .7 s (NTP) in a call: in order, on record")
@pytest.mark.parametrize("step", [-HOUR, DAY, 0.7])
def test_a_call_during_which_the_clock_is_set_stands_and_is_in_order(
    tmp_path: Path,
    authority: Authority,
    roots: list[bytes],
    clip: list[Frame],
    monkeypatch: pytest.MonkeyPatch,
    step: float,
) -> None:
    directory, clock = tmp_path / "r", Clocks()
    evidence = create(directory, ["customer"])
    monkeypatch.setattr("recording.parts.time.time_ns", lambda: round(clock.wall() * 1e9))
    events = EventLog(
        directory, "rec-1", KEY, EPOCH, STARTED, clock=clock.monotonic, wall=clock.wall
    )
    sealed, failed = threading.Event(), list[BaseException]()
    recorder = PartyRecorder(
        directory, "rec-1", "customer", KEY, EPOCH, STARTED, lambda _: sealed.set(),
        failed.append, clock=clock.monotonic, wall=clock.wall, period=0.02,
    )  # fmt: skip
    recorder.leg("leg-1", at=EPOCH + 0.05)
    half = len(clip) // 2
    marked = [events.mark("before", 1000, {})]
    feed(recorder, clip[:half])
    assert sealed.wait(20)
    evidence.head(at(clock.since), authority.signer)
    clock.since, clock.set_by = clip[-1].at + 0.07, step
    marked.append(events.mark("after", 5000, {}))
    feed(recorder, clip[half:])
    head = evidence.head(at(clock.since) + timedelta(seconds=step), authority.signer)
    recorder.leg_state("leg-1", "ended", clock.monotonic())
    asyncio.run(recorder.close())
    for one in marked:
        one.result(30)
    events.close()
    assert not failed
    evidence.seal(at(9) + timedelta(seconds=step), authority.signer, authority.stamper, {})
    assert head.n == 2
    verdict = verify(directory, trust=roots)
    assert verdict.status == "complete", verdict
    found = inspect(directory, KEY)
    assert found.ok, found
    assert found.complete
    assert [mark["kind"] for mark in playback.marks(directory, KEY)] == ["before", "after"]
    for log in ("customer", "events"):
        steps = [
            record["by_ms"]
            for record in playback.read_records(directory, log, KEY)
            if record.get("what") == "wall_step"
        ]
        assert steps == [pytest.approx(step * 1000, abs=2)], log
    walls = [s.header.wall_ms for _, _, part in parts.accepted_segments(directory, "customer")
             for s in part]  # fmt: skip
    if abs(step) >= HOUR:
        assert max(walls) - min(walls) > 3_000_000  # the headers say it as the wall clock did


@pytest.mark.scaled(8, "the hour that comes twice in October: no step, no time twice")
def test_the_hour_that_comes_twice_is_no_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/London")
    time.tzset()
    try:
        began = datetime(2026, 10, 25, 0, 59, 57, 500_000, tzinfo=UTC)  # 01:59:57.5, then 01:00:00
        assert began.astimezone().hour == (began + timedelta(seconds=3)).astimezone().hour == 1
        clock = Clocks()
        directory = tmp_path / "r"
        create(directory, ["customer"])
        wall = lambda: began.timestamp() + clock.since  # noqa: E731
        monkeypatch.setattr("recording.parts.time.time_ns", lambda: round(wall() * 1e9))
        events = EventLog(directory, "rec-1", KEY, EPOCH, began, clock=clock.monotonic, wall=wall)
        for n in range(6):
            clock.since = float(n)
            events.mark("beat", n * 1000, {}).result(30)
        events.close()
        records = playback.read_records(directory, "events", KEY)
        assert "wall_step" not in {record.get("what") for record in records}
        walls = [s.header.wall_ms for _, _, part in parts.accepted_segments(directory, "events")
                 for s in part]  # fmt: skip
        assert walls == sorted(walls)
        assert max(walls) - min(walls) < 10_000
    finally:
        monkeypatch.undo()
        time.tzset()


def test_who_takes_a_log_up_counts_from_the_same_zero_whatever_the_wall_clock_says(
    tmp_path: Path,
) -> None:
    directory = tmp_path / "r"
    create(directory, ["customer"])
    events = EventLog(directory, "rec-1", KEY, EPOCH, STARTED)
    events.mark("one", 5, {}).result(30)
    events.close()
    assert boot()
    assert time_zero(directory, "events", KEY, boot()) == EPOCH
    assert time_zero(directory, "events", KEY, "another boot") is None
    assert time_zero(directory, "events", KEY, "") is None
