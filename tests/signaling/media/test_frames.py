"""Payloads into frames, and frames with an account of every hole into a sink."""

from fractions import Fraction
from functools import partial

import av
import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from hypothesis import given
from hypothesis import strategies as st

from signaling.media.delivery import Delivery
from signaling.media.depayload import (
    OpusDepayloader,
    Vp8Depayloader,
    opus_samples,
    starts_keyframe,
    vp8_payload,
)
from signaling.media.rtcp import SenderReport
from signaling.media.rtp import Packet
from tests.signaling.media.peers import Tape, clip, speech


def packets(frame: bytes, timestamp: int, size: int = 300) -> list[Packet]:
    """A VP8 frame cut as a sender would cut it."""
    parts = [frame[start : start + size] for start in range(0, len(frame), size)]
    made = []
    for index, part in enumerate(parts):
        head = bytes(
            VpxPayloadDescriptor(
                partition_start=0 if index else 1, partition_id=0, picture_id=timestamp & 0x7FFF
            )
        )
        marker = 0x80 if index == len(parts) - 1 else 0
        made.append(Packet(97, marker, 0, timestamp, 1, head + part, arrived=timestamp / 90_000))
    return made


@given(
    st.booleans(),
    st.integers(0, 7),
    st.one_of(st.none(), st.integers(0, 0x7FFF)),
    st.one_of(st.none(), st.integers(0, 255)),
    st.one_of(st.none(), st.tuples(st.integers(0, 3), st.integers(0, 1))),
    st.one_of(st.none(), st.integers(0, 31)),
)
def test_payload_descriptors_are_skipped_whole(
    start: bool,
    partition: int,
    picture: int | None,
    tl0: int | None,
    tid: tuple[int, int] | None,
    keyidx: int | None,
) -> None:
    written = bytes(
        VpxPayloadDescriptor(
            partition_start=int(start),
            partition_id=partition,
            picture_id=picture,
            tl0picidx=tl0,
            tid=tid,
            keyidx=keyidx,
        )
    )
    assert vp8_payload(written + b"rest") == (len(written), start and partition == 0)


@given(st.binary(max_size=12))
def test_a_truncated_descriptor_is_an_index_error_or_nothing(payload: bytes) -> None:
    starts_keyframe(payload)
    depayloader = Vp8Depayloader()
    depayloader.push(Packet(97, 0x80, 0, 0, 1, payload))


def test_frames_cut_into_packets_come_back_whole() -> None:
    depayloader = Vp8Depayloader()
    frames = []
    for index, data in enumerate(clip(60)):
        for packet in packets(data, index * 4500):
            frame = depayloader.push(packet)
            if frame is not None:
                frames.append(frame)
    assert [frame.data for frame in frames] == list(clip(60))
    assert [frame.keyframe for frame in frames] == [True] + [False] * (len(frames) - 1)


def test_after_a_loss_nothing_is_shown_until_a_key_frame() -> None:
    depayloader = Vp8Depayloader()
    key, delta = clip(60)[0], clip(60)[1]
    shown = []

    def push(data: bytes, timestamp: int, lose: int | None = None) -> None:
        for index, packet in enumerate(packets(data, timestamp, 100)):
            if index == lose:
                depayloader.lose()
                continue
            frame = depayloader.push(packet)
            if frame is not None:
                shown.append(frame.timestamp)

    push(delta, 0)
    assert depayloader.broken
    push(key, 1)
    push(delta, 2)
    assert not depayloader.broken
    push(key, 3, lose=1)
    assert depayloader.broken
    push(delta, 4)
    push(key, 5)
    push(delta, 6)
    assert shown == [1, 2, 5, 6]


def test_a_frame_without_its_end_breaks_the_picture() -> None:
    depayloader = Vp8Depayloader()
    first, *_ = packets(clip(60)[0], 1, 100)
    assert depayloader.push(first) is None
    for packet in packets(clip(60)[1], 2):
        assert depayloader.push(packet) is None
    assert depayloader.broken


def test_a_frame_that_never_ends_is_dropped() -> None:
    depayloader = Vp8Depayloader()
    head = bytes(VpxPayloadDescriptor(partition_start=1, partition_id=0))
    for _ in range(5000):
        depayloader.push(Packet(97, 0, 0, 1, 1, head + bytes(1200)))
    assert depayloader._size < 5_000_000


def test_a_change_of_resolution_is_just_another_key_frame() -> None:
    depayloader = Vp8Depayloader()
    small = av.CodecContext.create("libvpx", "w")
    small.width, small.height, small.pix_fmt = 160, 120, "yuv420p"
    small.time_base = Fraction(1, 20)
    made = small.encode(av.VideoFrame(160, 120, "yuv420p")) + small.encode(None)
    for index, data in enumerate((clip(60)[0], clip(60)[1], bytes(made[0]))):
        frame = None
        for packet in packets(data, index * 4500):
            frame = depayloader.push(packet) or frame
        assert frame is not None
        assert frame.data == data


