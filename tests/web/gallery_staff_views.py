"""Canned `view` messages of the teller's console, one per state, in both languages."""

from __future__ import annotations

from typing import Any

from tests.web.gallery_views import BRANCH, SERVICE, iso
from tests.web.gallery_words import words

View = dict[str, Any]
STEPS = ("recording_consent", "document", "face", "details", "confirmation", "decision")
KINDS = (
    "consent",
    "identity_document",
    "face_match",
    "form",
    "disclosure",
    "teller_decision",
)
OBJECTS = "/api/teller/objects/"


def me(language: str, state: str = "ready") -> View:
    zh = language == "zh-CN"
    return {
        "name": "王敏" if zh else "Wang Min",
        "number": "T1027",
        "state": state,
        "reason": None,
        "skills": ["change_of_details"],
        "languages": ["zh-CN", "en"],
        "visits_today": 14,
        "average_s": 500,
    }


def queue(language: str, *, mine: bool = False) -> list[View]:
    zh = language == "zh-CN"
    lines = [
        ("A018", "李*" if zh else "L. W.", "zh-CN", -401, 0, "in_call" if mine else "waiting"),
        ("A019", "陈*" if zh else "C. H.", "zh-CN", -252, 0, "waiting"),
        ("V003", "周*" if zh else "Z. Q.", "zh-CN", -65, 2, "waiting"),
        ("A020", "A. W.", "en", -22, 0, "offered"),
    ]
    return [
        {
            "ticket": ticket,
            "service_title": SERVICE[language],
            "language": spoken,
            "waiting_since": iso(seconds),
            "priority": priority,
            "name_masked": name,
            "status": status,
            "mine": mine and ticket == "A018",
        }
        for ticket, name, spoken, seconds, priority, status in lines
    ]


def console(language: str, state: str = "ready", **more: Any) -> View:
    return {
        "branch": {"name": BRANCH[language], "open": True},
        "me": me(language, state),
        "queue": queue(language),
        "offer": None,
        "visit": None,
        "notice": None,
        **more,
    }


def offer(language: str, seconds: float = 16.4) -> View:
    return {
        "pairing": "P1",
        "ticket": "A018",
        "service_title": SERVICE[language],
        "language": "zh-CN",
        "name_masked": "李*" if language == "zh-CN" else "L. W.",
        "why": words(language)["why"],
        "waiting_since": iso(-401),
        "expires_at": iso(seconds),
        "declined_before": 1,
    }


def steps(language: str, number: int, status: str) -> list[View]:
    """Steps before `number` are done, this one has `status`, later ones are to come."""
    titles = words(language)["titles"]
    return [
        {
            "id": STEPS[i],
            "kind": KINDS[i],
            "title": titles[i],
            "status": "done" if i + 1 < number else status if i + 1 == number else "todo",
            "started_at": iso(-240 + 40 * i)
            if i + 1 < number or (i + 1 == number and status != "todo")
            else None,
            "ended_at": iso(-205 + 40 * i) if i + 1 < number else None,
        }
        for i in range(6)
    ]


def call(peer: str = "up", **more: Any) -> View:
    return {
        "ice_servers": [],
        "relay_only": False,
        "media_allowed": True,
        "recording": "on",
        "recording_since": iso(-241),
        "on_hold": False,
        "peers": [
            {"party": "customer", "state": peer, "since": iso(-12), "audio": True, "video": True}
        ],
        "rejoin_deadline": None,
        **more,
    }


def current(language: str, number: int, **more: Any) -> View:
    text = words(language)
    return {
        "id": STEPS[number - 1],
        "kind": KINDS[number - 1],
        "title": text["titles"][number - 1],
        "say": text["says"][number - 1],
        "say_language": language,
        "can": ["complete", "refuse"],
        "blocked": None,
        "blocked_message": None,
        "customer_answer": None,
        **more,
    }


def identity(document: str = "accepted", **more: Any) -> View:
    has = document == "accepted"
    return {
        "document": {
            "status": document,
            "photo": OBJECTS + "document" if has else None,
            "portrait": OBJECTS + "portrait" if has else None,
        },
        "check": None,
        "decision": None,
        "may": [],
        **more,
    }


def check(language: str, outcome: str | None, **more: Any) -> View:
    text = words(language)["check"]
    score = {"passed": 0.71, "referred": 0.44, "failed": 0.21}.get(outcome or "")
    return {
        "id": "K1",
        "status": "done" if outcome else "running",
        "outcome": outcome,
        "score": score,
        "score_words": text["words"].get(outcome or "", ""),
        "reasons": text["reasons"].get(outcome or "", []),
        "second_opinion": {"passed": "agrees", "referred": "lowers"}.get(outcome or "", "none"),
        "live": OBJECTS + "live" if outcome else None,
        "portrait": OBJECTS + "portrait",
        "attempt": 2 if outcome == "failed" else 1,
        **more,
    }


def form(language: str, *, after: bool = False, seen: bool = False, yes: bool = False) -> View:
    text = words(language)
    before, new = text["address"]
    return {
        "step": "details",
        "fields": [
            {
                "name": "address",
                "label": text["labels"][0],
                "type": "text",
                "options": [],
                "max_length": 120,
                "before": before,
                "after": new if after else "",
                "error": None,
            },
            {
                "name": "occupation",
                "label": text["labels"][1],
                "type": "choice",
                "options": [
                    {"value": value, "label": label} for value, label in text["occupations"]
                ],
                "before": "office",
                "after": "office" if after else "",
                "error": None,
            },
        ],
        "customer_seen": seen,
        "confirmed": yes,
    }


def visit(language: str, number: int, status: str = "current", **more: Any) -> View:
    return {
        "id": "V20261123-000018",
        "ticket": "A018",
        "service_title": SERVICE[language],
        "state": "in_service",
        "language": "zh-CN",
        "name_masked": "李*" if language == "zh-CN" else "L. W.",
        "document_masked": "3301**********0028",
        "consents": {"recording": True, "face": True},
        "steps": steps(language, number, status),
        "current": current(language, number) if number <= 6 else None,
        "identity": identity("none" if number < 3 else "accepted"),
        "form": form(language),
        "call": call(),
        "recording": {
            "state": "on",
            "parties": {
                "customer": {"seconds": 240.2, "behind_s": 0.8},
                "teller": {"seconds": 240.4, "behind_s": 0.6},
            },
        },
        "reverify": None,
        "outcome": None,
        "wrap_up_deadline": None,
        **more,
    }


def busy(language: str, shown: View, **more: Any) -> View:
    """A console with this visit."""
    return console(language, "busy", queue=queue(language, mine=True), visit=shown, **more)
