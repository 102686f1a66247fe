"""Documents in the gallery: sides, what was read there, what to look for, in the branch's words."""

from __future__ import annotations

from typing import Any

from teller_server.desk.views.document import ask_words, side_title
from teller_server.desk.words import word
from teller_server.domain.documents import TYPES

View = dict[str, Any]
KINDS = ("resident_id", "passport", "hk_macau_permit", "tw_permit", "pr_card")
CARD = {
    "name": ("李雷", 0.99, None),
    "sex": ("男", 0.97, None),
    "nation": ("汉", 0.95, None),
    "birth": ("1990-01-01", 0.98, None),
    "address": ("杭州市西湖区文三路 90 号 2 幢 401 室", 0.71, "unsure"),
    "number": ("330106199001010023", 0.93, "number_check"),
}
BACK = {
    "authority": ("杭州市公安局西湖分局", 0.94, None),
    "valid_from": ("2012-03-01", 0.99, None),
    "valid_until": ("2022-03-01", 0.99, "expired"),
}
BLOCKING = ("number_check", "expired")
ASKS = (
    ("tilt_sideways", "expected"),
    ("cover_corner", None),
    ("resident_id.great_wall", "expected"),
    ("resident_id.micro_print", "unexpected"),
)


def customer_papers(language: str, done: int, status: str = "none", **more: Any) -> View:
    """For the customer's page: so many sides of an identity card are done."""
    names = TYPES["resident_id"].sides
    side = names[done] if done < len(names) else None
    return {
        "status": status,
        "code": None,
        "message": None,
        "kind": "resident_id",
        "kinds": []
        if done
        else [{"id": one, "title": word(f"kind.{one}", language)} for one in KINDS],
        "side": side,
        "side_title": side_title("resident_id", side, language) if side else None,
        "sides": [
            {"side": one, "title": side_title("resident_id", one, language), "done": n < done}
            for n, one in enumerate(names)
        ],
        **more,
    }


def handling(language: str) -> View:
    """What the customer is asked to do with the document."""
    return {"ask": ask_words("tilt_sideways", language), "index": 1, "count": 2}


def customer_states(language: str) -> dict[str, View]:
    """What differs of the customer's step in each state."""
    glare = word("document.document_glare", language)
    both = customer_papers(language, 2, "accepted")
    return {
        "document-front": {"document": customer_papers(language, 0)},
        "document-back": {"document": customer_papers(language, 1)},
        "document-glare": {"document": both | {"side": "front", "message": glare}},
        "document-held-up": {"document": both, "can": [], "prompt": handling(language)},
    }


def document(language: str, photo: str, *, good: bool = False, read: bool = True) -> View:
    """For the console: both sides photographed. `good`: nothing is wrong with them."""
    notes = [] if read else [word("page.not_read", language)]
    return {
        "kind": "resident_id",
        "title": word("kind.resident_id", language),
        "checking": False,
        "comparing": False,
        "sides": [
            _side(language, "front", photo, CARD, good, notes, read=read),
            _side(language, "back", photo, BACK, good, notes, read=read),
        ],
        "asks": [
            {
                "id": name,
                "ask": ask_words(name, language),
                "feature": "." in name,
                "finding": "expected" if good else finding,
            }
            for name, finding in ASKS
        ],
    }


def _side(
    language: str, side: str, photo: str, fields: View, good: bool, notes: list[str], *, read: bool
) -> View:
    return {
        "side": side,
        "title": side_title("resident_id", side, language),
        "status": "accepted",
        "message": None,
        "photo": photo,
        "upright": photo if read else None,
        "reading": "done" if read else "not_read",
        "notes": notes,
        "fields": [
            _field(language, name, *one, good=good, read=read) for name, one in fields.items()
        ],
        "compared": {"found": True, "likeness": 0.83, "failed": False} if side == "front" else None,
    }


def _field(
    language: str, name: str, value: str, sure: float, code: str | None, *, good: bool, read: bool
) -> View:
    code = None if good or not read else code
    return {
        "name": name,
        "label": word(f"field.{name}", language),
        "value": value if read else "",
        "shown": value if read else "",
        "confidence": sure if read else None,
        "sure": sure >= 0.9,
        "corrected": name == "address" and good,
        "problem": word(f"problem.{code}", language) if code else None,
        "blocking": code in BLOCKING,
    }
