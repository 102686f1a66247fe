"""“This was not me”: heard from a notice's link or from the bank's hotline, and passed on at once.

What waits is withdrawn at the bank; what was carried out is stopped there, by an order of its own.
The bank is asked until it answers; what it refuses waits for a person on the administrator's page.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Protocol

import structlog

from teller_server.desk.counter import Counter
from teller_server.desk.facts import FactsDesk
from teller_server.desk.fields import FieldCipher
from teller_server.desk.keys import DataKeys
from teller_server.desk.purposes import SERVICE
from teller_server.domain import commands as c
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.ids import UNSAID, SealedText
from teller_server.domain.state import Effect, RepudiationState, Visit
from teller_server.domain.state_words import RepudiationEnd
from teller_server.store.store import Store
from teller_server.systems.port import STOP, Backoffice, Order, Receipt, Seals

log = structlog.get_logger(__name__)

AT_ONCE = 20
_WAITING = (Effect.PENDING, Effect.DEAD_LETTERED)


class Books(Protocol):
    """Writes down that the bank had carried a change out after all."""

    async def taken_after_all(self, visit: Visit, receipt: Receipt) -> None: ...


class RepudiationDesk:
    """Hears, passes on, and shows what is open."""

    def __init__(
        self,
        store: Store,
        counter: Counter,
        keys: DataKeys,
        facts: FactsDesk,
        core: Backoffice,
        books: Books,
    ) -> None:
        self._store = store
        self._counter = counter
        self._keys = keys
        self._facts = facts
        self._core = core
        self._books = books

    # ---- heard

    async def by_link(self, secret: str) -> None:
        """By the holder of a notice's link; said twice it is said once.

        Refusal repudiation_link_unknown, nothing_to_repudiate.
        """
        digest = hashlib.sha256(secret.encode()).hexdigest()
        visit, receiver = await self._store.repudiation_links.find(digest, self._counter.now())
        await self._hear(visit, c.Repudiate("link", receiver))

    async def by_hotline(self, visit: str, actor: str, note: str) -> RepudiationState:
        """By whoever answers the bank's hotline; `note` is sealed under the visit's key.

        Returns how it stands. Refusal unknown_visit, nothing_to_repudiate.
        """
        await self._store.visits.get(visit)
        sealed = UNSAID
        if note.strip():
            cipher = FieldCipher(visit, await self._keys.get(visit, SERVICE))
            sealed = SealedText(cipher.seal("repudiation", note.strip()))
        await self._hear(visit, c.Repudiate("hotline", actor, sealed))
        said = (await self._store.visits.get(visit)).repudiation
        assert said is not None
        return said

    async def _hear(self, visit: str, command: c.Repudiate) -> None:
        try:
            await self._counter.act(visit, command)
        except Refusal as refusal:
            if refusal.code != "already_repudiated":
                raise
        else:
            log.warning("visit_repudiated", visit=visit, by=command.by)

    async def waiting(self) -> tuple[Visit, ...]:
        """Repudiated visits that somebody should look at: not settled, or refused by the bank."""
        return await self._store.visits.repudiated(refused=True)

    # ---- passed on

    async def round(self) -> None:
        """Settle what is open; one that fails keeps no other waiting."""
        for visit in (await self._store.visits.repudiated())[:AT_ONCE]:
            said = visit.repudiation
            if said is None or said.end is not None:
                continue
            try:
                await self._settle(visit, said)
            except Outage as outage:
                log.warning("repudiation_waits", visit=visit.id, why=outage.code)
            except Exception:
                log.exception("repudiation_not_settled", visit=visit.id)

    async def _settle(self, visit: Visit, said: RepudiationState) -> None:
        try:
            end, detail = await self._undo(visit, said)
        except Refusal as refusal:
            end, detail = "refused", refusal.code
        if end is not None:
            await self._counter.try_act(visit.id, c.SettleRepudiation(end, detail))

    async def _undo(
        self, visit: Visit, said: RepudiationState
    ) -> tuple[RepudiationEnd | None, str]:
        """What the bank did and its receipt; None: the books have moved, look again next time."""
        look = await self._store.outbox.look(visit.id)
        if look is None or visit.effect not in (*_WAITING, Effect.COMMITTED):
            under_review = visit.closed_at is None and visit.effect_name is not None
            return (None, "") if under_review else ("nothing_done", "")
        if visit.effect in _WAITING:
            receipt = await self._core.cancel(look.key)
            if receipt is None:
                return "withdrawn", ""
            await self._books.taken_after_all(visit, receipt)
            return None, ""
        facts = await self._facts.of(visit)
        body = _stop(look.key, visit, said)
        order = Order(f"{visit.id}/{STOP}", STOP, facts.core_reference, body)
        seals = Seals(visit.manifest or "")
        receipt = await self._core.commit(order, seals, self._counter.now())
        return "stopped", str(receipt)


def _stop(key: str, visit: Visit, said: RepudiationState) -> Mapping[str, Any]:
    """Which order it is about; the same at every attempt."""
    number = Receipt.read(visit.receipt or "").number
    told = {"by": said.by, "at": said.at.isoformat()}
    return {"order": key, "effect": visit.effect_name, "receipt": number, "reported": told}
