"""What two people and the recording notice of a bad network between one of them and the bank."""

from __future__ import annotations

import pytest

from signaling.media.events import LegDead, LegPaused, LegResumed
from tests.network.impairments import (
    Blackout,
    Bottleneck,
    BurstLoss,
    Delay,
    Impairment,
    Jitter,
    Line,
    Loss,
)
from tests.network.rehearsal import Rehearsal
from tests.signaling.media.peers import Peer, Tape, until

ROUND = 0.02  # seconds there, and back
BAD: dict[str, tuple[tuple[Impairment, ...], tuple[Impairment, ...]]] = {
    "5 % lost both ways": ((Loss(0.05, 1),), (Loss(0.05, 2),)),
    "bursts of five": ((BurstLoss(0.05, 5, 1),), (BurstLoss(0.05, 5, 2),)),
    "jitter": ((Jitter(0.06, seed=1),), (Jitter(0.06, seed=2),)),
    "reordering": ((Jitter(0.06, in_order=False, seed=1),), (Jitter(0.06, seed=2),)),
    "a long way": ((Delay(0.15), Loss(0.02, 1)), (Delay(0.15), Loss(0.02, 2))),
}


def line(*impairments: Impairment) -> Line:
    return Line((Delay(ROUND), *impairments))


async def more(peer: Peer, pictures: int) -> None:
    before = peer.seen[0].frames
    await until(lambda: peer.seen[0].frames > before + pictures)


def share_recorded(tape: Tape) -> float:
    """Packets of speech in the recording, of those between the first and the last."""
    times = [frame.rtp_time for frame in tape.frames["audio"]]
    return len(times) / ((times[-1] - times[0]) / 960 + 1)


@pytest.mark.parametrize("condition", BAD)
async def test_speech_and_picture_survive(rehearsal: Rehearsal, condition: str) -> None:
    up, down = BAD[condition]
    customer, teller = await rehearsal.pair(line(*up), line(*down))
    tape = rehearsal.meeting.tape("customer")
    tape.frames["audio"].clear()
    await more(customer, 40)
    await more(teller, 40)
    await until(lambda: len(tape.frames["audio"]) > 250)
    assert share_recorded(tape) > 0.99
    times = [frame.rtp_time for frame in tape.frames["audio"]]
    assert times == sorted(set(times)), "in the order in which it was said, and once"
    assert not tape.unexplained(), "every hole in the speech is told"
    assert not rehearsal.meeting.log.of(LegDead)


async def test_a_new_address_in_the_middle_of_the_call_does_not_end_the_leg(
    rehearsal: Rehearsal,
) -> None:
    customer, teller = await rehearsal.pair(line(), line())
    await rehearsal.proxies["customer"].move()
    await more(teller, 60)
    await more(customer, 60)
    assert not rehearsal.meeting.log.of(LegDead)


async def test_a_silent_line_is_paused_and_the_call_goes_on_after_it(rehearsal: Rehearsal) -> None:
    dark = Blackout()
    customer, teller = await rehearsal.pair(line(dark), line(dark))
    meeting = rehearsal.meeting
    dark.dark = True
    await until(lambda: meeting.log.of(LegPaused, "c1"))
    dark.dark = False
    await until(lambda: meeting.log.of(LegResumed, "c1"))
    await more(customer, 20)
    await more(teller, 20)
    tape = meeting.tape("customer")
    assert [state for _, state in tape.states] == ["paused", "resumed"]
    assert not tape.unexplained()
    assert not meeting.log.of(LegDead)


async def test_a_line_too_thin_for_the_picture_still_carries_the_call(
    rehearsal: Rehearsal,
) -> None:
    """The sender here can't slow down: pictures are lost, and what is lost is told."""
    thin = Bottleneck(250_000, queue=0.3)
    _, teller = await rehearsal.pair(line(thin), line())
    tape = rehearsal.meeting.tape("customer")
    before = len(tape.frames["audio"])
    await until(lambda: len(tape.frames["audio"]) > before + 150)
    assert rehearsal.proxies["customer"].up.lost > 0
    assert not tape.unexplained()
    thin.rate = float("inf")
    await more(teller, 40)
    assert not rehearsal.meeting.log.of(LegDead)
