"""Keeps what visits are found by: written once the call is sealed, anew whenever something follows.

The visit's own key is in memory then, as a rule; searching opens none at all.
"""

import asyncio
from collections.abc import Sequence

import structlog

from recording.errors import Damage
from recording.playback import marks as read_marks
from teller_server.desk.counter import Counter
from teller_server.desk.evidence import EvidenceDesk
from teller_server.desk.fields import FieldCipher
from teller_server.desk.keys import DataKeys, recording_of
from teller_server.desk.purposes import INDEX
from teller_server.desk.search_terms import (
    MOST_WORDS,
    WordKey,
    mark_term,
    marks,
    says,
    texts,
    words,
)
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.events import Event
from teller_server.domain.state import Visit, VisitState
from teller_server.store.store import Store

log = structlog.get_logger(__name__)

AT_ONCE = 50
MOST_FAILED = (
    10_000  # remembered; what is forgotten beyond keeps the terms it had, and the log its name
)


class SearchIndex:
    """Hears of every visit, and indexes those that are sealed, one after another."""

    def __init__(
        self,
        store: Store,
        counter: Counter,
        keys: DataKeys,
        evidence: EvidenceDesk,
        word_key: WordKey,
    ) -> None:
        self._store = store
        self._counter = counter
        self._keys = keys
        self._evidence = evidence
        self._word_key = word_key
        self._changed: dict[str, None] = {}
        self._failed: dict[str, None] = {}
        counter.listen(self._heard)

    def _heard(self, visit: Visit, events: Sequence[Event]) -> None:
        if visit.sealed and any(says(visit, event) for event in events):
            self._changed[visit.id] = None

    async def round(self) -> None:
        """Index what has changed since the last round."""
        changed, self._changed = self._changed, {}
        for visit in changed:
            await self._try(visit)

    async def catch_up(self) -> None:
        """Visits that no round reached: of earlier releases, before a crash, or while something
        they need was away."""
        failed, self._failed = self._failed, {}
        for visit in {**failed, **dict.fromkeys(await self._store.search.missing(AT_ONCE))}:
            await self._try(visit)

    async def _try(self, visit: str) -> None:
        try:
            await self.index(visit)
        except Refusal:
            return  # its key was shredded: nothing finds it any more
        except (Outage, Damage, OSError) as why:
            if len(self._failed) < MOST_FAILED:
                self._failed[visit] = None
            log.warning("not_indexed", visit=visit, why=str(why))

    async def index(self, visit_id: str) -> None:
        """Write what this visit is found by. Raises Refusal key_shredded; Outage; Damage."""
        visit = await self._store.visits.get(visit_id)
        told = [one.event for one in await self._store.visits.events(visit_id)]
        key = await self._keys.get(visit_id, INDEX)
        cipher = FieldCipher(visit_id, key)
        noted = await self._noted(visit_id, key)
        said = await asyncio.to_thread(lambda: {w for t in texts(told, cipher) for w in words(t)})
        kept = sorted(said)[:MOST_WORDS]
        terms = {mark_term(one) for one in marks(visit, told, noted)}
        terms |= {self._word_key.term(word) for word in kept}
        cut = len(kept) < len(said)
        await self._store.search.replace(visit_id, terms, self._counter.now(), cut=cut)
        if visit.state is VisitState.CLOSED:
            self._keys.put_away(visit_id)

    async def _noted(self, visit: str, key: bytes) -> list[dict[str, object]]:
        """The marks that stand in the recording alone; none where they can't be read."""
        recording = await self._store.evidence.recording(recording_of(visit))
        if recording is None:
            return []
        try:
            directory = self._evidence.directory(recording)
            return await asyncio.to_thread(read_marks, directory, key)
        except (Damage, OSError):
            return []
