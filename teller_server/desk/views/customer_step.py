"""The step in hand, as the page of one party shows it."""

from typing import Any

from teller_server.desk.facts import shown
from teller_server.desk.views.challenge import (
    can_decline,
    customer_challenge,
    judged_by_teller,
)
from teller_server.desk.views.coach import coach
from teller_server.desk.views.document import ask_words, customer_document, retake
from teller_server.desk.views.scene import VisitScene
from teller_server.desk.views.step import (
    code_part,
    hand_over_part,
    paper_part,
    party_title,
    ready_part,
    sign_part,
)
from teller_server.domain.document_pages import missing_side
from teller_server.domain.documents import PROMPTS
from teller_server.domain.reading import unread
from teller_server.domain.script import (
    ConsentAsked,
    Disclosure,
    Document,
    Liveness,
    Questions,
    Sign,
    Step,
    StepKind,
)
from teller_server.domain.state import SERVING, StepState, VisitState

PAPERS = "/api/customer/papers/"
_TAPPED = (StepKind.NOTICE, StepKind.CONSENT, StepKind.DISCLOSURE, StepKind.HAND_OVER)


def step_part(scene: VisitScene, party: str) -> dict[str, Any] | None:
    """The current step, or the one that comes next; None outside of service."""
    visit, language = scene.visit, scene.visit.language
    state = visit.current or (visit.upcoming if visit.state in SERVING else None)
    if visit.state not in SERVING or state is None:
        return None
    step = scene.script.step(state.id)
    mine = state.party == party
    can = _can(scene, state) if mine else []
    places = [s.id for s in visit.steps if s.status != "skipped" and visit.applies(s)]
    opened = state.status == "current"
    return {
        "id": step.id,
        "kind": step.kind.value,
        "index": places.index(state.id) + 1,
        "count": len(places),
        "party": state.party,
        "who": None if mine else party_title(scene, state.party, language),
        "mine": mine,
        "title": scene.text(step.title, language),
        "task": scene.text(step.task, language),
        "say": scene.text(step.say, language),
        "wait": _whose_turn(scene, state, mine, can),
        "ready_at": ready_part(scene, state),
        "acknowledge": _acknowledge(step),
        "if_refused": _if_refused(scene, step),
        "refused": mine and opened and state.answer == "refused",
        "document": customer_document(scene, state)
        if step.kind is StepKind.IDENTITY_DOCUMENT
        else None,
        "coach": coach(scene, state, language) if mine else None,
        "form": form_part(scene) if mine and step.kind in _SHOWING_FORM else [],
        "question": _asked(scene, step, state),
        "prompt": _prompt(scene, step, state),
        "challenge": customer_challenge(scene, step, state) if mine else None,
        "paper": paper_part(scene, step, PAPERS, language) if mine and opened else None,
        "sign": sign_part(scene, step, state, language) if mine and opened else None,
        "code": code_part(scene, state) if mine and opened else None,
        "hand_over": hand_over_part(scene, step, language) if mine else None,
        "can": can,
    }


_SHOWING_FORM = (StepKind.FORM, StepKind.DISCLOSURE)


def _whose_turn(scene: VisitScene, state: StepState, mine: bool, can: list[str]) -> str:
    if state.status == "todo":
        return "teller"
    if not mine:
        return "guest"
    checking = state.kind is StepKind.IDENTITY_DOCUMENT and scene.checking_document
    asking = any(one.status == "running" for one in state.registers.values())
    if checking or asking or scene.signing:
        return "system"
    return "customer" if can and state.answer is None else "teller"


def _can(scene: VisitScene, state: StepState) -> list[str]:
    """What this party may do now; the server decides, the page only offers."""
    if state.status != "current" or scene.visit.state is not VisitState.IN_SERVICE:
        return []
    if state.kind in _TAPPED:
        return _taps(scene, state)
    return _works(scene, state)


def _works(scene: VisitScene, state: StepState) -> list[str]:
    """What there is to do in a step that a tap alone does not answer."""
    match state.kind:
        case StepKind.IDENTITY_DOCUMENT:
            takes = missing_side(state) or retake(state)
            return ["photograph"] if takes and not scene.checking_document else []
        case StepKind.FORM:
            return ["see"] if state.id in scene.visit.drafts and state.answer is None else []
        case StepKind.DOCUMENT:
            return _reading(scene, state)
        case StepKind.SIGN:
            return _signing(scene, state)
        case StepKind.LIVENESS:
            return can_decline(state)
        case StepKind.ONE_TIME_CODE:
            return _coding(scene, state)
    return []


