"""The second person: what waits, and what is decided; never by whoever served the visit.

A decision is an act on evidence: freshly signed in, with a grant to view this very visit, and in
its custody chain before it counts.
"""

from datetime import datetime
from typing import Any

import structlog

from teller_server.desk.counter import Counter
from teller_server.desk.fields import FieldCipher
from teller_server.desk.keys import DataKeys
from teller_server.desk.labels import Labels
from teller_server.desk.purposes import SERVICE
from teller_server.desk.script_shelf import Scripts
from teller_server.domain import commands as c
from teller_server.domain import visit as rules
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.objection import may_answer
from teller_server.domain.people import Role
from teller_server.domain.state import ReviewVerdict, Visit
from teller_server.store.store import Store

log = structlog.get_logger(__name__)


class SecondDesk:
    """The checker's work list and verdicts; objections and their answers."""

    def __init__(
        self, store: Store, counter: Counter, keys: DataKeys, labels: Labels, scripts: Scripts
    ) -> None:
        self._labels = labels
        self._store = store
        self._counter = counter
        self._keys = keys
        self._scripts = scripts

    async def waiting(self, account: str, language: str) -> dict[str, Any]:
        """Visits under review, the most urgent first, and objections without an answer."""
        reviews = sorted(await self._store.visits.under_review(), key=_urgency)
        objections = await self._store.visits.objected()
        staff = {one.id: one.display_name for one in await self._store.accounts.all()}
        return {
            "checks": [await self._check(v, account, staff, language) for v in reviews],
            "objections": [await self._objection(v, account, language) for v in objections],
        }

    async def decide(
        self, visit_id: str, account: str, verdict: ReviewVerdict, reason: str | None
    ) -> None:
        """Approve, ask back, refuse, disagree with a refusal.

        Raises Refusal second_person_needed, answer_awaited, refusal_unconfirmed, …
        """
        visit = await self._others(visit_id, account)
        sealed = await self._sealed(visit_id, "question", reason)
        await self._act(visit, account, verdict, c.Review(account, verdict, sealed))

    async def answer_objection(self, visit_id: str, account: str, answer: str) -> None:
        """Answer what a customer objected to. Raises Refusal no_objection_open, …

        Not by whoever refused it either: where nobody else is left, it stays open (`unheard`).
        """
        visit = await self._others(visit_id, account)
        if visit.objection is not None and not may_answer(visit, account):
            raise Refusal("second_person_needed")
        sealed = await self._sealed(visit_id, "answer", answer)
        await self._act(visit, account, "objection", c.AnswerObjection(account, sealed))

    async def unheard(self) -> tuple[Visit, ...]:
        """Objections that no account may answer: an administrator has to appoint somebody."""
        open_ones = await self._store.visits.objected()
        heard = [
            one.id
            for one in await self._store.accounts.all()
            if Role.COMPLIANCE in one.roles and not one.disabled
        ]
        return tuple(
            visit for visit in open_ones if not any(may_answer(visit, one) for one in heard)
        )

    async def overdue(self) -> tuple[Visit, ...]:
        """Reviews that were escalated or are past their time: the next limit gives them up."""
        now = self._counter.now()
        waiting = await self._store.visits.under_review()
        return tuple(visit for visit in waiting if _is_late(visit, now))

    async def watch(self) -> None:
        """Say in the log what stays unanswered for want of somebody who may."""
        for visit in await self.overdue():
            log.error("review_overdue", visit=visit.id)
        for visit in await self.unheard():
            log.error("objection_unheard", visit=visit.id)

    async def _others(self, visit_id: str, account: str) -> Visit:
        """A visit that somebody else served, before its key is touched: else Refusal."""
        visit = await self._store.visits.get(visit_id)
        if visit.teller == account:
            raise Refusal("second_person_needed")
        return visit

    async def _act(self, visit: Visit, account: str, what: str, command: c.Command) -> None:
        """In the custody chain first: who decided what on this evidence."""
        now = self._counter.now()
        rules.apply(visit, command, now)  # what is refused is not written down as decided
        await self._store.custody.add(visit.id, account, f"decided_{what}", {}, now)
        await self._counter.act(visit.id, command)

    async def _sealed(self, visit: str, name: str, text: str | None) -> SealedText:
        if not text or not text.strip():
            return SealedText("")
        cipher = FieldCipher(visit, await self._keys.get(visit, SERVICE))
        return SealedText(cipher.seal(name, text.strip()))

    async def _check(
        self, visit: Visit, account: str, staff: dict[str, str], language: str
    ) -> dict[str, Any]:
        review = visit.under_review
        return {
            **await self._line(visit, account, language),
            "teller": staff.get(visit.teller or "", ""),
            "ended_at": visit.ended_at.isoformat() if visit.ended_at else None,
            "due_at": review.due_at.isoformat() if review else None,
            "escalated": bool(review and review.escalated),
            "returned": review.returned if review else 0,
            "asked": bool(review and review.question),
            "refusal": bool(review and review.refusal),
            "refused_by_me": bool(review and review.refusal and account in review.refused_by),
            "verdict": visit.verdict,
        }

    async def _objection(self, visit: Visit, account: str, language: str) -> dict[str, Any]:
        filed = visit.objection
        return {
            **await self._line(visit, account, language),
            "refused_by_me": account != visit.teller and not may_answer(visit, account),
            "due_at": filed.due_at.isoformat() if filed else None,
        }

    async def _line(self, visit: Visit, account: str, language: str) -> dict[str, Any]:
        return {
            "visit": visit.id,
            "ticket": visit.ticket,
            "service_title": self._scripts.of(visit).title[language],
            "customer_masked": await self._name(visit.id),
            "mine": visit.teller == account,
        }

    async def _name(self, visit: str) -> str:
        return (await self._labels.of([visit])).get(visit, "")


def _is_late(visit: Visit, now: datetime) -> bool:
    asked = visit.under_review
    return asked is not None and (asked.escalated or asked.due_at <= now)


def _urgency(visit: Visit) -> tuple[bool, str]:
    review = visit.under_review
    return (not (review and review.escalated), review.due_at.isoformat() if review else "")
