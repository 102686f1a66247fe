"""Visit ↔ recording: opens the evidence, marks what happens, attests heads, seals at the end.

The media logs are written by the workers; the desk writes the events log, the objects, the heads
and both seals, and holds the keys.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import structlog

from recording.events import EventLog
from recording.evidence import Evidence
from recording.seal import Signer, Stamper
from recording.verify import verify
from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.dossier import Dossier
from teller_server.desk.keys import DataKeys, recording_of
from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.events import Event, encode
from teller_server.domain.state import Effect, Visit, VisitState
from teller_server.store.evidence import Head, Recording, StoredObject
from teller_server.store.keys import open_recording
from teller_server.store.store import Store

log = structlog.get_logger(__name__)

FIRST_HEAD_SECONDS = 5.0


Standing = Literal["stands", "unstamped", "broken"]


@dataclass(frozen=True)
class EvidenceTimes:
    """Seconds between attested heads, and between their timestamps."""

    head: float
    stamp: float


class EvidenceDesk:
    """All evidence of this desk. `on_head(visit, n, at, digest)` hears of each attested head."""

    def __init__(
        self,
        store: Store,
        counter: Counter,
        keys: DataKeys,
        crew: Crew,
        root: Path,
        signer: Signer,
        stamper: Stamper,
        times: EvidenceTimes,
        on_head: Callable[[str, int, datetime, str], None],
        *,
        shred_refused: bool,
        software: str,
    ) -> None:
        self._store = store
        self._counter = counter
        self._keys = keys
        self._crew = crew
        self._root = root
        self._signer = signer
        self._stamper = stamper
        self._times = times
        self._on_head = on_head
        self._shred_refused = shred_refused
        self._software = software
        self._dossiers: dict[str, Dossier] = {}
        counter.listen(self._heard)

    async def data_key(self, visit: str) -> bytes:
        return await self._keys.get(visit)

    # ---- while the call lasts

    async def begin(self, visit: Visit, epoch: float, began: datetime) -> Path:
        """Open the evidence; everything that happened before becomes its first marks."""
        recording = recording_of(visit.id)
        directory = Evidence.place(self._root, recording, began)
        key = await self._keys.get(visit.id)
        evidence = await asyncio.to_thread(
            Evidence.create,
            directory,
            recording,
            visit.id,
            list(visit.parties),
            key,
            began,
            self._software,
        )
        row = Recording(recording, visit.id, str(directory.relative_to(self._root)), "open", began)
        await self._store.database.write(lambda connection: open_recording(connection, row))
        dossier = self._dossier(visit.id, evidence, directory, key, epoch, began)
        for recorded in await self._store.visits.events(visit.id):
            name, body = encode(recorded.event)
            dossier.events.mark(name, 0, body)
        self._crew.start(self._attest(dossier), "evidence.heads")
        return directory

    def _dossier(
        self,
        visit: str,
        evidence: Evidence,
        directory: Path,
        key: bytes,
        epoch: float,
        began: datetime,
    ) -> Dossier:
        loop = asyncio.get_running_loop()

        def failed(error: BaseException) -> None:
            loop.call_soon_threadsafe(self._log_failed, visit, error)

        events = EventLog(
            directory, recording_of(visit), key, epoch, epoch_wall=began, failed=failed
        )
        dossier = Dossier(visit, evidence, events, epoch, began)
        self._dossiers[visit] = dossier
        return dossier

    def mark(self, visit: str, kind: str, body: dict[str, Any]) -> None:
        """Fix something on the timeline; before there is a recording it is only in the store."""
        dossier = self._dossiers.get(visit)
        if dossier is not None and not dossier.sealing:
            dossier.events.mark(kind, dossier.at_ms(), body)

    async def attach(self, visit: str, data: bytes, media_type: str, role: str) -> str:
        """Seal an attachment; returns its digest. Raises Outage when there is no open evidence."""
        dossier = self._dossiers.get(visit)
        if dossier is None or dossier.sealing:
            raise Outage("evidence_not_open")
        ref = await asyncio.to_thread(dossier.evidence.attach, data, media_type, role)
        body = {"role": role, "digest": ref.digest, "media_type": media_type, "size": ref.size}
        self.mark(visit, "object", body)
        await self._store.evidence.add_object(
            StoredObject(
                recording_of(visit),
                ref.digest,
                visit,
                role,
                media_type,
                ref.size,
                self._counter.now(),
            )
        )
        return str(ref.digest)

    async def read(self, visit: str, digest: str) -> bytes:
        """Open an attachment of a visit whose evidence is open here."""
        dossier = self._dossiers.get(visit)
        if dossier is None:
            raise Refusal("not_found")
        return await asyncio.to_thread(dossier.evidence.read_object, digest)

    async def read_closed(self, visit: str, digest: str) -> bytes:
        """Open an attachment of any visit whose key has not been shredded."""
        recording = await self._store.evidence.recording(recording_of(visit))
        if recording is None:
            raise Refusal("not_found")
        key = await self._keys.get(visit)
        evidence = await asyncio.to_thread(Evidence.open, self.directory(recording), key)
        return await asyncio.to_thread(evidence.read_object, digest)

    async def _attest(self, dossier: Dossier) -> None:
        wait = min(FIRST_HEAD_SECONDS, self._times.head)
        while not dossier.sealing:
            await asyncio.sleep(wait)
            wait = self._times.head
            if not dossier.sealing:
                try:
                    await self._head(dossier)
                except Exception:  # the next head attests what this one did not
                    log.exception("head_failed", visit=dossier.visit)

    async def _head(self, dossier: Dossier) -> None:
        now = self._counter.now()
        due = dossier.stamped_at is None or (
            now - dossier.stamped_at >= timedelta(seconds=self._times.stamp)
        )
        async with dossier.busy:
            if dossier.sealing:
                return
            head = await asyncio.to_thread(
                dossier.evidence.head, now, self._signer, self._stamper if due else None
            )
        dossier.stamped_at = now if head.stamped else dossier.stamped_at
        row = Head(recording_of(dossier.visit), head.n, now, head.digest, head.stamped)
        await self._store.evidence.add_head(row)
        self._on_head(dossier.visit, head.n, now, head.digest)

    def _log_failed(self, visit: str, error: BaseException) -> None:
        log.error("events_log_failed", visit=visit, error=repr(error))
        command = c.RecordingFailed("events", type(error).__name__)
        self._crew.start(self._try(visit, command), "evidence.failed")

    async def _try(self, visit: str, command: c.Command) -> None:
        await self._counter.try_act(visit, command)

    # ---- the end

    def media_ended(self, visit: str) -> None:
        """The recorders have sealed their last segment."""
        dossier = self._dossiers.get(visit)
        if dossier is not None:
            dossier.media_ended = True
            self._maybe_seal(dossier)

    def _heard(self, visit: Visit, events: Sequence[Event]) -> None:
        dossier = self._dossiers.get(visit.id)
        if dossier is None:
            return
        for event in events:
            if dossier.sealing:
                dossier.afterwards.append(event)
            else:
                name, body = encode(event)
                self.mark(visit.id, name, body)
            if isinstance(event, e.WrappedUp):
                dossier.wrapped_up = True
        self._maybe_seal(dossier)
        if visit.state is VisitState.CLOSED and visit.effect is not Effect.PENDING:
            self._crew.start(self._settle(visit), "evidence.close")

    def _maybe_seal(self, dossier: Dossier) -> None:
        if dossier.ready_to_seal:
            dossier.sealing = True
            self._crew.start(self._seal(dossier), "evidence.seal")

    async def _seal(self, dossier: Dossier) -> None:
        """The call seal; whatever goes wrong, the visit hears that it is not sealed."""
        manifest, verified = "", False
        try:
            async with dossier.busy:
                await asyncio.to_thread(dossier.events.close)
                visit = await self._store.visits.get(dossier.visit)
                outcome = {
                    "outcome": visit.outcome.value if visit.outcome else None,
                    "service": visit.service,
                    "script": visit.script,
                }
                seal = await asyncio.to_thread(
                    dossier.evidence.seal,
                    self._counter.now(),
                    self._signer,
                    self._stamper,
                    outcome,
                )
                manifest = seal.digest
            verdict = await asyncio.to_thread(verify, dossier.evidence.directory)
            verified = verdict.status == "complete"
            await self._store.evidence.update(
                recording_of(dossier.visit),
                state="sealed" if verified else "interrupted",
                sealed_at=self._counter.now(),
                manifest=manifest,
                verdict=verdict.status,
                duration_ms=dossier.at_ms(),
            )
        finally:
            await self._try(dossier.visit, c.CallSealed(manifest, verified))

    async def _settle(self, visit: Visit) -> None:
        """The closing seal over what came after the call: review, effect, receipt."""
        dossier = self._dossiers.pop(visit.id, None)
        if dossier is None:
            return
        key = await self._keys.get(visit.id)
        async with dossier.busy:
            await asyncio.to_thread(self._write_afterwards, dossier, visit, key)
        if self._shred_refused and visit.reason_code == "consent_aloud_refused":
            await self._keys.shred(visit.id, self._counter.now())
        self._keys.forget(visit.id)

    def _write_afterwards(self, dossier: Dossier, visit: Visit, key: bytes) -> None:
        directory, recording = dossier.evidence.directory, recording_of(visit.id)
        after = EventLog(directory, recording, key, dossier.epoch, log="afterwards")
        for event in dossier.afterwards:
            name, body = encode(event)
            after.mark(name, dossier.at_ms(), body)
        after.close()
        dossier.evidence.close(self._counter.now(), self._signer, self._stamper)

    # ---- later

    def directory(self, recording: Recording) -> Path:
        return self._root / recording.directory

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
            return "broken"
        if verdict.stamped is not None:
            return "stands"
        evidence = await asyncio.to_thread(Evidence.open, directory)
        stamped = await asyncio.to_thread(evidence.stamp_pending, self._stamper)
        return "stands" if stamped else "unstamped"

    # ---- after a crash

    async def take_up(self, visit: Visit) -> bool:
        """Open the evidence of a visit that the last desk left behind; False when there is none."""
        recording = await self._store.evidence.recording(recording_of(visit.id))
        if recording is None:
            return False
        key = await self._keys.get(visit.id)
        directory = self.directory(recording)
        evidence = await asyncio.to_thread(Evidence.open, directory, key)
        await asyncio.to_thread(evidence.recover)
        age = (self._counter.now() - recording.started_at).total_seconds()
        epoch = time.monotonic() - max(0.0, age)
        dossier = self._dossier(visit.id, evidence, directory, key, epoch, recording.started_at)
        dossier.wrapped_up = visit.teller_released
        return True

    async def close(self) -> None:
        """Seal what the events logs still hold in memory; what is open is taken up next time."""
        for dossier in self._dossiers.values():
            await asyncio.to_thread(dossier.events.close)
