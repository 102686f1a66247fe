"""A child that records until it is killed: prints each acknowledged segment, one line a piece.

Its frames come from a file (and it imports no codec), so that twenty of it start quickly.
"""

from __future__ import annotations

import os
import pickle
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from recording.parts import SealedSegment
from recording.recorder import PartyRecorder

KEY = bytes(range(32))
EPOCH = 1000.0


def sealed(segment: SealedSegment) -> None:
    os.write(1, f"{segment.part} {segment.sequence} {segment.leaf_hex}\n".encode())


def failed(error: BaseException) -> None:
    os.write(1, f"failed {error}\n".encode())


def main() -> None:
    frames, lasts = pickle.loads(Path(sys.argv[2]).read_bytes())
    recorder = PartyRecorder(
        Path(sys.argv[1]), "rec-1", "customer", KEY, EPOCH, datetime.now(UTC), sealed, failed,
        period=0.004,
    )  # fmt: skip
    shift = 0.0
    while True:
        for kind, codec, data, rtp, rate, key, at in frames:
            arrived = EPOCH + at + shift
            recorder.frame(kind, codec, data, rtp + round(shift * rate), rate, key, arrived)
        shift += lasts
        time.sleep(random.random() * 0.004)


if __name__ == "__main__":
    main()
