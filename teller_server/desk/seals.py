"""Both seals of a recording: over the call, and over what came after it.

What came after the call seal is read from the visit's own events, so that a desk that begins anew
can close what the last one left open.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import structlog

from recording import canonical
from recording.errors import Damage, Outage
from recording.events import EventLog
from recording.evidence import Evidence
from recording.manifest import DECISION
from recording.seal import Signer, Stamper
from recording.verify import verify
from teller_server.desk.counter import Counter
from teller_server.desk.keys import DataKeys, recording_of
from teller_server.desk.purposes import SEAL
from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.errors import Outage as StoreOutage
from teller_server.domain.errors import Refusal
from teller_server.domain.events import Event, encode
from teller_server.domain.state import Effect, Visit, VisitState
from teller_server.store.evidence import Recording
from teller_server.store.store import Store

log = structlog.get_logger(__name__)

MANIFEST, CLOSING, AFTERWARDS, EVENTS = "manifest.json", "closing.json", "afterwards", "events"
LOOK_BACK = timedelta(days=7)
_STATES = {
    "complete": "sealed",
    "incomplete": "sealed",  # as it is; the verdict says that something is missing without a cause
    "interrupted": "interrupted",
    "damaged": "failed",
}

Standing = Literal["stands", "unstamped", "broken"]


class Seals:
    """Signs and stamps; decides by the disk alone whether a recording stands."""

    def __init__(
        self,
        store: Store,
        counter: Counter,
        keys: DataKeys,
        root: Path,
        signer: Signer,
        stamper: Stamper,
        finished: Callable[[str], Awaitable[None]],
        *,
        shred_refused: Callable[[str], Awaitable[object]] | None,
    ) -> None:
        """`finished(recording)` hears that files of it will not change any more; `shred_refused`
        (visit) shreds what was recorded before a customer refused, None where it is kept."""
        self._store = store
        self._counter = counter
        self._keys = keys
        self._root = root
        self._signer = signer
        self._stamper = stamper
        self._finished = finished
        self._shred_refused = shred_refused
        self._closing: set[str] = set()
        self._deciding = asyncio.Lock()

    def directory(self, recording: Recording) -> Path:
        return self._root / recording.directory

    # ---- over the call

    async def seal(self, visit_id: str, evidence: Evidence) -> c.CallSealed:
        """The call seal, judged from the disk; what can't be sealed is said to be unverified.

        All logs have ended. A seal that is there already is judged anew and not replaced.
        """
        manifest = ""
        try:
            visit = await self._store.visits.get(visit_id)
            outcome = {
                "outcome": visit.outcome.value if visit.outcome else None,
                "service": visit.service,
                "script": visit.script,
            }
            seal = await asyncio.to_thread(
                evidence.seal, self._counter.now(), self._signer, self._stamper, outcome
            )
            manifest = seal.digest
        except Outage as outage:
            if outage.code == "key_server_away":  # it comes back, and the evidence is whole
                raise
            log.exception("seal_failed", visit=visit_id)
        except Exception:  # damaged, or a full disk: the verdict below says which
            log.exception("seal_failed", visit=visit_id)
        status, duration = await asyncio.to_thread(_judge, visit_id, evidence.directory)
        await self._store.evidence.update(
            recording_of(visit_id),
            state=_STATES[status],
            sealed_at=self._counter.now(),
            manifest=manifest,
            verdict=status,
            duration_ms=duration,
        )
        await self._finished(recording_of(visit_id))
        return c.CallSealed(manifest, bool(manifest) and status == "complete")

    async def stands(self, visit: str, manifest: str) -> Standing:
        """Whether the evidence verifies now, is the one that was sealed, and is stamped.

        A seal that could not be stamped in time is stamped here, once the authority is back.
        """
        recording = await self._store.evidence.recording(recording_of(visit))
        if recording is None:
            return "broken"
        directory = self.directory(recording)
        verdict = await asyncio.to_thread(verify, directory)
        if verdict.status != "complete" or verdict.evidence_digest != manifest:
            await self._note(recording, verdict.status)
            return "broken"
        if verdict.stamped is not None:
            return "stands"
        evidence = await asyncio.to_thread(Evidence.open, directory)
        stamped = await asyncio.to_thread(evidence.stamp_pending, self._stamper)
        return "stands" if stamped else "unstamped"

    async def _note(self, recording: Recording, status: str) -> None:
        """What was whole when it was sealed is not any more: the review desk shall see it."""
        log.error("evidence_changed", visit=recording.visit, verdict=status)
        if status != recording.verdict:
            state = _STATES[status]
            await self._store.evidence.update(recording.id, state=state, verdict=status)

    # ---- over a second person's decision

    async def decide(self, visit_id: str) -> bool:
        """Seal the decision beside the call seal; whether it is sealed and stamped now."""
        recording = await self._store.evidence.recording(recording_of(visit_id))
        decided = await self._decided(visit_id)
        if recording is None or decided is None:
            return False
        at, word = decided
        directory, signer, stamper = self.directory(recording), self._signer, self._stamper
        async with self._deciding:
            evidence = await asyncio.to_thread(Evidence.open, directory)
            seal = await asyncio.to_thread(evidence.decide, at, signer, stamper, word)
        return seal.stamped

    async def _decided(self, visit_id: str) -> tuple[datetime, dict[str, Any]] | None:
        """When the second person decided, and what is sealed of it; None before they have."""
        told = await self._store.visits.events(visit_id)
        decided = [one for one in told if isinstance(one.event, e.ReviewDecided)]
        if not decided:
            return None
        event = decided[-1].event
        assert isinstance(event, e.ReviewDecided)
        word = {
            "approved": event.approved,
            "checker": event.checker,
            "outcome": event.outcome.value,
            "event": decided[-1].hash,
        }
        return event.at, word

    async def decision_stands(self, visit: Visit) -> bool:
        """Whether the decision is sealed, stamped, and this visit's own, by what is on the disk.

        Raises Refusal `evidence_does_not_verify` when something else is sealed than was decided:
        whoever holds the signing key must not put words into the second person's mouth.
        """
        try:
            if not await self.decide(visit.id):
                return False
            recording = await self._store.evidence.recording(recording_of(visit.id))
            decided = await self._decided(visit.id)
            if recording is None or decided is None:
                return False
            directory = self.directory(recording)
            verdict = await asyncio.to_thread(verify, directory)
            if verdict.status != "complete" or verdict.evidence_digest != visit.manifest:
                return False
            sealed, _ = await asyncio.to_thread(canonical.load, directory / DECISION, DECISION)
        except Damage as damage:
            log.error("decision_not_read", visit=visit.id, code=damage.code)
            raise Refusal("evidence_does_not_verify") from None
        if sealed.get("decision") != decided[1]:
            log.error("decision_differs", visit=visit.id)
            raise Refusal("evidence_does_not_verify")
        return True

    # ---- over the rest

    async def close(self, visit: Visit) -> None:
        """The closing seal over what came after the call: review, effect, close. Once."""
        if visit.id in self._closing:
            return
        self._closing.add(visit.id)
        try:
            await self._close(visit)
        finally:
            self._closing.discard(visit.id)

    async def _close(self, visit: Visit) -> None:
        recording = await self._store.evidence.recording(recording_of(visit.id))
        if recording is None:
            return
        directory = self.directory(recording)
        if (directory / CLOSING).exists():
            return
        if (directory / MANIFEST).exists():
            if visit.reviewed:
                await self.decide(visit.id)
            key = await self._keys.get(visit.id, SEAL)
            told = [recorded.event for recorded in await self._store.visits.events(visit.id)]
            after = told[_first_after(told) :]
            await asyncio.to_thread(self._write, recording, directory, key, after)
            await self._finished(recording.id)
        await self._shred(visit)
        self._keys.forget(visit.id)

    async def _shred(self, visit: Visit) -> None:
        """Where the branch keeps nothing of who refused; what can't be done now is done later."""
        if self._shred_refused is None or visit.reason_code != "recording_refused":
            return
        try:
            await self._shred_refused(visit.id)
        except Refusal as refusal:  # on hold, or done before
            log.info("refused_not_shredded", visit=visit.id, code=refusal.code)
        except (Outage, StoreOutage) as outage:
            log.error("refused_not_shredded", visit=visit.id, code=outage.code)

    def _write(self, recording: Recording, directory: Path, key: bytes, after: list[Event]) -> None:
        began = recording.started_at
        marks = EventLog(directory, recording.id, key, 0.0, log=AFTERWARDS)
        for event in after:
            name, body = encode(event)
            marks.mark(name, round((event.at - began).total_seconds() * 1000), body)
        marks.close()
        evidence = Evidence.open(directory, key)
        evidence.close(self._counter.now(), self._signer, self._stamper)

    async def close_what_was_left(self) -> None:
        """After a crash or a fault: visits that are settled and have no closing seal yet, or should
        have been shredded."""
        since = self._counter.now() - LOOK_BACK
        for recording in await self._store.evidence.sealed_since(since):
            closed = await asyncio.to_thread((self.directory(recording) / CLOSING).exists)
            if closed and (self._shred_refused is None or recording.state == "shredded"):
                continue
            visit = await self._store.visits.get(recording.visit)
            try:
                if closed:
                    await self._shred(visit)
                elif settled(visit):
                    await self.close(visit)
            except Exception:  # one bad recording must not keep the others open
                log.exception("not_closed", visit=visit.id)


