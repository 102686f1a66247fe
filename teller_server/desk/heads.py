"""Attested heads of running visits: signed, kept for the customer's receipt, then stamped."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from recording.errors import Damage
from recording.evidence import Evidence
from recording.heads import Head as Signed
from recording.seal import Signer, Stamper
from teller_server.desk.counter import Counter
from teller_server.desk.dossier import Dossier
from teller_server.desk.keys import recording_of
from teller_server.store.evidence import EvidenceStore, Head

log = structlog.get_logger(__name__)

FIRST_HEAD_SECONDS = 5.0

HeadHeard = Callable[[str, int, datetime, str], None]
"""(visit, n, at, digest) of each attested head."""


@dataclass(frozen=True)
class HeadTimes:
    """Seconds between attested heads, and between their timestamps."""

    head: float
    stamp: float


class Heads:
    """Attests where the logs of every open visit stand, as often as the settings say."""

    def __init__(
        self,
        store: EvidenceStore,
        counter: Counter,
        signer: Signer,
        stamper: Stamper,
        times: HeadTimes,
        on_head: HeadHeard,
    ) -> None:
        self._store = store
        self._counter = counter
        self._signer = signer
        self._stamper = stamper
        self._times = times
        self._on_head = on_head

    async def attest_on(self, dossier: Dossier) -> None:
        """One head after another until the visit is sealed."""
        wait = min(FIRST_HEAD_SECONDS, self._times.head)
        while not dossier.sealing:
            await asyncio.sleep(wait)
            wait = self._times.head
            try:
                await self.attest(dossier)
            except Exception:  # the next head attests what this one did not
                log.exception("head_failed", visit=dossier.visit)

    async def attest(self, dossier: Dossier) -> None:
        """One head, unless the seal has been begun."""
        now = self._counter.now()
        async with dossier.busy:
            if dossier.sealing:
                return
            head = await asyncio.to_thread(dossier.evidence.head, now, self._signer)
            await self._keep(dossier.visit, head)
            self._on_head(dossier.visit, head.n, now, head.digest)
            if self._stamp_due(dossier, now):
                await self._stamp(dossier, head)

    def _stamp_due(self, dossier: Dossier, now: datetime) -> bool:
        last = dossier.stamped_at
        return last is None or now - last >= timedelta(seconds=self._times.stamp)

    async def _stamp(self, dossier: Dossier, head: Signed) -> None:
        """After it is kept: a slow timestamp authority holds nothing back from the receipt."""
        if await asyncio.to_thread(dossier.evidence.stamp_head, head.n, self._stamper):
            dossier.stamped_at = head.at
            await self._store.stamped(recording_of(dossier.visit), head.n)

    async def _keep(self, visit: str, head: Signed) -> None:
        row = Head(recording_of(visit), head.n, head.at, head.digest, head.stamped)
        await self._store.add_head(row)

    async def take_up(self, visit: str, evidence: Evidence) -> None:
        """Keep what was signed just before the power went and is only on the disk."""
        kept = {head.n for head in await self._store.heads(recording_of(visit))}
        try:
            found = await asyncio.to_thread(evidence.attested)
        except Damage:  # `verify` will say which; the visit goes on
            log.exception("head_damaged", visit=visit)
            return
        for head in found:
            if head.n not in kept:
                await self._keep(visit, head)
