"""Visit ↔ recording: opens the evidence, marks what happens, attests heads, seals at the end.

The media logs are written by the workers; the desk writes the events log, the objects, the heads
and both seals, and holds the keys.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from recording.clocks import boot
from recording.events import EventLog
from recording.evidence import Evidence
from recording.parts import in_use
from recording.seal import Signer, Stamper
from recording.takeover import time_zero
from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.dossier import Dossier
from teller_server.desk.heads import HeadHeard, Heads, HeadTimes
from teller_server.desk.keys import DataKeys, recording_of
from teller_server.desk.purposes import SERVICE, TAKE_UP, Purpose
from teller_server.desk.seals import Seals, settled
from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.events import Event, encode
from teller_server.domain.state import Visit
from teller_server.store.evidence import Recording, StoredObject
from teller_server.store.keys import open_recording
from teller_server.store.store import Store

log = structlog.get_logger(__name__)

AGAIN_SECONDS = 5.0
EVENTS = "events"
LAST_WRITERS_SECONDS, LAST_WRITERS_LOOKS = 15.0, 75


class EvidenceDesk:
    """All evidence of this desk."""

    def __init__(
        self,
        store: Store,
        counter: Counter,
        keys: DataKeys,
        crew: Crew,
        root: Path,
        signer: Signer,
        stamper: Stamper,
        times: HeadTimes,
        on_head: HeadHeard,
        finished: Callable[[str], Awaitable[None]],
        *,
        shred_refused: Callable[[str], Awaitable[object]] | None,
        software: str,
        rules_of: Callable[[Visit], Mapping[str, bytes]],
    ) -> None:
        self._store = store
        self._counter = counter
        self._keys = keys
        self._crew = crew
        self._root = root
        self._software = software
        self._rules_of = rules_of
        self._heads = Heads(store.evidence, counter, signer, stamper, times, on_head)
        self.seals = Seals(
            store, counter, keys, root, signer, stamper, finished, shred_refused=shred_refused
        )
        self._dossiers: dict[str, Dossier] = {}
        counter.listen(self._heard)

    async def data_key(self, visit: str) -> bytes:
        return await self._keys.get(visit, SERVICE)

    # ---- while the call lasts

    async def begin(self, visit: Visit, epoch: float, began: datetime) -> Path:
        """Open the evidence; everything that happened before becomes its first marks."""
        recording = recording_of(visit.id)
        directory = Evidence.place(self._root, recording, began)
        key = await self._keys.get(visit.id, SERVICE)
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
        dossier.early = []
        await self._mark_the_past(dossier)
        for role, written in (await asyncio.to_thread(self._rules_of, visit)).items():
            kind = "application/json" if role == "script" else "application/yaml"
            await self.attach(visit.id, written, kind, role)
        self._crew.start(self._heads.attest_on(dossier), "evidence.heads")
        return directory

    async def _mark_the_past(self, dossier: Dossier) -> None:
        """What is decided meanwhile is heard or read, or both; it is marked once."""
        past = [recorded.event for recorded in await self._store.visits.events(dossier.visit)]
        early, dossier.early = dossier.early or [], None
        for event in past:
            name, body = encode(event)
            dossier.events.mark(name, 0, body)
            if isinstance(event, e.WrappedUp):  # the call was over before its evidence was open
                dossier.wrapped_up = True
        for event in early:
            if event not in past:
                self.mark(dossier.visit, *encode(event))

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
            directory,
            recording_of(visit),
            key,
            epoch,
            epoch_wall=began,
            failed=failed,
            clock=time.monotonic,
        )
        dossier = Dossier(visit, evidence, events, epoch, began)
        self._dossiers[visit] = dossier
        return dossier

    def mark(self, visit: str, kind: str, body: dict[str, Any]) -> None:
        """Fix something on the timeline; before there is a recording it is only in the store."""
        dossier = self._dossiers.get(visit)
        if dossier is not None and not dossier.sealing:
            kept = dossier.newest = dossier.events.mark(kind, dossier.at_ms(), body)
            error = kept.exception() if kept.done() else None
            if error is not None and not dossier.lost_mark:
                dossier.lost_mark = True
                self._log_failed(visit, error)

    async def sealed(self, visit: str) -> str:
        """Wait until every mark so far is on disk; the leaf of the last one's segment (hex).

        Raises Outage `evidence_not_open`, or what the events log failed with.
        """
        dossier = self._dossiers.get(visit)
        if dossier is None or dossier.sealing or dossier.newest is None:
            raise Outage("evidence_not_open")
        return (await asyncio.wrap_future(dossier.newest)).leaf_hex

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

    async def read_closed(self, visit: str, digest: str, purpose: Purpose = SERVICE) -> bytes:
        """Open an attachment of any visit whose key has not been shredded."""
        recording = await self._store.evidence.recording(recording_of(visit))
        if recording is None:
            raise Refusal("not_found")
        key = await self._keys.get(visit, purpose)
        evidence = await asyncio.to_thread(Evidence.open, self.directory(recording), key)
        return await asyncio.to_thread(evidence.read_object, digest)

    async def attest(self, visit: str) -> None:
        """A head now, for what is about to name it; nothing where no evidence is open."""
        dossier = self._dossiers.get(visit)
        if dossier is not None:
            await self._heads.attest(dossier)

    def _log_failed(self, visit: str, error: BaseException) -> None:
        log.error("events_log_failed", visit=visit, error=repr(error))
        command = c.RecordingFailed("events", type(error).__name__)
        self._crew.start(self._try(visit, command), "evidence.failed")

    async def _try(self, visit: str, command: c.Command) -> None:
        await self._counter.try_act(visit, command)

    # ---- the end

    def media_ended(self, visit: str) -> None:
        """The recorders have sealed their last segment, or there never were any."""
        dossier = self._dossiers.get(visit)
        if dossier is None:
            unsealed = c.CallSealed("", verified=False)
            self._crew.start(self._keep(visit, lambda: self._try(visit, unsealed)), "evidence.none")
        else:
            dossier.media_ended = True
            self._maybe_seal(dossier)

    def _heard(self, visit: Visit, events: Sequence[Event]) -> None:
        dossier = self._dossiers.get(visit.id)
        if dossier is not None:
            for event in events:
                if dossier.early is not None:
                    dossier.early.append(event)
                else:
                    self.mark(visit.id, *encode(event))
                if isinstance(event, e.WrappedUp):
                    dossier.wrapped_up = True
            self._maybe_seal(dossier)
        if any(isinstance(event, e.ReviewDecided) for event in events):
            self._crew.start(self._decide(visit.id), "evidence.decision")
        if visit.recording and settled(visit):
            self._dossiers.pop(visit.id, None)
            self._crew.start(self.seals.close(visit), "evidence.close")

    def _maybe_seal(self, dossier: Dossier) -> None:
        if dossier.ready_to_seal:
            dossier.sealing = True
            work = self._keep(dossier.visit, lambda: self._seal(dossier))
            self._crew.start(work, "evidence.seal")

    async def _seal(self, dossier: Dossier) -> None:
        """The call seal. A desk that is stopped meanwhile leaves it to the next one."""
        async with dossier.busy:
            await asyncio.to_thread(dossier.events.close)
            sealed = await self.seals.seal(dossier.visit, dossier.evidence)
        await self._try(dossier.visit, sealed)

    async def _decide(self, visit: str) -> None:
        """Seal the second person's word at once; the commit looks whether it is there."""
        await self.seals.decide(visit)

    async def _keep(self, visit: str, end: Callable[[], Awaitable[None]]) -> None:
        """Until the store has taken it: a visit must not stay open because a disk was full."""
        while True:
            try:
                return await end()
            except Exception:
                log.exception("end_not_kept", visit=visit)
                await asyncio.sleep(AGAIN_SECONDS)

    def directory(self, recording: Recording) -> Path:
        return self.seals.directory(recording)

    # ---- after a crash

    async def take_up(self, visit: Visit) -> None:
        """Go on with the evidence that the last desk left behind, if there is any.

        A seal that it made and could not tell of is judged anew.
        """
        recording = await self._store.evidence.recording(recording_of(visit.id))
        if recording is None or visit.sealed:
            return
        key, directory = await self._keys.get(visit.id, TAKE_UP), self.directory(recording)
        await self._last_writers(directory)
        evidence = await asyncio.to_thread(Evidence.open, directory, key)
        recovery = await asyncio.to_thread(evidence.recover)
        await self._heads.take_up(visit.id, evidence)
        if recovery.sealed:
            await self._try(visit.id, await self.seals.seal(visit.id, evidence))
            return
        until_ms = max((place.until_ms for place in recovery.logs.values()), default=0)
        epoch = await asyncio.to_thread(
            self._time_zero, directory, key, recording.started_at, until_ms
        )
        dossier = self._dossier(visit.id, evidence, directory, key, epoch, recording.started_at)
        dossier.wrapped_up = visit.teller_released

    def _time_zero(self, directory: Path, key: bytes, began: datetime, until_ms: int) -> float:
        """On the monotonic clock where this boot still counts on; else by the wall clock, which may
        have been set, but never before what is recorded."""
        known = time_zero(directory, EVENTS, key, boot())
        if known is not None:
            return known
        age = (self._counter.now() - began).total_seconds()
        return time.monotonic() - max(age, until_ms / 1000)

    async def _last_writers(self, directory: Path) -> None:
        """Workers that outlived their desk seal what they hold and leave; wait for them."""
        for _ in range(LAST_WRITERS_LOOKS):
            if not await asyncio.to_thread(in_use, directory):
                return
            await asyncio.sleep(LAST_WRITERS_SECONDS / LAST_WRITERS_LOOKS)
        log.error("evidence_still_written", directory=directory.name)

    async def close(self) -> None:
        """Finish seals in hand, then end the events logs; what is open is taken up next time."""
        for dossier in list(self._dossiers.values()):
            async with dossier.busy:
                await asyncio.to_thread(dossier.events.close)