_OPEN = (Effect.PENDING, Effect.DEAD_LETTERED)  # somebody may still have it tried again


def settled(visit: Visit) -> bool:
    """Whether nothing more will happen to this visit."""
    return visit.state is VisitState.CLOSED and visit.effect not in _OPEN


def _first_after(told: list[Event]) -> int:
    """Where the call seal stands among the events; all before it are in the sealed log."""
    places = [n for n, event in enumerate(told) if isinstance(event, e.EvidenceSealed)]
    return places[0] if places else len(told)


def _judge(visit: str, directory: Path) -> tuple[str, int | None]:
    """The verdict and how long the media are; what can't even be read is damaged."""
    try:
        verdict = verify(directory)
        if verdict.status == "damaged":
            log.error("evidence_damaged", visit=visit, first_bad=verdict.first_bad)
        return verdict.status, _media_ms(directory)
    except Exception:
        log.exception("evidence_unreadable", visit=visit)
        return "damaged", None


def _media_ms(directory: Path) -> int | None:
    """Where the last party's media ends, by the manifest; None without one."""
    path = directory / MANIFEST
    if not path.exists():
        return None
    logs = json.loads(path.read_bytes())["logs"]
    ends = [part["to_ms"] for log, parts in logs.items() if log != EVENTS for part in parts]
    return max(ends, default=None)
