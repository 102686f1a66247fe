"""A document in hand: its sides, what was read there, what is asked of it while it is held up."""

from typing import Any

from teller_server.desk.views.scene import VisitScene
from teller_server.desk.words import WORDS, word, word_or
from teller_server.domain.document_findings import BLOCKING, LONG_TERM
from teller_server.domain.document_pages import asked, kind_of, missing_side, wanted
from teller_server.domain.documents import PROMPTS, document_type
from teller_server.domain.state import PageState, ReadingState, StepState

OBJECTS = "/api/teller/objects/"
SURE = 0.9
"""From this confidence on a field is shown as read surely; the teller looks at it all the same."""
_VALUES = (LONG_TERM, "M", "F")


def document_part(scene: VisitScene, state: StepState, language: str) -> dict[str, Any]:
    """For the teller's console: every side that is asked for, and what is to be looked for."""
    kind = kind_of(state)
    return {
        "kind": kind,
        "title": word_or(f"kind.{kind}", "kind.other", language),
        "checking": scene.checking_document,
        "comparing": scene.comparing_document,
        "sides": [_side(scene, state, side, language) for side in wanted(state)],
        "asks": [_ask(scene, state, name, language) for name in asked(state)],
    }


def _side(scene: VisitScene, state: StepState, side: str, language: str) -> dict[str, Any]:
    page, refused = state.pages.get(side), state.refused.get(side)
    shown: dict[str, Any] = {
        "side": side,
        "title": side_title(kind_of(state), side, language),
        "status": "accepted" if page else "rejected" if refused else "none",
        "message": _why(refused, language) if refused else None,
        "photo": None,
        "upright": None,
        "reading": "none",
        "notes": [],
        "fields": [],
        "compared": None,
    }
    return shown | _page(scene, state, side, page, language) if page else shown


def _page(
    scene: VisitScene, state: StepState, side: str, page: PageState, language: str
) -> dict[str, Any]:
    reading = page.reading
    compared = page.compared
    return {
        "photo": OBJECTS + page.photo,
        "upright": OBJECTS + reading.upright if reading and reading.upright else None,
        "reading": _progress(page),
        "notes": [
            word_or(f"page.{code}", "page.other", language)
            for code in (reading.page if reading else ())
        ],
        "fields": [
            _field(scene, state, side, name, reading, language)
            for name in (document_type(kind_of(state)).reads.get(side, ()) if reading else ())
        ],
        "compared": {
            "found": compared.found,
            "likeness": compared.likeness,
            "failed": bool(compared.code),
        }
        if compared
        else None,
    }


def _progress(page: PageState) -> str:
    if page.reading is None:
        return "running" if page.reads else "none"
    return "done" if page.reading.values else "not_read"


def _field(
    scene: VisitScene,
    state: StepState,
    side: str,
    name: str,
    reading: ReadingState | None,
    language: str,
) -> dict[str, Any]:
    if reading is None:
        return {}
    sides = scene.facts.documents.get(state.id, {}) if scene.facts else {}
    value, code = sides.get(side, {}).get(name, ""), reading.problems.get(name)
    confidence = reading.confidences.get(name)
    return {
        "name": name,
        "label": _label(kind_of(state), name, language),
        "value": value,
        "shown": word(f"value.{value}", language) if value in _VALUES else value,
        "confidence": confidence,
        "sure": confidence is not None and confidence >= SURE,
        "corrected": name in reading.corrected,
        "problem": word_or(f"problem.{code}", "problem.other", language) if code else None,
        "blocking": code in BLOCKING,
    }


def _label(kind: str, name: str, language: str) -> str:
    return word_or(f"field.{kind}.{name}", f"field.{name}", language)


def _ask(scene: VisitScene, state: StepState, name: str, language: str) -> dict[str, Any]:
    """A prompt is said to the party, in its language; a feature is for the teller's eyes."""
    answer, prompt = state.answers.get(name), name in PROMPTS
    spoken = scene.visit.language if prompt else language
    return {
        "id": name,
        "ask": ask_words(name, spoken),
        "feature": not prompt,
        "finding": answer.finding if answer else None,
    }


def ask_words(name: str, language: str) -> str:
    """A prompt, or what to look for."""
    return word(f"handle.{name}" if name in PROMPTS else f"feature.{_bare(name)}", language)


def raised_words(name: str, language: str) -> str:
    """The red flag of something that was not seen."""
    flag = "flag.handle" if name in PROMPTS else "flag.feature"
    return word(flag, language) + ask_words(name, language).rstrip("。.")


def customer_document(scene: VisitScene, state: StepState) -> dict[str, Any]:
    """For the party's page: which side is next, and what was wrong with the last photograph."""
    language, kind = scene.visit.language, kind_of(state)
    side = missing_side(state) or retake(state)
    code = _advice(state, side)
    status = "checking" if scene.checking_document else _status(state)
    return {
        "status": status,
        "code": code,
        "message": _why(code, language) if code and status != "checking" else None,
        "kind": kind,
        "kinds": [
            {"id": one, "title": word_or(f"kind.{one}", "kind.other", language)}
            for one in state.plan.types
        ]
        if not state.pages
        else [],
        "side": side,
        "side_title": side_title(kind, side, language) if side else None,
        "sides": [
            {
                "side": one,
                "title": side_title(kind, one, language),
                "done": one in state.pages,
            }
            for one in wanted(state)
        ],
    }


def retake(state: StepState) -> str | None:
    """A side that was taken and could not be read, for a reason that another picture may mend."""
    return next((side for side in state.pages if _mendable(state.pages[side])), None)


def side_title(kind: str, side: str, language: str) -> str:
    """What a side of such a document is called."""
    return word_or(f"side.{kind}.{side}", f"side.{side}", language)


def _status(state: StepState) -> str:
    if missing_side(state) is None:
        return "accepted"
    return "rejected" if state.refused else "none"


def _advice(state: StepState, side: str | None) -> str | None:
    if side is None:
        return None
    page = state.pages.get(side)
    return _mendable(page) if page else state.refused.get(side)


def _mendable(page: PageState) -> str | None:
    codes = page.reading.page if page.reading else ()
    return next((code for code in codes if f"document.{code}" in WORDS), None)


def _why(code: str, language: str) -> str:
    return word_or(f"document.{code}", "document.other", language)


def _bare(name: str) -> str:
    return name.rpartition(".")[2]
