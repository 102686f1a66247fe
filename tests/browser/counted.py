"""A sealed call whose pictures say which second it is: two parties, made without a camera."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from recording.events import EventLog
from recording.evidence import Evidence
from recording.recorder import PartyRecorder
from teller_server.desk.branch import Branch
from teller_server.desk.keys import recording_of
from teller_server.desk.script_shelf import Scripts
from teller_server.store.evidence import Recording
from teller_server.store.keys import keep_key, open_recording
from teller_server.worker.host import KEYFRAME_SECONDS
from tests.recording.material import Frame, opus
from tests.teller_server import material

FPS = 15
SIZE = (640, 480)
BITS = 8

READ = f"""video => {{
  const canvas = new OffscreenCanvas({SIZE[0]}, {SIZE[1]});
  const context = canvas.getContext("2d", {{ willReadFrequently: true }});
  context.drawImage(video, 0, 0, {SIZE[0]}, {SIZE[1]});
  const wide = {SIZE[0]} / {BITS};
  let second = 0;
  for (let bit = 0; bit < {BITS}; bit++) {{
    const [red] = context.getImageData((bit + 0.5) * wide, {SIZE[1]} / 2, 1, 1).data;
    second = second * 2 + (red > 128 ? 1 : 0);
  }}
  return second;
}}"""
"""The number that a picture shows: eight bars, white is 1."""


async def seal_counted(branch: Branch, visit: str, seconds: int) -> None:
    """A visit of this branch with a sealed recording of `seconds`."""
    script = material.script()
    Scripts({script.service: script}, branch.settings.data.directory / "scripts")
    began = datetime.now(UTC) - timedelta(hours=1)
    key, row = await branch.keys.make(visit, began)
    await branch.store.visits.apply(
        visit, material.opening(visit), began, alongside=lambda conn: keep_key(conn, row)
    )
    kept = Recording(recording_of(visit), visit, recording_of(visit), "open", began)
    await branch.store.write(lambda connection: open_recording(connection, kept))
    directory = branch.settings.evidence_directory.absolute() / kept.directory
    digest = await asyncio.to_thread(_record, branch, visit, directory, key, began, seconds)
    await branch.store.evidence.update(
        kept.id, state="sealed", sealed_at=datetime.now(UTC), manifest=digest,
        verdict="complete", duration_ms=seconds * 1000,
    )  # fmt: skip


def _record(
    branch: Branch, visit: str, directory: Path, key: bytes, began: datetime, seconds: int
) -> str:
    recording, parties, failed = recording_of(visit), ("customer", "teller"), []
    evidence = Evidence.create(directory, recording, visit, parties, key, began, "test")
    epoch, frames = time.monotonic() - seconds, _frames(seconds)
    for party in parties:
        recorder = PartyRecorder(
            directory, recording, party, key, epoch, began, lambda _: None, failed.append
        )
        for n, one in enumerate(frames):
            recorder.frame(
                one.kind, one.codec, one.data, one.rtp_time, one.clock_rate, one.keyframe,
                epoch + one.at, one.seq,
            )  # fmt: skip
            if n % 500 == 0:
                time.sleep(0.05)  # its queue is bounded, and nobody talks this fast
        asyncio.run(recorder.close())
    events = EventLog(directory, recording, key, epoch, began, lambda _: None, failed.append)
    events.mark("ServiceBegan", 1000, {}).result(30)
    events.close()
    room = branch.strongroom
    sealed = evidence.seal(datetime.now(UTC), room.signer, room.stamper, {"outcome": "done"})
    assert not failed, failed
    return sealed.digest


def _frames(seconds: int) -> list[Frame]:
    return sorted([*opus(seconds), *_pictures(seconds)], key=lambda frame: frame.at)


def _pictures(seconds: int) -> Iterator[Frame]:
    codec = av.CodecContext.create("libvpx", "w")
    codec.width, codec.height, codec.pix_fmt = *SIZE, "yuv420p"
    codec.time_base, codec.bit_rate = Fraction(1, FPS), 1_500_000
    codec.gop_size = round(KEYFRAME_SECONDS * FPS)  # a sender makes one when it is asked
    codec.options = {"deadline": "realtime", "cpu-used": "-8", "lag-in-frames": "0"}
    codec.open()
    grain = np.random.default_rng(20261123)
    for n in range(seconds * FPS):
        # as heavy as a camera's: a film that fits into the browser's memory would need no ranges
        noise = grain.integers(0, 40, (SIZE[1], SIZE[0], 1), np.uint8)
        frame = av.VideoFrame.from_ndarray(_bars(n // FPS) + noise, "rgb24")
        frame.pts = n
        for packet in codec.encode(frame):
            data, at = bytes(packet), n / FPS
            yield Frame("video", "VP8", data, round(at * 90000), 90000, not data[0] & 1, at)


def _bars(second: int) -> np.ndarray:
    picture = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    wide = SIZE[0] // BITS
    for bit in range(BITS):
        if second >> (BITS - 1 - bit) & 1:
            picture[:, bit * wide : (bit + 1) * wide] = 200
    return picture
