"""The pure rules of repair: what to ask for, what to send again, in which order to go on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.media.keyframes import KeyFrameRequests
from signaling.media.nack import Missing
from signaling.media.policy import MediaPolicy
from signaling.media.remb import BitrateCaps
from signaling.media.reorder import Reorder
from signaling.media.reports import Reception
from signaling.media.retransmit import HISTORY, Retransmitter
from signaling.media.rtcp import SenderReport
from signaling.media.watchdog import LoopLag, Pulse, Watchdog


def test_the_missing_are_asked_for_at_once_then_every_retry_and_given_up() -> None:
    missing = Missing(retry=0.06, tries=3, limit=200)
    missing.gap(10, 13)
    assert missing.due(1.0, 0.0) == [10, 11, 12]
    assert missing.due(1.03, 0.0) == []
    assert missing.arrived(11)
    assert not missing.arrived(11)
    assert missing.next_due == pytest.approx(1.06)
    assert missing.due(1.061, 0.0) == [10, 12]
    assert missing.due(1.12, 0.2) == []
    assert missing.due(1.30, 0.2) == [10, 12]
    assert missing.due(9.0, 0.0) == []
    assert missing.next_due == float("inf")


def test_a_wild_jump_is_not_chased_and_many_small_ones_stay_bounded() -> None:
    missing = Missing(retry=0.06, tries=3, limit=200)
    missing.gap(0, 20_000)
    assert missing.due(1.0, 0.0) == []
    for start in range(0, 2000, 100):
        missing.gap(start, start + 90)
    assert len(missing.due(1.0, 0.0)) == 200


def test_a_packet_is_resent_once_per_round_trip_then_ever_more_rarely_and_four_times() -> None:
    again = Retransmitter(share=0.25, burst=40_000, tries=4)
    again.keep((5, 0, 9, b"x" * 100))
    assert again.again(5, 1.0, 0.1) == (5, 0, 9, b"x" * 100)
    assert again.again(5, 1.05, 0.1) is None
    assert again.again(5, 1.11, 0.1)
    assert again.again(5, 1.22, 0.1) is None, "lost twice: the line is full"
    assert again.again(5, 1.32, 0.1)
    assert again.again(5, 1.73, 0.1)
    assert again.again(5, 9.0, 0.1) is None
    assert again.again(6, 9.0, 0.1) is None
    assert again.refused == 3
    assert not again.starved


def test_what_the_share_cant_repair_is_left_to_the_next_key_frame() -> None:
    again = Retransmitter(share=0.25, burst=500, tries=4)
    for seq in range(5):
        again.keep((seq, 0, 9, b"x" * 200))
    assert [bool(again.again(seq, 1.0, 0.1)) for seq in range(5)] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert again.starved
    again.start_anew()
    assert not again.starved
    assert again.again(4, 9.0, 0.1) is None


def test_key_frames_asked_for_again_and_again_are_asked_for_ever_more_rarely() -> None:
    requests = KeyFrameRequests(0.3, 2.4)
    asked = [at / 10 for at in range(100) if requests.ask(at / 10, 0.05)]
    assert asked == [0.0, 0.3, 0.9, 2.1, 4.5, 6.9, 9.3]
    assert requests.waiting
    assert requests.ask(30.0, 0.05), "one that waited is still wanted"
    assert not requests.waiting
    assert requests.ask(30.3, 0.05), "after a calm time the next comes quickly again"


def test_a_key_frame_on_its_way_is_not_asked_for_again() -> None:
    requests = KeyFrameRequests(0.3, 2.4)
    assert requests.ask(1.0, 0.8)
    assert not requests.ask(1.7, 0.8)
    assert requests.ask(1.9, 0.8)


def test_a_slot_used_again_starts_counting_anew() -> None:
    again = Retransmitter(share=0.25, burst=40_000, tries=1)
    again.keep((5, 0, 9, b"x"))
    assert again.again(5, 1.0, 0.1)
    again.keep((5 + HISTORY, 0, 9, b"y"))
    assert again.again(5, 1.0, 0.1) is None
    assert again.again(5 + HISTORY, 1.0, 0.1)


@given(
    st.lists(st.integers(50, 1200), min_size=1, max_size=300),
    st.lists(st.integers(0, 400), max_size=600),
)
def test_resent_bytes_never_exceed_their_share(sizes: list[int], nacks: list[int]) -> None:
    again = Retransmitter(share=0.25, burst=5000, tries=4)
    for seq, size in enumerate(sizes):
        again.keep((seq, 0, 0, bytes(size)))
    now = 0.0
    spent = 0
    for seq in nacks:
        now += 0.01
        packet = again.again(seq, now, 0.0)
        spent += len(packet[3]) if packet else 0
    assert spent <= 5000 + 0.25 * sum(sizes)


@given(st.permutations(range(40)), st.sets(st.integers(1, 39), max_size=15))
def test_order_is_restored_and_each_hole_is_counted_once(
    arrival: list[int], lost: set[int]
) -> None:
    taken: list[int] = []
    holes: list[int] = []
    order: Reorder[int] = Reorder(0.25, 1000, taken.append, holes.append)
    order.push(0, 0, 0.0)
    for step, seq in enumerate(arrival):
        if seq not in lost:
            order.push(seq, seq, step * 0.001)
    order.expire(10.0)
    present = [seq for seq in range(40) if seq not in lost]
    assert taken == present
    assert sum(holes) == len([seq for seq in lost if seq < present[-1]])


def test_a_hole_is_waited_for_just_so_long() -> None:
    taken: list[int] = []
    holes: list[int] = []
    order: Reorder[int] = Reorder(0.25, 1000, taken.append, holes.append)
    order.push(1, 1, 0.0)
    order.push(3, 3, 0.1)
    order.push(4, 4, 0.3)
    assert taken == [1]
    order.push(6, 6, 0.34)
    order.expire(0.36)
    assert (taken, holes) == ([1, 3, 4], [1])
    order.push(5, 5, 0.4)
    order.push(2, 2, 0.5)
    assert (taken, holes) == ([1, 3, 4, 5, 6], [1])


def test_a_key_frame_behind_a_hole_is_seen() -> None:
    order: Reorder[int] = Reorder(0.25, 1000, lambda item: None, lambda count: None)
    order.push(1, 1, 0.0)
    order.push(3, 3, 0.1)
    assert order.holds(lambda item: item == 3)
    assert not order.holds(lambda item: item == 1)


def test_a_recording_waits_longer_where_round_trips_are_long() -> None:
    policy = MediaPolicy()
    waits = [policy.patience(rtt) for rtt in (0.0, 0.3, 5.0)]
    assert waits == pytest.approx([0.6, 0.96, 1.5])
    taken: list[int] = []
    order: Reorder[int] = Reorder(policy.patience(0.0), 1000, taken.append, lambda count: None)
    order.push(1, 1, 0.0)
    order.push(3, 3, 0.1)
    order.patience = policy.patience(0.3)
    order.expire(0.7)
    order.push(2, 2, 0.75)
    assert taken == [1, 2, 3]


def test_what_is_held_is_bounded() -> None:
    taken: list[int] = []
    order: Reorder[int] = Reorder(1e9, 10, taken.append, lambda count: None)
    order.push(0, 0, 0.0)
    for seq in range(2, 40):
        order.push(seq, seq, 0.0)
    assert taken == [0, *range(2, 40)]


def test_the_slowest_fresh_listener_caps_the_speaker_but_not_below_the_floor() -> None:
    caps = BitrateCaps(floor=60_000)
    assert caps.put("a", 900_000, 0.0) == 900_000
    assert caps.put("b", 300_000, 1.0) == 300_000
    assert caps.put("a", 900_000, 7.0) == 900_000
    assert caps.put("a", 1, 8.0) == 60_000


def test_report_blocks_count_loss_since_the_last_and_in_all() -> None:
    reception = Reception(48_000)
    assert reception.block(1, 0.0) is None
    for seq in (100, 101, 103):
        reception.note(seq, seq * 960, seq * 0.02)
    first = reception.block(1, 3.0)
    assert first is not None
    assert (first.fraction, first.lost, first.highest) == (64, 1, 103)
    assert (first.jitter, first.last_sr, first.delay) == (0, 0, 0)
    reception.note(104, 104 * 960, 2.08)
    reception.heard(SenderReport(1, 0x1122334455667788, 0), 3.0)
    second = reception.block(1, 3.5)
    assert second is not None
    assert (second.fraction, second.lost) == (0, 1)
    assert (second.last_sr, second.delay) == (0x33445566, 32768)


def test_a_wrapped_timestamp_is_no_jitter() -> None:
    reception = Reception(90_000)
    for step in range(20):
        reception.note(step, (0xFFFFFFFF - 9 * 3600 + step * 3600) & 0xFFFFFFFF, step * 0.04)
    block = reception.block(1, 1.0)
    assert block is not None
    assert block.jitter < 5


def test_a_silent_peer_is_paused_then_dead_and_our_own_lag_is_no_silence() -> None:
    dog = Watchdog(pause_after=3.0, dead_after=30.0, now=0.0)
    assert dog.look(2.9, 0.0) is Pulse.SAME
    assert dog.look(4.0, 1.5) is Pulse.SAME
    assert dog.look(4.0, 0.0) is Pulse.PAUSED
    assert dog.look(5.0, 0.0) is Pulse.SAME
    dog.heard = 6.0
    assert dog.resume(6.0) == 2.0
    assert dog.look(6.1, 0.0) is Pulse.SAME
    assert dog.look(9.5, 0.0) is Pulse.PAUSED
    assert dog.look(35.0, 0.0) is Pulse.SAME
    assert dog.look(36.0, 0.0) is Pulse.DEAD


def test_lag_is_remembered_for_a_while() -> None:
    lag = LoopLag()
    lag.note(4.0)
    assert lag.recent == 4.0
    for _ in range(200):
        lag.note(0.001)
    assert lag.recent < 0.01
    assert lag.worst == 4.0
