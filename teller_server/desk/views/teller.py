"""What the teller's console shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from teller_server.desk.views.call import call_part, recording_part
from teller_server.desk.views.customer import branch_part
from teller_server.desk.views.scene import BranchFacts, VisitScene
from teller_server.desk.words import word, word_or
from teller_server.domain.script import Step, StepKind
from teller_server.domain.state import SERVING, StepState, Visit, VisitState
from teller_server.domain.visit import blocked, may_decide

OBJECTS = "/api/teller/objects/"


@dataclass(frozen=True)
class Me:
    """The teller's own card."""

    name: str
    number: str
    state: str
    reason: str | None
    skills: Sequence[str]
    languages: Sequence[str]
    visits_today: int
    average_s: int | None


@dataclass(frozen=True)
class Waiting:
    """One line of the queue as this teller sees it."""

    ticket: str
    service_title: str
    language: str
    waiting_since: datetime
    priority: int
    name_masked: str
    status: str
    mine: bool

    def plain(self) -> dict[str, Any]:
        return {**vars(self), "waiting_since": self.waiting_since.isoformat()}


@dataclass(frozen=True)
class TellerScene:
    """Everything a console shows; `offer` and `visit` exclude each other."""

    branch: BranchFacts
    me: Me
    language: str
    queue: Sequence[Waiting] = ()
    waiting: Sequence[datetime] = ()
    offer: VisitScene | None = None
    why: str = "next"
    visit: VisitScene | None = None
    wrap_up_deadline: datetime | None = None
    values: Mapping[str, str] = field(default_factory=dict)


def teller_view(scene: TellerScene) -> dict[str, Any]:
    """The whole state of the console."""
    return {
        "branch": branch_part(scene.branch),
        "me": {**vars(scene.me), "skills": list(scene.me.skills)}
        | {"languages": list(scene.me.languages)},
        "queue": [line.plain() for line in scene.queue],
        "waiting": {
            "count": len(scene.waiting),
            "since": min(scene.waiting).isoformat() if scene.waiting else None,
        },
        "offer": _offer(scene) if scene.offer else None,
        "visit": _visit(scene, scene.visit) if scene.visit else None,
        "notice": _notice(scene),
    }


def _offer(scene: TellerScene) -> dict[str, Any] | None:
    offered = scene.offer
    if offered is None or offered.visit.offer is None:
        return None
    visit = offered.visit
    return {
        "pairing": offered.visit.offer.pairing,
        "ticket": visit.ticket,
        "service_title": offered.script.title[scene.language],
        "language": visit.language,
        "name_masked": offered.person.name_masked if offered.person else "",
        "why": word(f"why.{scene.why}", scene.language),
        "waiting_since": (visit.enqueued_at or visit.opened_at).isoformat(),
        "expires_at": offered.visit.offer.expires_at.isoformat(),
        "declined_before": visit.declined,
    }


def _visit(scene: TellerScene, at: VisitScene) -> dict[str, Any]:
    visit, script, language = at.visit, at.script, scene.language
    person = at.person
    return {
        "id": visit.id,
        "ticket": visit.ticket,
        "service_title": script.title[language],
        "state": visit.state.value,
        "language": visit.language,
        "name_masked": person.name_masked if person else "",
        "document_masked": person.document_masked if person else "",
        "consents": dict(visit.consents),
        "steps": [_step_line(script.step(step.id), step, language) for step in visit.steps],
        "current": _current(at, language),
        "identity": _identity(visit, at.checking_document, language),
        "form": _form(at, language),
        "call": call_part(at, "teller"),
        "recording": recording_part(at),
        "reverify": _reverify(visit, language),
        "outcome": visit.outcome.value if visit.outcome else None,
        "wrap_up_deadline": scene.wrap_up_deadline.isoformat() if scene.wrap_up_deadline else None,
    }


def _step_line(step: Step, state: StepState, language: str) -> dict[str, Any]:
    return {
        "id": step.id,
        "kind": step.kind.value,
        "title": step.title[language],
        "status": state.status,
        "started_at": state.started_at.isoformat() if state.started_at else None,
        "ended_at": state.ended_at.isoformat() if state.ended_at else None,
    }


