"""Cutting what a party sent into segments of at most a second, with what is said beside it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from recording import records as rec
from recording import webm

TRACKS: Final = {"audio": webm.AUDIO_TRACK, "video": webm.VIDEO_TRACK}
_KINDS: Final = {track: kind for kind, track in TRACKS.items()}
_MAX_CLUSTER: Final = 8 << 20


@dataclass(frozen=True, slots=True)
class Placed:
    """A frame with the numbers of its packets on its leg."""

    frame: webm.Frame
    leg: str
    first: int
    last: int


def beside(groups: list[list[Placed]], notes: list[rec.Record]) -> list[list[rec.Record]]:
    """Each note in the segment of what ends it: one that is never sealed takes along what was said
    of it, and a stretch that is disclosed says what is missing in it."""
    begins = [group[0].frame.at_ms for group in groups]
    told: list[list[rec.Record]] = [[] for _ in groups]
    for note in notes:
        at_ms = int(note.get("to_ms") or note.get("at_ms") or 0)
        told[max(bisect_right(begins, at_ms) - 1, 0)].append(note)
    return told


def numbers(group: list[Placed]) -> list[rec.Record]:
    """For each leg and medium in a segment: its frames, and the packets that they came in."""
    found: dict[tuple[str, str], rec.Record] = {}
    for placed in group:
        key = placed.leg, _KINDS[placed.frame.track]
        said = found.setdefault(
            key,
            {"t": "rtp", "leg": key[0], "kind": key[1], "frames": 0, "packets": 0,
             "first": placed.first, "last": placed.last},
        )  # fmt: skip
        said["frames"] += 1
        said["packets"] += placed.last - placed.first + 1
        said["last"] = placed.last
    return [said for said in found.values() if said["first"] >= 0]


def end_of(frame: webm.Frame) -> int:
    if frame.track == webm.AUDIO_TRACK:
        return frame.at_ms + round(webm.opus_ms(frame.data))
    return frame.at_ms


def cut(frames: list[Placed]) -> Iterator[list[Placed]]:
    group: list[Placed] = []
    size = 0
    for placed in frames:
        late = group and placed.frame.at_ms - group[0].frame.at_ms >= webm.CLUSTER_MS
        if group and (late or size + len(placed.frame.data) > _MAX_CLUSTER):
            yield group
            group, size = [], 0
        group.append(placed)
        size += len(placed.frame.data)
    if group:
        yield group
