"""A leg is up, paused, resumed, dead, replaced; and what the others notice of it."""

import itertools
from dataclasses import replace

import pytest

from signaling.errors import Refusal
from signaling.media import LegDead, LegPaused, LegResumed, LegUp, SinkFailed
from tests.signaling.media.peers import QUICK, Meeting, Tape, clip, until


async def test_a_rejoin_replaces_the_leg_and_the_other_side_sees_one_stream(
    meeting: Meeting,
) -> None:
    customer, teller = await meeting.pair()
    again = await meeting.join("customer", "c2")
    assert meeting.log.of(LegDead, "c1")[0].cause == "replaced"
    seen, heard = teller.seen[0].frames, teller.heard[0].frames
    await until(lambda: teller.seen[0].frames > seen + 20)
    await until(lambda: teller.heard[0].frames > heard + 20)
    assert len(teller.seen) == 1
    assert teller.seen[0].brightness == pytest.approx(60, abs=20)
    assert again.video.asked >= 1

    await customer.leave()
    await meeting.call.drop("c1")
    seen = teller.seen[0].frames
    await until(lambda: teller.seen[0].frames > seen + 10)
    assert [event.leg for event in meeting.log.of(LegDead)] == ["c1"]
    tape = meeting.tape("customer")
    assert tape.legs == ["c1", "c2"]
    assert {frame.data for frame in tape.frames["video"]} <= set(clip(60))
    assert "leg_down" in {cause for *_, cause in tape.losses}


async def test_an_offer_that_cant_be_read_leaves_the_leg_as_it_is(meeting: Meeting) -> None:
    _, teller = await meeting.pair()
    tape = meeting.tape("customer")
    with pytest.raises(Refusal, match="bad_sdp"):
        await meeting.call.answer("customer", "c2", "v=0\r\n", tape)
    with pytest.raises(Refusal, match="leg_known"):
        await meeting.call.answer("customer", "c1", await meeting.peer("x").offer(), tape)
    seen = teller.seen[0].frames
    await until(lambda: teller.seen[0].frames > seen + 5)
    assert not meeting.log.of(LegDead)


async def test_a_silent_peer_is_paused_gets_nothing_and_comes_back(meeting: Meeting) -> None:
    customer, teller = await meeting.pair()
    customer.vanish()
    await until(lambda: meeting.log.of(LegPaused, "c1"))
    assert meeting.log.of(LegPaused, "c1")[0].silence >= QUICK.pause_after
    sent = meeting.call.stats()["legs"]["c1"]["packets_out"]
    shown = teller.video.sent
    await until(lambda: teller.video.sent > shown + 10)
    assert meeting.call.stats()["legs"]["c1"]["packets_out"] == sent

    customer.return_()
    await until(lambda: meeting.log.of(LegResumed, "c1"))
    frames = customer.seen[0].frames, teller.seen[0].frames
    await until(lambda: customer.seen[0].frames > frames[0] + 10)
    await until(lambda: teller.seen[0].frames > frames[1] + 10)
    assert not meeting.tape("customer").unexplained()
    assert not meeting.log.of(LegPaused, "t1")


async def test_a_peer_silent_for_long_is_dead_and_the_other_one_is_undisturbed(
    meeting: Meeting,
) -> None:
    customer, _ = await meeting.pair()
    customer.vanish()
    await until(lambda: meeting.log.of(LegDead, "c1"))
    order = [type(event) for event in meeting.log.events if event.leg == "c1"]
    assert order[0] is LegUp
    assert order[-2:] == [LegPaused, LegDead]
    assert meeting.log.of(LegDead, "c1")[0].cause == "silent"
    assert not meeting.log.of(LegDead, "t1")
    assert meeting.tape("customer").losses[-1][3] == "leg_down"


async def test_a_peer_that_hangs_up_is_dead_at_once(meeting: Meeting) -> None:
    customer, _ = await meeting.pair()
    await customer.leave()
    await until(lambda: meeting.log.of(LegDead, "c1"))
    assert meeting.log.of(LegDead, "c1")[0].cause == "peer_closed"
    assert not meeting.log.of(LegPaused)


async def test_a_page_that_never_connects_is_dead_in_time() -> None:
    meeting = Meeting(replace(QUICK, connect=0.5))
    peer = meeting.peer("customer")
    await meeting.call.answer("customer", "c1", await peer.offer(), meeting.tape("customer"))
    await until(lambda: meeting.log.of(LegDead))
    assert meeting.log.of(LegDead)[0].cause == "connect_timeout"
    await meeting.close()


async def test_on_hold_nobody_is_seen_but_everybody_is_recorded(meeting: Meeting) -> None:
    customer, teller = await meeting.pair()
    tape = meeting.tape("customer")
    meeting.call.forward(False)
    sent = customer.video.sent
    await until(lambda: customer.video.sent > sent + 8)
    seen, heard = teller.seen[0].frames, teller.heard[0].frames
    recorded = len(tape.frames["video"])
    await until(lambda: len(tape.frames["video"]) > recorded + 20)
    assert (teller.seen[0].frames, teller.heard[0].frames) == (seen, heard)
    meeting.call.forward(True)
    await until(lambda: teller.seen[0].frames > seen + 20)
    await until(lambda: teller.heard[0].frames > heard + 20)
    assert not tape.losses


async def test_a_tap_gets_whole_frames_from_a_key_frame_on_and_survives_a_rejoin(
    meeting: Meeting,
) -> None:
    customer, _ = await meeting.pair()
    taken: list[tuple[bytes, bool]] = []
    asked = customer.video.asked
    untap = meeting.call.tap("customer", lambda data, keyframe, _: taken.append((data, keyframe)))
    await until(lambda: any(keyframe for _, keyframe in taken))
    assert customer.video.asked > asked
    again = await meeting.join("customer", "c2")
    count = len(taken)
    await until(lambda: len(taken) > count + 5)
    untap()
    untap()
    count, sent = len(taken), again.video.sent
    await until(lambda: again.video.sent > sent + 5)
    assert len(taken) == count
    assert {data for data, _ in taken} <= set(clip(60))


async def test_a_sink_that_raises_is_told_once_and_the_call_goes_on(meeting: Meeting) -> None:
    class Broken(Tape):
        def frame(self, *args: object) -> None:
            raise OSError("no space left")

    meeting.tapes["customer"] = Broken()
    _, teller = await meeting.pair()
    await until(lambda: teller.seen[0].frames > 10)
    assert [event.leg for event in meeting.log.of(SinkFailed)] == ["c1"]


async def test_a_closed_call_takes_nobody(meeting: Meeting) -> None:
    await meeting.pair()
    await meeting.call.close()
    await meeting.call.close()
    assert {event.cause for event in meeting.log.of(LegDead)} == {"call_closed"}
    with pytest.raises(Refusal, match="call_closed"):
        await meeting.join("customer", "c9")
    await meeting.call.candidate("c1", "candidate:nonsense", "0")
    assert meeting.call.stats()["legs"] == {}
    for before, after in itertools.pairwise(meeting.log.events):
        assert before.at <= after.at
