"""From received frames to segment drafts: placed on the timeline, cut at one second, gaps declared.

Runs on the log's thread. Nothing is decoded; a picture is dropped (and declared) only while its leg
has not yet shown a keyframe, because nothing could ever show it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from recording import format as fmt
from recording import records as rec
from recording import webm
from recording.parts import Draft
from recording.timeline import Timeline

_TRACKS: Final = {"audio": webm.AUDIO_TRACK, "video": webm.VIDEO_TRACK}
_BITS: Final = {webm.AUDIO_TRACK: fmt.AUDIO, webm.VIDEO_TRACK: fmt.VIDEO}
_MAX_CLUSTER: Final = 8 << 20
_FIRST_SIZE: Final = (640, 480)  # until a keyframe says otherwise


class Composer:
    """Collects what a party sent since the last cut; `drafts` cuts."""

    def __init__(self, epoch: float, epoch_wall: datetime) -> None:
        self._timeline = Timeline(epoch)
        self._frames: list[webm.Frame] = []
        self._records: list[rec.Record] = []
        self._begin = [rec.epoch(epoch, epoch_wall)]  # told with the first segment, never alone
        self._size = _FIRST_SIZE
        self._no_picture_since: int | None = None
        self._awaits_keyframe = True
        self._resumed: dict[str, int] = {}
        self.until_ms = 0

    def resumed(self, at_ms: int) -> None:
        """An earlier writer of this log ended at `at_ms`; what lies between is a declared gap."""
        self._resumed = {"audio": at_ms, "video": at_ms}
        self._records.append({"t": "part", "cause": "recorder_restart", "at_ms": at_ms})
        self.until_ms = at_ms

    def joined(self, at_ms: int, *, again: bool) -> None:
        """The party came at `at_ms` and was not expected before; `again` after it had left."""
        self.until_ms = at_ms
        if again:
            self._records.append({"t": "part", "cause": "came_back", "at_ms": at_ms})

    def leg(self, leg: str) -> None:
        """A new leg begins."""
        self._timeline.leg()
        self._awaits_keyframe = True
        self._records.append({"t": "leg", "leg": leg, "at_ms": self.until_ms})

    def frame(
        self, kind: str, data: bytes, rtp_time: int, clock_rate: int, keyframe: bool, arrived: float
    ) -> None:
        """One Opus packet or VP8 frame."""
        placed = self._timeline.place(kind, rtp_time, clock_rate, arrived)
        if placed.flag is not None:
            self._records.append(
                {"t": "clock", "kind": kind, "what": placed.flag, "at_ms": placed.at_ms,
                 "off_ms": placed.off_ms}
            )  # fmt: skip
        if kind == "video" and not self._shows(keyframe, data, placed.at_ms):
            return
        since = self._resumed.pop(kind, None)
        if since is not None and placed.at_ms > since:
            self._records.append(rec.gap(kind, since, placed.at_ms, "recorder_restart"))
        self._frames.append(webm.Frame(_TRACKS[kind], placed.at_ms, keyframe, data))

    def sender_report(self, kind: str, ntp: int, rtp_time: int) -> None:
        """A report of the sender's clocks."""
        self._timeline.sender_report(kind, ntp, rtp_time)

    def lost(self, kind: str, rtp_from: int, rtp_to: int, cause: str, arrived: float) -> None:
        """Media that will never come."""
        start = self._timeline.estimate(kind, rtp_from, arrived)
        end = self._timeline.estimate(kind, rtp_to, arrived)
        self._records.append(rec.gap(kind, start, max(start, end), cause))

    def overflow(self, kind: str, count: int, from_ms: int, to_ms: int) -> None:
        """Frames dropped because the disk did not keep up."""
        gap = rec.gap(kind, from_ms, to_ms, "recorder_overflow")
        self._records.append(gap | {"frames": count})

    def drafts(self, closing: bool) -> Iterator[Draft]:
        """Cut everything collected into segments of at most a second; the last one ends the log."""
        frames, self._frames = self._frames, []
        notes, self._records = rec.join_gaps(self._records), []
        frames.sort(key=lambda frame: frame.at_ms)
        groups = list(_cut(frames))
        if closing:
            notes.append({"t": "end"})
        if groups or notes:
            notes, self._begin = self._begin + notes, []
        for group in groups:
            yield self._draft(group, notes, closing and group is groups[-1])
            notes = []
        if notes and not groups:
            yield self._draft([], notes, closing)

    def _shows(self, keyframe: bool, data: bytes, at_ms: int) -> bool:
        if keyframe:
            self._size = webm.vp8_size(data) or self._size
            if self._no_picture_since is not None:
                gap = rec.gap("video", self._no_picture_since, at_ms, "no_keyframe")
                self._records.append(gap)
            self._awaits_keyframe, self._no_picture_since = False, None
        elif self._awaits_keyframe and self._no_picture_since is None:
            self._no_picture_since = at_ms
        return not self._awaits_keyframe

    def _draft(self, frames: list[webm.Frame], notes: list[rec.Record], last: bool) -> Draft:
        flags = fmt.END if last else 0
        start = end = self.until_ms
        key_ms = fmt.NO_KEYFRAME
        if frames:
            start = frames[0].at_ms
            end = max(_end(frame) for frame in frames)
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
            records=rec.encode(notes),
        )


def _end(frame: webm.Frame) -> int:
    if frame.track == webm.AUDIO_TRACK:
        return frame.at_ms + round(webm.opus_ms(frame.data))
    return frame.at_ms


def _cut(frames: list[webm.Frame]) -> Iterator[list[webm.Frame]]:
    group: list[webm.Frame] = []
    size = 0
    for frame in frames:
        late = group and frame.at_ms - group[0].at_ms >= webm.CLUSTER_MS
        if group and (late or size + len(frame.data) > _MAX_CLUSTER):
            yield group
            group, size = [], 0
        group.append(frame)
        size += len(frame.data)
    if group:
        yield group
