"""The two sealed statements: the manifest (call seal) and the closing statement that names it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from recording import canonical
from recording import format as fmt

MANIFEST: Final = "manifest.json"
CLOSING: Final = "closing.json"
DECISION: Final = "decision.json"
SIGNATURE: Final = ".p7s"
STAMP: Final = ".tsr"
TRUST: Final = "trust"
AFTERWARDS: Final = "afterwards"
EVENTS: Final = "events"


def recording_document(
    recording: str, visit: str, parties: Sequence[str], now: datetime, software: str, key: bytes
) -> dict[str, Any]:
    """recording.json: written once before anything else; every part header names its digest."""
    return {
        "format": fmt.VERSION,
        "type": "recording",
        "suite": fmt.SUITE_NAME,
        "recording": recording,
        "visit": visit,
        "parties": list(parties),
        "created": canonical.stamp(now),
        "software": software,
        "key_commitment": key.hex(),
    }


def manifest_document(
    *,
    recording: Mapping[str, Any],
    recording_sha256: str,
    status: str,
    now: datetime,
    logs: Mapping[str, Sequence[Mapping[str, Any]]],
    objects: Sequence[Mapping[str, Any]],
    heads: Sequence[str],
    gaps: Mapping[str, Any],
    marks: Mapping[str, Any],
    outcome: Mapping[str, Any],
) -> dict[str, Any]:
    """manifest.json: everything that the recording consists of at the call seal.

    `status`: `complete`; `incomplete`, when something is missing and nothing shows why; or
    `interrupted`, when a log has no end.
    """
    parties = sorted({*recording["parties"], *logs} - {EVENTS, AFTERWARDS})
    return {
        "format": fmt.VERSION,
        "type": "manifest",
        "suite": fmt.SUITE_NAME,
        "recording": recording["recording"],
        "visit": recording["visit"],
        "recording_sha256": recording_sha256,
        "status": status,
        "sealed": canonical.stamp(now),
        "parties": parties,
        "absent": [party for party in parties if party not in logs],
        "logs": {log: [dict(part) for part in parts] for log, parts in logs.items()},
        "objects": [dict(item) for item in objects],
        "heads": list(heads),
        "gaps": dict(gaps),
        "marks": dict(marks),
        "outcome": dict(outcome),
    }


def closing_document(
    *,
    recording: str,
    seal: Mapping[str, str | None],
    now: datetime,
    parts: Sequence[Mapping[str, Any]],
    objects: Sequence[Mapping[str, Any]],
    outcome: Mapping[str, Any],
    decision: str | None = None,
) -> dict[str, Any]:
    """closing.json: names the call seal, the sealed decision, and what was added afterwards."""
    return {
        "format": fmt.VERSION,
        "type": "closing",
        "recording": recording,
        "seal": dict(seal),
        "decision": decision,
        "closed": canonical.stamp(now),
        "logs": {AFTERWARDS: [dict(part) for part in parts]},
        "objects": [dict(item) for item in objects],
        "outcome": dict(outcome),
    }


def decision_document(
    *,
    recording: str,
    seal: Mapping[str, str | None],
    now: datetime,
    decision: Mapping[str, Any],
) -> dict[str, Any]:
    """decision.json: a second person's word on the sealed call, before anything rests on it."""
    return {
        "format": fmt.VERSION,
        "type": "decision",
        "recording": recording,
        "seal": dict(seal),
        "decided": canonical.stamp(now),
        "decision": dict(decision),
    }
