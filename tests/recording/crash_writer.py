"""Writers to be killed: imports once, then forks a writer for every line on its input.

    python -m tests.recording.crash_writer DIRECTORY FRAMES

Each writer says who it is (`writer PID`) and prints each acknowledged segment, one line a piece,
until somebody kills it; then its parent prints `gone`. After the line `paced` frames come as in a
call, and each is told (`fed MS`); otherwise as fast as they go. They lie in a file: no codec opens.
"""

from __future__ import annotations

import os
import pickle
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from recording.log import PERIOD_S
from recording.parts import SealedSegment
from recording.recorder import PartyRecorder

KEY = bytes(range(32))
EPOCH = 1000.0


def tell(words: str) -> None:
    os.write(1, f"{words}\n".encode())


def sealed(segment: SealedSegment) -> None:
    tell(f"{segment.part} {segment.sequence} {segment.leaf_hex} {segment.to_ms}")


def write(directory: Path, said: Path, paced: bool) -> None:
    random.seed()
    tell(f"writer {os.getpid()}")
    frames, lasts = pickle.loads(said.read_bytes())
    recorder = PartyRecorder(
        directory, "rec-1", "customer", KEY, EPOCH, datetime.now(UTC), sealed,
        lambda error: tell(f"failed {error}"), period=PERIOD_S if paced else 0.004,
    )  # fmt: skip
    began, shift = time.monotonic(), 0.0
    while True:
        for kind, codec, data, rtp, rate, key, at in frames:
            if paced:
                time.sleep(max(began + at + shift - time.monotonic(), 0))
            arrived = EPOCH + at + shift
            recorder.frame(kind, codec, data, rtp + round(shift * rate), rate, key, arrived)
            if paced:
                tell(f"fed {round((at + shift) * 1000)}")
        shift += lasts
        if not paced:
            time.sleep(random.random() * 0.004)


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            write(Path(sys.argv[1]), Path(sys.argv[2]), line == "paced\n")
        os.waitpid(child, 0)
        tell("gone")


if __name__ == "__main__":
    main()
