"""What a person before the camera should change so that the comparison has something to see."""

from teller_server.desk.views.scene import VisitScene
from teller_server.desk.words import WORDS, word
from teller_server.domain.script import StepKind
from teller_server.domain.state import CheckState, StepState


def coach(scene: VisitScene, state: StepState, language: str) -> str | None:
    """One piece of advice while the face step is open; None where none would help.

    By the looks of this second, or, without any, by a comparison that saw too little. How like the
    faces are, or that a picture may be a copy, is never said to the person.
    """
    check = scene.visit.person(state.party).check
    if state.kind is not StepKind.FACE_MATCH or state.status != "current":
        return None
    if check is not None and check.status == "done":
        return None
    advice = [one for one in _codes(scene, state.party, check) if f"coach.{one}" in WORDS]
    return word(f"coach.{advice[0]}", language) if advice else None


def _codes(scene: VisitScene, party: str, check: CheckState | None) -> tuple[str, ...]:
    peer = scene.picture.peers.get(party) if scene.picture else None
    if peer is not None and peer.advice is not None and peer.state == "up" and peer.video:
        return (peer.advice,)
    return check.reasons if check is not None and check.status == "failed" else ()
