"""Two people see and hear each other through the relay, and each is recorded."""

import pytest

from signaling.media import FirstPacket, LegDead, LegUp
from tests.signaling.media.peers import Meeting, clip, speech, until


async def test_both_see_and_hear_the_other(meeting: Meeting) -> None:
    customer, teller = await meeting.pair()
    await until(lambda: all(p.seen[0].frames > 20 for p in (customer, teller)))
    assert customer.seen[0].brightness == pytest.approx(200, abs=20)
    assert teller.seen[0].brightness == pytest.approx(60, abs=20)
    for leg in ("c1", "t1"):
        first = {event.kind for event in meeting.log.of(FirstPacket, leg)}
        assert first == {"audio", "video"}


async def test_each_party_is_recorded_whole(meeting: Meeting) -> None:
    await meeting.pair()
    await until(lambda: all(len(t.frames["audio"]) > 60 for t in meeting.tapes.values()))
    await until(lambda: all(len(t.reports) > 3 for t in meeting.tapes.values()))
    await meeting.close()
    for party, brightness in (("customer", 60), ("teller", 200)):
        tape = meeting.tape(party)
        assert tape.frames["video"][0].keyframe
        assert {frame.data for frame in tape.frames["video"]} <= set(clip(brightness))
        assert {frame.data for frame in tape.frames["audio"]} <= set(speech())
        times = [frame.rtp_time for frame in tape.frames["audio"]]
        assert times == list(range(times[0], times[0] + 960 * len(times), 960))
        assert {kind for kind, _, _ in tape.reports} == {"audio", "video"}
        assert {cause for *_, cause in tape.losses} <= {"leg_down"}
    assert {event.leg for event in meeting.log.of(LegDead)} == {"c1", "t1"}


async def test_the_fingerprints_told_are_those_of_the_descriptions(meeting: Meeting) -> None:
    peer = meeting.peer("customer")
    answer = await peer.join(meeting.call, "c1", meeting.tape("customer"))
    await until(lambda: meeting.log.of(LegUp))
    up = meeting.log.of(LegUp)[0]
    assert (up.local_fingerprint, up.remote_fingerprint) == (
        answer.local_fingerprint,
        answer.remote_fingerprint,
    )
    assert up.local_fingerprint.removeprefix("sha-256 ") in answer.sdp
    assert up.remote_fingerprint.split()[1] in peer.connection.localDescription.sdp


async def test_a_peer_with_another_certificate_than_it_offered_gets_no_media(
    meeting: Meeting,
) -> None:
    peer = meeting.peer("customer")
    offer = await peer.offer()
    told = next(line for line in offer.splitlines() if line.startswith("a=fingerprint:sha-256"))
    forged = told[:-5] + "00:00"
    answer = await meeting.call.answer(
        "customer", "c1", offer.replace(told, forged), meeting.tape("customer")
    )
    await peer.accept(answer.sdp)
    await until(lambda: meeting.log.of(LegDead))
    assert meeting.log.of(LegDead)[0].cause == "dtls_failed"
    assert not meeting.log.of(LegUp)
    assert not meeting.tape("customer").frames["audio"]
