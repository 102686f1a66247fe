"""The writer is killed at, or lied to by, one system call after another (by strace)."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from recording.parts import list_parts
from recording.verify import verify
from tests.recording.material import create
from tests.recording.test_crash import leaves
from tests.scale import Tally

CALLS = ("write", "fdatasync", "fsync", "link", "pread64")
pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


def run(directory: Path, injected: str) -> tuple[dict[tuple[int, int], str], str]:
    """What the child acknowledged, by (part, sequence), and what it said on stderr."""
    child = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject={injected}",
         sys.executable, "-m", "tests.recording.syscall_writer", str(directory)],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    told = [line.split() for line in child.stdout.splitlines() if line.count(" ") == 2]
    return {(int(p), int(s)): leaf for p, s, leaf in told}, child.stderr


def require(directory: Path, told: dict[tuple[int, int], str]) -> None:
    """Every acknowledged segment is there, and nothing is called damage."""
    found = {part: leaves(path) for part, path in list_parts(directory, "customer")}
    assert all(found[part][sequence] == leaf for (part, sequence), leaf in told.items())
    assert verify(directory).exit_code == 3


@pytest.mark.scaled(3)
def test_a_kill_at_any_system_call_loses_nothing_acknowledged(tmp_path: Path, tally: Tally) -> None:
    counted = {call: len(traced(tmp_path / call, call)) for call in CALLS}
    points = [(call, when + 1) for call in CALLS for when in range(counted[call])]
    random.Random(5).shuffle(points)
    killed = acknowledged = 0
    for n in tally.runs(4, len(points), len(points)):
        call, when = points[n]
        directory = tmp_path / f"{n}" / "rec-1"
        create(directory, ["customer"])
        told, _ = run(directory, f"{call}:signal=KILL:when={when}")
        require(directory, told)
        killed += len(told) < 6
        acknowledged += len(told)
    assert killed
    tally.say(
        f"kills at one of {len(points)} system calls (every {', '.join(CALLS)} of a writer of six "
        f"segments), {acknowledged} segments acknowledged, 0 lost"
    )


@pytest.mark.proof
@pytest.mark.scaled(7, "a call that fails once opens the next part, 6 of 6 segments are there")
@pytest.mark.parametrize(
    ("call", "error", "parts"),
    [
        ("fdatasync", "EIO", 2),
        ("write", "ENOSPC", 2),
        ("write", "EDQUOT", 2),
        ("pread64", "EIO", 2),
    ],
)
def test_a_call_that_fails_once_opens_the_next_part_and_is_never_repeated_on_the_old_one(
    tmp_path: Path, call: str, error: str, parts: int
) -> None:
    directory = tmp_path / "rec-1"
    create(directory, ["customer"])
    when = _nth_of_log(tmp_path, call)
    told, _ = run(directory, f"{call}:error={error}:when={when}")
    require(directory, told)
    assert len(told) == 6
    assert len(list_parts(directory, "customer")) == parts


@pytest.mark.proof
@pytest.mark.scaled(7, "a sync that takes 5 s delays, 6 of 6 segments are there")
def test_a_slow_sync_delays_and_loses_nothing(tmp_path: Path) -> None:
    directory = tmp_path / "rec-1"
    create(directory, ["customer"])
    told, _ = run(directory, "fdatasync:delay_enter=5000000:when=2")
    require(directory, told)
    assert len(told) == 6


def traced(place: Path, call: str) -> list[str]:
    """Every such call of an undisturbed child, one line each."""
    directory = place / "rec-1"
    create(directory, ["customer"])
    trace = place / "trace"
    subprocess.run(
        ["strace", "-f", "-qq", "-y", "-o", str(trace), "-e", f"trace={call}",
         sys.executable, "-m", "tests.recording.syscall_writer", str(directory)],
        check=True, capture_output=True,
    )  # fmt: skip
    return [line for line in trace.read_text().splitlines() if f" {call}(" in line]


def _nth_of_log(place: Path, call: str) -> int:
    """Which of the child's calls is the third one on the part itself: Python makes some before."""
    lines = traced(place / "count", call)
    places = [
        n for n, line in enumerate(lines, 1) if "customer.0000.evs" in line or ".new-" in line
    ]
    return places[min(3, len(places) - 1)]
