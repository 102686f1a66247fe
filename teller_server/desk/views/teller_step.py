"""The step in hand, as the teller's console shows it."""

from collections.abc import Mapping
from typing import Any

from teller_server.desk.facts import VisitFacts
from teller_server.desk.views.challenge import (
    challenge_actions,
    judged_by_teller,
    teller_challenge,
)
from teller_server.desk.views.document import document_part, raised_words
from teller_server.desk.views.proposal import proposal_part
from teller_server.desk.views.registers import registers_part, unanswered_registers
from teller_server.desk.views.scene import VisitScene
from teller_server.desk.views.step import (
    code_part,
    hand_over_part,
    moment,
    paper_part,
    party_title,
    ready_part,
    sign_part,
)
from teller_server.desk.words import word_or
from teller_server.domain.fields import Field
from teller_server.domain.guards import not_live
from teller_server.domain.place import not_placed
from teller_server.domain.script import (
    AFTER_CALL,
    Liveness,
    Prompt,
    Question,
    Questions,
    Step,
    StepKind,
    TellerDecision,
)
from teller_server.domain.signing import may_set_aside
from teller_server.domain.state import SERVING, StepState, Visit, VisitState
from teller_server.domain.visit import blocked, may_decide

PAPERS = "/api/teller/papers/"
VERDICTS = ("approve", "refer", "refuse")


def step_lines(scene: VisitScene, language: str) -> list[dict[str, Any]]:
    """Every step of the script, with where it stands."""
    return [
        _line(scene, scene.script.step(state.id), state, language) for state in scene.visit.steps
    ]


def _line(scene: VisitScene, step: Step, state: StepState, language: str) -> dict[str, Any]:
    return {
        "id": step.id,
        "kind": step.kind.value,
        "title": scene.text(step.title, language),
        "status": state.status,
        "party": state.party,
        "party_title": party_title(scene, state.party, language),
        "applies": scene.visit.applies(state),
        "when": state.plan.when or None,
        "after_call": state.kind in AFTER_CALL,
        "started_at": moment(state.started_at),
        "ended_at": moment(state.ended_at),
    }


def current_part(scene: VisitScene, language: str) -> dict[str, Any] | None:
    """The step that is open, or may be opened next."""
    visit = scene.visit
    state = visit.current or visit.upcoming
    if state is None or visit.state not in SERVING | {VisitState.CONNECTING}:
        return None
    step = scene.script.step(state.id)
    code, opened = _blocked(scene, state), state.status == "current"
    return {
        "id": step.id,
        "kind": step.kind.value,
        "title": scene.text(step.title, language),
        "say": scene.text(step.say, visit.language),
        "say_language": visit.language,
        "party": state.party,
        "party_title": party_title(scene, state.party, language),
        "ready_at": ready_part(scene, state),
        "can": _can(visit, state, code) + (challenge_actions(scene, state) if opened else []),
        "blocked": code,
        "blocked_message": word_or(f"blocked.{code}", "blocked.connecting", language)
        if code
        else None,
        "customer_answer": state.answer,
        "questions": _questions(scene, step, state, language) if opened else None,
        "registers": registers_part(scene, state, language),
        "prompts": _prompts(scene, step, state) if opened else None,
        "document": document_part(scene, state, language)
        if opened and state.kind is StepKind.IDENTITY_DOCUMENT
        else None,
        "challenge": teller_challenge(scene, step, state, language) if opened else None,
        "paper": paper_part(scene, step, PAPERS, language) if opened else None,
        "sign": _sign(scene, step, state, language) if opened else None,
        "code": code_part(scene, state) if opened else None,
        "decision": _decision(scene, step, language),
        "hand_over": hand_over_part(scene, step, language),
    }


def _blocked(scene: VisitScene, state: StepState) -> str | None:
    visit = scene.visit
    match visit.state:
        case VisitState.CONNECTING:
            return "connecting"
        case VisitState.REVERIFY:
            return "reverify_first"
        case VisitState.ON_HOLD:
            return "on_hold"
    if state.status == "todo":
        unseen = not_live(visit, state.party) if state.live_video else None
        return unseen or not_placed(visit, state, scene.now)
    return blocked(visit, scene.now)


def _can(visit: Visit, state: StepState, code: str | None) -> list[str]:
    if visit.state is VisitState.REVERIFY:
        return _face_actions(visit)
    if visit.state is not VisitState.IN_SERVICE:
        return []
    if state.status == "todo":
        return [] if code else ["start"]
    actions = ["refuse"] if code else ["complete", "refuse"]
    actions += ["sign_anew"] if may_set_aside(visit) is not None else []
    return actions + (_face_actions(visit) if state.kind is StepKind.FACE_MATCH else [])


def _face_actions(visit: Visit) -> list[str]:
    running = visit.check is not None and visit.check.status == "running"
    undecided = visit.check is not None and visit.check.status == "done"
    can_check = visit.face_consent and visit.decision is None and not running and not undecided
    return (["check"] if can_check else []) + (["decide"] if may_decide(visit) else [])


