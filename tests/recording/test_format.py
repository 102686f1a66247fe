"""The scanner meets bytes nobody promised anything about."""

from __future__ import annotations

import contextlib
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recording import format as fmt
from recording.errors import Damage

HEADER = fmt.PartHeader("rec-1", "customer", 0, fmt.NO_PART, 0, bytes(32), b"d" * 32, b"k" * 32, 1)


def segment(sequence: int, previous: bytes, body: bytes, flags: int = 0) -> bytes:
    header = fmt.SegmentHeader(
        sequence, flags, 0, 0, len(body), 0, 1, fmt.NO_KEYFRAME, 2, b"n" * 12, b"c" * 32, previous
    )
    sealed = body + bytes(fmt.TAG)
    raw = header.pack()
    return raw + sealed + fmt.leaf(raw, sealed)


def part(*bodies: bytes) -> bytes:
    raw, last = HEADER.pack(), HEADER.anchor
    for n, body in enumerate(bodies):
        piece = segment(n, last, body)
        raw, last = raw + piece, piece[-32:]
    return raw


def walk(raw: bytes) -> int:
    _, found = fmt.scan(io.BytesIO(raw))
    return sum(1 for _ in found)


def test_a_header_is_the_bytes_the_document_names() -> None:
    raw = HEADER.pack()
    assert raw[:8] == b"TSEVPART"
    assert len(raw) == 136 + len("rec-1") + len("customer")
    assert fmt.read_part_header(io.BytesIO(raw)) == HEADER
    assert fmt.SEGMENT_HEADER == 136


def test_good_segments_are_walked() -> None:
    assert walk(part()) == 0
    assert walk(part(b"", b"x" * 3_000_000, b"y")) == 3


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_random_bytes_are_damage(raw: bytes) -> None:
    with pytest.raises(Damage):
        walk(raw)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_altered_parts_are_damage_or_shorter(data: st.DataObject) -> None:
    raw = bytearray(part(b"one", b"two", b"three"))
    for _ in range(data.draw(st.integers(1, 4))):
        kind = data.draw(st.sampled_from(["flip", "cut", "insert", "remove"]))
        place = data.draw(st.integers(0, max(len(raw) - 1, 0)))
        if kind == "flip" and raw:
            raw[place] ^= data.draw(st.integers(1, 255))
        elif kind == "cut":
            del raw[place:]
        elif kind == "insert":
            raw[place:place] = data.draw(st.binary(max_size=200))
        else:
            del raw[place : place + data.draw(st.integers(1, 200))]
    with contextlib.suppress(Damage):
        assert walk(bytes(raw)) <= 3


def test_every_cut_of_a_part_is_torn_or_shorter() -> None:
    raw = part(b"one", b"two", b"three")
    edges = {len(part()), len(part(b"one")), len(part(b"one", b"two")), len(raw)}
    for cut in range(len(raw)):
        if cut in edges:
            assert walk(raw[:cut]) < 3
            continue
        with pytest.raises(Damage) as caught:
            walk(raw[:cut])
        if cut > len(HEADER.pack()):
            assert caught.value.code.startswith("torn_")


def test_every_flipped_bit_of_a_part_is_noticed() -> None:
    raw = part(b"one", b"two")
    for place in range(len(raw)):
        for bit in range(8):
            altered = bytearray(raw)
            altered[place] ^= 1 << bit
            with pytest.raises(Damage):
                walk(bytes(altered))


@pytest.mark.parametrize("claimed", [2**31, 2**32 - 17, fmt.MAX_SEGMENT + 1])
def test_a_claimed_length_allocates_nothing(claimed: int, tmp_path: Path) -> None:
    header = fmt.SegmentHeader(0, 0, 0, 0, claimed, 0, 1, 0, 2, b"n" * 12, b"c" * 32, HEADER.anchor)
    path = tmp_path / "hostile.evs"
    with path.open("wb") as stream:
        stream.write(HEADER.pack() + header.pack())
        stream.truncate(1 << 33)  # sparse: 8 GiB that are not there
    tracemalloc.start()
    try:
        with path.open("rb") as stream, pytest.raises(Damage):
            list(fmt.scan(stream)[1])
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_random_object_headers_are_damage(raw: bytes) -> None:
    with pytest.raises(Damage):
        fmt.read_object_header(io.BytesIO(raw))
    with pytest.raises(Damage):
        fmt.read_object_header(io.BytesIO(fmt.OBJECT_MAGIC[1] + b"\0\1" + raw))


def test_the_segment_after_a_bad_one_tells_damage_from_a_torn_end() -> None:
    whole = part(b"one", b"two", b"three")
    for sequence, after in ((1, True), (2, False)):
        raw = bytearray(whole)
        start = len(part(*[b"one", b"two"][:sequence]))
        raw[start + fmt.SEGMENT_HEADER] ^= 1
        stream = io.BytesIO(raw)
        scanner = fmt.Scanner(stream, fmt.read_part_header(stream))
        with pytest.raises(Damage):
            list(scanner)
        assert fmt.goes_on(stream, scanner) is after
