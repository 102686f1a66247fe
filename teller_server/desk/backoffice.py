"""Visit ↔ the bank's own systems: what was decided is committed, once, and only on good evidence.

An effect is claimed from the transactional outbox. The call seal is verified again from the disk
and, where a second person had to agree, that decision as well. Then the core is asked with the
effect's own key, so that a second attempt does nothing new. What is given up waits for an
administrator.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal, Protocol

import structlog
from sqlalchemy import Connection

from teller_server.desk.counter import Counter
from teller_server.desk.facts import FactsDesk, VisitFacts
from teller_server.desk.fields import FieldCipher, LookupKey
from teller_server.desk.final_papers import Archive, final_digests
from teller_server.desk.keys import DataKeys
from teller_server.desk.newcomer import RECEIPT
from teller_server.desk.notices import NoticeDesk
from teller_server.desk.orders import order_of
from teller_server.desk.purposes import SERVICE
from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.errors import Damage, Outage, Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.repudiation import not_repudiated
from teller_server.domain.state import Visit
from teller_server.store import fields
from teller_server.store.fields import SealedField
from teller_server.store.ledger import Applied
from teller_server.store.notices import NoticeLook, keep_notices
from teller_server.store.outbox import EffectJob, EffectLook
from teller_server.store.store import Store
from teller_server.systems.port import Backoffice, Order, Receipt, Seals

log = structlog.get_logger(__name__)

MOST_PATIENT = 6  # waits of about a minute, for as long as it takes


class CallWitness(Protocol):
    """Judges the evidence of a call by what is on the disk now."""

    async def stands(
        self, visit: str, manifest: str
    ) -> Literal["stands", "unstamped", "broken"]: ...


class DecisionWitness(Protocol):
    """Judges the sealed decision of a second person by what is on the disk now."""

    async def decision_stands(self, visit: Visit) -> bool: ...


class BackOffice:
    """Carries effects from the outbox to the core, and what an administrator wants of them."""

    def __init__(
        self,
        store: Store,
        counter: Counter,
        keys: DataKeys,
        facts: FactsDesk,
        calls: CallWitness,
        core: Backoffice,
        notices: NoticeDesk,
        decisions: DecisionWitness,
        archive: Archive,
        lookup: LookupKey,
    ) -> None:
        self._store = store
        self._counter = counter
        self._keys = keys
        self._facts = facts
        self._calls = calls
        self._core = core
        self._notices = notices
        self._decisions = decisions
        self._archive = archive
        self._lookup = lookup

    async def round(self) -> None:
        """Commit every effect that is due now."""
        for job in await self._store.outbox.claim(self._counter.now()):
            try:
                await self._carry(job)
            except Exception:  # one that can't be carried now must not hold up the others
                log.exception("effect_not_carried", visit=job.visit, attempt=job.attempt)
                await self._failed(job, "not_carried", final=False)

    async def propose(self, visit: Visit) -> tuple[str, ...]:
        """Codes of why the bank would refuse what the visit comes to; none when it wouldn't.

        It binds nobody: the order is sent again, and then it counts, after the seal. Outage when
        the bank can't be asked now.
        """
        name = visit.effect_name
        if name is None:
            return ()
        facts = await self._facts.of(visit)
        try:
            order = await self._order(visit, _look_ahead(visit, name, self._counter.now()), facts)
            return (await self._core.propose(order)).reasons
        except Refusal as refusal:
            return (refusal.code,)

    # ---- an administrator

    async def held_up(self) -> tuple[Sequence[EffectLook], Sequence[NoticeLook]]:
        """Effects that were given up or failed before, and notices that were given up."""
        return await self._store.outbox.held_up(), await self._store.notices.given_up()

    async def retry(self, visit: str, by: str, purpose: str) -> Applied:
        """Try again what was given up, under the same key.

        Refusal effect_not_given_up, repudiated.
        """
        await self._given_up(visit)
        not_repudiated(await self._store.visits.get(visit))
        await self._note(visit, by, "effect_retried", purpose)
        return await self._counter.act(visit, c.RetryEffect(by))

    async def cancel(self, visit: str, by: str, purpose: str) -> Applied:
        """Give it up for good, if the bank has not carried it out: then that is what happened.

        Refusal effect_not_given_up; Outage when the bank can't be asked: nothing has changed.
        """
        look = await self._given_up(visit)
        await self._note(visit, by, "effect_cancelled", purpose)
        receipt = await self._core.cancel(look.key)
        if receipt is None:
            return await self._counter.act(visit, c.CancelEffect(by, "withdrawn"))
        return await self._taken(await self._store.visits.get(visit), look, receipt)

    async def taken_after_all(self, visit: Visit, receipt: Receipt) -> None:
        """The bank had carried out what was to be withdrawn: that is what happened."""
        look = await self._store.outbox.look(visit.id)
        if look is not None:
            await self._taken(visit, look, receipt)

    async def _taken(self, visit: Visit, look: EffectLook, receipt: Receipt) -> Applied:
        job = EffectJob(look.key, visit.id, look.effect, look.attempts, "", look.created_at)
        facts = await self._facts.of(visit)
        order = await self._order(visit, job, facts)
        return await self._committed(visit, job, order, facts, receipt)

    async def send_again(self, notice: str) -> None:
        """Take up a notice that was given up. Refusal notice_not_given_up."""
        if not await self._store.notices.again(notice, self._counter.now()):
            raise Refusal("notice_not_given_up")

    async def _given_up(self, visit: str) -> EffectLook:
        look = await self._store.outbox.look(visit)
        if look is None or look.state != "dead_lettered":
            raise Refusal("effect_not_given_up")
        return look

    async def _note(self, visit: str, by: str, act: str, purpose: str) -> None:
        """Written before it is done, in the visit's custody chain."""
        cipher = FieldCipher(visit, await self._keys.get(visit, SERVICE))
        detail = {"purpose": cipher.seal("purpose", purpose)}
        await self._store.custody.add(visit, by, act, detail, self._counter.now())

    # ---- one effect

    async def _carry(self, job: EffectJob) -> None:
        visit = await self._store.visits.get(job.visit)
        if visit.repudiation is not None:  # it is withdrawn at the bank, by whoever settles that
            return await self._failed(_patient(job), "repudiated", final=False)
        if not await self._call_stands(visit, job):
            return None
        try:
            seals = Seals(visit.manifest or "", await self._decision(visit))
            facts = await self._facts.of(visit)
            order = await self._order(visit, job, facts)
            receipt = await self._core.commit(order, seals, self._counter.now())
        except Refusal as refusal:
            await self._failed(job, refusal.code, final=True)
        except Outage as outage:
            log.warning("core_not_asked", visit=visit.id, attempt=job.attempt, why=str(outage))
            waits = _patient(job) if outage.code == "decision_not_sealed" else job
            await self._failed(waits, outage.code, final=False)
        else:
            await self._committed(visit, job, order, facts, receipt)
        return None

    async def _order(self, visit: Visit, job: EffectJob, facts: VisitFacts) -> Order:
        """The order with the digests of the papers that a bank would download."""
        papers = await final_digests(self._archive, visit)
        return order_of(visit, job.key, job.effect, facts, papers, job.released_at)

    async def _call_stands(self, visit: Visit, job: EffectJob) -> bool:
        standing = await self._calls.stands(visit.id, visit.manifest or "")
        if standing == "stands":
            return True
        if standing == "unstamped":  # the time authority is away; that is no fault of the visit's
            await self._failed(_patient(job), "timestamp_pending", final=False)
            return False
        log.error("effect_refused", visit=visit.id, reason="evidence_does_not_verify")
        await self._failed(job, "evidence_does_not_verify", final=True)
        return False

    async def _decision(self, visit: Visit) -> str | None:
        """Digest of the second person's agreement; None where none is needed.

        It is the link of that event in the visit's chain, which is recomputed here: whoever knows
        it can't be shown another decision. Refusal decision_missing; Outage decision_not_sealed.
        """
        if visit.review != "checker":
            return None
        try:
            await self._store.visits.verify_chain(visit.id)
        except Damage:
            log.exception("effect_refused", visit=visit.id, reason="events_do_not_verify")
            raise Refusal("evidence_does_not_verify") from None
        told = await self._store.visits.events(visit.id)
        decided = [one for one in told if isinstance(one.event, e.ReviewDecided)]
        last = decided[-1].event if decided else None
        if not isinstance(last, e.ReviewDecided) or not last.approved:
            raise Refusal("decision_missing")
        if not await self._decisions.decision_stands(visit):
            raise Outage("decision_not_sealed")
        return decided[-1].hash

    async def _committed(
        self, visit: Visit, job: EffectJob, order: Order, facts: VisitFacts, receipt: Receipt
    ) -> Applied:
        """The visit learns its receipt; with it are written the notices, and what finds it."""
        now = self._counter.now()
        written = await self._notices.of(visit, order, facts.before, receipt)
        cipher = FieldCipher(visit.id, await self._keys.get(visit.id, SERVICE))
        number = SealedText(cipher.seal(RECEIPT, receipt.number))
        found_by = SealedField(number, self._lookup.digest(receipt.number))
        keep_receipt = fields.keep(visit.id, {RECEIPT: found_by})

        def alongside(connection: Connection) -> None:
            keep_notices(connection, written, now)
            keep_receipt(connection)

        work = self._store.outbox.committed(job, str(receipt), now, alongside)
        return await self._counter.take_turn(job.visit, work)

    async def _failed(self, job: EffectJob, why: str, *, final: bool) -> None:
        applied = await self._store.outbox.failed(job, why, self._counter.now(), final=final)
        if applied is not None:
            self._counter.tell(applied)


def _patient(job: EffectJob) -> EffectJob:
    """The job as one that is never given up: what is awaited is not the bank's to do."""
    return replace(job, attempt=min(job.attempt, MOST_PATIENT))


def _look_ahead(visit: Visit, effect: str, now: datetime) -> EffectJob:
    """The effect as if it were asked for now."""
    return EffectJob(f"{visit.id}/{effect}", visit.id, effect, 0, "", now)
