"""What photographs of documents, readings and corrections change of a visit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from . import events as e
from .changes import Changes, with_person, with_step
from .documents import FRONT, document_type
from .state import ComparedState, DocumentState, PageState, ReadingState, Visit

DOCUMENTS = Changes()


@DOCUMENTS.on(e.DocumentAccepted)
def _accepted(visit: Visit, event: e.DocumentAccepted) -> Visit:
    """Another kind of document than before begins anew; a new photograph has not been read."""
    if event.side in ("", FRONT) and document_type(event.kind).portrait:
        state = DocumentState("accepted", event.photo, event.portrait)
        visit = with_person(visit, event.party, document=state)
    step = visit.current
    if step is None or not event.side:
        return visit
    before = step.pages if step.document_kind in ("", event.kind) else {}
    page = PageState(event.photo, event.portrait, event.reads)
    return with_step(
        visit,
        step.id,
        document_kind=event.kind,
        pages={**before, event.side: page},
        refused={side: code for side, code in step.refused.items() if side != event.side},
    )


@DOCUMENTS.on(e.DocumentRefused)
def _refused(visit: Visit, event: e.DocumentRefused) -> Visit:
    """A photograph that can't be used takes the place of an earlier one of that side."""
    step = visit.current
    portrait = step is None or document_type(step.document_kind).portrait
    if event.side in ("", FRONT) and portrait:
        state = DocumentState("rejected", code=event.code)
        visit = with_person(visit, event.party, document=state)
    if step is None or not event.side:
        return visit
    pages = {side: page for side, page in step.pages.items() if side != event.side}
    refused = {**step.refused, event.side: event.code}
    return with_step(visit, step.id, pages=pages, refused=refused)


@DOCUMENTS.on(e.DocumentRead)
def _read(visit: Visit, event: e.DocumentRead) -> Visit:
    reading = ReadingState(
        event.values, event.confidences, event.problems, event.page, event.upright
    )
    return _with_page(visit, event.step, event.side, reading=reading)


@DOCUMENTS.on(e.FieldCorrected)
def _corrected(visit: Visit, event: e.FieldCorrected) -> Visit:
    step = visit.step(event.step)
    reading = step.pages[event.side].reading if step else None
    reading = reading or ReadingState(event.before)
    corrected = {**reading.corrected, event.name: event.after}
    changed = replace(reading, corrected=corrected, problems=event.problems)
    return _with_page(visit, event.step, event.side, reading=changed)


@DOCUMENTS.on(e.DocumentCompared)
def _compared(visit: Visit, event: e.DocumentCompared) -> Visit:
    compared = ComparedState(event.found, event.likeness, event.code)
    return _with_page(visit, event.step, event.side, compared=compared)


def _with_page(visit: Visit, step_id: str, side: str, **changes: Any) -> Visit:
    step = visit.step(step_id)
    if step is None or side not in step.pages:
        return visit
    page = replace(step.pages[side], **changes)
    return with_step(visit, step_id, pages={**step.pages, side: page})
