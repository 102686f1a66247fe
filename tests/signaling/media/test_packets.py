"""RTP and RTCP as bytes, against aiortc's own independent reading and writing of them."""

import struct

import pytest
from aiortc import rtp as other
from hypothesis import given
from hypothesis import strategies as st

from signaling.media import rtcp, rtp

u16 = st.integers(0, 0xFFFF)
u32 = st.integers(0, 0xFFFFFFFF)
EXTENSIONS = other.HeaderExtensionsMap()
EXTENSIONS._HeaderExtensionsMap__ids.mid = 1  # type: ignore[attr-defined]
EXTENSIONS._HeaderExtensionsMap__ids.transport_sequence_number = 5  # type: ignore[attr-defined]


@given(
    u16, u32, u32, st.integers(0, 127), st.booleans(), st.binary(max_size=40), u16, st.booleans()
)
def test_a_packet_is_read_as_it_was_written(
    seq: int,
    timestamp: int,
    ssrc: int,
    payload_type: int,
    marker: bool,
    payload: bytes,
    transport: int,
    padded: bool,
) -> None:
    packet = other.RtpPacket(payload_type, int(marker), seq, timestamp, ssrc, payload)
    packet.extensions.mid = "0"
    packet.extensions.transport_sequence_number = transport
    packet.padding_size = 4 if padded else 0
    got = rtp.parse(packet.serialize(EXTENSIONS), 5, 1.5)
    assert (got.seq, got.timestamp, got.ssrc) == (seq, timestamp, ssrc)
    assert (got.payload_type, got.marker) == (payload_type, 0x80 if marker else 0)
    assert (got.payload, got.transport_seq, got.arrived) == (payload, transport, 1.5)
    assert rtp.parse(packet.serialize(EXTENSIONS), 9, 0.0).transport_seq == -1


@given(st.binary(max_size=80))
def test_garbage_is_read_or_refused_in_one_of_three_ways(data: bytes) -> None:
    try:
        packet = rtp.parse(data, 5, 0.0)
    except (ValueError, IndexError, struct.error):
        return
    assert len(packet.payload) <= len(data) - 12


@given(u16, st.binary(min_size=1, max_size=30))
def test_a_retransmission_becomes_the_packet_it_repeats(seq: int, payload: bytes) -> None:
    packet = rtp.Packet(98, 0x80, 7, 99, 2, seq.to_bytes(2, "big") + payload)
    assert rtp.unwrap_rtx(packet, 97, 1)
    assert (packet.seq, packet.payload) == (seq, payload)
    assert (packet.payload_type, packet.ssrc) == (97, 1)
    assert not rtp.unwrap_rtx(rtp.Packet(98, 0, 7, 99, 2, b"\0\1"), 97, 1)


@given(st.integers(0, 0xFFFF), st.lists(st.integers(-200, 400), max_size=400))
def test_sequence_numbers_count_on_over_the_wrap(start: int, steps: list[int]) -> None:
    unwrap = rtp.Unwrapper(16)
    offset = unwrap(start) - start
    whole = highest = start
    for step in steps:
        whole = highest + step
        assert unwrap.near(whole & 0xFFFF) == whole + offset
        assert unwrap(whole & 0xFFFF) == whole + offset
        highest = max(highest, whole)


def test_what_came_just_before_the_first_number_seen_stays_positive() -> None:
    unwrap = rtp.Unwrapper(32)
    first = unwrap(3)
    assert 0 < unwrap(0xFFFFFFF0) == first - 19


@given(st.lists(st.integers(0, 60_000), min_size=1, max_size=120, unique=True))
def test_a_nack_names_exactly_what_is_missing(seqs: list[int]) -> None:
    data = rtcp.nack(1, 2, sorted(seqs))
    (read,) = other.RtcpPacket.parse(data)
    assert isinstance(read, other.RtcpRtpfbPacket)
    assert sorted(read.lost) == sorted(seqs)
    assert [*rtcp.read(data, 200)] == [rtcp.Nack(2, tuple(sorted(seqs)))]


def test_a_nack_over_the_wrap_and_one_too_long() -> None:
    data = rtcp.nack(1, 2, [0xFFFE, 0xFFFF, 0x10000, 0x10005])
    assert [*rtcp.read(data, 200)] == [rtcp.Nack(2, (0xFFFE, 0xFFFF, 0, 5))]
    (long,) = rtcp.read(rtcp.nack(1, 2, range(0, 60_000, 3)), 200)
    assert isinstance(long, rtcp.Nack)
    assert len(long.seqs) == 200


@given(st.integers(1, 2**40), u32)
def test_remb_keeps_eighteen_bits_of_the_rate(bitrate: int, ssrc: int) -> None:
    data = rtcp.remb(1, bitrate, ssrc)
    (read,) = other.RtcpPacket.parse(data)
    assert isinstance(read, other.RtcpPsfbPacket)
    rate, media = other.unpack_remb_fci(read.fci)
    assert media == [ssrc]
    assert rate == pytest.approx(bitrate, rel=1e-5)
    assert [*rtcp.read(data, 1)] == [rtcp.BitrateCap(rate, (ssrc,))]


def test_reports_are_read_elsewhere_as_they_were_meant() -> None:
    block = rtcp.ReportBlock(7, 64, 1234, 70_000, 9, 0x1234, 77)
    (read,) = other.RtcpPacket.parse(rtcp.receiver_report(5, block))
    assert isinstance(read, other.RtcpRrPacket)
    assert read.reports[0] == other.RtcpReceiverInfo(7, 64, 1234, 70_000, 9, 0x1234, 77)

    compound = rtcp.sender_report(7, 2**63 + 5, 90_000, 10, 2**33) + rtcp.cname(7, "seat0")
    report, names = other.RtcpPacket.parse(compound)
    assert isinstance(report, other.RtcpSrPacket)
    assert isinstance(names, other.RtcpSdesPacket)
    assert names.chunks[0].items == [(1, b"seat0")]
    assert [*rtcp.read(compound, 1)] == [rtcp.SenderReport(7, 2**63 + 5, 90_000)]


def test_key_frame_requests_of_both_kinds_are_heard() -> None:
    assert [*rtcp.read(rtcp.pli(1, 9), 1)] == [rtcp.KeyFrameRequest((9,))]
    fir = bytes(other.RtcpPsfbPacket(4, 1, 0, struct.pack("!IBxxxIBxxx", 9, 1, 10, 2)))
    assert [*rtcp.read(fir, 1)] == [rtcp.KeyFrameRequest((9, 10))]


@given(st.binary(max_size=200))
def test_reading_rtcp_never_raises(data: bytes) -> None:
    for message in rtcp.read(data, 200):
        assert not isinstance(message, rtcp.Nack) or len(message.seqs) <= 200


def test_report_blocks_are_read_as_they_were_written() -> None:
    block = rtcp.ReportBlock(7, 64, -2, 70_000, 9, 0x1234, 77)
    assert list(rtcp.read(rtcp.receiver_report(1, block), 200)) == [block]
