"""Whatever is changed, cut or moved in a package, the keyless witness never says it is whole.

Places are taken in random order, so that a run that ends early has looked everywhere a little. Not
among them: signatures, tokens and certificates, whose encodings have bytes that say nothing
(openssl accepts the same ones); what they attest is.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from recording import format as fmt
from recording.verify import verify
from tests.recording.material import Authority, Frame, whole
from tests.recording.test_verify import segments
from tests.scale import SCALE, Tally

BESIDE = (".p7s", ".tsr", ".pem")
BODIES = 2000
FRAMES = 3


def covered(package: Path) -> list[Path]:
    return sorted(p for p in package.rglob("*") if p.is_file() and p.suffix not in BESIDE)


@contextmanager
def instead(path: Path, raw: bytes) -> Iterator[None]:
    """The file holds other bytes for a moment."""
    was = path.read_bytes()
    path.write_bytes(raw)
    try:
        yield
    finally:
        path.write_bytes(was)


def headers(path: Path) -> set[int]:
    """Every byte of the part's header and of the headers of three segments."""
    found = segments(path)
    places = set(range(found[0].offset))
    for segment in found[:FRAMES]:
        places |= set(range(segment.offset, segment.offset + fmt.SEGMENT_HEADER))
    return places


def bits(package: Path, chance: random.Random) -> list[tuple[Path, int]]:
    """The places of the plan; a soak takes every byte of every file."""
    places: list[tuple[Path, int]] = []
    logs = sorted(package.glob("*.evs"))
    for path in covered(package):
        size = path.stat().st_size
        if SCALE == "soak" or path.suffix == ".json":
            places += [(path, offset) for offset in range(size)]
        elif path.suffix == ".evs":
            places += [(path, offset) for offset in headers(path)]
    for _ in range(0 if SCALE == "soak" else BODIES):
        path = chance.choice(logs)
        segment = chance.choice(segments(path))
        body = segment.offset + fmt.SEGMENT_HEADER
        places.append((path, chance.randrange(body, segment.end)))
    chance.shuffle(places)
    return places


@pytest.mark.scaled(4, weight=3)
def test_no_changed_bit_goes_unnoticed(sealed: Path, roots: list[bytes], tally: Tally) -> None:
    chance = random.Random(4)
    places = bits(sealed, chance)
    for n in tally.runs(100, len(places), len(places)):
        path, offset = places[n]
        raw = bytearray(path.read_bytes())
        raw[offset] ^= 1 << chance.randrange(8)
        with instead(path, raw):
            assert verify(sealed, trust=roots).exit_code == 1, (path.name, offset)
    assert verify(sealed, trust=roots).exit_code == 0
    tally.say("single bits changed, 0 unnoticed")


def ends(path: Path, last: bool) -> Iterator[int]:
    """Lengths to which a log may be cut: every segment's edge, every byte of the last one."""
    found = segments(path)
    yield from (segment.offset for segment in found)
    yield from range(found[-1].offset, found[-1].end) if last else ()


@pytest.mark.scaled(5)
def test_no_cut_log_is_complete(
    sealed: Path, unsealed: Path, roots: list[bytes], tally: Tally
) -> None:
    headless = shutil.copytree(unsealed, unsealed.parent / "headless")
    shutil.rmtree(headless / "heads")
    cuts = [
        (package, expected, path, length)
        for package, expected in ((sealed, 1), (unsealed, 1), (headless, 3))
        for path in sorted(package.glob("*.evs"))
        for length in ends(path, last=True)
    ]
    random.Random(5).shuffle(cuts)
    for n in tally.runs(60, len(cuts), len(cuts)):
        package, expected, path, length = cuts[n]
        with instead(path, path.read_bytes()[:length]):
            assert verify(package, trust=roots).exit_code == expected, (path.name, length)
    assert verify(sealed, trust=roots).exit_code == 0
    tally.say(
        "cuts (every segment's edge and every byte of the last segment of "
        "every log, sealed, open with heads, open without), 0 called complete"
    )


