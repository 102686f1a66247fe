"""Do the packet numbers add up? (pure)

Every segment says which numbers its frames came in, every hole which numbers lie in it and which of
them never came. Together they must be all numbers of the leg, and the frames must be those that are
there. Where the leg ended properly, the media side's own count (`media.tally`, in the events log)
must be the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recording.records import Record

_EDGE = 2  # packets at the ends of a leg: 40 ms of speech, as everywhere
_RUNS = 256  # a record lists no more; `lost` counts all


@dataclass(slots=True)
class _Leg:
    """The numbers of one medium on one leg."""

    first: int
    last: int
    packets: int = 0
    between: int = 0
    lost: int = 0

    def reach(self, first: int, last: int) -> None:
        self.first, self.last = min(self.first, first), max(self.last, last)


def check(
    notes: Sequence[tuple[int, Record]],
    frames: Iterable[tuple[int, str]],
    marks: Sequence[Mapping[str, Any]],
    party: str,
) -> list[str]:
    """`frames`: (segment, kind) of every frame that is there. What does not add up."""
    legs, errors = _legs(notes)
    if not legs:
        return errors  # a writer that was given no numbers
    errors += _frames(notes, frames)
    for (_, leg, kind), count in legs.items():
        numbers = count.last - count.first + 1
        if numbers != count.packets + count.between:
            apart = numbers - count.packets - count.between
            errors.append(f"numbers_missing: {kind} of {leg}, {apart} packets are nowhere")
    return errors + _tallies(notes, legs, marks, party)


def _legs(
    notes: Sequence[tuple[int, Record]],
) -> tuple[dict[tuple[int, str, str], _Leg], list[str]]:
    legs: dict[tuple[int, str, str], _Leg] = {}
    errors = []
    run = 0
    for _, record in notes:
        if record["t"] == "epoch":
            run += 1  # another writer
        if record["t"] == "rtp":
            first, last = record["first"], record["last"]
            count = legs.setdefault((run, record["leg"], record["kind"]), _Leg(first, last))
            count.reach(first, last)
            count.packets += record["packets"]
            if record["packets"] < record["frames"]:
                errors.append(f"numbers_bad: {record['kind']} of {record['leg']}")
        elif record["t"] == "hole":
            first, last = record["after"] + 1, record["before"] - 1
            key = (run, record["leg"], record["kind"])
            if last >= first:
                count = legs.setdefault(key, _Leg(first, last))
                count.reach(first, last)
                count.between += last - first + 1
                count.lost += record["lost"]
            if not _hole_is_sound(record):
                errors.append(f"hole_bad: {record['kind']} of {record['leg']}")
    return legs, errors


def _hole_is_sound(record: Record) -> bool:
    after, before, runs = record["after"], record["before"], record["missing"]
    inside = all(after < first <= last < before for first, last in runs)
    counted = sum(last - first + 1 for first, last in runs)
    return (
        after < before
        and inside
        and counted <= record["lost"] < before - after
        and (counted == record["lost"] or len(runs) == _RUNS)
    )


def _frames(notes: Sequence[tuple[int, Record]], frames: Iterable[tuple[int, str]]) -> list[str]:
    there = Counter(frames)
    said: Counter[tuple[int, str]] = Counter()
    for segment, record in notes:
        if record["t"] == "rtp":
            said[segment, record["kind"]] += record["frames"]
    return [
        f"frames_differ: {kind} in segment {segment}, {said[segment, kind]} said,"
        f" {there[segment, kind]} there"
        for segment, kind in sorted(said.keys() | there.keys())
        if said[segment, kind] != there[segment, kind]
    ]


def _agree(tally: Mapping[str, int], own: Mapping[str, int]) -> bool:
    """Whether both counted the same, but for what was under way as the leg began or ended."""
    apart = abs(tally["expected"] - own["expected"])
    return apart <= _EDGE and abs(tally["missing"] - own["missing"]) <= apart


def _tallies(
    notes: Sequence[tuple[int, Record]],
    legs: Mapping[tuple[int, str, str], _Leg],
    marks: Sequence[Mapping[str, Any]],
    party: str,
) -> list[str]:
    ended = {r["leg"] for _, r in notes if r["t"] == "leg" and r["state"] == "ended"}
    told = [m["body"] for m in marks if m["kind"] == "media.tally" and m["body"]["party"] == party]
    if not told:
        return []  # no events log, or a desk that was not there
    by_leg = {body["leg"]: body["streams"] for body in told}
    errors = []
    for (_, leg, kind), count in legs.items():
        if leg not in ended:
            continue
        tally = by_leg.get(leg, {}).get(kind)
        own = {"expected": count.last - count.first + 1, "missing": count.lost}
        if tally is None or not _agree(tally, own):
            errors.append(f"tally_differs: {kind} of {leg}, counted {tally}, recorded {own}")
    return errors
