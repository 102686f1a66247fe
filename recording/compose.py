"""From received frames to segment drafts: placed on the timeline, cut at one second, gaps declared.

Runs on the log's thread. Nothing is decoded; a picture is dropped (and declared) only while its leg
has not yet shown a keyframe, because nothing could ever show it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from recording import cutting, webm
from recording import format as fmt
from recording import records as rec
from recording.clocks import ServerClock, boot
from recording.cutting import TRACKS, Placed
from recording.ledger import NOISE_MS, PICTURE_MS, Cause, Ledger
from recording.numbers import Hole, Missing, Numbers
from recording.parts import Draft
from recording.timeline import Timeline

_BITS: Final = {webm.AUDIO_TRACK: fmt.AUDIO, webm.VIDEO_TRACK: fmt.VIDEO}
_FIRST_SIZE: Final = (640, 480)  # until a keyframe says otherwise


class Composer:
    """Collects what a party sent since the last cut; `drafts` cuts."""

    def __init__(self, epoch: float, epoch_wall: datetime) -> None:
        self._timeline = Timeline(epoch)
        self._ledger = Ledger()
        self._numbers = Numbers()
        self._frames: list[Placed] = []
        self._records: list[rec.Record] = []
        self._clock = ServerClock(epoch, epoch_wall)
        self._begin = [
            rec.epoch(epoch, epoch_wall, boot())
        ]  # told with the first segment, never alone
        self._size = _FIRST_SIZE
        self._awaits_keyframe = True
        self._leg = ""
        self._trail: dict[str, Cause] = {}  # what the last numbers of a leg that ended say
        self._ids = (0, 0)  # this writer's first part, and how many events it has named
        self.until_ms = 0

    def named_from(self, part: int) -> None:
        """The part with which this writer begins, so that no two events of a log share an id."""
        self._ids = (part, 0)

    def resumed(self, at_ms: int, covered: dict[str, int]) -> None:
        """An earlier writer of this log ended at `at_ms`, with each medium accounted for up to
        `covered`; what lies between is a declared gap."""
        event = self._event({"t": "part", "cause": "recorder_restart", "at_ms": at_ms})
        for kind, until in covered.items():
            self._ledger.taken_up(kind, until, event)
        self.until_ms = at_ms

    def joined(self, at_ms: int, *, again: bool) -> None:
        """The party came at `at_ms` and was not expected before; `again` after it had left."""
        self.until_ms = at_ms
        if again:
            self._event({"t": "part", "cause": "came_back", "at_ms": at_ms})

    def leg(self, leg: str, kinds: tuple[str, ...], at_ms: int | None) -> None:
        """A new leg begins."""
        at_ms = self.until_ms if at_ms is None else at_ms
        self._timeline.leg()
        self._numbers.leg()
        self._awaits_keyframe = True
        self._leg = leg
        said = {"t": "leg", "leg": leg, "state": "up", "kinds": sorted(kinds), "at_ms": at_ms}
        self._ledger.leg_up(at_ms, kinds, self._event(said))

    def leg_state(self, leg: str, state: str, at_ms: int) -> None:
        """The leg is `paused`, `resumed`, or it `ended`; a leg that was replaced says nothing."""
        if leg == self._leg:
            if state == "ended":
                self._trail |= self._trailing(at_ms)
            said = {"t": "leg", "leg": leg, "state": state, "at_ms": at_ms}
            self._ledger.leg_state(at_ms, state, self._event(said))

    def switched(self, kind: str, on: bool, at_ms: int) -> None:
        """The person switched the microphone or the camera."""
        event = self._event({"t": "switch", "kind": kind, "on": on, "at_ms": at_ms})
        self._ledger.switched(kind, on, at_ms, event)

    def frame(
        self,
        kind: str,
        data: bytes,
        rtp_time: int,
        clock_rate: int,
        keyframe: bool,
        arrived: float,
        seq: int = -1,
        packets: int = 1,
    ) -> None:
        """One Opus packet or VP8 frame."""
        placed = self._timeline.place(kind, rtp_time, clock_rate, arrived)
        at_ms = placed.at_ms
        if placed.flag is not None:
            self._records.append(
                {"t": "clock", "kind": kind, "what": placed.flag, "at_ms": at_ms,
                 "off_ms": placed.off_ms}
            )  # fmt: skip
        first = seq - packets + 1
        if kind == "video" and not self._shows(keyframe, data):
            self._ledger.began(kind, at_ms)
            self._numbers.told(kind, first - 1, seq + 1, ())
            return
        ended = self._trail.pop(kind, None)  # the hole began on an earlier leg: its numbers tell
        derived = ended or self._between(kind, at_ms, first, rtp_time * 1000 // clock_rate)
        lasts = round(webm.opus_ms(data)) if kind == "audio" else PICTURE_MS
        self._records += self._ledger.frame(kind, at_ms, lasts, derived)
        self._numbers.shown(kind, seq, rtp_time * 1000 // clock_rate)
        frame = webm.Frame(TRACKS[kind], at_ms, keyframe, data)
        self._frames.append(Placed(frame, self._leg, first, seq))

    def sender_report(self, kind: str, ntp: int, rtp_time: int) -> None:
        """A report of the sender's clocks."""
        self._timeline.sender_report(kind, ntp, rtp_time)

    def lost(self, kind: str, after: int, before: int, missing: Missing) -> None:
        """Numbers that never came, before the frame told next or the end of the leg."""
        self._numbers.told(kind, after, before, missing)

    def overflow(self, kind: str, count: int, from_ms: int, to_ms: int) -> None:
        """Frames dropped because the disk did not keep up."""
        said = {"t": "overflow", "kind": kind, "frames": count, "from_ms": from_ms, "to_ms": to_ms}
        self._records += self._ledger.dropped(kind, to_ms, self._event(said))

    def looked(self, monotonic: float, wall: float) -> None:
        """What the server's two clocks say now."""
        if (note := self._clock.look(monotonic, wall)) is not None:
            (self._begin or self._records).append(note)  # no segment of its own before the first

    def beat(self, now_ms: int) -> None:
        """Declare what has been missing for long, also when nothing comes that would end it."""
        due = self._ledger.beat(now_ms, lambda kind: self._so_far(kind, now_ms))
        self._records += due

    def _so_far(self, kind: str, now_ms: int) -> Cause | None:
        hole = self._numbers.so_far(kind)
        return self._trail.get(kind) if hole is None else self._shown_by(kind, now_ms, hole)

    def drafts(self, closing: bool, end_ms: int | None = None) -> Iterator[Draft]:
        """Cut everything collected into segments of at most a second; the last one ends the log,
        and the party leaves at `end_ms`."""
        if closing:
            self._end(end_ms)
        frames, self._frames = self._frames, []
        notes, self._records = rec.join_gaps(self._records), []
        frames.sort(key=lambda placed: placed.frame.at_ms)
        groups = list(cutting.cut(frames))
        if not groups:
            if notes:
                yield self._draft([], self._first(notes), closing)
            return
        told = cutting.beside(groups, notes)
        for group, own in zip(groups, told, strict=True):
            yield self._draft(group, self._first(own), closing and group is groups[-1])

    def _first(self, notes: list[rec.Record]) -> list[rec.Record]:
        begin, self._begin = self._begin, []
        return begin + notes

    def _end(self, end_ms: int | None) -> None:
        at_ms = max([self.until_ms, *(cutting.end_of(placed.frame) for placed in self._frames)])
        at_ms = max(at_ms, end_ms or 0)
        derived = self._trail | self._trailing(at_ms)
        said: rec.Record = {"t": "end", "at_ms": at_ms}
        event = self._name(said)
        self._records += [*self._ledger.end(at_ms, event, derived), said]

    def _trailing(self, at_ms: int) -> dict[str, Cause]:
        """What the numbers say of the time behind the last frames of a leg; once for each leg."""
        found = {kind: cause for kind in TRACKS if (cause := self._between(kind, at_ms))}
        self._numbers.leg()
        return found

    def _between(
        self, kind: str, at_ms: int, first: int | None = None, rtp_ms: int | None = None
    ) -> Cause | None:
        """What the numbers say of the hole before a frame, or before the end; it is recorded when
        there is a hole in the numbers or in time."""
        hole = self._numbers.between(kind, first, rtp_ms)
        return None if hole is None else self._shown_by(kind, at_ms, hole)

    def _shown_by(self, kind: str, at_ms: int, hole: Hole) -> Cause | None:
        covered = self._ledger.covered(kind)
        late = covered is not None and at_ms - covered > NOISE_MS
        if not late and hole.whole:
            return None
        since = at_ms if covered is None else min(covered, at_ms)
        said = {"t": "hole", "kind": kind, "leg": self._leg, "from_ms": since, "to_ms": at_ms}
        event = self._event(said | hole.as_dict())
        cause = hole.cause(kind, at_ms - since)
        return Cause(cause, event) if late or cause == "packet_loss" else None

    def _event(self, said: rec.Record) -> str:
        event = self._name(said)
        self._records.append(said)
        return event

    def _name(self, said: rec.Record) -> str:
        began, count = self._ids
        self._ids = (began, count + 1)
        said["id"] = f"{began}.{count}"
        return str(said["id"])

    def _shows(self, keyframe: bool, data: bytes) -> bool:
        if keyframe:
            self._size = webm.vp8_size(data) or self._size
            self._awaits_keyframe = False
        return not self._awaits_keyframe

    def _draft(self, group: list[Placed], notes: list[rec.Record], last: bool) -> Draft:
        flags = fmt.END if last else 0
        start = end = self.until_ms
        key_ms = fmt.NO_KEYFRAME
        frames = [placed.frame for placed in group]
        if frames:
            start = frames[0].at_ms
            end = max(cutting.end_of(frame) for frame in frames)
            for frame in frames:
                flags |= _BITS[frame.track]
                if frame.keyframe and frame.track == webm.VIDEO_TRACK:
                    key_ms = min(key_ms, frame.at_ms)
        self.until_ms = max(self.until_ms, end)
        return Draft(
            from_ms=start,
            to_ms=end,
            flags=flags,
            key_ms=key_ms,
            init=webm.live_header(*self._size) if frames else b"",
            media=webm.cluster(frames) if frames else b"",
            records=rec.encode([*notes, *cutting.numbers(group)]),
        )
