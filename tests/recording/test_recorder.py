"""The recorder keeps its callers' time, and says loudly when it can't keep their media."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from recording import parts, playback
from recording.errors import Outage
from recording.inspect import inspect
from recording.verify import verify
from tests.recording.material import EPOCH, KEY, Frame, Told, create, feed, wait_sealed


async def test_first_frames_are_confirmed_while_the_call_runs(
    tmp_path: Path, clip: list[Frame]
) -> None:
    create(tmp_path / "r")
    told = Told()
    recorder = told.recorder(tmp_path / "r")
    feed(recorder, clip[:40])
    for _ in range(500):
        if told.sealed:
            break
        await asyncio.sleep(0.02)
    first = told.sealed[0]
    assert first.kinds == {"audio", "video"}
    assert (first.log, first.part, first.sequence) == ("customer", 0, 0)
    assert (tmp_path / "r" / "customer.0000.evs").stat().st_size == first.bytes_total
    await recorder.close()
    stats = recorder.stats()
    assert stats["queued"] == stats["dropped"] == 0
    assert stats["behind_s"] == 0


def test_no_segment_is_longer_than_a_second(sealed: Path) -> None:
    for _, _, segments in parts.accepted_segments(sealed, "customer"):
        assert segments
        for segment in segments:
            media = segment.header.to_ms - segment.header.from_ms
            assert media <= 1000 + 20  # the last packet lasts 20 ms


async def test_legs_and_losses_are_in_the_log(tmp_path: Path, clip: list[Frame]) -> None:
    create(tmp_path / "r")
    told = Told()
    recorder = told.recorder(tmp_path / "r")
    recorder.leg("leg-1", at=EPOCH + 0.05)
    before = [f for f in clip if f.at < 1]
    feed(recorder, before)
    speech = [f.seq for f in before if f.kind == "audio"]
    missing = ((speech[-1] + 1, speech[-1] + 6),)
    recorder.lost("audio", 0, 0, "packet_loss", EPOCH + 2, speech[-1], speech[-1] + 7, missing)
    recorder.lost("data", 0, 1, "packet_loss", EPOCH + 2)
    feed(recorder, [f for f in clip if f.at >= 1 and not (f.kind == "audio" and f.at < 1.115)])
    recorder.leg("leg-2")
    await recorder.close()
    gaps = playback.gaps(tmp_path / "r", "customer", KEY)
    assert [(g["kind"], g["from_ms"], g["to_ms"], g["cause"]) for g in gaps] == [
        ("audio", 1050, 1170, "packet_loss")
    ]
    notes = playback.read_records(tmp_path / "r", "customer", KEY)
    assert [r["leg"] for r in notes if r["t"] == "leg"] == ["leg-1", "leg-2"]
    (hole,) = [r for r in notes if r["t"] == "hole"]
    assert hole["id"] == gaps[0]["event"]
    assert hole["missing"] == [list(run) for run in missing]


async def test_a_lying_clock_is_on_record(tmp_path: Path, clip: list[Frame]) -> None:
    create(tmp_path / "r")
    told = Told()
    recorder = told.recorder(tmp_path / "r")
    half = len(clip) // 2
    feed(recorder, clip[:half])
    second = 1 << 32
    recorder.sender_report("audio", 1000 * second, round(2.5 * 48000), EPOCH + 2.5)
    recorder.sender_report("video", 2000 * second, round(2.5 * 90000), EPOCH + 2.5)
    feed(recorder, clip[half:])
    await recorder.close()
    (lie,) = playback.clocks(tmp_path / "r", "customer", KEY)
    assert (lie["kind"], lie["what"]) == ("video", "sender_clock")
    assert lie["off_ms"] == pytest.approx(1_000_000, abs=100)
    assert lie["at_ms"] == pytest.approx(2550, abs=80)


async def test_an_overflowing_queue_is_a_gap_and_a_failure(
    tmp_path: Path, clip: list[Frame]
) -> None:
    create(tmp_path / "r")
    told = Told()
    recorder = told.recorder(tmp_path / "r", max_queue=20)
    feed(recorder, clip[:60])
    await recorder.close()
    assert recorder.stats()["dropped"] == 40
    assert isinstance(told.failures[0], Outage)
    assert told.failures[0].code == "recorder_overflow"
    causes = {gap["cause"] for gap in playback.gaps(tmp_path / "r", "customer", KEY)}
    assert "recorder_overflow" in causes


async def test_foreign_codecs_are_counted_not_recorded(tmp_path: Path) -> None:
    create(tmp_path / "r")
    told = Told()
    recorder = told.recorder(tmp_path / "r")
    recorder.frame("video", "H264", b"x", 0, 90000, True, EPOCH)
    recorder.frame("audio", "opus", b"x", 0, 0, True, EPOCH)
    recorder.frame("video", "VP8", bytes(5 << 20), 0, 90000, True, EPOCH)
    await recorder.close()
    assert recorder.stats()["refused"] == 3
    assert not told.failures


async def test_no_recording_without_its_header(tmp_path: Path) -> None:
    told = Told()
    recorder = told.recorder(tmp_path)
    await recorder.close()
    assert told.failures[0].code == "recording_missing"


async def test_two_writers_of_one_log_are_refused(tmp_path: Path, clip: list[Frame]) -> None:
    create(tmp_path / "r")
    first, second = Told(), Told()
    recorder = first.recorder(tmp_path / "r")
    feed(recorder, clip[:20])
    await asyncio.to_thread(wait_sealed, first, {"customer"})
    intruder = second.recorder(tmp_path / "r")
    await intruder.close()
    assert second.failures[0].code == "log_in_use"
    await recorder.close()
    assert not first.failures


@pytest.mark.scaled(7, "EIO from one sync in a whole recorder: every packet is there, in two parts")
async def test_a_failed_sync_goes_on_in_a_new_part(
    tmp_path: Path, clip: list[Frame], monkeypatch: pytest.MonkeyPatch
) -> None:
    create(tmp_path / "r", ["customer"])
    told, real, calls = Told(), os.fdatasync, []

    def fdatasync(fd: int) -> None:
        calls.append(fd)
        if len(calls) == 3:
            raise OSError(errno.EIO, "injected")
        real(fd)

    monkeypatch.setattr(parts.os, "fdatasync", fdatasync)
    recorder = told.recorder(tmp_path / "r")
    feed(recorder, clip)
    await recorder.close()
    monkeypatch.undo()
    assert not told.failures
    assert {segment.part for segment in told.sealed} == {0, 1}
    assert verify(tmp_path / "r").exit_code == 3
    report = inspect(tmp_path / "r", KEY).logs["customer"]
    assert report.packets["audio"] == sum(f.kind == "audio" for f in clip)
    assert not report.errors


@pytest.mark.scaled(7, "EIO from every sync: told once, nothing is said to be sealed")
async def test_a_disk_that_stays_bad_is_told_once(
    tmp_path: Path, clip: list[Frame], monkeypatch: pytest.MonkeyPatch
) -> None:
    create(tmp_path / "r", ["customer"])
    told = Told()

    def fdatasync(fd: int) -> None:
        raise OSError(errno.EIO, "injected")

    monkeypatch.setattr(parts.os, "fdatasync", fdatasync)
    recorder = told.recorder(tmp_path / "r")
    feed(recorder, clip)
    await recorder.close()
    feed(recorder, clip[:10])
    assert len(told.failures) == 1
    assert not told.sealed
    assert not recorder.stats()["alive"]


@pytest.mark.scaled(7, "ENOSPC on a real small tmpfs: told, what was sealed before is there")
@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small tmpfs needs root")
def test_a_full_disk_fails_loudly_and_keeps_what_was_sealed(
    tmp_path: Path, clip: list[Frame]
) -> None:
    mount = tmp_path / "small"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", str(mount)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no tmpfs here")
    try:
        create(mount / "r", ["customer"])
        told = Told()
        recorder = told.recorder(mount / "r")
        for n in range(4):
            shifted = [Frame(f.kind, f.codec, f.data, f.rtp_time + round(5 * n * f.clock_rate),
                             f.clock_rate, f.keyframe, f.at + 5 * n) for f in clip]  # fmt: skip
            feed(recorder, shifted)
        asyncio.run(recorder.close())
        assert [e.errno for e in told.failures if isinstance(e, OSError)] == [errno.ENOSPC]
        assert told.sealed
        assert verify(mount / "r").exit_code == 3
        report = inspect(mount / "r", KEY).logs["customer"]
        assert report.segments == len(told.sealed)
        assert not report.errors
    finally:
        subprocess.run(["umount", str(mount)], check=True)


@pytest.mark.scaled(7, "short writes at a limit of 12 KiB a file: every packet is there, in parts")
def test_where_one_file_can_not_grow_the_next_part_goes_on(tmp_path: Path) -> None:
    create(tmp_path / "r", ["customer"])
    script = textwrap.dedent("""
        import asyncio, resource, signal, sys
        from pathlib import Path
        from tests.recording.material import Told, clip, feed
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        frames = clip(5)
        resource.setrlimit(resource.RLIMIT_FSIZE, (12288, 12288))
        told = Told()
        recorder = told.recorder(Path(sys.argv[1]))
        feed(recorder, frames)
        asyncio.run(recorder.close())
        print(len(told.sealed), len({s.part for s in told.sealed}), len(told.failures))
    """)
    command = [sys.executable, "-c", script, str(tmp_path / "r")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    sealed, used, failures = map(int, done.stdout.split())
    assert used > 1
    assert not failures
    assert verify(tmp_path / "r").exit_code == 3
    report = inspect(tmp_path / "r", KEY).logs["customer"]
    assert report.packets["audio"] == 250
    assert sum(len(s) for *_, s in parts.accepted_segments(tmp_path / "r", "customer")) == sealed


@pytest.mark.proof
def test_a_frame_costs_its_caller_microseconds(tmp_path: Path, clip: list[Frame]) -> None:
    create(tmp_path / "r")
    recorder = Told().recorder(tmp_path / "r")
    frame = clip[10]
    gc.collect()
    gc.freeze()  # as a media worker does: this process is full of other tests' objects
    started = time.thread_time()  # the caller's own CPU, whatever else the machine does
    for n in range(5000):
        recorder.frame(frame.kind, frame.codec, frame.data, n * 960, 48000, True, EPOCH + n / 50)
    spent = time.thread_time() - started
    gc.unfreeze()
    assert spent / 5000 < 20e-6
    asyncio.run(recorder.close())
