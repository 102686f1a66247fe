"""Calls of half an hour and of a working day, faster than real time, through the whole recorder."""

from __future__ import annotations

import asyncio
import gc
import random
import time
from collections.abc import Iterator
from heapq import merge
from itertools import count
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from recording import webm
from recording.inspect import opened_segments
from recording.parts import list_parts
from recording.recorder import PartyRecorder
from recording.verify import verify
from tests.recording.material import EPOCH, KEY, Authority, Frame, Told, at, create
from tests.scale import Tally

LIMIT_MS = 40
NTP0 = 3_900_000_000.0
NETWORK_S = 0.03
SETTLED_S = 10.0  # sender reports come every five seconds
GROWN_BYTES = 24 << 20
_TRACKS = {webm.AUDIO_TRACK: "audio", webm.VIDEO_TRACK: "video"}


class Skew(NamedTuple):
    """How wrong a sender's two clocks run, in millionths."""

    audio: int
    video: int


class Sent(NamedTuple):
    """A frame that left at true second `at`, with the RTP time its sender's clock gave it."""

    at: float
    frame: Frame
    rtp: int
    seq: int


def sent(clip: list[Frame], kind: str, seconds: float, ppm: int) -> Iterator[Sent]:
    """The clip over and over, stamped by a clock that is `ppm` fast."""
    frames = [frame for frame in clip if frame.kind == kind]
    every = 0.02 if kind == "audio" else 1 / 15
    for n in count():
        frame, true = frames[n % len(frames)], n * every
        if true >= seconds:
            return
        rtp = round(true * (1 + ppm / 1e6) * frame.clock_rate)
        yield Sent(true, frame, rtp, 70_000 + n)


def feed(
    recorder: PartyRecorder, clip: list[Frame], seconds: float, skew: Skew, jitter: float = 0.02
) -> None:
    """A call of so many seconds; waits where the writer is slower."""
    chance = random.Random(3)
    streams = [sent(clip, kind, seconds, ppm) for kind, ppm in skew._asdict().items()]
    reported = 0.0
    for n, (true, frame, rtp, seq) in enumerate(merge(*streams, key=lambda one: one.at)):
        if true - reported >= 5:
            reported = true
            for kind, ppm, rate in (("audio", skew.audio, 48000), ("video", skew.video, 90000)):
                stamp = round(true * (1 + ppm / 1e6) * rate)
                wall = round((NTP0 + true) * (1 << 32))
                recorder.sender_report(kind, wall, stamp, EPOCH + true)
        arrived = EPOCH + true + NETWORK_S + chance.random() * jitter
        recorder.frame(frame.kind, frame.codec, frame.data, rtp, frame.clock_rate,
                       frame.keyframe, arrived, seq)  # fmt: skip
        while n % 200 == 0 and recorder.stats()["queued"] > 2000:
            recorder._thread.wake()
            time.sleep(0.001)


def placed(directory: Path, party: str) -> dict[str, list[int]]:
    """The millisecond of every frame on disk, by medium and in order."""
    found: dict[str, list[int]] = {"audio": [], "video": []}
    for _, path in list_parts(directory, party):
        with path.open("rb") as stream:
            for segment, plain in opened_segments(stream, KEY):
                said = segment.header
                for track, ms, _ in webm.blocks(plain[said.init : said.init + said.media]):
                    found[_TRACKS[track]].append(ms)
    return found


