"""Every missing millisecond has a cause that the log shows, whatever happens to the party."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recording import records as rec
from recording import webm
from recording.compose import Composer
from recording.presence import Packet, Presence, judge

STARTED = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
OPUS_20_MS = b"\xf8\xff\xfe"
KEYFRAME = b"\x10\x00\x00\x9d\x01\x2a\xa0\x00\x78\x00"


class Party:
    """A composer that is told of packets as a media worker would tell it; time in ms."""

    def __init__(self) -> None:
        self.composer = Composer(0.0, STARTED)
        self.seq = {"audio": 70_000, "video": 90_000}
        self.shown: list[Packet] = []
        self.notes: list[tuple[int, rec.Record]] = []
        self.marks: list[rec.Record] = []
        self.segment = 0

    def up(self, at: int, leg: str = "leg-1", kinds: tuple[str, ...] = ("audio", "video")) -> None:
        self.composer.leg(leg, kinds, at)

    def say(self, since: int, until: int, step: int = 20) -> None:
        for at in range(since, until, step):
            self._frame("audio", at, OPUS_20_MS, 48)

    def show(self, since: int, until: int, step: int = 40) -> None:
        for at in range(since, until, step):
            self._frame("video", at, KEYFRAME, 90)

    def _frame(self, kind: str, at: int, data: bytes, rate: int) -> None:
        self.seq[kind] += 1
        said = (kind, data, at * rate, rate * 1000, True, at / 1000, self.seq[kind], 1)
        self.composer.frame(*said)

    def lose(self, kind: str, packets: int) -> None:
        after = self.seq[kind]
        self.seq[kind] += packets
        runs = ((after + 1, after + packets),)
        self.composer.lost(kind, after, after + packets + 1, runs)

    def end(self, at: int) -> Presence:
        self.cut(closing=True, end_ms=at)
        return judge(self.notes, self.shown, self.marks, "customer")

    def cut(self, *, closing: bool = False, end_ms: int | None = None) -> None:
        for draft in self.composer.drafts(closing, end_ms):
            self.segment += 1
            self.notes += [(self.segment, record) for record in rec.decode(draft.records)]
            for track, at_ms, _ in webm.blocks(draft.media):
                kind, lasts = ("audio", 20) if track == webm.AUDIO_TRACK else ("video", 0)
                self.shown.append(Packet(kind, at_ms, lasts, self.segment))

    def gaps(self, kind: str) -> list[tuple[int, int, str]]:
        found = [r for _, r in self.notes if r["t"] == "gap" and r["kind"] == kind]
        return [(r["from_ms"], r["to_ms"], r["cause"]) for r in found]


def test_lost_packets_are_a_gap_of_exactly_their_length() -> None:
    party = Party()
    party.up(0)
    party.say(0, 1000)
    party.show(0, 3000)
    party.lose("audio", 10)
    party.say(1200, 3000)
    found = party.end(3000)
    assert party.gaps("audio") == [(1000, 1200, "packet_loss")]
    assert found.errors == []
    assert found.media["audio"].present_ms == 2800
    assert found.media["audio"].unknown_ms == 0


def test_a_still_picture_stands_for_half_a_second_and_then_nothing_was_sent() -> None:
    party = Party()
    party.up(0)
    party.say(0, 5000)
    party.show(0, 2000)  # the last one at 1960
    party.show(4000, 5000)
    found = party.end(5000)
    assert party.gaps("video") == [(2460, 4000, "not_sent")]
    assert found.errors == []


def test_a_camera_that_is_off_is_why() -> None:
    party = Party()
    party.up(0)
    party.say(0, 60_000)
    party.show(0, 2000)
    party.composer.switched("video", False, 2100)
    party.composer.switched("video", True, 50_000)
    party.show(50_400, 60_000)
    found = party.end(60_000)
    assert party.gaps("video") == [(2460, 50_400, "camera_off")]
    assert found.errors == []


def test_a_leg_that_ends_long_before_the_visit() -> None:
    party = Party()
    party.up(0)
    party.say(0, 2000)
    party.show(0, 2000)
    party.composer.leg_state("leg-1", "paused", 5000)
    party.composer.leg_state("leg-1", "ended", 32_000)
    for now in range(3000, 300_000, 900):
        party.composer.beat(now)
        party.cut()
    found = party.end(300_000)
    assert found.errors == []
    lost = found.media["audio"].lost_ms
    assert set(lost) == {"leg_paused", "leg_down"}
    assert sum(lost.values()) == 298_000
    known = [gap for gap in party.gaps("audio") if gap[1] < 290_000]
    assert len(known) > 20  # declared as it grew: a crash would not have taken the cause along


def test_a_rejoin_is_told_apart_from_the_time_without_a_leg() -> None:
    party = Party()
    party.up(100)
    party.say(150, 2000)
    party.show(150, 2000)
    party.composer.leg_state("leg-1", "ended", 2100)
    party.up(9000, "leg-2")
    party.say(9300, 12_000)
    party.show(9500, 12_000)
    found = party.end(12_000)
    assert found.errors == []
    assert party.gaps("audio") == [
        (100, 150, "leg_starting"), (2010, 9000, "leg_down"), (9000, 9300, "leg_starting")
    ]  # fmt: skip


def test_what_stopped_before_the_leg_did_is_told_by_its_own_numbers() -> None:
    """The microphone fell silent while the camera still sent: not `unknown` because of a rejoin."""
    party = Party()
    party.up(0)
    party.say(0, 1900)
    party.show(0, 2000)
    party.composer.leg_state("leg-1", "ended", 2100)
    party.up(9000, "leg-2")
    party.say(9300, 12_000)
    party.show(9300, 12_000)
    found = party.end(12_000)
    assert found.errors == []
    assert party.gaps("audio")[0] == (1900, 1960, "not_sent")
    assert found.media["audio"].unknown_ms == 0


def test_what_stopped_before_the_leg_did_is_told_also_while_nobody_comes_back() -> None:
    party = Party()
    party.up(0)
    party.say(0, 1700)
    party.show(0, 2000)
    party.composer.leg_state("leg-1", "ended", 2100)
    party.composer.beat(60_000)
    party.up(70_000, "leg-2")
    party.say(70_300, 72_000)
    found = party.end(72_000)
    assert found.errors == []
    assert found.media["audio"].unknown_ms == 0


def test_who_has_no_camera_in_the_call() -> None:
    party = Party()
    party.up(0, kinds=("audio",))
    party.say(0, 4000)
    found = party.end(4000)
    assert party.gaps("video") == [(0, 4000, "not_offered")]
    assert found.errors == []


def test_speech_that_a_slow_line_held_back_was_not_lost() -> None:
    party = Party()
    party.up(0)
    party.say(0, 1000)
    rtp = party.seq["audio"]
    for n in range(300):  # the line stalls for two seconds, then all comes that much later
        seq = rtp + 1 + n
        at = (1000 + n * 20) / 1000 + 1.9
        party.composer.frame("audio", OPUS_20_MS, (1000 + n * 20) * 48, 48000, True, at, seq, 1)
    party.seq["audio"] = rtp + 300
    found = party.end(9000)
    assert found.errors == []
    assert {cause for *_, cause in party.gaps("audio")} <= {"delayed", "call_ended"}
    assert "delayed" in {cause for *_, cause in party.gaps("audio")}


def test_a_hole_without_numbers_is_unknown() -> None:
    party = Party()
    party.up(0)
    party.say(0, 1000)
    party.composer.frame("audio", OPUS_20_MS, 5000 * 48, 48000, True, 5.0)
    found = party.end(5020)
    assert party.gaps("audio") == [(1000, 5000, "unknown")]
    assert found.media["audio"].unknown_ms == 4000


ACTS = ("say", "show", "both", "lose", "off", "on", "pause", "resume", "rejoin", "beat", "quiet")


def act(party: Party, what: str, now: int, lasts: int, legs: int) -> None:
    """One thing that happens from `now` on."""
    until = now + lasts
    if what in ("say", "both"):
        party.say(now, until)
    if what in ("show", "both"):
        party.show(now, until)
    if what == "lose":
        party.lose("audio", lasts // 20)
    elif what in ("off", "on"):
        party.composer.switched("video", what == "on", now)
    elif what in ("pause", "resume"):
        party.composer.leg_state(f"leg-{legs}", what + "d", now)
    elif what == "rejoin":
        party.composer.leg_state(f"leg-{legs}", "ended", now)
        party.up(until, f"leg-{legs + 1}")
    elif what == "beat":
        party.composer.beat(until)
        party.cut()


@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(1, 200)), max_size=14))
@settings(max_examples=150, deadline=None)
def test_whatever_happens_writer_and_judge_agree(acts: list[tuple[str, int]]) -> None:
    """Nothing undeclared, nothing declared that is there, causes shown, numbers found."""
    party = Party()
    party.up(0)
    now, legs = 0, 1
    for what, lasts in acts:
        ms = 60_000 if what == "beat" else lasts * 20
        act(party, what, now, ms, legs)
        legs += what == "rejoin"
        now += ms
    found = party.end(now + 100)
    assert found.errors == []
    for kind in ("audio", "video"):
        assert "unknown" not in {cause for *_, cause in party.gaps(kind)}, party.gaps(kind)
        for (_, stop, _), (start, _, _) in pairwise(party.gaps(kind)):
            assert start >= stop


@pytest.mark.parametrize("kind", ["audio", "video"])
def test_taking_frames_out_is_found_by_the_numbers(kind: str) -> None:
    party = Party()
    party.up(0)
    party.say(0, 4000)
    party.show(0, 4000)
    party.end(4000)
    less = [p for n, p in enumerate(party.shown) if p.kind != kind or n % 25]
    found = judge(party.notes, less, [], "customer")
    assert any(error.startswith("frames_differ") for error in found.errors)
