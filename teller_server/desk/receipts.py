"""A customer asks whether the bank still holds the same evidence: one answer for all strangers.

Who brings nothing that is true of the visit learns nothing, not even that there is one: unknown
visits, wrong digests and other people's visits get the same answer after the same look-ups. Who
brings a true digest holds a receipt: only then the evidence is read, whole, as `verify` reads it.
"""

import asyncio
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from recording.verify import verify
from teller_server.desk.keys import recording_of
from teller_server.domain.errors import Refusal
from teller_server.store.evidence import EvidenceStore

log = structlog.get_logger(__name__)

AT_ONCE = 1  # each reads a whole recording
MOST_WAITING = 8
SECONDS_EACH = 10

NOT_HELD: dict[str, Any] = {"answer": "not_held"}


@dataclass(frozen=True)
class Claim:
    """What a receipt says. Digests in hex; `heads` are (number, digest)."""

    visit: str
    evidence_digest: str | None
    heads: Sequence[tuple[int, str]]


class ReceiptDesk:
    """Answers holders of receipts."""

    def __init__(self, store: EvidenceStore, root: Path) -> None:
        self._store = store
        self._root = root
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def check(self, claim: Claim) -> dict[str, Any]:
        """`answer`: held, differs (part of the receipt is true, the evidence does not fit the rest)
        or not_held. Raises Refusal('too_many_requests') when too many ask at once."""
        name = recording_of(claim.visit)
        recording = await self._store.recording(name)
        known = {head.n: head.digest for head in await self._store.heads(name)}
        sealed = (recording.manifest if recording else None) or ""
        proven = _same(sealed, claim.evidence_digest or "")
        for n, digest in claim.heads:
            proven |= _same(known.get(n, ""), digest)
        if recording is None or not proven:
            return NOT_HELD
        receipt = {
            "evidence_digest": claim.evidence_digest,
            "heads": [{"n": n, "digest": digest} for n, digest in claim.heads],
        }
        verdict = await self._read(self._root / recording.directory, receipt)
        if verdict.status == "damaged":
            log.error("receipt_differs", visit=recording.visit, first_bad=verdict.first_bad)
            return {"answer": "differs"}
        return {
            "answer": "held",
            "status": verdict.status,
            "sealed_at": recording.sealed_at.isoformat() if recording.sealed_at else None,
            "stamped_at": verdict.stamped,
            "heads": len(claim.heads),
            "sealed": bool(claim.evidence_digest),
            "readable": recording.state != "shredded",
        }

    async def _read(self, directory: Path, receipt: dict[str, Any]) -> Any:
        if self._waiting >= MOST_WAITING:
            raise Refusal("too_many_requests", retry_after=MOST_WAITING * SECONDS_EACH)
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(verify, directory, receipt=receipt)
        finally:
            self._waiting -= 1


def _same(ours: str, theirs: str) -> bool:
    """Compared in constant time; nothing is the same as nothing."""
    return bool(ours) and hmac.compare_digest(ours.encode(), theirs.encode())
