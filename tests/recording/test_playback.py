"""A party's parts play as one file, by ranges, and the times in it are the recording's."""

from __future__ import annotations

import asyncio
import io
import random
from pathlib import Path

import av
import numpy as np
import pytest

from recording import playback
from recording.errors import Damage
from recording.inspect import inspect
from tests.recording import material
from tests.recording.material import KEY, Frame, Told, create, feed, opus, vp8


def record(directory: Path, *takes: list[Frame], delay: float = 0.05) -> None:
    """Each take is one writer's life: a part of its own."""
    create(directory)
    for frames in takes:
        told = Told()
        recorder = told.recorder(directory)
        feed(recorder, frames, delay)
        asyncio.run(recorder.close())
        assert not told.failures


def beats(data: bytes) -> tuple[list[float], list[float]]:
    """Seconds at which a flash and a beep begin."""
    flashes: list[float] = []
    beeps: list[float] = []
    dark = silent = True
    with av.open(io.BytesIO(data)) as container:
        for frame in container.decode(video=0):
            bright = frame.to_ndarray(format="gray").mean() > 180
            if bright and dark:
                flashes.append(frame.time)
            dark = not bright
    with av.open(io.BytesIO(data)) as container:
        for frame in container.decode(audio=0):
            loud = np.abs(frame.to_ndarray()).max() > 0.1
            if loud and silent:
                beeps.append(frame.time)
            silent = not loud
    return flashes, beeps


def test_every_beat_is_there_and_lips_match(tmp_path: Path, clip: list[Frame]) -> None:
    record(tmp_path / "r", clip)
    media = playback.open_media(tmp_path / "r", "customer", KEY)
    flashes, beeps = beats(media.read(0, media.size))
    assert len(flashes) == len(beeps) == 5
    for n, (flash, beep) in enumerate(zip(flashes, beeps, strict=True)):
        assert abs(flash - beep) <= 0.040
        assert abs(beep - (n + 0.05)) <= 0.040  # the delay of the network is the server's time


@pytest.mark.scaled(15, "500 random ranges of a recording are the bytes of the whole file")
def test_ranges_are_the_whole_file_and_a_seek_finds_its_second(
    tmp_path: Path, clip: list[Frame]
) -> None:
    record(tmp_path / "r", clip)
    media = playback.open_media(tmp_path / "r", "customer", KEY)
    whole = media.read(0, media.size)
    assert len(whole) == media.size == len(media.read(0, 10**12))
    chance = random.Random(3)
    for _ in range(500):
        start = chance.randrange(media.size)
        stop = chance.randrange(start, media.size + 1)
        assert media.read(start, stop) == whole[start:stop]
    with av.open(io.BytesIO(whole)) as container:
        assert container.duration == pytest.approx(media.duration_ms * 1000, abs=1000)
        container.seek(4_100_000)
        frame = next(container.decode(video=0))
        assert frame.key_frame
        assert frame.time == pytest.approx(4.05, abs=0.07)


def test_parts_play_as_one_and_the_pause_between_is_a_gap(tmp_path: Path) -> None:
    first, later = material.clip(2), []
    for f in material.clip(2):
        shift = 5.0
        later.append(Frame(f.kind, f.codec, f.data, f.rtp_time, f.clock_rate, f.keyframe,
                           f.at + shift))  # fmt: skip
    record(tmp_path / "r", first, later)
    report = inspect(tmp_path / "r", KEY).logs["customer"]
    assert report.parts == 2
    assert not report.errors
    assert report.frames["video"] == 60
    restart = [gap for gap in report.gaps if gap["cause"] == "recorder_restart"]
    assert {gap["kind"] for gap in restart} == {"audio", "video"}
    for gap in restart:
        shown = 2050 if gap["kind"] == "audio" else 2483  # a picture stands for half a second
        assert gap["from_ms"] == pytest.approx(shown, abs=80)
        assert gap["to_ms"] == pytest.approx(5050, abs=80)
    media = playback.open_media(tmp_path / "r", "customer", KEY)
    flashes, _ = beats(media.read(0, media.size))
    assert flashes == pytest.approx([0.05, 1.05, 5.05, 6.05], abs=0.07)


def test_a_change_of_resolution_in_mid_call_decodes(tmp_path: Path) -> None:
    frames = opus(3) + vp8(1.5, (160, 120)) + vp8(1.5, (320, 240), start=1.5)
    record(tmp_path / "r", sorted(frames, key=lambda f: f.at))
    report = inspect(tmp_path / "r", KEY).logs["customer"]
    assert report.sizes == ["160x120", "320x240"]
    assert not report.errors


def test_a_party_without_a_picture_plays(tmp_path: Path) -> None:
    record(tmp_path / "r", opus(2))
    media = playback.open_media(tmp_path / "r", "customer", KEY)
    with av.open(io.BytesIO(media.read(0, media.size))) as container:
        assert [stream.type for stream in container.streams] == ["audio"]
        assert sum(1 for _ in container.decode(audio=0)) == 100


def test_pictures_before_the_first_keyframe_are_declared_lost(tmp_path: Path) -> None:
    video = vp8(3)
    second_key = [i for i, f in enumerate(video) if f.keyframe][1]
    record(tmp_path / "r", sorted(opus(3) + video[5:], key=lambda f: f.at))
    gap = next(g for g in playback.gaps(tmp_path / "r", "customer", KEY) if g["kind"] == "video")
    assert gap["cause"] == "no_keyframe"
    assert gap["to_ms"] == pytest.approx(video[second_key].at * 1000 + 50, abs=40)


def test_marks_come_back_in_order(sealed: Path) -> None:
    found = playback.marks(sealed, KEY)
    assert [mark["kind"] for mark in found] == ["consent", "object"]
    assert found[0]["body"] == {"agreed": True}


def test_another_key_opens_nothing(sealed: Path) -> None:
    with pytest.raises(Damage, match="wrong_key"):
        playback.open_media(sealed, "customer", bytes(32))
    assert not inspect(sealed, bytes(32)).ok


def test_an_altered_segment_is_not_played(sealed: Path) -> None:
    media = playback.open_media(sealed, "customer", KEY)
    path = sealed / "customer.0000.evs"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(Damage):
        media.read(0, media.size)


def test_inspect_counts_what_was_sent(sealed: Path, clip: list[Frame]) -> None:
    found = inspect(sealed, KEY)
    assert found.ok
    for party in ("customer", "teller"):
        report = found.logs[party]
        sent = {kind: sum(f.kind == kind for f in clip) for kind in ("audio", "video")}
        assert report.packets == sent
        assert report.frames == sent
        assert report.ended
        assert not report.gaps
    assert found.logs["events"].marks == 2
