"""Visit ↔ KYC: what stands on a photographed document, as a machine reads and a teller mends it.

A side is read after its photograph was sealed, and whatever happens the reading ends: without one
(`not_read`) the visit goes on, and the teller reads by eye. What was read is sealed like a form.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

import structlog

from kyc.pool import ModelPool
from kyc.reading import DocumentKind, DocumentRead
from kyc.result import Rejected
from teller_server.desk.call import CallDesk
from teller_server.desk.counter import Counter
from teller_server.desk.crew import Crew
from teller_server.desk.evidence import EvidenceDesk
from teller_server.desk.facts import FactsDesk, VisitFacts
from teller_server.desk.service import ServiceDesk
from teller_server.domain import commands as c
from teller_server.domain.document_findings import Known, amended, as_date, judged
from teller_server.domain.document_pages import kind_of
from teller_server.domain.documents import DATES, document_type
from teller_server.domain.errors import Refusal
from teller_server.domain.script import CUSTOMER
from teller_server.domain.state import PageState, StepState, Visit

log = structlog.get_logger(__name__)

NOT_READ = "not_read"
LOOK_SECONDS = 3.0
_KINDS = {
    ("resident_id", "front"): DocumentKind.RESIDENT_ID_FRONT,
    ("resident_id", "back"): DocumentKind.RESIDENT_ID_BACK,
    ("passport", "front"): DocumentKind.PASSPORT,
    ("business_licence", "front"): DocumentKind.BUSINESS_LICENCE,
}

_SEXES = {"男": "M", "male": "M", "m": "M", "女": "F", "female": "F", "f": "F"}


class DocumentDesk:
    """Has sides read, takes corrections, and looks for the document in the live video."""

    def __init__(
        self,
        counter: Counter,
        call: CallDesk,
        evidence: EvidenceDesk,
        models: ModelPool,
        crew: Crew,
        ring: Callable[[str], None],
        facts: FactsDesk,
        service: ServiceDesk,
        timezone: ZoneInfo,
    ) -> None:
        self._counter = counter
        self._call = call
        self._evidence = evidence
        self._models = models
        self._crew = crew
        self._facts = facts
        self._service = service
        self._ring = ring
        self._timezone = timezone
        self.comparing: set[str] = set()

    def reads(self, kind: str, side: str) -> bool:
        """Whether there is a reader for this side."""
        return (kind, side) in _KINDS

    async def read(self, visit: Visit, step: StepState, side: str, picture: bytes) -> None:
        """Have the side read that was just accepted; its end is in the visit in any case."""
        photo, kind = step.pages[side].photo, kind_of(step)
        found = await self._found(visit.id, _KINDS[kind, side], picture)
        if isinstance(found, DocumentRead) and not any(one.text for one in found.fields):
            found = Rejected(next(iter(found.problems), NOT_READ))
        if isinstance(found, Rejected):
            await self._unread(visit.id, step.id, side, photo, found.code)
            return
        try:
            await self._counter.try_act(visit.id, await self._told(visit, step, side, photo, found))
        except Exception as error:  # a key, the disk: what was read is nothing without them
            log.warning("reading_not_kept", visit=visit.id, why=type(error).__name__)
            await self._unread(visit.id, step.id, side, photo, NOT_READ)

    async def _found(
        self, visit: str, kind: DocumentKind, picture: bytes
    ) -> DocumentRead | Rejected:
        try:
            return await self._models.read(picture, kind, self._today())
        except Exception as error:  # a model that is busy or broken keeps nobody waiting
            why = getattr(error, "code", type(error).__name__)
            log.warning("document_not_read", visit=visit, why=why)
            return Rejected(NOT_READ)

    async def _unread(self, visit: str, step: str, side: str, photo: str, code: str) -> None:
        page = tuple(dict.fromkeys((NOT_READ, code)))
        await self._counter.try_act(visit, c.ReadDocument(step, side, photo, page=page))

    async def _told(
        self, visit: Visit, step: StepState, side: str, photo: str, found: DocumentRead
    ) -> c.ReadDocument:
        values = {one.name: one.text for one in found.fields if one.text}
        known = _known(await self._facts.of(visit), step.party)
        problems = {one.name: one.problem for one in found.fields if one.problem}
        problems |= judged(kind_of(step), values, known, self._today())
        return c.ReadDocument(
            step.id,
            side,
            photo,
            await self._service.seal(visit.id, "reading", json.dumps(values, ensure_ascii=False)),
            {one.name: round(one.confidence, 3) for one in found.fields},
            problems,
            tuple(code for code in found.problems if code not in problems.values()),
            await self._evidence.attach(visit.id, found.upright, "image/jpeg", "document_upright"),
            found.engine,
            found.model_sha256,
        )

    async def correct(
        self, visit: Visit, teller: str, step_id: str, side: str, name: str, value: str,
        command_id: str,
    ) -> None:  # fmt: skip
        """Put one field right by the photograph. Raises Refusal no_such_field, form_invalid, …"""
        step, page = _page(visit, step_id, side)
        kind = kind_of(step)
        if name not in document_type(kind).reads.get(side, ()):
            raise Refusal("no_such_field", field=name)
        facts = await self._facts.of(visit)
        after, was = _tidy(name, value), facts.documents.get(step_id, {}).get(side, {})
        problems = amended(
            kind,
            page.reading.problems if page.reading else {},
            name,
            {**was, name: after},
            _known(facts, step.party),
            self._today(),
        )
        command = c.CorrectField(
            step_id,
            side,
            name,
            teller,
            page.photo,
            await self._service.seal(visit.id, "document_field", was.get(name, "")),
            await self._service.seal(visit.id, "document_field", after),
            problems,
        )
        await self._counter.act(visit.id, command, command_id)

    def compare(self, visit: Visit, step_id: str, side: str) -> None:
        """Look for the document of this photograph in the live video, for a few seconds."""
        step, _ = _page(visit, step_id, side)
        if visit.current is None or visit.current.id != step_id:
            raise Refusal("step_not_open", step=step_id)
        if visit.id in self.comparing:
            raise Refusal("document_being_compared")
        self.comparing.add(visit.id)
        self._ring(visit.id)
        self._crew.start(self._compare(visit, step, side), "documents.compare")

    async def _compare(self, visit: Visit, step: StepState, side: str) -> None:
        try:  # what was found is in the visit before the look is over
            await self._counter.try_act(visit.id, await self._looked(visit, step, side))
        finally:
            self.comparing.discard(visit.id)
            self._ring(visit.id)

    async def _looked(self, visit: Visit, step: StepState, side: str) -> c.CompareDocument:
        page = step.pages[side]
        upright = page.reading.upright if page.reading else None
        try:
            still = await self._evidence.read(visit.id, upright or page.photo)
            frames = await self._call.tap(visit.id, step.party, LOOK_SECONDS)
            seen = await self._models.same_document(still, frames)
        except Exception as error:  # the line, a model: advice that isn't there
            why = getattr(error, "code", type(error).__name__)
            log.info("document_not_compared", visit=visit.id, why=why)
            return c.CompareDocument(step.id, side, page.photo, code="no_video")
        likeness = round(seen.likeness, 3)
        return c.CompareDocument(step.id, side, page.photo, seen.found, likeness)

    def _today(self) -> date:
        return self._counter.now().astimezone(self._timezone).date()


def _page(visit: Visit, step_id: str, side: str) -> tuple[StepState, PageState]:
    step = visit.step(step_id)
    if step is None or side not in step.pages:
        raise Refusal("document_missing")
    return step, step.pages[side]


def _tidy(name: str, value: str) -> str:
    """The value in its normal form; a day that is none would never expire."""
    value = value.strip()
    if not value:
        raise Refusal("form_invalid", field=name, why="empty")
    if name not in DATES:
        return _SEXES.get(value.casefold(), value) if name == "sex" else value
    day = as_date(value)
    if day is None:
        raise Refusal("form_invalid", field=name, why="not_a_date")
    return day


def _known(facts: VisitFacts, party: str) -> Known:
    """Nothing is known of a further party before it says something."""
    if party != CUSTOMER:
        return Known()
    said: Mapping[str, str] = facts.intake
    company, code = said.get("company", ""), said.get("credit_code", "")
    return Known(facts.name, facts.document_number, company, code)
