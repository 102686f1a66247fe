"""How each event changes a visit. No rule is checked here: what happened has happened."""

from __future__ import annotations

from . import events as e
from .changes_bank import BANK
from .changes_call import CALL
from .changes_challenge import CHALLENGE
from .changes_document import DOCUMENTS
from .changes_end import END
from .changes_place import PLACE
from .changes_registers import REGISTERS
from .changes_service import SERVICE
from .state import StepState, Visit


def evolve(visit: Visit | None, event: e.Event) -> Visit:
    """The visit after `event`; only `VisitOpened` begins one."""
    if isinstance(event, e.VisitOpened):
        return _opened(event)
    if visit is None:
        raise ValueError("a visit begins with VisitOpened")
    return _ALL[type(event)](visit, event)


_ALL = {**CALL, **SERVICE, **DOCUMENTS, **CHALLENGE, **END, **BANK, **REGISTERS, **PLACE}


def _opened(event: e.VisitOpened) -> Visit:
    return Visit(
        id=event.visit,
        service=event.service,
        skill=event.skill,
        script=event.script,
        language=event.language,
        customer=event.customer,
        authenticated=event.authenticated,
        consents=event.consents,
        parties=event.parties,
        steps=tuple(StepState(step) for step in event.steps),
        opened_at=event.at,
        policy=event.policy,
        holds=event.holds,
        may_join=event.may_join,
    )
