"""Whatever bytes somebody puts into a package: a documented word, no crash, little memory."""

from __future__ import annotations

import contextlib
import io
import random
import shutil
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recording import format as fmt
from recording.canonical import parse
from recording.errors import Damage
from recording.verify import verify
from tests.tree import ROOT

VECTORS = ROOT / "tests" / "vectors"
VALID = VECTORS / "valid" / "package"
BESIDE = (".p7s", ".tsr", ".pem")  # not every byte of a CMS is covered by what it says
MOST_BYTES = 64 << 20
PART = (VALID / "customer.0000.evs").read_bytes()
EXAMPLES = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(autouse=True)
def little_memory() -> Iterator[None]:
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MOST_BYTES


def scanned(raw: bytes) -> int:
    """How many segments were good before the bytes stopped making sense."""
    good = 0
    with contextlib.suppress(Damage):
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
    with contextlib.suppress(Damage):
        assert isinstance(parse(raw, "manifest.json"), dict)


@pytest.mark.parametrize("seed", range(40))
def test_a_package_with_any_file_altered_gets_a_verdict(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    package = tmp_path / "package"
    shutil.copytree(VALID, package)
    names = sorted(path for path in package.rglob("*") if path.is_file())
    path = chance.choice(names)
    raw = bytearray(path.read_bytes())
    for _ in range(chance.randrange(1, 6)):
        raw[chance.randrange(len(raw))] ^= chance.randrange(1, 256)
    path.write_bytes(raw[: chance.randrange(len(raw) + 1)] if chance.random() < 0.3 else raw)
    verdict = verify(package)
    assert verdict.exit_code in (1, 3) or path.suffix in BESIDE


@pytest.mark.proof
def test_a_million_headers_are_read_without_an_error_we_do_not_know() -> None:
    chance = random.Random(1)
    for _ in range(1_000_000):
        raw = bytearray(PART[:400])
        for _ in range(chance.randrange(1, 4)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        scanned(bytes(raw))
