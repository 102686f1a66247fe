"""What both pages show of the device's position; nothing where no pack asks for it."""

from typing import Any

from teller_server.desk.views.scene import VisitScene
from teller_server.desk.views.step import moment
from teller_server.desk.words import word
from teller_server.domain.place import place_status, place_until
from teller_server.domain.script import CUSTOMER
from teller_server.domain.state import Visit


def customer_place(scene: VisitScene, party: str) -> dict[str, Any] | None:
    """What the position is for, and what came of asking; None for whoever is not asked.

    `at`: the newest word about it. `until`: when it will be too old. `max_age_s`: 0 for never.
    """
    visit, language = scene.visit, scene.visit.language
    policy, status = visit.policy.place, place_status(visit, scene.now)
    if party != CUSTOMER or policy is None or status is None:
        return None
    return {
        "status": status,
        "required": policy.required,
        "purposes": [word(f"place.for.{purpose}", language) for purpose in policy.purposes],
        "accuracy": _accuracy(visit, language) if status == "told" else None,
        "why": visit.place.why if visit.place else None,
        "consequence": word("place.without", language) if policy.required else None,
        "max_age_s": policy.max_age_seconds,
        "at": moment(visit.place.at if visit.place else None),
        "until": moment(place_until(visit)) if status == "told" else None,
    }


def teller_place(scene: VisitScene, language: str) -> dict[str, str] | None:
    """One quiet line for the console; None where no pack asks. Never the coordinates."""
    visit, status = scene.visit, place_status(scene.visit, scene.now)
    if status is None:
        return None
    return {"status": status, "line": _line(visit, status, language)}


def _line(visit: Visit, status: str, language: str) -> str:
    if status == "told":
        return _accuracy(visit, language)
    if visit.place is not None and visit.place.why is not None:
        return word(f"no_place.{visit.place.why}", language)
    return word(f"place.line.{status}", language)


def _accuracy(visit: Visit, language: str) -> str:
    metres = visit.place.accuracy_m if visit.place else None
    return word("place.within", language).format(metres=f"{metres or 0:.0f}")
