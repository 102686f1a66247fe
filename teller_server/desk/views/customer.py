"""What the customer's page shows."""

from typing import Any

from teller_server.desk.views.call import call_part
from teller_server.desk.views.customer_step import step_part
from teller_server.desk.views.place import customer_place
from teller_server.desk.views.scene import BranchFacts, VisitScene
from teller_server.desk.views.step import guest_lines
from teller_server.desk.words import word, word_or
from teller_server.domain.script import CUSTOMER, HandOver, StepKind
from teller_server.domain.state import COMPLETED, QUEUED, Effect, Outcome, Visit, VisitState
from teller_server.systems.port import STATUS_WORDS, Receipt


def branch_part(branch: BranchFacts) -> dict[str, Any]:
    return {
        "name": branch.name,
        "open": branch.open,
        "hours": branch.hours,
        "reopens": branch.reopens,
    }


def customer_view(branch: BranchFacts, scene: VisitScene, party: str = CUSTOMER) -> dict[str, Any]:
    """The whole state of the page of the customer, or of a further party."""
    visit, script, language = scene.visit, scene.script, scene.visit.language
    left = _left(visit, party)
    return {
        "branch": branch_part(branch),
        "language": language,
        "visit": {
            "id": visit.id,
            "ticket": visit.ticket,
            "service": visit.service,
            "service_title": script.title[language],
            "state": visit.state.value,
            "outcome": _told(visit.outcome) if visit.outcome else None,
            "effect": visit.effect.value,
        },
        "party": party,
        "left": left,
        "queue": _queue(scene) if visit.state in QUEUED and visit.ticket else None,
        "teller": _teller(scene),
        "call": call_part(scene, party),
        "step": None if left else step_part(scene, party),
        "guests": guest_lines(scene, language) if party == CUSTOMER else [],
        "reverify": _reverify(visit, party),
        "review": _review(visit),
        "receipt": _receipt(scene, party) if visit.outcome else None,
        "place": customer_place(scene, party),
        "notice": _notice(scene),
    }


def _left(visit: Visit, party: str) -> bool:
    """Whether this further party was let go: their part is done."""
    guest = visit.guests.get(party)
    return guest is not None and guest.status == "gone"


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


def _reverify(visit: Visit, party: str) -> dict[str, Any] | None:
    if visit.state is not VisitState.REVERIFY or visit.reverify_party != party:
        return None
    return {
        "reason": visit.reverify or "rejoined",
        "message": word("reverify.customer", visit.language),
    }


def _receipt(scene: VisitScene, party: str) -> dict[str, Any] | None:
    visit, script = scene.visit, scene.script
    if visit.outcome is None:
        return None
    return {
        "visit": visit.id,
        "ticket": visit.ticket,
        "service_title": script.title[visit.language],
        "closed_at": (visit.closed_at or visit.ended_at or scene.now).isoformat(),
        "outcome": _told(visit.outcome),
        "outcome_title": word(f"outcome.{_outcome(visit, visit.outcome)}", visit.language),
        "effect": visit.effect.value,
        "evidence_digest": visit.manifest,
        "seal_status": "sealed" if visit.sealed else ("pending" if visit.recording else "none"),
        "heads": [head.plain() for head in scene.heads],
        "reason": _reason(scene) if party == CUSTOMER else None,
        "reference": visit.reference if visit.hand_over else None,
        "items": _items(scene) if party == CUSTOMER else [],
        **(_core_receipt(visit) if party == CUSTOMER else {}),
        "papers": _papers(scene, party),
        "objection": _objection(scene) if party == CUSTOMER else None,
    }


def _outcome(visit: Visit, outcome: Outcome) -> str:
    """Nothing is called done before the bank's own system has said that it is."""
    if outcome not in COMPLETED or visit.effect_name is None or visit.effect is Effect.COMMITTED:
        return outcome.value
    return "withdrawn" if visit.effect is Effect.CANCELLED else "submitted"


def _told(outcome: Outcome) -> str:
    """As the page calls it: nobody beside the customer can read there that the bank is alarmed."""
    quiet = outcome is Outcome.ABORTED_SUSPICION
    return Outcome.REFUSED_BANK.value if quiet else outcome.value


def _core_receipt(visit: Visit) -> dict[str, str | None]:
    """The bank's own word for what it did, once it has given it; nothing is said before."""
    receipt = Receipt.read(visit.receipt or "")
    words = STATUS_WORDS.get(receipt.status, {})
    return {"core_receipt": receipt.number or None, "core_status": words.get(visit.language)}


def _review(visit: Visit) -> dict[str, Any] | None:
    """Under review: until when, and whether it took longer than it should."""
    if visit.state is not VisitState.IN_REVIEW or visit.under_review is None:
        return None
    review = visit.under_review
    return {"due_at": review.due_at.isoformat(), "escalated": review.escalated}


def _reason(scene: VisitScene) -> str | None:
    """Why, in neutral words; the full reason is told on objection."""
    code = f"refused.{scene.visit.reason_code}"
    neutral = scene.visit.outcome in (Outcome.REFUSED_BANK, Outcome.ABORTED_SUSPICION)
    return word_or(code, "refused.other", scene.visit.language) if neutral else None


def _items(scene: VisitScene) -> list[str]:
    """What remains to be done elsewhere, as the hand-overs said it."""
    language = scene.visit.language
    done = {step.id for step in scene.visit.steps if step.status == "done"}
    return [
        scene.text(item, language)
        for step in scene.script.of_kind(StepKind.HAND_OVER)
        if step.id in done and isinstance(step.detail, HandOver)
        for item in step.detail.items
    ]


def _papers(scene: VisitScene, party: str) -> list[dict[str, Any]]:
    """What this party read or signed, in the script's order."""
    visit, seen = scene.visit, []
    theirs = {p for step in visit.steps if step.party == party for p in step.plan.papers}
    for paper, title in scene.script.papers.items():
        state = visit.papers.get(paper)
        if state is not None and paper in theirs:
            signed = state.signed is not None
            seen.append({"id": paper, "title": title[visit.language], "signed": signed})
    return seen


def _objection(scene: VisitScene) -> dict[str, Any] | None:
    visit, filed = scene.visit, scene.visit.objection
    if not scene.may_object:
        return None
    status = "none" if filed is None else ("answered" if filed.answer else "open")
    return {
        "may": filed is None,
        "days": visit.policy.objection_days,
        "due_at": filed.due_at.isoformat() if filed else None,
        "status": status,
        "answer": scene.texts.get("objection_answer"),
    }


def _notice(scene: VisitScene) -> dict[str, Any] | None:
    if scene.notice is None:
        return None
    message = word(f"notice.{scene.notice}", scene.visit.language)
    return {"code": scene.notice, "message": message, "severity": "bad"}
