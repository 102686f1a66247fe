"""What both pages show of the step in hand: papers, codes, signatures, hand-overs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from teller_server.desk.views.scene import VisitScene
from teller_server.desk.words import word
from teller_server.domain.reading import looked_at
from teller_server.domain.script import Document, HandOver, Sign, Step
from teller_server.domain.service import ready_at
from teller_server.domain.signing import AGAIN_AFTER, MAX_TRIES, code_of
from teller_server.domain.state import StepState


def moment(at: datetime | None) -> str | None:
    """ISO 8601, or None."""
    return at.isoformat() if at else None


def ready_part(scene: VisitScene, state: StepState) -> str | None:
    """Until when the step's least time runs; None when it has run out or there is none."""
    ready = ready_at(state) if state.status == "current" else None
    return moment(ready) if ready is not None and ready > scene.now else None


def paper_part(scene: VisitScene, step: Step, base: str, language: str) -> dict[str, Any] | None:
    """The paper of a document step; None while it is being made."""
    if not isinstance(step.detail, Document):
        return None
    state = scene.visit.papers.get(step.detail.paper)
    if state is None:
        return None
    return {
        "id": step.detail.paper,
        "title": scene.script.papers[step.detail.paper][language],
        "pages": state.pages,
        "page": state.teller_page,
        "customer_page": state.page,
        "url": f"{base}{step.detail.paper}/pages/",
        "seconds": step.detail.seconds,
        "dwell_ms": list(looked_at(state, scene.now)),
        "read": state.read,
        "signed": state.signed is not None,
        "digest": state.digest,
    }


def code_part(scene: VisitScene, state: StepState) -> dict[str, Any] | None:
    """The newest code of this step; None before one was sent."""
    code = code_of(scene.visit, state)
    if code is None:
        return None
    return {
        "phone": code.to,
        "sent_at": code.sent_at.isoformat(),
        "expires_at": code.expires_at.isoformat(),
        "again_at": (code.sent_at + AGAIN_AFTER).isoformat(),
        "left": MAX_TRIES - code.tries,
        "wrong": code.tries > 0 and not code.correct,
        "correct": code.correct,
    }


def sign_part(
    scene: VisitScene, step: Step, state: StepState, language: str
) -> dict[str, Any] | None:
    """The papers to be signed, and how far it has come."""
    if not isinstance(step.detail, Sign):
        return None
    visit, code = scene.visit, code_part(scene, state)
    status = "draw"
    if state.answer == "signed":
        status = "signed"
    elif scene.signing:
        status = "signing"
    elif state.answer == "refused":
        status = "draw"
    elif code is not None and not code["correct"]:
        status = "code"
    elif visit.signing_broke:
        status = "failed"
    return {
        "papers": [_signed_paper(scene, paper, language) for paper in step.detail.papers],
        "sentence": scene.text(step.detail.sentence, language),
        "phone": code["phone"] if code else None,
        "statement": scene.statement,
        "status": status,
        "message": _sign_message(state, status, language),
        "anew": state.anew,
        "code": code,
    }


def _sign_message(state: StepState, status: str, language: str) -> str | None:
    """What the signer has to know: it failed, or is to be made anew."""
    if status == "failed":
        return word("sign.failed", language)
    again = state.anew > 0 and state.answer is None
    return word("sign.anew", language) if again else None


def _signed_paper(scene: VisitScene, paper: str, language: str) -> dict[str, Any]:
    state = scene.visit.papers.get(paper)
    return {
        "id": paper,
        "title": scene.script.papers[paper][language],
        "pages": state.pages if state else 0,
        "digest": state.digest if state else None,
        "read": bool(state and state.read),
        "signed": bool(state and state.signed),
    }


def hand_over_part(scene: VisitScene, step: Step, language: str) -> dict[str, Any] | None:
    """What remains to be done elsewhere, under a number that can be said aloud."""
    if not isinstance(step.detail, HandOver):
        return None
    return {
        "reference": scene.visit.reference,
        "items": [scene.text(item, language) for item in step.detail.items],
        "outcome_title": word(f"outcome.{step.detail.outcome}", language),
    }


def guest_lines(scene: VisitScene, language: str) -> list[dict[str, Any]]:
    """Everybody who was asked in."""
    return [
        {
            "party": line.party,
            "title": line.title[language],
            "status": line.status,
            "link": line.link,
            "here": line.here,
        }
        for line in scene.guests
    ]


def party_title(scene: VisitScene, party: str, language: str) -> str:
    """What a party is called; the customer has no other name than that."""
    titles: Mapping[str, Mapping[str, str]] = {g.party: g.title for g in scene.script.guests}
    return titles[party][language] if party in titles else word(f"party.{party}", language)
