"""Transport-wide feedback, read back by a parser written from the draft alone."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from signaling.media import rtcp
from signaling.media.twcc import Arrivals


def read(body: bytes) -> tuple[int, dict[int, float | None], int]:
    """(base, {sequence number: arrival in seconds or None}, feedback count); draft §3.1."""
    base, count, word = struct.unpack_from("!HHI", body)
    position, symbols = 8, []
    while len(symbols) < count:
        (chunk,) = struct.unpack_from("!H", body, position)
        position += 2
        if chunk >> 15 == 0:
            symbols += [chunk >> 13 & 3] * (chunk & 0x1FFF)
        elif chunk >> 14 & 1:
            symbols += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            symbols += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    ticks = (word >> 8) * 256
    arrivals: dict[int, float | None] = {}
    for index, symbol in enumerate(symbols[:count]):
        seq = (base + index) & 0xFFFF
        if symbol == 0:
            arrivals[seq] = None
            continue
        size, form = (1, "!B") if symbol == 1 else (2, "!h")
        (delta,) = struct.unpack_from(form, body, position)
        position += size
        ticks += delta
        arrivals[seq] = ticks / 4000
    assert not any(body[position:])
    return base, arrivals, word & 0xFF


@given(
    st.integers(0, 0xFFFF),
    st.lists(st.tuples(st.integers(1, 4), st.floats(0.0, 0.2)), min_size=1, max_size=80),
)
def test_arrivals_are_told_to_a_quarter_millisecond(
    start: int, steps: list[tuple[int, float]]
) -> None:
    arrivals = Arrivals()
    seq, now = start, 5.0
    told: dict[int, float] = {}
    for gap, wait in steps:
        arrivals.add(seq & 0xFFFF, now)
        told[seq & 0xFFFF] = now
        seq, now = seq + gap, now + wait
    body = arrivals.take()
    assert body is not None
    base, heard, _ = read(body)
    assert base == start
    for number, at in heard.items():
        assert (at is None) == (number not in told)
        if at is not None:
            assert abs(at - told[number]) <= 0.00025
    assert arrivals.take() is None


def test_a_late_packet_is_told_after_it_was_reported_missing() -> None:
    arrivals = Arrivals()
    for seq, at in ((1, 1.0), (3, 1.01)):
        arrivals.add(seq, at)
    first = arrivals.take()
    assert first is not None
    assert read(first)[1][2] is None
    arrivals.add(2, 1.06)
    arrivals.add(4, 1.07)
    second = arrivals.take()
    assert second is not None
    base, heard, count = read(second)
    assert (base, count) == (2, 1)
    assert heard[2] is not None
    assert heard[4] is not None


def test_a_wild_jump_makes_a_bounded_report() -> None:
    arrivals = Arrivals()
    arrivals.add(10, 1.0)
    arrivals.add(30_000, 1.01)
    body = arrivals.take()
    assert body is not None
    assert len(body) < 200
    assert read(body)[1][30_000] is not None


@given(st.integers(1, 60))
def test_the_packet_around_it_is_whole_words_with_honest_padding(size: int) -> None:
    packet = rtcp.transport_feedback(1, 2, bytes(size))
    assert len(packet) % 4 == 0
    assert struct.unpack_from("!H", packet, 2)[0] == len(packet) // 4 - 1
    padding = packet[-1] if packet[0] & 0x20 else 0
    assert len(packet) - padding == 12 + size
    assert packet[0] & 0x1F == 15
