"""Records: what a log says beside its media, as a JSON array at the end of a segment's plaintext.

`mark` (events log): kind, at_ms, body. `gap` (party log): kind, from_ms, to_ms, cause, and the
`event` that shows it: the id of a `leg`, `hole`, `switch`, `overflow`, `part` or `end`. `rtp`: the
numbers of the packets in this segment. `epoch`, `clock`: what the writer noticed about clocks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from recording.errors import Damage

Record = dict[str, Any]
_MAX_DEPTH_ERROR: Final = (ValueError, RecursionError)


def encode(records: Sequence[Record]) -> bytes:
    """Empty bytes for no records, else compact JSON."""
    if not records:
        return b""
    return json.dumps(records, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def decode(raw: bytes) -> list[Record]:
    """The records of one segment; `Damage` when they are not what a writer writes."""
    if not raw:
        return []
    try:
        found = json.loads(raw)
    except _MAX_DEPTH_ERROR:
        raise Damage("records_bad", "not JSON") from None
    if not isinstance(found, list) or not all(isinstance(r, dict) and "t" in r for r in found):
        raise Damage("records_bad", "not a list of records")
    return found


def epoch(monotonic: float, wall: datetime, boot: str = "") -> Record:
    """First record of a part: which moment its writer takes for time 0, on both clocks. The
    monotonic one counts within one `boot` of the machine."""
    at = wall.astimezone(UTC).isoformat(timespec="milliseconds")
    return {"t": "epoch", "wall": at, "monotonic": monotonic, "boot": boot}


def gap(kind: str, from_ms: int, to_ms: int, cause: str, event: str | None = None) -> Record:
    """A declared loss of one medium; `to_ms` is exclusive, `event` the id of what shows it."""
    return {
        "t": "gap", "kind": kind, "from_ms": from_ms, "to_ms": to_ms, "cause": cause, "event": event
    }  # fmt: skip


def join_gaps(records: Iterable[Record]) -> list[Record]:
    """The same records with touching gaps of one cause made one."""
    joined: list[Record] = []
    open_gaps: dict[tuple[str, str, str | None], Record] = {}
    for record in records:
        if record["t"] != "gap":
            joined.append(record)
            continue
        key = (record["kind"], record["cause"], record.get("event"))
        before = open_gaps.get(key)
        if before is not None and record["from_ms"] <= before["to_ms"] + 1:
            before["to_ms"] = max(before["to_ms"], record["to_ms"])
        else:
            open_gaps[key] = dict(record)
            joined.append(open_gaps[key])
    return joined


def summarize_gaps(records: Iterable[Record]) -> dict[str, dict[str, dict[str, int]]]:
    """{kind: {cause: {count, ms}}} for the manifest."""
    summary: dict[str, dict[str, dict[str, int]]] = {}
    for record in records:
        if record["t"] != "gap":
            continue
        entry = summary.setdefault(record["kind"], {}).setdefault(
            record["cause"], {"count": 0, "ms": 0}
        )
        entry["count"] += 1
        entry["ms"] += record["to_ms"] - record["from_ms"]
    return summary
