"""What the bank's word and a repudiation change of a visit."""

from __future__ import annotations

from dataclasses import replace

from . import events as e
from .changes import Changes
from .state import ProposalState, RepudiationState, Visit

BANK = Changes()


@BANK.on(e.ProposalAnswered)
def _proposal_answered(visit: Visit, event: e.ProposalAnswered) -> Visit:
    return replace(visit, proposal=ProposalState(event.reached, event.reasons))


@BANK.on(e.Repudiated)
def _repudiated(visit: Visit, event: e.Repudiated) -> Visit:
    said = RepudiationState(event.at, event.by, event.actor, event.note)
    return replace(visit, repudiation=said)


@BANK.on(e.RepudiationSettled)
def _repudiation_settled(visit: Visit, event: e.RepudiationSettled) -> Visit:
    if visit.repudiation is None:
        return visit
    settled = replace(visit.repudiation, end=event.end, detail=event.detail)
    return replace(visit, repudiation=settled)
