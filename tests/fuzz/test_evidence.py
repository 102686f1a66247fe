"""Whatever bytes somebody puts into a package: a documented word, no crash, little memory."""

from __future__ import annotations

import contextlib
import io
import random
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recording import format as fmt
from recording.canonical import parse
from recording.errors import Damage
from recording.verify import verify
from tests.scale import Tally, at_scale
from tests.tree import ROOT

VECTORS = ROOT / "tests" / "vectors"
VALID = VECTORS / "valid" / "package"
BESIDE = (".p7s", ".tsr", ".pem")  # not every byte of a CMS is covered by what it says
MOST_BYTES = 64 << 20
PART = (VALID / "customer.0000.evs").read_bytes()
PIECES = (
    *(b"", b"{", b"}", b"[", b'"', b"1e999", b"-0", b"NaN", b"\xff", b"\\ud800", b'"a":1,', b"\0"),
    *(b"[" * 900, b"9" * 5000),
)
PAGE = resource.getpagesize()
EXAMPLES = settings(max_examples=at_scale(100, 2000, 2000), deadline=None)


@contextlib.contextmanager
def little_memory() -> Iterator[None]:
    """Whatever wants 64 MiB more than there is now gets a MemoryError, which nobody expects."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    now = int(Path("/proc/self/statm").read_text().split()[0]) * PAGE
    resource.setrlimit(resource.RLIMIT_AS, (now + MOST_BYTES, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def scanned(raw: bytes) -> int:
    """How many segments were good before the bytes stopped making sense."""
    good = 0
    with little_memory(), contextlib.suppress(Damage):
        _, segments = fmt.scan(io.BytesIO(raw))
        for segment in segments:
            assert segment.end <= len(raw)
            good += 1
    return good


@st.composite
def altered(draw: st.DrawFn, whole: bytes = PART) -> bytes:
    """A good file with a few bytes changed, a piece repeated, and its end cut off."""
    raw = bytearray(whole)
    for _ in range(draw(st.integers(0, 4))):
        raw[draw(st.integers(0, len(raw) - 1))] ^= draw(st.integers(1, 255))
    if draw(st.booleans()):
        at, size = draw(st.integers(0, len(raw))), draw(st.integers(0, 400))
        raw[at:at] = raw[:size]
    return bytes(raw[: draw(st.integers(0, len(raw)))])


@given(st.binary(max_size=4096))
@EXAMPLES
def test_noise_is_no_part(raw: bytes) -> None:
    assert scanned(raw) == 0


@given(altered())
@EXAMPLES
def test_an_altered_part_is_read_to_its_last_good_segment(raw: bytes) -> None:
    assert scanned(raw) <= scanned(PART)


@given(st.binary(max_size=2048) | altered((VALID / "manifest.json").read_bytes()))
@EXAMPLES
def test_a_document_is_read_or_refused_by_name(raw: bytes) -> None:
    with little_memory(), contextlib.suppress(Damage):
        assert isinstance(parse(raw, "manifest.json"), dict)


def altered_file(package: Path, chance: random.Random) -> tuple[Path, bytes]:
    """One file of the package changed or cut: (which, what it was)."""
    path = chance.choice(sorted(path for path in package.rglob("*") if path.is_file()))
    was = path.read_bytes()
    raw = bytearray(was)
    for _ in range(chance.randrange(1, 6)):
        raw[chance.randrange(len(raw))] ^= chance.randrange(1, 256)
    path.write_bytes(raw[: chance.randrange(len(raw) + 1)] if chance.random() < 0.3 else raw)
    return path, was


@pytest.mark.scaled(14)
def test_a_package_with_any_file_altered_gets_a_verdict(tmp_path: Path, tally: Tally) -> None:
    package = shutil.copytree(VALID, tmp_path / "package")
    for seed in tally.runs(40, 2000, 20_000):
        path, was = altered_file(package, random.Random(seed))
        with little_memory():
            verdict = verify(package)
        assert path.read_bytes() == was or verdict.exit_code in (1, 3) or path.suffix in BESIDE
        path.write_bytes(was)
    assert verify(package).exit_code == 0
    tally.say("packages with one file altered or cut, none complete, none an unknown error")


@pytest.mark.scaled(14)
def test_headers_are_read_without_an_error_we_do_not_know(tally: Tally) -> None:
    chance = random.Random(1)
    whole = PART[:400]
    for _ in tally.runs(1000, 10_000, 1_000_000):
        raw = bytearray(whole)
        for _ in range(chance.randrange(1, 4)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        scanned(bytes(raw))
    tally.say("altered headers scanned, no undocumented error, never 64 MiB more")


@pytest.mark.scaled(14)
def test_a_manifest_of_anything_is_read_or_refused_by_name(tally: Tally) -> None:
    chance = random.Random(2)
    whole = (VALID / "manifest.json").read_bytes()
    for _ in tally.runs(500, 10_000, 1_000_000):
        raw = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(raw))
            raw[at : at + chance.randrange(3)] = chance.choice(PIECES)
        with little_memory(), contextlib.suppress(Damage):
            parse(bytes(raw), "manifest.json")
    tally.say("altered manifests parsed, no undocumented error, never 64 MiB more")
