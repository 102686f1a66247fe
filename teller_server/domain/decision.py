"""The teller's own word on the matter: approve, refer to the second person, or refuse."""

from __future__ import annotations

from datetime import datetime

from . import commands as c
from . import events as e
from .errors import Refusal
from .guards import stated
from .state import Outcome, StepState, Visit


def decide(
    visit: Visit, step: StepState, command: c.CompleteStep, now: datetime
) -> tuple[e.Event, ...]:
    """Approval is plain only without a red flag; one that blocks leaves refer or refuse.

    So does a register that gave no answer; one that said no leaves nothing but to refuse.
    """
    unknown = set(command.flags) - set(step.plan.flags)
    if unknown:
        raise Refusal("unknown_flag", flag=min(unknown))
    if command.verdict != "refuse" and visit.contradicted:
        raise Refusal("registry_mismatch", step=step.id)
    if command.verdict == "approve":
        if visit.unconfirmed:
            raise Refusal("registry_not_confirmed", step=step.id)
        if set(command.flags) & set(step.plan.blocking):
            raise Refusal("flag_rules_out", step=step.id)
        if command.flags or visit.raised:
            stated(command.note)
    else:
        stated(command.note)
    if command.verdict == "refer" and visit.review != "checker":
        raise Refusal("no_second_person")
    decided = e.TellerDecided(
        now, step.id, command.teller, command.verdict, command.flags, command.note
    )
    if command.verdict == "refuse":
        ended = e.StepEnded(now, step.id, command.teller, "refused", command.note)
        over = e.ServiceEnded(
            now, Outcome.REFUSED_BANK, command.teller, "teller_refused", command.note
        )
        return (decided, ended, over)
    return (decided, e.StepEnded(now, step.id, command.teller, "passed", command.note))
