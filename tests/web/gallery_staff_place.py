"""A canned console of a visit whose packs ask where the customer's device is."""

from __future__ import annotations

from teller_server.desk.words import word
from tests.web.gallery_staff_views import View, busy, current, visit


def unplaced(language: str) -> View:
    """The customer does not tell it, and without it no step may begin."""
    blocked = {
        "can": [],
        "blocked": "place_declined",
        "blocked_message": word("blocked.place_declined", language),
    }
    shown = visit(
        language,
        1,
        "todo",
        current=current(language, 1, **blocked),
        place={"status": "declined", "line": word("no_place.chosen", language)},
    )
    return busy(language, shown)