def _current(at: VisitScene, language: str) -> dict[str, Any] | None:
    visit = at.visit
    state = visit.current or visit.upcoming
    if state is None or visit.state not in SERVING | {VisitState.CONNECTING}:
        return None
    step = at.script.step(state.id)
    code = _blocked(visit, state)
    say = step.say.get(visit.language, "").replace("{teller_name}", at.teller_name)
    return {
        "id": step.id,
        "kind": step.kind.value,
        "title": step.title[language],
        "say": say.replace("{teller_number}", at.teller_number),
        "say_language": visit.language,
        "can": _can(visit, state, code),
        "blocked": code,
        "blocked_message": word_or(f"blocked.{code}", "blocked.connecting", language)
        if code
        else None,
        "customer_answer": state.answer,
    }


def _blocked(visit: Visit, state: StepState) -> str | None:
    match visit.state:
        case VisitState.CONNECTING:
            return "connecting"
        case VisitState.REVERIFY:
            return "reverify_first"
        case VisitState.ON_HOLD:
            return "on_hold"
    if state.status == "todo":
        return "live_video_needed" if state.live_video and not visit.connected else None
    return blocked(visit)


def _can(visit: Visit, state: StepState, code: str | None) -> list[str]:
    if visit.state is VisitState.REVERIFY:
        return _face_actions(visit)
    if visit.state is not VisitState.IN_SERVICE:
        return []
    if state.status == "todo":
        return [] if code else ["start"]
    actions = ["refuse"] if code else ["complete", "refuse"]
    return actions + (_face_actions(visit) if state.kind is StepKind.FACE_MATCH else [])


def _face_actions(visit: Visit) -> list[str]:
    running = visit.check is not None and visit.check.status == "running"
    undecided = visit.check is not None and visit.check.status == "done"
    can_check = visit.face_consent and visit.decision is None and not running and not undecided
    return (["check"] if can_check else []) + (["decide"] if may_decide(visit) else [])


def _identity(visit: Visit, checking: bool, language: str) -> dict[str, Any]:
    document = visit.document
    status = "checking" if checking else (document.status if document else "none")
    return {
        "document": {
            "status": status,
            "photo": _url(document.photo if document else None),
            "portrait": _url(document.portrait if document else None),
        },
        "check": _check(visit, language),
        "decision": {"verdict": visit.decision.verdict, "reason": ""} if visit.decision else None,
        "may": list(may_decide(visit)),
    }


def _check(visit: Visit, language: str) -> dict[str, Any] | None:
    check = visit.check
    if check is None:
        return None
    return {
        "id": check.id,
        "status": check.status,
        "outcome": check.outcome,
        "score": check.score,
        "score_words": word(f"score.{check.outcome or 'none'}", language)
        if check.status != "running"
        else "",
        "reasons": [word_or(f"reason.{code}", "reason.other", language) for code in check.reasons],
        "reason_codes": list(check.reasons),
        "second_opinion": check.second_opinion,
        "live": _url(check.digests.get("live")),
        "portrait": _url(check.digests.get("portrait")),
        "attempt": check.attempt,
    }


def _url(digest: str | None) -> str | None:
    return OBJECTS + digest if digest else None


def _form(at: VisitScene, language: str) -> dict[str, Any] | None:
    state = at.visit.current or at.visit.upcoming
    forms = [step for step in at.script.steps if step.kind is StepKind.FORM]
    if state is None or not forms or at.form is None:
        return None
    step = forms[0]
    form_state = at.visit.step(step.id)
    confirm = next((s for s in at.visit.steps if s.kind is StepKind.CONFIRM), None)
    return {
        "step": step.id,
        "fields": [
            {
                "name": field.name,
                "label": field.label[language],
                "type": field.type,
                "options": [{"value": o.value, "label": o.label[language]} for o in field.options],
                "max_length": field.max_length if field.type == "text" else None,
                "before": at.form.before.get(field.name, ""),
                "after": at.form.after.get(field.name, ""),
                "error": at.form.errors.get(field.name),
            }
            for field in step.fields
        ],
        "customer_seen": form_state is not None and form_state.answer == "seen",
        "confirmed": confirm is not None and confirm.answer == "agreed",
    }


def _reverify(visit: Visit, language: str) -> dict[str, Any] | None:
    if visit.state is not VisitState.REVERIFY:
        return None
    return {"reason": visit.reverify or "rejoined", "message": word("reverify.teller", language)}


def _notice(scene: TellerScene) -> dict[str, Any] | None:
    if scene.visit is None or scene.visit.notice is None:
        return None
    message = word(f"notice.{scene.visit.notice}", scene.language)
    return {"code": scene.visit.notice, "message": message, "severity": "bad"}