def test_durations_of_opus_packets_are_those_of_the_encoder() -> None:
    assert {opus_samples(packet) for packet in speech()[:90]} == {960}
    assert opus_samples(b"") == 0
    assert opus_samples(b"\x03") == 0
    assert opus_samples(bytes((0x03, 0x3F)) + bytes(10)) == 5760
    assert opus_samples(bytes((16 << 3,))) == 120


def test_an_empty_packet_is_no_frame() -> None:
    assert OpusDepayloader().push(Packet(96, 0, 0, 0, 1, b"")) is None
    assert Vp8Depayloader().push(Packet(96, 0, 0, 0, 1, b"")) is None


def delivery(kind: str, tape: Tape) -> Delivery:
    return Delivery(kind, tape, lambda error: pytest.fail(str(error)))


def say(to: Delivery, number: int, at: float | None = None) -> None:
    data = speech()[number % 90]
    stamp = (number * 960) & 0xFFFFFFFF
    to.packet(
        Packet(96, 0, number & 0xFFFF, stamp, 1, data, arrived=number * 0.02 if at is None else at)
    )


def test_speech_times_count_on_over_the_wrap() -> None:
    tape = Tape()
    to = delivery("audio", tape)
    first = (2**32 - 9600) // 960
    for number in range(first, first + 20):
        say(to, number)
    times = [frame.rtp_time for frame in tape.frames["audio"]]
    assert times == list(range(times[0], times[0] + 20 * 960, 960))


def test_a_hole_in_speech_is_told_exactly() -> None:
    tape = Tape()
    to = delivery("audio", tape)
    for number in (0, 1, 2):
        say(to, number)
    to.skipped(2)
    say(to, 5)
    base = tape.frames["audio"][0].rtp_time
    assert tape.losses == [("audio", base + 3 * 960, base + 5 * 960, "packet_loss")]
    first = tape.numbers["audio"][0][0]
    assert tape.holes == [("audio", first + 2, first + 5, ((first + 3, first + 4),))]
    assert [last - first for _, last in tape.numbers["audio"]] == [0, 1, 2, 5]


def test_a_pause_is_a_hole_only_when_something_is_missing() -> None:
    tape = Tape()
    to = delivery("audio", tape)
    say(to, 0)
    to.paused()
    say(to, 1, at=4.0)
    assert not tape.losses
    to.paused()
    say(to, 200, at=8.0)
    to.paused()
    to.skipped(3)
    say(to, 204, at=9.0)
    base = tape.frames["audio"][0].rtp_time
    assert tape.losses == [
        ("audio", base + 2 * 960, base + 200 * 960, "leg_paused"),
        ("audio", base + 201 * 960, base + 204 * 960, "leg_paused"),
    ]


def test_the_end_of_a_leg_is_told_up_to_now_and_once() -> None:
    tape = Tape()
    to = delivery("audio", tape)
    to.end(1.0)
    say(to, 50)
    to.end(3.0)
    to.end(4.0)
    ((_, since, stop, cause),) = tape.losses
    assert cause == "leg_down"
    assert stop - since == pytest.approx(2 * 48_000, abs=961)


def test_a_sender_report_is_told_in_the_time_of_the_frames() -> None:
    tape = Tape()
    to = delivery("audio", tape)
    to.report(SenderReport(1, 5, 960), 0.0)
    assert not tape.reports
    say(to, 1)
    to.report(SenderReport(1, 77, 0), 0.1)
    assert tape.reports == [("audio", 77, tape.frames["audio"][0].rtp_time - 960)]


def test_taps_get_frames_and_a_raising_one_harms_nobody() -> None:
    tape = Tape()
    failures: list[BaseException] = []
    to = Delivery("video", tape, failures.append)
    taken: list[bool] = []

    def broken(data: bytes, keyframe: bool, arrived: float) -> None:
        raise RuntimeError("tap")

    to.taps += [broken, lambda data, keyframe, arrived: taken.append(keyframe)]
    for index, data in enumerate(clip(60)[:3]):
        for packet in packets(data, index * 4500):
            to.packet(packet)
    assert taken == [True, False, False]
    assert len(failures) == 3
    assert len(tape.frames["video"]) == 3


def test_frames_skipped_before_the_first_key_frame_are_told() -> None:
    tape = Tape()
    to = delivery("video", tape)
    push = partial(map, to.packet)
    for data, stamp in ((clip(60)[1], 0), (clip(60)[2], 4500), (clip(60)[0], 9000)):
        list(push(packets(data, stamp)))
    base = tape.frames["video"][0].rtp_time
    assert tape.losses == [("video", base - 9000, base, "no_keyframe")]
    assert all(not missing for *_, missing in tape.holes)
