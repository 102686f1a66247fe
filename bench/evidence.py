"""A recording written, sealed, read and verified, beside plain files and sha256sum.

`python -m bench.evidence [--json] [--minutes N]`: two parties at the bitrates of a normal call are
written segment by segment with the production cipher and format (sync off: this measures the rest),
then sealed as the desk seals (heads every 30 s were taken before) and after a restart (nothing
known), then verified, read by ranges and exported whole. The references of the same run: coreutils'
`sha256sum` over the same files, plain files that take as many bytes with as many syncs, `pread`,
and a copy of the exported package with the same syncs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, BinaryIO, Final

from bench.machine import describe
from recording import format as fmt
from recording.envelope import Recipient
from recording.evidence import Evidence
from recording.export import Order, export
from recording.parts import Draft, SegmentLog
from recording.playback import open_media
from recording.seal import FileSigner, LocalTimestampAuthority, Signer
from recording.verify import verify

BYTES_PER_SECOND: Final = 100_000  # one party: 750 kbit/s of picture, 40 kbit/s of speech
KEY: Final = bytes(range(32))
RANGE: Final = 64 << 10
RANGES: Final = 500
SYNCED_SECONDS: Final = 60


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


def synced_writes(folder: Path) -> dict[str, float]:
    """Milliseconds of a sealed second of two parties, each segment synced and read back, and of two
    plain files that take as many bytes and are synced as often; medians of as many rounds."""
    directory = folder / "rec-synced"
    Evidence.create(directory, "rec-synced", "visit", ("a", "b"), KEY, datetime.now(UTC), "bench")
    logs = {party: SegmentLog(directory, "rec-synced", party, KEY) for party in ("a", "b")}
    for log in logs.values():
        log.open()
    sealed, plain = [], []
    with (folder / "plain-a").open("wb") as one, (folder / "plain-b").open("wb") as two:
        for second in range(SYNCED_SECONDS):  # turn by turn: the disk's moods are shared
            sealed.append(timed(fill, logs, second)[0])
            plain.append(timed(fill_plain, (one, two))[0])
    for log in logs.values():
        log.close()
    ours, theirs = median(sealed), median(plain)
    return {
        "synced_second_ms": round(1000 * ours, 2),
        "plain_second_ms": round(1000 * theirs, 2),
        "write_ratio_to_plain": round(ours / theirs, 2),
    }


def fill_plain(files: tuple[BinaryIO, ...]) -> None:
    """The same second without format and cipher."""
    for file in files:
        file.write(os.urandom(BYTES_PER_SECOND))
        file.flush()
        os.fdatasync(file.fileno())


def ranges(directory: Path, folder: Path) -> dict[str, float]:
    """Microseconds of 64 KiB anywhere in a party's film, and by `pread` of a plain copy of it."""
    opening_s, media = timed(open_media, directory, "customer", KEY)
    chance, plain = random.Random(4), folder / "plain"
    with plain.open("wb") as copy:
        shutil.copyfileobj(media.stream(), copy, 1 << 20)
    places = [chance.randrange(media.size - RANGE) for _ in range(RANGES)]
    ours = [timed(media.read, place, place + RANGE)[0] for place in places]
    fd = os.open(plain, os.O_RDONLY)
    theirs = [timed(os.pread, fd, RANGE, place)[0] for place in places]
    os.close(fd)
    return {
        "open_film_ms": round(1000 * opening_s, 1),
        "range_p50_us": round(1e6 * median(ours)),
        "range_p99_us": round(1e6 * sorted(ours)[int(RANGES * 0.99)]),
        "pread_p50_us": round(1e6 * median(theirs)),
    }


def handed_over(directory: Path, folder: Path, signer: Signer) -> dict[str, float]:
    """Seconds of an export: the evidence and the playable copies, hashed twice, verified and sealed
    to a recipient; and of copying the package that came of it, file by file, each synced."""
    key, certificate = folder / "court.key", folder / "court.pem"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Court"]
    subprocess.run([*words, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    now = datetime.now(UTC)
    order = Order(Recipient(certificate.read_bytes(), now), {}, now, "bench")
    ours, theirs = [], []
    for _ in range(3):  # turn by turn: the disk's moods are shared
        seconds, package = timed(export, directory, KEY, order, signer, folder / "package")
        ours.append(seconds)
        theirs.append(timed(copy_synced, package.path, folder / "copy")[0])
        shutil.rmtree(folder / "package")
        shutil.rmtree(folder / "copy")
    return {
        "export_megabytes": round(package.bytes / 1e6, 1),
        "export_s": round(median(ours), 3),
        "plain_copy_s": round(median(theirs), 3),
        "export_ratio_to_copy": round(median(ours) / median(theirs), 2),
    }


def copy_synced(source: Path, target: Path) -> None:
    """A plain copy whose files are on the disk when it returns."""
    shutil.copytree(source, target)
    for path in target.rglob("*"):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())


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
        **ranges(directory, folder),
        **synced_writes(folder),
        **handed_over(directory, folder, signer),
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
        print(json.dumps({**describe(), "bench": "evidence", "rows": [figures]}))


if __name__ == "__main__":
    main()