class Forger:
    """Rearranges whole, genuine segments of one package; `other` is another genuine recording."""

    def __init__(self, package: Path, other: Path, chance: random.Random) -> None:
        self._package, self._other, self._chance = package, other, chance

    def log(self) -> Path:
        return self._chance.choice(sorted(self._package.glob("*.evs")))

    def pieces(self, path: Path) -> list[bytes]:
        """Header and segments as they lie there now, whatever was done to them before."""
        raw = path.read_bytes()
        starts = [0]
        while (at := raw.find(fmt.SEGMENT_MAGIC[fmt.VERSION], starts[-1] + 4)) >= 0:
            starts.append(at)
        return [raw[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]

    def swap(self) -> None:
        path = self.log()
        found = self.pieces(path)
        if len(found) > 2:
            a, b = self._chance.sample(range(1, len(found)), 2)
            found[a], found[b] = found[b], found[a]
        path.write_bytes(b"".join(found))

    def drop(self) -> None:
        path = self.log()
        found = self.pieces(path)
        del found[self._chance.randrange(1, len(found)) if len(found) > 1 else 0]
        path.write_bytes(b"".join(found))

    def duplicate(self) -> None:
        path = self.log()
        found = self.pieces(path)
        at = self._chance.randrange(len(found))
        path.write_bytes(b"".join([*found[: at + 1], found[at], *found[at + 1 :]]))

    def splice(self) -> None:
        """A segment of the other recording, at its own place or at another."""
        path = self.log()
        found, foreign = self.pieces(path), self.pieces(self._other / path.name)
        at = self._chance.randrange(len(found))
        found[at] = self._chance.choice([foreign[min(at, len(foreign) - 1)], *foreign])
        path.write_bytes(b"".join(found))

    def rollback(self) -> None:
        """The file as a backup of an earlier moment has it."""
        path = self.log()
        found = self.pieces(path)
        path.write_bytes(b"".join(found[: self._chance.randrange(1, max(len(found), 2))]))

    def crossed(self) -> None:
        """A segment of the other party's log, or the logs exchanged as a whole."""
        one, two = (self._package / f"{party}.0000.evs" for party in ("customer", "teller"))
        if self._chance.random() < 0.3:
            mine = one.read_bytes()
            one.write_bytes(two.read_bytes())
            two.write_bytes(mine)
            return
        found, foreign = self.pieces(one), self.pieces(two)
        at = self._chance.randrange(len(found))
        found[at] = foreign[min(at, len(foreign) - 1)]
        one.write_bytes(b"".join(found))


ACTS: tuple[Callable[[Forger], None], ...] = (
    Forger.swap, Forger.drop, Forger.duplicate, Forger.splice, Forger.rollback, Forger.crossed,
)  # fmt: skip


def state(package: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in package.glob("*.evs")}


@pytest.fixture(scope="module")
def other(
    tmp_path_factory: pytest.TempPathFactory, authority: Authority, clip: list[Frame]
) -> Path:
    directory = tmp_path_factory.mktemp("other") / "rec-1"
    whole(directory, authority, clip)
    return directory


@pytest.mark.scaled(6)
def test_no_rearranged_log_goes_unnoticed(
    sealed: Path, unsealed: Path, other: Path, roots: list[bytes], tally: Tally
) -> None:
    chance = random.Random(6)
    pairs = [(first, then) for first in ACTS for then in ACTS]
    kept = {package: state(package) for package in (sealed, unsealed)}
    judged = 0
    for n in tally.runs(72, 1072, 20_072):
        package = (sealed, unsealed)[n % 2]
        few = chance.choices(ACTS, k=chance.randrange(1, 5))
        for act in pairs[n // 2] if n < 2 * len(pairs) else few:
            act(Forger(package, other, chance))
        now = state(package)
        if now != kept[package]:  # two swaps may undo each other
            judged += 1
            assert verify(package, trust=roots).exit_code == 1, n
        for name, raw in kept[package].items():
            (package / name).write_bytes(raw)
    assert verify(sealed, trust=roots).exit_code == 0
    tally.say(
        "arrangements (every pair of swap, drop, duplicate, splice, rollback and crossed logs, "
        f"then random ones), {judged:,} of them different from what was sealed, 0 unnoticed"
    )