def apart(found: dict[str, list[int]]) -> tuple[float, float]:
    """(most milliseconds between picture and speech of the same moment, the same at the end)."""
    off = {
        kind: [ms - n * every for n, ms in enumerate(found[kind])]
        for kind, every in (("audio", 20.0), ("video", 1000 / 15))
    }
    first = round(SETTLED_S * 15)
    pairs = [
        (off["video"][n], off["audio"][n * 1000 // 15 // 20]) for n in range(len(off["video"]))
    ]
    differences = [abs(video - audio) for video, audio in pairs[first:]]
    return max(differences), max(differences[-15 * 60 :])


@pytest.mark.proof
@pytest.mark.scaled(17)
def test_half_an_hour_of_skewed_clocks_stays_together_on_disk(
    tmp_path: Path, clip: list[Frame], tally: Tally
) -> None:
    skews = [Skew(100, -100), Skew(-100, 100), Skew(100, 100), Skew(50, 0), Skew(300, -300)]
    worst = ends = 0.0
    for n in tally.runs(0, 3, len(skews)):
        directory = tmp_path / f"{n}" / "rec-1"
        create(directory, ["customer"])
        told = Told()
        recorder = told.recorder(directory, period=0.02)
        recorder.leg("leg-1", at=EPOCH)
        feed(recorder, clip, 1800, skews[n])
        asyncio.run(recorder.close())
        assert not told.failures
        found = placed(directory, "customer")
        assert (len(found["audio"]), len(found["video"])) == (90_000, 27_000)
        most, end = apart(found)
        worst, ends = max(worst, most), max(ends, end)
        assert most <= LIMIT_MS, skews[n]
    wrong = max(abs(ppm) for skew in skews[: tally.run] for ppm in skew)
    tally.say(
        f"half hours of one party, sound card and camera up to {wrong} ppm off: picture and speech "
        f"of a moment {worst:.0f} ms apart at most, {ends:.0f} ms in the last minute; "
        f"limit {LIMIT_MS} ms"
    )


def resident() -> int:
    gc.collect()
    return int(psutil.Process().memory_info().rss)


@pytest.mark.proof
@pytest.mark.scaled(16, weight=3)
def test_a_working_day_of_four_calls_grows_nothing(
    tmp_path: Path, clip: list[Frame], authority: Authority, tally: Tally
) -> None:
    """Minutes of four calls side by side; memory and descriptors after the first ten count."""
    calls = [tmp_path / f"{n}" / "rec-1" for n in range(4)]
    evidence = [create(directory, ["customer"]) for directory in calls]
    told = [Told() for _ in calls]
    recorders = [
        one.recorder(directory, period=0.02) for one, directory in zip(told, calls, strict=True)
    ]
    before: tuple[int, int] | None = None
    grown = opened = 0
    for minute in tally.runs(0, 30, 480):
        for recorder in recorders:
            minute_of(recorder, clip, minute)
        for one in told:
            one.sealed.clear()
        if minute % 10 == 9:
            for n, recording in enumerate(evidence):
                recording.head(at(60 * (minute + 1)), authority.signer)
                assert not told[n].failures
            now = (resident(), psutil.Process().num_fds())
            before = before or now
            grown, opened = max(grown, now[0] - before[0]), max(opened, now[1] - before[1])
    for recorder in recorders:
        asyncio.run(recorder.close())
    for directory, recording, one in zip(calls, evidence, told, strict=True):
        assert not one.failures
        assert recording.seal(at(99_999), authority.signer, None, {}).status == "complete"
        assert verify(directory).exit_code == 0
    assert opened <= 2
    assert grown <= GROWN_BYTES
    tally.say(
        f"minutes of four calls at once, sealed whole; memory {grown / 2**20:.1f} MiB more and "
        f"{opened} descriptors more than after ten minutes"
    )


def minute_of(recorder: PartyRecorder, clip: list[Frame], minute: int) -> None:
    for loop in range(12):
        shift = minute * 60 + loop * 5
        for f in clip:
            arrived = EPOCH + f.at + shift + 0.05
            rtp = f.rtp_time + shift * f.clock_rate
            seq = f.seq + shift * (50 if f.kind == "audio" else 15)
            recorder.frame(f.kind, f.codec, f.data, rtp, f.clock_rate, f.keyframe, arrived, seq)
        while recorder.stats()["queued"] > 1500:
            recorder._thread.wake()
            time.sleep(0.002)
