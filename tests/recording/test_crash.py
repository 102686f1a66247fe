"""kill -9 of a writer, again and again: nothing acknowledged is lost or changed."""

from __future__ import annotations

import contextlib
import os
import pickle
import random
import signal
import subprocess
import sys
import time
from dataclasses import astuple
from pathlib import Path
from statistics import median

import pytest

from recording import format as fmt
from recording.errors import Damage
from recording.evidence import Evidence
from recording.inspect import inspect
from recording.parts import list_parts
from recording.verify import verify
from tests.recording.material import KEY, Authority, at, clip, create, feed, opus
from tests.recording.material import Told as Heard
from tests.scale import Tally

MOST_LOST_MS = 2000
Told = list[tuple[int, int, str]]


class Writers:
    """One writer after another, each in a process of its own that nobody closes properly."""

    def __init__(self, directory: Path) -> None:
        frames = directory.parent / "frames"
        frames.write_bytes(pickle.dumps(([astuple(frame) for frame in clip(0.4)], 0.4)))
        command = [sys.executable, "-m", "tests.recording.crash_writer", directory, frames]
        self._nursery = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Writers:
        return self

    def __exit__(self, *_: object) -> None:
        self._nursery.communicate()

    def killed(self, after: float, first: bool = True) -> Told:
        """What the next writer acknowledged before it was killed `after` seconds: after its first
        word, or after it was born."""
        return [(int(p), int(s), leaf) for p, s, leaf, _ in self._lines("", after, first)]

    def tail(self, after: float) -> int:
        """Milliseconds of a call, recorded as it happens, that were not yet sealed at a kill."""
        told = self._lines("paced", after, first=True)
        fed = max(int(line[1]) for line in told if line[0] == "fed")
        return fed - max((int(line[3]) for line in told if len(line) == 4), default=0)

    def _lines(self, how: str, after: float, first: bool) -> list[list[str]]:
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write(f"{how}\n")
        self._nursery.stdin.flush()
        writer = int(self._nursery.stdout.readline().split()[1])
        lines = [self._nursery.stdout.readline()] if first else []
        time.sleep(after)
        os.kill(writer, signal.SIGKILL)
        lines += iter(self._nursery.stdout.readline, "gone\n")
        return [line.split() for line in lines]


def leaves(path: Path) -> list[str]:
    found: list[str] = []
    with path.open("rb") as stream:
        scanner = fmt.Scanner(stream, fmt.read_part_header(stream))
        with contextlib.suppress(Damage):  # a torn end, which the verdict has judged already
            for segment in scanner:
                found.append(segment.leaf.hex())
    return found


def killed_at_random(
    directory: Path, times: int, chance: random.Random, authority: Authority
) -> tuple[int, int]:
    """One recording whose writers were all killed, judged: (segments acknowledged, parts)."""
    create(directory, ["customer"])
    acknowledged: dict[tuple[int, int], str] = {}
    before: dict[str, bytes] = {}
    with Writers(directory) as writers:
        for _ in range(times):
            told = writers.killed(chance.random() * 0.04, first=chance.random() < 0.8)
            acknowledged |= {(part, sequence): leaf for part, sequence, leaf in told}
            for name, raw in before.items():
                assert (directory / name).read_bytes() == raw  # an older part is never touched
            parts = list_parts(directory, "customer")[-2:]
            before |= {path.name: path.read_bytes() for _, path in parts}
    found = {part: leaves(path) for part, path in list_parts(directory, "customer")}
    for (part, sequence), leaf in acknowledged.items():
        assert found[part][sequence] == leaf
    assert verify(directory).exit_code == 3

    recovered = Evidence.open(directory, KEY)
    recovery = recovered.recover()
    assert not recovery.damaged
    assert recovery.logs["customer"].part == len(found) - 1
    seal = recovered.seal(at(9), authority.signer, authority.stamper, {"outcome": "aborted"})
    assert seal.status == "interrupted"
    verdict = verify(directory)
    assert (verdict.status, verdict.exit_code) == ("interrupted", 3), verdict
    assert inspect(directory, KEY).ok
    return len(acknowledged), len(found)


@pytest.mark.scaled(1, weight=2)
def test_kills_lose_nothing_acknowledged(
    tmp_path: Path, authority: Authority, tally: Tally
) -> None:
    chance = random.Random(11)
    acknowledged = parts = 0
    for n in tally.runs(20, 50, 2000, step=10):
        told, found = killed_at_random(tmp_path / f"{n}" / "rec-1", 10, chance, authority)
        acknowledged, parts = acknowledged + told, parts + found
    assert acknowledged
    tally.say(
        f"kill -9 of a writer, {parts:,} parts, {acknowledged:,} segments acknowledged, 0 lost"
    )


@pytest.mark.proof
@pytest.mark.scaled(1)
def test_a_kill_in_a_call_costs_at_most_two_seconds(tmp_path: Path, tally: Tally) -> None:
    chance, lost = random.Random(12), list[int]()
    for n in tally.runs(0, 12, 200, step=6):
        directory = tmp_path / f"{n}" / "rec-1"
        create(directory, ["customer"])
        with Writers(directory) as writers:
            lost += [writers.tail(1.5 + chance.random() * 2) for _ in range(6)]
    assert max(lost) <= MOST_LOST_MS
    tally.say(
        f"kill -9 of a writer that records as the call happens, tail lost: {median(lost):.0f} ms "
        f"in the middle, {max(lost)} ms at most; limit {MOST_LOST_MS:,} ms"
    )


def test_a_restarted_writer_goes_on_in_the_next_part_and_can_be_complete(
    tmp_path: Path, authority: Authority
) -> None:
    directory = tmp_path / "rec-1"
    evidence = create(directory, ["customer"])
    with Writers(directory) as writers:
        assert writers.killed(0.05)
    evidence.head(at(1), authority.signer)
    told = Heard()
    recorder = told.recorder(directory)
    feed(recorder, opus(1))
    import asyncio

    asyncio.run(recorder.close())
    assert not told.failures
    assert {segment.part for segment in told.sealed} == {1}
    seal = evidence.seal(at(9), authority.signer, None, {})
    assert seal.status == "complete"
    assert not seal.stamped
    assert verify(directory).exit_code == 0
    assert evidence.stamp_pending(authority.stamper)
    assert verify(directory).stamped is not None
