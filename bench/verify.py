"""Verification and sealing of a simulated half-hour call, beside plain sha256sum.

`python -m bench.verify [--json] [--minutes N]`: two parties at the bitrates of a normal call are
written segment by segment with the production cipher and format (sync off: this measures reading),
then sealed as the desk seals (heads every 30 s were taken before) and after a restart (nothing
known), then verified. The reference is coreutils' `sha256sum` over the same files in the same run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bench.machine import describe
from recording import format as fmt
from recording.evidence import Evidence
from recording.parts import Draft, SegmentLog
from recording.seal import FileSigner, LocalTimestampAuthority
from recording.verify import verify

BYTES_PER_SECOND: Final = 100_000  # one party: 750 kbit/s of picture, 40 kbit/s of speech
KEY: Final = bytes(range(32))


def fill(logs: dict[str, SegmentLog], second: int) -> None:
    """One sealed second of every party."""
    for log in logs.values():
        media = os.urandom(BYTES_PER_SECOND)
        begin = second * 1000
        log.append(Draft(begin, begin + 1000, fmt.AUDIO | fmt.VIDEO, begin, b"", media))


def timed(work: Callable[..., Any], *args: Any) -> tuple[float, Any]:
    """Seconds, result."""
    started = time.perf_counter()
    result = work(*args)
    return time.perf_counter() - started, result


def hash_all(files: list[Path]) -> None:
    """One SHA-256 pass in this process; verification makes one too, on two threads."""
    for path in files:
        with path.open("rb") as stream:
            hashlib.file_digest(stream, "sha256")


def run(minutes: int, folder: Path) -> dict[str, Any]:
    """Write, seal, verify; figures in seconds and MB/s."""
    signer, stamper = FileSigner(folder / "signer"), LocalTimestampAuthority(folder / "tsa")
    now = datetime.now(UTC)
    directory = folder / "rec-bench"
    parties = ("customer", "teller")
    evidence = Evidence.create(directory, "rec-bench", "visit", parties, KEY, now, "bench")
    logs = {party: SegmentLog(directory, "rec-bench", party, KEY) for party in parties}
    for log in logs.values():
        log.open()
    synced, os.fdatasync = os.fdatasync, lambda _: None  # type: ignore[assignment]
    head_s: list[float] = []
    write_s = 0.0
    for second in range(minutes * 60):
        write_s += timed(fill, logs, second)[0]
        if second % 30 == 29:
            now += timedelta(seconds=30)
            head_s.append(timed(evidence.head, now, signer)[0])
    for log in logs.values():
        log.append(Draft(0, minutes * 60000, fmt.END))
        log.close()
    os.fdatasync = synced
    restarted = Evidence.open(directory, KEY)
    cold_s, _ = timed(restarted.recover)
    seal_s, seal = timed(lambda: evidence.seal(now, signer, stamper, {}))
    files = sorted(directory.glob("*.evs"))
    megabytes = sum(path.stat().st_size for path in files) / 1e6
    command = ["sha256sum", *map(str, files)]
    reference_s = min(
        timed(lambda: subprocess.run(command, check=True, capture_output=True))[0] for _ in range(3)
    )
    hashlib_s = min(timed(hash_all, files)[0] for _ in range(3))
    verify_s, verdict = min(
        (timed(lambda: verify(directory)) for _ in range(3)), key=lambda t: t[0]
    )
    if verdict.status != "complete" or seal.status != "complete":
        raise SystemExit(f"the simulated call does not verify: {verdict}")
    return {
        "minutes": minutes,
        "megabytes": round(megabytes, 1),
        "seal_ms": round(seal_s * 1000, 1),
        "seal_after_restart_ms": round((cold_s + seal_s) * 1000, 1),
        "head_ms": round(1000 * sum(head_s) / max(len(head_s), 1), 2),
        "write_ms_per_segment": round(1000 * write_s / (minutes * 120), 3),
        "verify_s": round(verify_s, 3),
        "verify_mb_per_s": round(megabytes / verify_s, 1),
        "sha256sum_mb_per_s": round(megabytes / reference_s, 1),
        "hashlib_mb_per_s": round(megabytes / hashlib_s, 1),
        "ratio_to_sha256sum": round(verify_s / reference_s, 2),
    }


def main() -> None:
    """Print a table and, with --json, one JSON line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--minutes", type=int, default=30)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = run(chosen.minutes, Path(folder))
    for name, value in figures.items():
        print(f"{name:24} {value}")
    if chosen.json:
        print(json.dumps({**describe(), "bench": "verify", "rows": [figures]}))


if __name__ == "__main__":
    main()
