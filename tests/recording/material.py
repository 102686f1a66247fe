"""Real media and whole recordings for the tests of this room."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from recording.events import EventLog
from recording.evidence import Evidence
from recording.parts import SealedSegment
from recording.recorder import PartyRecorder
from recording.seal import FileSigner, LocalTimestampAuthority

EPOCH = 1000.0
STARTED = datetime(2026, 11, 23, 4, 0, 0, tzinfo=UTC)
KEY = bytes(range(32))


@dataclass(frozen=True)
class Frame:
    kind: str
    codec: str
    data: bytes
    rtp_time: int
    clock_rate: int
    keyframe: bool
    at: float  # seconds after the start, on the sender's clock

    @property
    def seq(self) -> int:
        """The number of its one packet, so that one that is left out is missed."""
        return 70_000 + int(self.at * (50 if self.kind == "audio" else 15) + 0.51)


def opus(seconds: float, beep_every: float = 1.0) -> list[Frame]:
    """A 1 kHz beep of 100 ms at every full beat, as 20 ms Opus packets."""
    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.layout, codec.format = 48000, "mono", "s16"
    codec.bit_rate = 24000
    codec.time_base = Fraction(1, 48000)
    codec.options = {"application": "lowdelay"}
    codec.open()
    frames: list[Frame] = []
    for n in range(round(seconds * 50)):
        t = (np.arange(960) + n * 960) / 48000
        wave = np.where((t % beep_every) < 0.1, np.sin(2 * math.pi * 1000 * t) * 12000, 0)
        frame = av.AudioFrame.from_ndarray(wave.astype(np.int16).reshape(1, -1), "s16", "mono")
        frame.sample_rate, frame.pts = 48000, n * 960
        frame.time_base = Fraction(1, 48000)
        for packet in codec.encode(frame):
            i = len(frames)
            frames.append(Frame("audio", "opus", bytes(packet), i * 960, 48000, True, i * 0.02))
    return frames


def vp8(
    seconds: float, size: tuple[int, int] = (160, 120), fps: int = 15, start: float = 0.0
) -> list[Frame]:
    """A white flash of 100 ms at every full second on moving grey, as VP8 frames."""
    codec = av.CodecContext.create("libvpx", "w")
    codec.width, codec.height, codec.pix_fmt = *size, "yuv420p"
    codec.time_base, codec.bit_rate, codec.gop_size = Fraction(1, fps), 200_000, 2 * fps
    codec.options = {"deadline": "realtime", "cpu-used": "-8", "lag-in-frames": "0"}
    codec.open()
    frames = []
    for n in range(round(seconds * fps)):
        at = start + n / fps
        level = 235 if at % 1.0 < 0.1 else 60 + (n * 3) % 40
        image = np.full((size[1], size[0], 3), level, np.uint8)
        if level != 235:
            image[:, : (n * 4) % size[0]] //= 2
        frame = av.VideoFrame.from_ndarray(image, "rgb24")
        frame.pts = n
        for packet in codec.encode(frame):
            data = bytes(packet)
            rtp = round(at * 90000)
            frames.append(Frame("video", "VP8", data, rtp, 90000, not data[0] & 1, at))
    return frames


def clip(seconds: float) -> list[Frame]:
    return sorted(opus(seconds) + vp8(seconds), key=lambda frame: frame.at)


def feed(recorder: PartyRecorder, frames: Sequence[Frame], delay: float = 0.05) -> None:
    for f in frames:
        arrived = EPOCH + f.at + delay
        said = (f.kind, f.codec, f.data, f.rtp_time, f.clock_rate, f.keyframe, arrived, f.seq)
        recorder.frame(*said)


class Told:
    """What a recorder's callbacks said."""

    def __init__(self) -> None:
        self.sealed: list[SealedSegment] = []
        self.failures: list[BaseException] = []

    def recorder(self, directory: Path, party: str = "customer", **more: Any) -> PartyRecorder:
        return PartyRecorder(
            directory, "rec-1", party, KEY, EPOCH, STARTED,
            self.sealed.append, self.failures.append, **more,
        )  # fmt: skip

    def events(self, directory: Path, log: str = "events") -> EventLog:
        return EventLog(
            directory, "rec-1", KEY, EPOCH, STARTED, self.sealed.append, self.failures.append, log
        )


def at(seconds: float) -> datetime:
    return STARTED + timedelta(seconds=seconds)


def create(directory: Path, parties: Sequence[str] = ("customer", "teller")) -> Evidence:
    return Evidence.create(directory, "rec-1", "visit-1", parties, KEY, at(0), "test")


@dataclass(frozen=True)
class Authority:
    signer: FileSigner
    stamper: LocalTimestampAuthority

    @classmethod
    def make(cls, folder: Path) -> Authority:
        return cls(FileSigner(folder / "signer"), LocalTimestampAuthority(folder / "tsa"))


def whole(
    directory: Path,
    authority: Authority,
    frames: Sequence[Frame],
    *,
    seal: bool = True,
    close: bool = True,
) -> dict[str, Any]:
    """A call of two parties with marks, an attachment and two heads; returns the receipt."""
    evidence, told = create(directory), Told()
    events = told.events(directory)
    recorders = [told.recorder(directory, party) for party in ("customer", "teller")]
    half = len(frames) // 2
    for recorder in recorders:
        feed(recorder, frames[:half])
    first = events.mark("consent", 500, {"agreed": True}).result(30)
    assert first.log == "events"
    photo = evidence.attach(b"\xff\xd8photograph" * 20, "image/jpeg", "document.front")
    events.mark("object", 700, photo.as_dict()).result(30)
    for recorder in recorders:
        recorder._thread.wake()
    wait_sealed(told, {"customer", "teller"})
    heads = [evidence.head(at(2), authority.signer)]
    assert evidence.stamp_head(1, authority.stamper)
    for recorder in recorders:
        feed(recorder, frames[half:])
    if close:
        for recorder in recorders:
            asyncio.run(recorder.close())
        events.close()
    heads.append(evidence.head(at(4), authority.signer))
    receipt: dict[str, Any] = {"heads": [head.as_receipt() for head in heads]}
    if seal:
        sealed = evidence.seal(at(6), authority.signer, authority.stamper, {"outcome": "done"})
        receipt["evidence_digest"] = sealed.digest
    assert not told.failures
    return receipt


def wait_sealed(told: Told, logs: set[str], after: int = 0) -> None:
    """Until each of these logs has a segment on disk beyond the first `after` ones."""
    import time

    for _ in range(1500):
        if logs <= {segment.log for segment in told.sealed[after:]}:
            return
        time.sleep(0.02)
    raise AssertionError(f"not sealed: {logs}")
