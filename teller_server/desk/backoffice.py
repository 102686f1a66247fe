"""Visit ↔ the bank's own systems: what was decided is committed, once, and only on good evidence.

An effect is claimed from the transactional outbox, the call seal is verified again from the disk,
then the core is asked with the effect's own key, so that a second attempt does nothing new.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from teller_server.desk.counter import Counter
from teller_server.desk.evidence import EvidenceDesk
from teller_server.desk.fields import FieldCipher
from teller_server.domain.errors import Refusal
from teller_server.domain.state import Visit
from teller_server.store.outbox import EffectJob
from teller_server.store.store import Store

log = structlog.get_logger(__name__)

MOST_PATIENT = 6  # waits of about a minute, for as long as it takes


class Core(Protocol):
    """The bank's own system, as far as this branch needs it."""

    async def apply(
        self, key: str, reference: str, changes: Mapping[str, str], now: datetime
    ) -> str:
        """Make the changes once for `key`; return the core's receipt. Refusal: never will."""


class BackOffice:
    """Carries effects from the outbox to the core."""

    def __init__(self, store: Store, counter: Counter, evidence: EvidenceDesk, core: Core) -> None:
        self._store = store
        self._counter = counter
        self._evidence = evidence
        self._core = core

    async def round(self) -> None:
        """Commit every effect that is due now."""
        for job in await self._store.outbox.claim(self._counter.now()):
            try:
                await self._carry(job)
            except Exception:  # one that can't be carried now must not hold up the others
                log.exception("effect_not_carried", visit=job.visit, attempt=job.attempt)
                await self._failed(job, "not_carried", final=False)

    async def _carry(self, job: EffectJob) -> None:
        visit = await self._store.visits.get(job.visit)
        standing = await self._evidence.seals.stands(visit.id, visit.manifest or "")
        if standing == "unstamped":  # the time authority is away; that is no fault of the visit's
            patient = replace(job, attempt=min(job.attempt, MOST_PATIENT))
            await self._failed(patient, "timestamp_pending", final=False)
            return
        if standing == "broken":
            log.error("effect_refused", visit=visit.id, reason="evidence_does_not_verify")
            await self._failed(job, "evidence_does_not_verify", final=True)
            return
        try:
            reference, changes = await self._change(visit)
            receipt = await self._core.apply(job.key, reference, changes, self._counter.now())
        except Refusal as refusal:
            await self._failed(job, refusal.code, final=True)
        except Exception:
            log.exception("core_unreachable", visit=visit.id, attempt=job.attempt)
            await self._failed(job, "core_unreachable", final=False)
        else:
            work = self._store.outbox.committed(job, receipt, self._counter.now())
            await self._counter.take_turn(job.visit, work)

    async def _change(self, visit: Visit) -> tuple[str, Mapping[str, str]]:
        """Whose record, and only what differs from what stood there."""
        cipher = FieldCipher(visit.id, await self._evidence.data_key(visit.id))
        sealed = await self._store.fields.read(visit.id)
        if visit.draft is None or "core_reference" not in sealed:
            raise Refusal("no_core_customer")
        wanted = json.loads(cipher.open("draft", visit.draft.sealed))
        return cipher.open("core_reference", sealed["core_reference"]), wanted

    async def _failed(self, job: EffectJob, why: str, *, final: bool) -> None:
        applied = await self._store.outbox.failed(job, why, self._counter.now(), final=final)
        if applied is not None:
            self._counter.tell(applied)
