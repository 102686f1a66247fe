"""Does what a declared gap names as its cause really show it? (pure)

Each gap cites one record of its own log. The record must be of the right kind, lie where the gap
lies, and not be contradicted by what came after it, nor by the events log, which another process
writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from recording.records import Record

TOLERANCE_MS: Final = 40
REACH_MS: Final = 45_000  # how far from its event a gap may begin or end
ENDING_MS: Final = 500
WITNESS_MS: Final = 10_000  # between the worker's record and the desk's mark of the same
_OFF: Final = {"audio": "muted", "video": "camera_off"}


def check(said: Sequence[Record], marks: Sequence[Mapping[str, Any]], party: str) -> list[str]:
    """What is wrong with the causes of one party's gaps."""
    named: dict[str, Record] = {}
    errors = []
    for record in said:
        if "id" in record and record["t"] != "gap":
            if record["id"] in named:
                errors.append(f"event_twice: {record['id']}")
            named[record["id"]] = record
    for gap in said:
        if gap["t"] != "gap" or gap["cause"] == "unknown":
            continue
        event = named.get(gap.get("event") or "")
        rule = _RULES.get(gap["cause"])
        if rule is None or event is None or not rule(gap, event, said):
            errors.append(
                f"cause_not_shown: {gap['kind']} {gap['from_ms']}-{gap['to_ms']} ms, {gap['cause']}"
            )
    return errors + _contradicted(said, marks, party)


def _hole(gap: Record, event: Record) -> bool:
    inside = (
        gap["from_ms"] >= event.get("from_ms", 0) - TOLERANCE_MS
        and gap["to_ms"] <= event.get("to_ms", 0) + TOLERANCE_MS
    )
    return bool(event["t"] == "hole" and event["kind"] == gap["kind"] and inside)


def _lost(gap: Record, event: Record, _: Sequence[Record]) -> bool:
    return _hole(gap, event) and bool(event["lost"] > 0)


def _none_lost(gap: Record, event: Record, _: Sequence[Record]) -> bool:
    return _hole(gap, event) and bool(event["lost"] == 0)


def _late(gap: Record, event: Record, _: Sequence[Record]) -> bool:
    return _hole(gap, event) and bool(event["before"] == event["after"] + 1)


def _leg(state: str, until: tuple[str, ...], reach: int) -> Callable[..., bool]:
    """A leg's state explains a gap from a while before it was noticed until a later state."""

    def rule(gap: Record, event: Record, said: Sequence[Record]) -> bool:
        if event["t"] != "leg" or event["state"] != state:
            return False
        over = [
            r["at_ms"]
            for r in said
            if r["t"] == "leg" and r["state"] in until and r["at_ms"] > event["at_ms"]
        ]
        begins = gap["from_ms"] >= event["at_ms"] - reach - TOLERANCE_MS
        return bool(begins and gap["to_ms"] <= min(over, default=gap["to_ms"]) + REACH_MS)

    return rule


def _starting(gap: Record, event: Record, _: Sequence[Record]) -> bool:
    up = event["t"] == "leg" and event["state"] == "up" and gap["kind"] in event["kinds"]
    return bool(up and gap["from_ms"] >= event["at_ms"] - TOLERANCE_MS)


def _not_offered(gap: Record, event: Record, _: Sequence[Record]) -> bool:
    up = event["t"] == "leg" and event["state"] == "up" and gap["kind"] not in event["kinds"]
    return bool(up and gap["from_ms"] >= event["at_ms"] - TOLERANCE_MS)


def _switched(gap: Record, event: Record, said: Sequence[Record]) -> bool:
    off = event["t"] == "switch" and event["kind"] == gap["kind"] and not event["on"]
    if not off or gap["cause"] != _OFF[gap["kind"]]:
        return False
    on = [
        r["at_ms"]
        for r in said
        if r["t"] == "switch"
        and r["kind"] == gap["kind"]
        and r["on"]
        and r["at_ms"] > event["at_ms"]
    ]
    begins = gap["from_ms"] >= event["at_ms"] - REACH_MS
    return bool(begins and gap["to_ms"] <= min(on, default=gap["to_ms"]) + REACH_MS)


def _restart(gap: Record, event: Record, _: Sequence[Record]) -> bool:
    took_over = event["t"] == "part" and event["cause"] == "recorder_restart"
    return bool(took_over and gap["to_ms"] >= event["at_ms"] - TOLERANCE_MS)


def _overflow(gap: Record, event: Record, _: Sequence[Record]) -> bool:
    return bool(event["t"] == "overflow" and event["kind"] == gap["kind"])


def _ending(gap: Record, event: Record, _: Sequence[Record]) -> bool:
    short = gap["to_ms"] - gap["from_ms"] <= ENDING_MS + TOLERANCE_MS
    return bool(event["t"] == "end" and short and gap["to_ms"] <= event["at_ms"] + TOLERANCE_MS)


_RULES: Final[Mapping[str, Callable[[Record, Record, Sequence[Record]], bool]]] = {
    "packet_loss": _lost,
    "not_sent": _none_lost,
    "no_keyframe": _none_lost,
    "delayed": _late,
    "leg_paused": _leg("paused", ("resumed", "ended", "up"), REACH_MS),
    "leg_down": _leg("ended", ("up",), REACH_MS),
    "leg_starting": _starting,
    "not_offered": _not_offered,
    "camera_off": _switched,
    "muted": _switched,
    "recorder_restart": _restart,
    "recorder_overflow": _overflow,
    "call_ended": _ending,
}


def _contradicted(
    said: Sequence[Record], marks: Sequence[Mapping[str, Any]], party: str
) -> list[str]:
    """Events of this log that the events log should know as well, where it tells of this party."""
    own = [mark for mark in marks if mark["body"].get("party") == party]
    if not any(mark["kind"] == "media.LegUp" for mark in own):
        return []
    errors = []
    for record in said:
        if record["t"] == "switch" and not record["on"]:
            known = any(
                mark["kind"] == "media_state" and mark["body"].get(record["kind"]) is False
                for mark in own
            )
        elif record["t"] == "leg" and record["state"] == "paused":
            near = [m for m in own if abs(m["at_ms"] - record["at_ms"]) <= WITNESS_MS]
            known = any(mark["kind"] in ("media.LegPaused", "media.LegDead") for mark in near)
        else:
            continue
        if not known:
            errors.append(f"event_contradicted: {record['t']} at {record['at_ms']} ms")
    return errors
