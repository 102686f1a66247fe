"""Lost packets are asked for again; what can't be had again is named, and the picture repaired."""

import random
from collections.abc import Callable

from tests.signaling.media.peers import Meeting, is_media, until

RTX = 98
"""aiortc's payload type for retransmitted VP8."""


def losing(share: float, outgoing: bool) -> Callable[[bytes, bool], bool]:
    """Drop a share of the media packets in one direction."""
    chance = random.Random(7)
    return lambda data, out: out == outgoing and is_media(data) and chance.random() < share


async def test_a_recording_over_a_lossy_uplink_is_whole_because_packets_are_resent(
    meeting: Meeting,
) -> None:
    customer = await meeting.join("customer", "c1")
    tape = meeting.tape("customer")
    await until(lambda: tape.frames["video"])
    customer.drop = losing(0.1, outgoing=True)
    await until(lambda: len(tape.frames["audio"]) > 150 and len(tape.frames["video"]) > 50)
    stats = meeting.call.stats()["legs"]["c1"]["in"]
    assert stats["audio"]["nacked"] > 5
    assert stats["video"]["nacked"] > 2
    assert not [loss for loss in tape.losses if loss[3] == "packet_loss"]
    audio = [frame.rtp_time for frame in tape.frames["audio"]]
    assert audio == list(range(audio[0], audio[0] + 960 * len(audio), 960))


async def test_a_lossy_downlink_is_repaired_by_retransmissions_within_budget(
    meeting: Meeting,
) -> None:
    customer, _ = await meeting.pair()
    customer.drop = losing(0.1, outgoing=False)
    seen = customer.seen[0].frames
    await until(lambda: customer.seen[0].frames > seen + 50)
    video = next(s for s in meeting.call.stats()["legs"]["c1"]["out"] if s["kind"] == "video")
    assert 0 < video["resent"] <= video["packets"] * 0.25 + 40


async def test_an_unrecoverable_loss_is_told_and_repaired_by_a_key_frame(meeting: Meeting) -> None:
    customer = await meeting.join("customer", "c1")
    tape = meeting.tape("customer")
    await until(lambda: len(tape.frames["video"]) > 10 and len(tape.frames["audio"]) > 10)
    asked = customer.video.asked
    doomed: set[bytes] = set()

    def drop(data: bytes, outgoing: bool) -> bool:
        """Lose twenty packets for good: their retransmissions as well."""
        if not outgoing or not is_media(data):
            return False
        if data[1] & 0x7F == RTX:
            return True
        name = data[2:4] + data[8:12]
        if len(doomed) < 20:
            doomed.add(name)
        return name in doomed

    customer.drop = drop
    holes = lambda kind: [x for x in tape.losses if x[0] == kind]  # noqa: E731
    await until(lambda: holes("audio") and holes("video"))
    seen = len(tape.frames["video"])
    await until(lambda: len(tape.frames["video"]) > seen + 20)
    assert customer.video.asked > asked
    for kind in ("audio", "video"):
        _, since, stop, cause = holes(kind)[0]
        assert cause == "packet_loss"
        frames = tape.frames[kind]
        assert next(frame for frame in frames if frame.rtp_time == stop).keyframe
        assert not any(since < frame.rtp_time < stop for frame in frames)
