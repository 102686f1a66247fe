"""Two people see and hear each other through the relay, and each is recorded."""

import pytest

from signaling.media import CallMedia, FirstPacket, LegDead, LegUp
from tests.signaling.media.peers import QUICK, Log, Peer, Tape, clip, speech, until


async def test_both_see_and_hear_the_other_and_both_are_recorded() -> None:
    log = Log()
    call = CallMedia("call", QUICK, log)
    customer, teller = Peer("customer", 60), Peer("teller", 200)
    tapes = {"customer": Tape(), "teller": Tape()}
    answers = [
        await customer.join(call, "c1", tapes["customer"]),
        await teller.join(call, "t1", tapes["teller"]),
    ]
    await until(lambda: all(p.seen and p.seen[0].frames > 20 for p in (customer, teller)))
    await until(lambda: all(p.heard[0].frames > 20 for p in (customer, teller)))
    assert customer.seen[0].brightness == pytest.approx(200, abs=20)
    assert teller.seen[0].brightness == pytest.approx(60, abs=20)

    ups = {event.leg: event for event in log.of(LegUp)}
    for answer, leg, peer in zip(answers, ("c1", "t1"), (customer, teller), strict=True):
        assert ups[leg].local_fingerprint == answer.local_fingerprint
        assert ups[leg].remote_fingerprint == answer.remote_fingerprint
        assert answer.local_fingerprint.removeprefix("sha-256 ") in answer.sdp
        assert answer.remote_fingerprint.split()[1] in peer.connection.localDescription.sdp
        assert {event.kind for event in log.of(FirstPacket, leg)} == {"audio", "video"}

    await customer.leave()
    await teller.leave()
    await call.close()
    for tape, brightness in ((tapes["customer"], 60), (tapes["teller"], 200)):
        assert tape.frames["video"][0].keyframe
        assert {frame.data for frame in tape.frames["video"]} <= set(clip(brightness))
        assert {frame.data for frame in tape.frames["audio"]} <= set(speech())
        steps = {
            after.rtp_time - before.rtp_time
            for before, after in zip(tape.frames["audio"], tape.frames["audio"][1:], strict=False)
        }
        assert steps == {960}
        assert {kind for kind, _, _ in tape.reports} == {"audio", "video"}
        assert {cause for *_, cause in tape.losses} <= {"leg_down"}
    assert {event.leg for event in log.of(LegDead)} == {"c1", "t1"}
