"""Visit ↔ registers: what they are asked, and each answer sealed before the visit hears of it.

A question runs within bounds in a task of its own; whatever happens to it, it ends in an answer:
one that ran for ever would hold up the step. A portrait leaves the house only with the consent to
have the face processed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.evidence import EvidenceDesk
from teller_server.desk.facts import FactsDesk
from teller_server.desk.script_shelf import Scripts
from teller_server.desk.subjects import Subject, subject_of
from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain.events import Event
from teller_server.domain.registers import Register
from teller_server.domain.state import Visit
from teller_server.store.visits import VisitStore
from teller_server.systems.registry import Answer, Registry

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 32.0
"""Just longer than an adapter may take in all."""
AT_ONCE = 8
_WORST = ("mismatch", "unreachable", "match")


class RegistryDesk:
    """Asks what the visit wants to know, a few questions at a time."""

    def __init__(
        self,
        counter: Counter,
        crew: Crew,
        visits: VisitStore,
        evidence: EvidenceDesk,
        facts: FactsDesk,
        scripts: Scripts,
        registry: Registry,
        ring: Callable[[str], None],
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._counter = counter
        self._crew = crew
        self._visits = visits
        self._evidence = evidence
        self._facts = facts
        self._scripts = scripts
        self._registry = registry
        self._ring = ring
        self._patience = patience
        self._asking = asyncio.Semaphore(AT_ONCE)
        counter.listen(self._heard)

    def _heard(self, visit: Visit, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, e.RegistryAsked):
                self._crew.start(self._ask(visit.id, event), "registry")

    async def _ask(self, visit: str, asked: e.RegistryAsked) -> None:
        answer = await self._answer(visit, asked)
        kept = ""
        if answer.raw:
            answer, kept = await self._keep(visit, asked.check, answer)
        command = c.AnswerRegistry(
            asked.step,
            asked.check,
            asked.attempt,
            answer.outcome,
            answer.reasons,
            answer.reference,
            kept,
            answer.asked_at,
        )
        if await self._counter.try_act(visit, command) is not None:
            self._ring(visit)

    async def _answer(self, visit_id: str, asked: e.RegistryAsked) -> Answer:
        """The register's answer; without one, what stands for it."""
        since = self._counter.now()
        try:
            async with asyncio.timeout(self._patience), self._asking:
                visit = await self._visits.get(visit_id)
                return await self._put(visit, asked)
        except TimeoutError:
            return _none("registry_timeout", since)
        except Exception as error:  # a person decides what follows; the log has no more than a kind
            log.warning("registry_not_asked", visit=visit_id, check=asked.check, kind=_kind(error))
            return _none("not_asked", since)

    async def _put(self, visit: Visit, asked: e.RegistryAsked) -> Answer:
        script, facts = self._scripts.of(visit), await self._facts.of(visit)
        subject = subject_of(script, facts, asked.step)
        if subject.lacks(asked.check):
            return _none("registry_fact_missing", self._counter.now())
        return await self._questions(visit, asked)[asked.check](subject)

    def _questions(
        self, visit: Visit, asked: e.RegistryAsked
    ) -> Mapping[Register, Callable[[Subject], Awaitable[Answer]]]:
        async def citizen(subject: Subject) -> Answer:
            portrait = await self._portrait(visit, asked.party)
            return await self._registry.citizen(subject.name, subject.document, portrait)

        return {
            "citizen": citizen,
            "phone": lambda s: self._registry.phone(s.phone, s.document),
            "company": lambda s: self._registry.company(s.credit_code, s.company, s.name),
            "screening": self._screen,
        }

    async def _screen(self, subject: Subject) -> Answer:
        """The person; or the company and whoever owns it."""
        if not subject.company:
            return await self._registry.screening(subject.name, subject.document, "person")
        found = [await self._registry.screening(subject.company, subject.credit_code, "company")]
        if subject.owner:
            code = subject.document if subject.owner == subject.name else subject.credit_code
            found.append(await self._registry.screening(subject.owner, code, "owner"))
        return _together(found)

    async def _portrait(self, visit: Visit, party: str) -> bytes | None:
        document = visit.person(party).document
        if document is None or document.portrait is None or not visit.consented(party, "face"):
            return None
        return await self._evidence.read(visit.id, document.portrait)

    async def _keep(self, visit: str, check: str, answer: Answer) -> tuple[Answer, str]:
        """An answer that can't be sealed is none: nothing rests on what nobody can look up."""
        try:
            kept = await self._evidence.attach(
                visit, answer.raw, "application/json", f"registry_{check}"
            )
        except Exception as error:
            log.warning("registry_not_kept", visit=visit, check=check, kind=_kind(error))
            return _none("not_asked", answer.asked_at), ""
        return answer, kept


def _together(found: Sequence[Answer]) -> Answer:
    """Several answers as one: the worst counts."""
    worst = min(found, key=lambda one: _WORST.index(one.outcome))
    return replace(
        worst,
        reasons=tuple(dict.fromkeys(code for one in found for code in one.reasons)),
        reference=" ".join(one.reference for one in found if one.reference),
        raw=b"\n".join(one.raw for one in found if one.raw),
    )


def _none(reason: str, at: datetime) -> Answer:
    return Answer("unreachable", at, (reason,))


def _kind(error: Exception) -> str:
    return str(getattr(error, "code", type(error).__name__))
