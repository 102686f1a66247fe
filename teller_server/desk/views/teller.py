"""What the teller's console shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from teller_server.desk.facts import shown
from teller_server.desk.views.call import call_part, recording_part
from teller_server.desk.views.customer import branch_part
from teller_server.desk.views.place import teller_place
from teller_server.desk.views.scene import BranchFacts, VisitScene
from teller_server.desk.views.step import guest_lines
from teller_server.desk.views.teller_step import current_part, form_part, step_lines
from teller_server.desk.words import word, word_or
from teller_server.domain.state import Visit, VisitState
from teller_server.domain.visit import may_decide

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
class Returned:
    """A visit that its second person sent back with a question."""

    visit: str
    ticket: str | None
    service_title: str
    question: str
    asked_at: datetime
    due_at: datetime

    def plain(self) -> dict[str, Any]:
        instants = {"asked_at": self.asked_at.isoformat(), "due_at": self.due_at.isoformat()}
        return {**vars(self), **instants}


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
    returned: Sequence[Returned] = ()


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
        "returned": [one.plain() for one in scene.returned],
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
        "steps": step_lines(at, language),
        "current": current_part(at, language),
        "guests": _guests(at, language),
        "scope": list(visit.policy.scope),
        "conditions": [{"name": name, "holds": held} for name, held in visit.holds.items()],
        "intake": _intake(at, language),
        "place": teller_place(at, language),
        "identity": _identity(visit, at.checking_document, language),
        "form": form_part(at, language),
        "call": call_part(at, "teller"),
        "recording": recording_part(at),
        "reverify": _reverify(visit, language),
        "outcome": visit.outcome.value if visit.outcome else None,
        "wrap_up_deadline": scene.wrap_up_deadline.isoformat() if scene.wrap_up_deadline else None,
    }


def _guests(at: VisitScene, language: str) -> list[dict[str, Any]]:
    """Everybody whom the script foresees, asked in or not yet."""
    lines = {line["party"]: line for line in guest_lines(at, language)}
    return [
        lines.get(
            guest.party,
            {
                "party": guest.party,
                "title": guest.title[language],
                "status": "none",
                "link": None,
                "here": False,
            },
        )
        for guest in at.script.guests
        if guest.when is None or guest.when.holds(at.visit.holds) is not False
    ]


def _intake(at: VisitScene, language: str) -> list[dict[str, str]]:
    """What the customer said before the queue."""
    values = at.facts.intake if at.facts else {}
    return [
        {"label": field.label[language], "value": shown(field, values[field.name], language)}
        for field in at.script.intake
        if field.name in values
    ]


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


def _reverify(visit: Visit, language: str) -> dict[str, Any] | None:
    if visit.state is not VisitState.REVERIFY:
        return None
    return {"reason": visit.reverify or "rejoined", "message": word("reverify.teller", language)}


def _notice(scene: TellerScene) -> dict[str, Any] | None:
    if scene.visit is None:
        return None
    code = scene.visit.notice or _outside(scene.visit.visit)
    if code is None:
        return None
    return {"code": code, "message": word(f"notice.{code}", scene.language), "severity": "bad"}


def _outside(visit: Visit) -> str | None:
    """Told for as long as the customer's network is none that the packs let in."""
    return "network_outside" if visit.network and not visit.network.admitted else None