def _taps(scene: VisitScene, state: StepState) -> list[str]:
    """A no may be thought over until the teller ends the step."""
    if state.answer not in (None, "refused"):
        return []
    waiting = ready_part(scene, state) is not None
    if "agreed" in state.plan.asks:
        return [*([] if waiting else ["agree"]), *_no(state)]
    return [] if waiting else ["see"]


def _no(state: StepState) -> list[str]:
    """What has been said once is not said again."""
    return [] if state.answer == "refused" else ["refuse"]


def _reading(scene: VisitScene, state: StepState) -> list[str]:
    if state.plan.papers[0] not in scene.visit.papers or state.answer not in (None, "refused"):
        return []
    agrees = "agreed" in state.plan.asks
    read = unread(scene.visit, state, scene.now) is None
    taps = ["agree" if agrees else "read"] if read else []
    return ["turn", *taps, *(_no(state) if agrees else [])]


def _signing(scene: VisitScene, state: StepState) -> list[str]:
    """Who said no and signs after all takes a new code for it."""
    if state.answer == "signed" or scene.signing:
        return []
    code, refused = code_part(scene, state), state.answer == "refused"
    waiting = code is not None and not code["correct"] and code["left"] > 0 and not refused
    again = code is None or (not code["correct"] and code["again_at"] <= scene.now.isoformat())
    return [*(["request_code"] if again else []), *(["sign"] if waiting else []), *_no(state)]


def _coding(scene: VisitScene, state: StepState) -> list[str]:
    code = code_part(scene, state)
    if code is not None and code["correct"]:
        return []
    again = code is None or code["again_at"] <= scene.now.isoformat()
    enter = code is not None and code["left"] > 0
    return [*(["request_code"] if again else []), *(["enter_code"] if enter else [])]


def _acknowledge(step: Step) -> str | None:
    match step.detail:
        case Disclosure(acknowledge=how) | Document(acknowledge=how):
            return how
    return None


def _if_refused(scene: VisitScene, step: Step) -> str | None:
    if not isinstance(step.detail, ConsentAsked | Sign) or not step.detail.if_refused:
        return None
    return scene.text(step.detail.if_refused, scene.visit.language)


def form_part(scene: VisitScene) -> list[dict[str, Any]]:
    """The newest form: before and after, as the party reads them."""
    visit, draft = scene.visit, scene.visit.draft
    current = visit.current or visit.upcoming
    if current is not None and current.kind is StepKind.FORM:
        draft = visit.drafts.get(current.id)
    if scene.facts is None or draft is None:
        return []
    language, values = visit.language, scene.facts.forms.get(draft.step, {})
    return [
        {
            "name": field.name,
            "label": field.label[language],
            "before": shown(
                field, scene.facts.before.get(field.before or field.name, ""), language
            ),
            "after": shown(field, values[field.name], language),
        }
        for field in scene.script.step(draft.step).fields
        if field.name in values
    ]


def _asked(scene: VisitScene, step: Step, state: StepState) -> dict[str, Any] | None:
    """The question that is being asked: the first that is not settled."""
    if not isinstance(step.detail, Questions) or not state.drawn:
        return None
    asks = {question.id: question.ask for question in step.detail.pool}
    return _nth(scene, state, state.drawn, asks)[1]


def _prompt(scene: VisitScene, step: Step, state: StepState) -> dict[str, Any] | None:
    if step.kind is StepKind.IDENTITY_DOCUMENT and state.pages and missing_side(state) is None:
        return _handling(scene, state)
    names = judged_by_teller(state)
    if not isinstance(step.detail, Liveness) or not names:
        return None
    pool = {prompt.id: prompt for prompt in step.detail.prompts}
    asks = {name: prompt.ask for name, prompt in pool.items()}
    now, part = _nth(scene, state, names, asks)
    return part | {"digits": state.digits if pool[now].digits else None}


def _handling(scene: VisitScene, state: StepState) -> dict[str, Any] | None:
    """What to do with the document before the camera; what is looked for is nobody's to know."""
    drawn = [name for name in state.drawn if name in PROMPTS]
    open_one = next((name for name in drawn if name not in state.answers), None)
    if open_one is None:
        return None
    ask = ask_words(open_one, scene.visit.language)
    return {"ask": ask, "index": drawn.index(open_one) + 1, "count": len(drawn)}


def _nth(
    scene: VisitScene, state: StepState, names: tuple[str, ...], asks: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """The first that is not settled, and how the page shows it."""
    done = ("noted", "expected", "unexpected")
    open_ones = [
        name
        for name in names
        if name not in state.answers or state.answers[name].finding not in done
    ]
    current = open_ones[0] if open_ones else names[-1]
    return current, {
        "ask": scene.text(asks[current], scene.visit.language),
        "index": names.index(current) + 1,
        "count": len(names),
    }
