"""What the bank's own system says to a change while the teller has yet to decide on it.

It binds nobody: only the commit does. But teller and second person decide in its knowledge.
"""

from __future__ import annotations

from datetime import datetime

from . import commands as c
from . import events as e
from .errors import Refusal
from .guards import in_state
from .script import StepKind
from .state import SERVING, Visit


def awaits_the_bank(visit: Visit) -> bool:
    """Whether the teller has the decision before them and the bank is asked for something."""
    step = visit.current
    deciding = step is not None and step.kind is StepKind.TELLER_DECISION
    return deciding and visit.effect_name is not None and visit.state in SERVING


def answer_proposal(visit: Visit, command: c.AnswerProposal, now: datetime) -> tuple[e.Event, ...]:
    """The newest answer counts; one that comes after the decision is late."""
    in_state(visit, SERVING)
    if not awaits_the_bank(visit):
        raise Refusal("not_now", state=visit.state.value)
    return (e.ProposalAnswered(now, command.reached, command.reasons),)
