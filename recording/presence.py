"""Presence judged from the decrypted media, independently of the writer's ledger (pure).

Three questions to one party's log: is every millisecond from joining to leaving there or declared
lost, and nothing declared that is there? Does each declared cause name a record that shows it? And
do the packet numbers of the segments, of the holes between them and those that the media side
counted by itself agree with the frames that are really there? An insider who takes frames out and
declares them lost has to answer all three.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from recording import causes, counters, spans
from recording.records import Record
from recording.spans import Span

TOLERANCE_MS: Final = 40
PICTURE_MS: Final = 500
KINDS: Final = ("audio", "video")


@dataclass(frozen=True, slots=True)
class Packet:
    """One demultiplexed frame: when, how long by its own word, and in which segment."""

    kind: str
    at_ms: int
    lasts_ms: int
    segment: int


@dataclass(slots=True)
class Medium:
    """Milliseconds of one medium between joining and leaving."""

    present_ms: int = 0
    lost_ms: dict[str, int] = field(default_factory=dict)
    unaccounted_ms: int = 0  # in pieces too short to be judged

    @property
    def unknown_ms(self) -> int:
        """Lost, and nothing shows why."""
        return self.lost_ms.get("unknown", 0)


@dataclass(slots=True)
class Presence:
    """The judgement on one party's log."""

    media: dict[str, Medium] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def judge(
    notes: Sequence[tuple[int, Record]],
    packets: Sequence[Packet],
    marks: Sequence[Mapping[str, Any]],
    party: str,
) -> Presence:
    """`notes`: every record of the party's log with its segment; `marks`: the events log's."""
    said = [record for _, record in notes]
    found = Presence()
    for kind in KINDS:
        own = [packet for packet in packets if packet.kind == kind]
        gaps = [r for r in said if r["t"] == "gap" and r["kind"] == kind]
        if own or gaps:
            found.media[kind], errors = _account(kind, said, own, gaps)
            found.errors += errors
    found.errors += causes.check(said, marks, party)
    frames = [(packet.segment, packet.kind) for packet in packets]
    found.errors += counters.check(notes, frames, marks, party)
    return found


def _account(
    kind: str, said: Sequence[Record], packets: Sequence[Packet], gaps: Sequence[Record]
) -> tuple[Medium, list[str]]:
    declared = spans.union((gap["from_ms"], gap["to_ms"]) for gap in gaps)
    present = spans.union(_shown(packets))
    there = spans.union(_windows(said, present, declared))
    medium = Medium(present_ms=spans.length(spans.common(there, present)))
    for gap in gaps:
        ms = gap["to_ms"] - gap["from_ms"]
        medium.lost_ms[gap["cause"]] = medium.lost_ms.get(gap["cause"], 0) + ms
    errors = []
    missing = spans.minus(spans.minus(there, present), declared)
    for start, stop in missing:
        if stop - start > TOLERANCE_MS:
            errors.append(f"gap_undeclared: {kind} {start}-{stop} ms is neither there nor declared")
    for start, stop in spans.common(declared, present):
        if stop - start > TOLERANCE_MS:
            errors.append(f"gap_not_there: {kind} {start}-{stop} ms is declared lost and is there")
    medium.unaccounted_ms = spans.length(missing)
    return medium, errors


def _shown(packets: Sequence[Packet]) -> Iterable[Span]:
    ordered = sorted(packets, key=lambda packet: packet.at_ms)
    for n, packet in enumerate(ordered):
        if packet.kind == "audio":
            yield packet.at_ms, packet.at_ms + packet.lasts_ms
            continue
        after = ordered[n + 1].at_ms if n + 1 < len(ordered) else packet.at_ms + PICTURE_MS
        yield packet.at_ms, min(after, packet.at_ms + PICTURE_MS)


def _windows(
    said: Sequence[Record], present: Sequence[Span], declared: Sequence[Span]
) -> Iterable[Span]:
    """From each joining to its leaving. A log without an end is judged as far as it tells."""
    open_since: int | None = None
    left: list[Span] = []
    for record in said:
        if record["t"] == "leg" and record["state"] == "up" and open_since is None:
            open_since = record["at_ms"]
        elif record["t"] == "end" and open_since is not None:
            left.append((open_since, record["at_ms"]))
            open_since = None
        elif record["t"] == "part" and record["cause"] == "recorder_restart" and left:
            open_since = left.pop()[0] if open_since is None else open_since
    known = [*present, *declared]
    if not left and open_since is None and known:  # frames without a leg
        ends = [record["at_ms"] for record in said if record["t"] == "end"]
        left.append((min(known)[0], max(ends, default=max(stop for _, stop in present or known))))
    elif open_since is not None and known:
        left.append((open_since, max(open_since, *(stop for _, stop in known))))
    return left