def _sign(scene: VisitScene, step: Step, state: StepState, language: str) -> dict[str, Any] | None:
    """With the handwriting as it stands on the first paper, once it was made."""
    part, aside = sign_part(scene, step, state, language), may_set_aside(scene.visit)
    if part is None or aside is None:
        return part
    name = aside.plan.papers[0]
    signed = scene.visit.papers[name].signed or ""
    return part | {"mark": f"{PAPERS}{name}/mark?of={signed[:16]}"}


def _questions(
    scene: VisitScene, step: Step, state: StepState, language: str
) -> list[dict[str, Any]] | None:
    """What was drawn, in its order; the first that is not settled is being asked."""
    if not isinstance(step.detail, Questions):
        return None
    pool = {question.id: question for question in step.detail.pool}
    given = scene.facts.answers.get(step.id, {}) if scene.facts else {}
    return [
        _question(scene, pool[name], state, given.get(name, ""), language) for name in state.drawn
    ]


def _question(
    scene: VisitScene, question: Question, state: StepState, value: str, language: str
) -> dict[str, Any]:
    answer = state.answers.get(question.id)
    return {
        "id": question.id,
        "ask": scene.text(question.ask, scene.visit.language),
        **field_part(question.answer, language),
        "expect": question.expect,
        "otherwise": question.otherwise,
        "value": value or None,
        "finding": answer.finding if answer else None,
        "attempts_left": question.attempts - (answer.attempts if answer else 0),
        "flag": question.flag.get(language) if question.flag else None,
    }


def _prompts(scene: VisitScene, step: Step, state: StepState) -> list[dict[str, Any]] | None:
    """The prompts that were drawn, then those without movement that may take a place."""
    if not isinstance(step.detail, Liveness):
        return None
    names = judged_by_teller(state)
    if state.plan.challenged and not names:
        return []
    drawn = [p for name in names for p in step.detail.prompts if p.id == name]
    others = [p for p in step.detail.prompts if p.id not in state.drawn and not p.motor]
    return [_prompt(scene, prompt, state) for prompt in (*drawn, *others)]


def _prompt(scene: VisitScene, prompt: Prompt, state: StepState) -> dict[str, Any]:
    answer = state.answers.get(prompt.id)
    return {
        "id": prompt.id,
        "ask": scene.text(prompt.ask, scene.visit.language),
        "motor": prompt.motor,
        "drawn": prompt.id in state.drawn,
        "digits": state.digits if prompt.digits and prompt.id in state.drawn else None,
        "finding": answer.finding if answer else None,
    }


def field_part(field: Field, language: str) -> dict[str, Any]:
    """A typed value as an input needs it."""
    return {
        "type": field.type,
        "options": [{"value": o.value, "label": o.label[language]} for o in field.options],
        "required": field.required,
        "max_length": field.max_length or None,
        "low": field.low,
        "high": field.high,
    }


def _decision(scene: VisitScene, step: Step, language: str) -> dict[str, Any] | None:
    """What may be decided, and every red flag that stands."""
    if not isinstance(step.detail, TellerDecision):
        return None
    visit = scene.visit
    verdicts = [v for v in VERDICTS if v != "refer" or visit.review == "checker"]
    if visit.unconfirmed:
        verdicts.remove("approve")
    return {
        "verdicts": verdicts,
        "flags": [
            {"id": flag.id, "label": flag.label[language], "blocking": flag.blocking}
            for flag in step.detail.flags
        ],
        "raised": [
            *unanswered_registers(visit, language),
            *(_raised(scene, name, language) for name in visit.raised),
        ],
        "bank": proposal_part(visit, language),
    }


def _raised(scene: VisitScene, name: str, language: str) -> dict[str, str]:
    step_id, _, question_id = name.partition(".")
    step = scene.script.step(step_id)
    if step.kind is StepKind.IDENTITY_DOCUMENT:
        return {"id": name, "label": raised_words(question_id, language)}
    pool = step.detail.pool if isinstance(step.detail, Questions) else ()
    words: dict[str, Mapping[str, str]] = {q.id: q.flag or q.ask for q in pool}
    label = scene.text(words[question_id], language) if question_id in words else name
    return {"id": name, "label": label}


def form_part(scene: VisitScene, language: str) -> dict[str, Any] | None:
    """The form in hand, or the one that comes next; else the last one that was filled in."""
    state = _form_state(scene.visit)
    if state is None or scene.facts is None:
        return None
    step, facts = scene.script.step(state.id), scene.facts
    after = facts.forms.get(step.id, {})
    return {
        "step": step.id,
        "fields": [
            {
                "name": field.name,
                "label": field.label[language],
                **field_part(field, language),
                "before": facts.before.get(field.before or field.name, ""),
                "after": after.get(field.name, ""),
                "read": _taken_over(facts, field),
                "error": None,
            }
            for field in step.fields
        ],
        "customer_seen": state.answer == "seen",
        "confirmed": state.status == "done",
    }


def _taken_over(facts: VisitFacts, field: Field) -> str:
    """What was read on the document, where it can stand in this field."""
    value = facts.read(field.origin) if field.origin else ""
    return value if value and field.error(value) is None else ""


def _form_state(visit: Visit) -> StepState | None:
    now = visit.current or visit.upcoming
    if now is not None and now.kind is StepKind.FORM:
        return now
    filled = [s for s in visit.steps if s.kind is StepKind.FORM and s.id in visit.drafts]
    return filled[-1] if filled else None
