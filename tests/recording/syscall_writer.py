"""A child that seals six segments and prints each acknowledged one; strace meddles with it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from recording import format as fmt
from recording.parts import Draft, SegmentLog

KEY = bytes(range(32))


def main() -> None:
    log = SegmentLog(Path(sys.argv[1]), "rec-1", "customer", KEY)
    log.open()
    for n in range(6):
        sealed = log.append(Draft(n * 1000, n * 1000 + 900, fmt.AUDIO, media=b"x" * 5000))
        os.write(1, f"{sealed.part} {sealed.sequence} {sealed.leaf_hex}\n".encode())
    log.append(Draft(6000, 6000, fmt.END))
    log.close()


if __name__ == "__main__":
    main()
