"""The questions that every rule begins with; each refuses with its own code."""

from __future__ import annotations

from collections.abc import Collection

from .errors import Refusal
from .ids import SealedText
from .script import CUSTOMER
from .state import StepState, Visit, VisitState

_WHY_NOT = {
    VisitState.REVERIFY: "reverify_first",
    VisitState.ON_HOLD: "on_hold",
    VisitState.CLOSED: "visit_closed",
}


def in_state(visit: Visit, states: Collection[VisitState]) -> None:
    """Refuse unless the visit stands in one of `states`."""
    if visit.state not in states:
        raise Refusal(_WHY_NOT.get(visit.state, "not_now"), state=visit.state.value)


def in_service(visit: Visit) -> None:
    """Refuse unless the service is running, not held and not waiting to be verified again."""
    in_state(visit, (VisitState.IN_SERVICE,))


def owned_by(visit: Visit, teller: str) -> None:
    """Refuse anybody but the teller whom this visit belongs to."""
    if visit.owner is None or visit.owner != teller:
        raise Refusal("not_your_visit")


def stated(reason: SealedText) -> None:
    """Refuse a decision that needs a reason and has none."""
    if not reason:
        raise Refusal("reason_required")


def open_step(visit: Visit, step: str) -> StepState:
    """The current step, refused unless it is the one meant."""
    current = visit.current
    if current is None or current.id != step:
        raise Refusal("step_not_open", step=step, current=current.id if current else None)
    return current


def party_step(visit: Visit, step: str, party: str) -> StepState:
    """The current step, refused unless it is the one meant and `party`'s own.

    Whoever has left the call has nothing more to say in it.
    """
    current, guest = open_step(visit, step), visit.guests.get(party)
    if current.party != party:
        raise Refusal("not_your_step", step=step)
    if guest is not None and guest.status != "consented":
        raise Refusal("not_a_party", party=party)
    return current


def live(visit: Visit, party: str = CUSTOMER) -> None:
    """Refuse what needs live video while somebody it needs is not connected and recorded."""
    code = not_live(visit, party)
    if code is not None:
        raise Refusal(code, party=party)


def not_live(visit: Visit, party: str) -> str | None:
    """Why there is no live video of those whom a step of `party` needs: a code, or None."""
    if not visit.connected:
        return "live_video_needed"
    return None if visit.here(party) else "guest_not_here"
