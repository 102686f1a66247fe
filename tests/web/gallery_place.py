"""Canned views in which the device's position is asked for: in the queue, and in the call."""

from __future__ import annotations

from typing import Any

from teller_server.desk.words import word
from tests.web.gallery_views import View, iso
from tests.web.gallery_views import views as plain_views

AGE = 300


def place(language: str, status: str = "asked", **more: Any) -> View:
    """What the server says of the position."""
    return {
        "status": status,
        "required": False,
        "purposes": [word("place.for.anti_fraud", language)],
        "accuracy": None,
        "why": None,
        "consequence": None,
        "max_age_s": 0,
        "at": None if status == "asked" else iso(-1),
        "until": None,
        **more,
    }


def required(language: str, status: str = "asked", **more: Any) -> View:
    """The same, where nothing goes on without it, and it grows old."""
    purposes = [word(f"place.for.{one}", language) for one in ("anti_fraud", "jurisdiction")]
    known = {"required": True, "purposes": purposes, "max_age_s": AGE}
    return place(language, status, **known, consequence=word("place.without", language), **more)


def told(language: str, **more: Any) -> View:
    near = word("place.within", language).format(metres=35)
    return place(language, "told", accuracy=near, **more)


def views(language: str) -> dict[str, View]:
    """State name → view."""
    plain, denied = plain_views(language), {"why": "denied"}
    queue, call = plain["queue"], plain["consent"]
    return {
        "place": queue | {"place": place(language)},
        "place-required": queue | {"place": required(language)},
        "place-told": queue | {"place": told(language)},
        "place-chosen": queue | {"place": place(language, "declined", why="chosen")},
        "place-denied": queue | {"place": required(language, "declined", **denied)},
        "place-call": call | {"place": place(language)},
        "place-call-told": call | {"place": told(language)},
        "place-call-kept": call | {"place": told(language, max_age_s=AGE, until=iso(AGE))},
        "place-call-stale": call | {"place": required(language, "stale")},
        "place-call-denied": plain["listen"] | {"place": required(language, "declined", **denied)},
        "place-face": plain["face"] | {"place": place(language)},
    }
