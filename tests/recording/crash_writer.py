"""A child that records until it is killed: prints each acknowledged segment, one line a piece."""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path

from recording.parts import SealedSegment
from tests.recording.material import KEY, STARTED, Frame, clip, feed


def main() -> None:
    from recording.recorder import PartyRecorder

    def sealed(segment: SealedSegment) -> None:
        os.write(1, f"{segment.part} {segment.sequence} {segment.leaf_hex}\n".encode())

    def failed(error: BaseException) -> None:
        os.write(1, f"failed {error}\n".encode())

    recorder = PartyRecorder(
        Path(sys.argv[1]), "rec-1", "customer", KEY, 1000.0, STARTED, sealed, failed, period=0.004
    )
    frames = clip(0.4)
    shift = 0.0
    while True:
        feed(recorder, [_later(f, shift) for f in frames])
        shift += 0.4
        time.sleep(random.random() * 0.004)


def _later(f: Frame, by: float) -> Frame:
    rtp = f.rtp_time + round(by * f.clock_rate)
    return Frame(f.kind, f.codec, f.data, rtp, f.clock_rate, f.keyframe, f.at + by)


if __name__ == "__main__":
    main()
