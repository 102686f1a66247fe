"""Power goes while a segment is being written: what was acknowledged is there, writing goes on.

A kill keeps what the kernel holds; a power cut does not. The bytes that were written and not yet
synced are damaged in six ways that disks are known for; the next writer must find its place after
each, and once the recording is recovered the keyless verdict must call none of it damage.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from recording import format as fmt
from recording.evidence import Evidence
from recording.parts import Draft, SegmentLog, list_parts
from recording.verify import verify
from tests.recording.material import KEY, Authority, at, create
from tests.scale import Tally

PAGE = 4096
CUTS = 60  # of one recording


class PowerCut(BaseException):
    """Nothing in the writer may catch it."""


def lost(_rest: bytes, _start: int, _chance: random.Random) -> bytes:
    """Nothing of it reached the disk."""
    return b""


def prefix(rest: bytes, _start: int, chance: random.Random) -> bytes:
    """The beginning did."""
    return rest[: chance.randrange(len(rest) + 1)]


def zero_tail(rest: bytes, _start: int, chance: random.Random) -> bytes:
    """The length did, the end of the content did not."""
    kept = chance.randrange(len(rest) + 1)
    return rest[:kept] + bytes(len(rest) - kept)


def zero_pages(rest: bytes, start: int, chance: random.Random) -> bytes:
    """Some pages did."""
    return _paged(rest, start, chance, bytes)


def garbage_pages(rest: bytes, start: int, chance: random.Random) -> bytes:
    """In place of some pages lies what was there before."""
    return _paged(rest, start, chance, chance.randbytes)


def reordered(rest: bytes, start: int, chance: random.Random) -> bytes:
    """Later pages before earlier ones, and not to the end."""
    damaged = _paged(rest, start, chance, bytes)
    return damaged[: chance.randrange(len(damaged) + 1)]


def _paged(rest: bytes, start: int, chance: random.Random, other: Callable[[int], bytes]) -> bytes:
    damaged = bytearray(rest)
    for page in range(start // PAGE, (start + len(rest)) // PAGE + 1):
        if chance.random() < 0.5:
            low = max(0, page * PAGE - start)
            high = min(len(rest), (page + 1) * PAGE - start)
            damaged[low:high] = other(max(0, high - low))
    return bytes(damaged)


KINDS = (lost, prefix, zero_tail, zero_pages, garbage_pages, reordered)


def draft(chance: random.Random, at_ms: int) -> Draft:
    media = chance.randbytes(chance.randrange(1, 9000))
    return Draft(at_ms, at_ms + 900, fmt.AUDIO, media=media)


def cut(
    directory: Path, chance: random.Random, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, list[str], Path]:
    """One writer's life: (kind of damage, leaves it acknowledged, its part)."""
    log = SegmentLog(directory, "rec-1", "customer", KEY)
    log.open()
    begun = log.resumed_ms or 0
    told = [log.append(draft(chance, begun + n * 1000)) for n in range(chance.randrange(4))]

    def no_power(_fd: int) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", no_power)
        with pytest.raises(PowerCut):
            log.append(draft(chance, begun + 9000))
    log.close()
    path = list_parts(directory, "customer")[-1][1]
    raw, synced = path.read_bytes(), told[-1].bytes_total if told else None
    kept = synced if synced is not None else len(_header(path))
    kind = chance.choice(KINDS)
    path.write_bytes(raw[:kept] + kind(raw[kept:], kept, chance))
    return kind.__name__, [segment.leaf_hex for segment in told], path


def _header(path: Path) -> bytes:
    with path.open("rb") as stream:
        return fmt.read_part_header(stream).pack()


def cuts(
    directory: Path,
    number: int,
    chance: random.Random,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[Counter[str], int]:
    """One recording after so many power cuts, judged: (kinds, segments acknowledged)."""
    create(directory, ["customer"])
    told: list[tuple[Path, list[str]]] = []
    kinds: Counter[str] = Counter()
    for _ in range(number):
        kind, acknowledged, path = cut(directory, chance, monkeypatch)
        kinds[kind] += 1
        told.append((path, acknowledged))
    for path, acknowledged in told:
        with path.open("rb") as stream:
            scanner = fmt.Scanner(stream, fmt.read_part_header(stream))
            found = [scanner.step() for _ in acknowledged]
        assert [segment.leaf.hex() for segment in found if segment] == acknowledged
    assert verify(directory).exit_code in (1, 3)  # what nothing describes yet may look damaged
    recovered = Evidence.open(directory, KEY)
    assert not recovered.recover().damaged
    assert recovered.seal(at(9), authority.signer, None, {}).status == "interrupted"
    assert verify(directory).exit_code == 3
    return kinds, sum(len(acknowledged) for _, acknowledged in told)


@pytest.mark.scaled(2, weight=4)
def test_no_power_cut_takes_what_was_acknowledged(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    chance = random.Random(20261123)
    kinds: Counter[str] = Counter()
    acknowledged = 0
    for n in tally.runs(120, 3000, 100_000, step=CUTS):
        directory = tmp_path / f"{n}" / "rec-1"
        found, told = cuts(directory, CUTS, chance, authority, monkeypatch)
        kinds, acknowledged = kinds + found, acknowledged + told
        shutil.rmtree(directory.parent)
    assert set(kinds) == {kind.__name__ for kind in KINDS}
    shown = ", ".join(f"{name} {count:,}" for name, count in sorted(kinds.items()))
    tally.say(f"power cuts ({shown}), {acknowledged:,} segments acknowledged, 0 lost")
