"""kill -9 of a writer, again and again: nothing acknowledged is lost or changed."""

from __future__ import annotations

import contextlib
import pickle
import random
import signal
import subprocess
import sys
import time
from dataclasses import astuple
from pathlib import Path

from recording import format as fmt
from recording.errors import Damage
from recording.evidence import Evidence
from recording.inspect import inspect
from recording.parts import list_parts
from recording.verify import verify
from tests.recording.material import KEY, Authority, Told, at, clip, create, feed, opus

KILLS = 20


def killed_writer(directory: Path, after: float) -> list[tuple[int, int, str]]:
    frames = directory.parent / "frames"
    if not frames.exists():
        frames.write_bytes(pickle.dumps(([astuple(frame) for frame in clip(0.4)], 0.4)))
    command = [sys.executable, "-m", "tests.recording.crash_writer", str(directory), str(frames)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
        lines = [first, *child.stdout.readlines()]
    told = [line.split() for line in lines if line.endswith("\n")]
    return [(int(part), int(sequence), leaf) for part, sequence, leaf in told]


def leaves(path: Path) -> list[str]:
    found: list[str] = []
    with path.open("rb") as stream:
        scanner = fmt.Scanner(stream, fmt.read_part_header(stream))
        with contextlib.suppress(Damage):  # a torn end, which the verdict has judged already
            for segment in scanner:
                found.append(segment.leaf.hex())
    return found


def test_twenty_kills_lose_nothing_acknowledged(tmp_path: Path, authority: Authority) -> None:
    directory = tmp_path / "rec-1"
    evidence = create(directory, ["customer"])
    chance = random.Random(11)
    acknowledged: dict[tuple[int, int], str] = {}
    before: dict[str, bytes] = {}
    for _ in range(KILLS):
        told = killed_writer(directory, chance.random() * 0.04)
        acknowledged |= {(part, sequence): leaf for part, sequence, leaf in told}
        for name, raw in before.items():
            assert (directory / name).read_bytes() == raw  # an older part is never touched
        before = {path.name: path.read_bytes() for _, path in list_parts(directory, "customer")}
    found = {part: leaves(path) for part, path in list_parts(directory, "customer")}
    assert len(found) == KILLS
    for (part, sequence), leaf in acknowledged.items():
        assert found[part][sequence] == leaf
    assert verify(directory).exit_code == 3

    recovered = Evidence.open(directory, KEY)
    recovery = recovered.recover()
    assert not recovery.damaged
    assert recovery.logs["customer"].part == KILLS - 1
    seal = recovered.seal(at(9), authority.signer, authority.stamper, {"outcome": "aborted"})
    assert seal.status == "interrupted"
    verdict = verify(directory)
    assert (verdict.status, verdict.exit_code) == ("interrupted", 3), verdict
    assert inspect(directory, KEY).ok
    del evidence


def test_a_restarted_writer_goes_on_in_the_next_part_and_can_be_complete(
    tmp_path: Path, authority: Authority
) -> None:
    directory = tmp_path / "rec-1"
    evidence = create(directory, ["customer"])
    killed_writer(directory, 0.05)
    evidence.head(at(1), authority.signer)
    told = Told()
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
