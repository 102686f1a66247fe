"""What the customer's page shows."""

from collections.abc import Mapping
from typing import Any

from teller_server.desk.views.call import call_part
from teller_server.desk.views.scene import BranchFacts, VisitScene
from teller_server.desk.words import word, word_or
from teller_server.domain.script import Step, StepKind
from teller_server.domain.state import QUEUED, SERVING, StepState, Visit, VisitState


def branch_part(branch: BranchFacts) -> dict[str, Any]:
    return {
        "name": branch.name,
        "open": branch.open,
        "hours": branch.hours,
        "reopens": branch.reopens,
    }


def empty_customer_view(branch: BranchFacts, language: str) -> dict[str, Any]:
    """A page without a visit."""
    return {
        "branch": branch_part(branch),
        "language": language,
        "visit": None,
        "queue": None,
        "teller": None,
        "call": None,
        "step": None,
        "reverify": None,
        "receipt": None,
        "notice": None,
    }


def customer_view(branch: BranchFacts, scene: VisitScene) -> dict[str, Any]:
    """The whole state of the customer's page."""
    visit, script, language = scene.visit, scene.script, scene.visit.language
    return {
        "branch": branch_part(branch),
        "language": language,
        "visit": {
            "id": visit.id,
            "ticket": visit.ticket,
            "service": visit.service,
            "service_title": script.title[language],
            "state": visit.state.value,
            "outcome": visit.outcome.value if visit.outcome else None,
            "effect": visit.effect.value,
        },
        "queue": _queue(scene) if visit.state in QUEUED and visit.ticket else None,
        "teller": _teller(scene),
        "call": call_part(scene, "customer"),
        "step": _step(scene),
        "reverify": _reverify(visit),
        "receipt": _receipt(scene) if visit.outcome else None,
        "notice": _notice(scene),
    }


def _queue(scene: VisitScene) -> dict[str, Any]:
    wait = scene.wait
    return {
        "ahead": scene.ahead,
        "position": scene.ahead + 1,
        "wait_low_s": wait.low_s if wait else None,
        "wait_high_s": wait.high_s if wait else None,
        "basis": wait.basis if wait else "few_samples",
    }


def _teller(scene: VisitScene) -> dict[str, Any] | None:
    if not scene.visit.teller or not scene.teller_name:
        return None
    return {"name": scene.teller_name, "number": scene.teller_number}


def _step(scene: VisitScene) -> dict[str, Any] | None:
    visit = scene.visit
    state = visit.current or (visit.upcoming if visit.state in SERVING else None)
    if visit.state not in SERVING or state is None:
        return None
    step = scene.script.step(state.id)
    index = [s.id for s in visit.steps].index(state.id)
    return {
        "id": step.id,
        "kind": step.kind.value,
        "index": index + 1,
        "count": len(visit.steps),
        "title": step.title[visit.language],
        "task": step.task[visit.language],
        "say": step.say.get(visit.language),
        "wait": "teller" if state.status == "todo" else _whose_turn(scene, step, state),
        "document": _document(scene) if step.kind is StepKind.IDENTITY_DOCUMENT else None,
        "form": _form(scene) if step.kind in (StepKind.FORM, StepKind.CONFIRM) else [],
        "can": _can(scene, step, state),
    }


def _whose_turn(scene: VisitScene, step: Step, state: StepState) -> str:
    if step.kind is StepKind.IDENTITY_DOCUMENT and scene.checking_document:
        return "system"
    return "customer" if _can(scene, step, state) else "teller"


def _can(scene: VisitScene, step: Step, state: StepState) -> list[str]:
    if state.status != "current" or scene.visit.state is not VisitState.IN_SERVICE:
        return []
    match step.kind:
        case StepKind.CONSENT_ALOUD | StepKind.CONFIRM:
            return [] if state.answer else ["agree", "refuse"]
        case StepKind.IDENTITY_DOCUMENT:
            accepted = scene.visit.document and scene.visit.document.status == "accepted"
            return [] if scene.checking_document or accepted else ["photograph"]
        case StepKind.FORM:
            return ["see"] if scene.visit.draft and state.answer is None else []
    return []


def _document(scene: VisitScene) -> dict[str, Any]:
    document, language = scene.visit.document, scene.visit.language
    if scene.checking_document:
        return {"status": "checking", "code": None, "message": None}
    if document is None:
        return {"status": "none", "code": None, "message": None}
    rejected = document.status == "rejected" and document.code is not None
    return {
        "status": document.status,
        "code": document.code,
        "message": word_or(f"document.{document.code}", "document.other", language)
        if rejected
        else None,
    }


def _form(scene: VisitScene) -> list[dict[str, Any]]:
    if scene.form is None or scene.visit.draft is None:
        return []
    language = scene.visit.language
    step = scene.script.step(scene.visit.draft.step)
    return [
        {
            "name": field.name,
            "label": field.label[language],
            "before": shown(field, scene.form.before, language),
            "after": shown(field, scene.form.after, language),
        }
        for field in step.fields
        if field.name in scene.form.after
    ]


def shown(field: Any, values: Mapping[str, str], language: str) -> str:
    """A choice is shown by its label, a text as it is."""
    value = values.get(field.name, "")
    for option in field.options:
        if option.value == value:
            return str(option.label[language])
    return value


def _reverify(visit: Visit) -> dict[str, Any] | None:
    if visit.state is not VisitState.REVERIFY:
        return None
    return {
        "reason": visit.reverify or "rejoined",
        "message": word("reverify.customer", visit.language),
    }


def _receipt(scene: VisitScene) -> dict[str, Any] | None:
    visit, script = scene.visit, scene.script
    if visit.outcome is None:
        return None
    return {
        "visit": visit.id,
        "ticket": visit.ticket,
        "service_title": script.title[visit.language],
        "closed_at": (visit.closed_at or visit.ended_at or scene.now).isoformat(),
        "outcome": visit.outcome.value,
        "outcome_title": word(f"outcome.{visit.outcome.value}", visit.language),
        "effect": visit.effect.value,
        "evidence_digest": visit.manifest,
        "seal_status": "sealed" if visit.sealed else ("pending" if visit.recording else "none"),
        "heads": [head.plain() for head in scene.heads],
    }


def _notice(scene: VisitScene) -> dict[str, Any] | None:
    if scene.notice is None:
        return None
    message = word(f"notice.{scene.notice}", scene.visit.language)
    return {"code": scene.notice, "message": message, "severity": "bad"}
