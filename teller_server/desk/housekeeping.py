"""What nobody waits for: what a stopped desk left behind, what is over, whose time has run out."""

from teller_server.desk.counter import Counter
from teller_server.desk.evidence import EvidenceDesk
from teller_server.desk.vault import VaultDesk
from teller_server.desk.webhooks import Webhooks
from teller_server.domain.commands import HurryReview
from teller_server.store.store import Store


class Housekeeping:
    """Rounds that the crew walks; each may fail and is walked again."""

    def __init__(
        self,
        store: Store,
        counter: Counter,
        evidence: EvidenceDesk,
        webhooks: Webhooks,
        vault: VaultDesk,
    ) -> None:
        self._store, self._counter = store, counter
        self._evidence, self._webhooks, self._vault = evidence, webhooks, vault

    async def tidy(self) -> None:
        """Missing closing seals; sessions, webhooks and uploads that are over."""
        await self._evidence.seals.close_what_was_left()
        await self._store.sessions.sweep(self._counter.now())
        await self._webhooks.tidy()
        await self._vault.sweep()

    async def hurry_reviews(self) -> None:
        """Second persons whose time has run out."""
        now = self._counter.now()
        for visit in await self._store.visits.under_review():
            if visit.under_review is not None and visit.under_review.due_at <= now:
                await self._counter.try_act(visit.id, HurryReview())
