"""Is this the person on the document: the machine reports, the teller decides within limits.

A failed comparison can be repeated, sent down another channel or refused, never accepted; a
referred one needs a stated reason. Without consent to face processing the teller compares by eye
and says why. Nobody overrules this alone, and all of it is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from . import commands as c
from . import events as e
from .errors import Refusal
from .guards import in_service, in_state, live, owned_by, stated
from .script import StepKind
from .state import SERVING, Outcome, Verdict, Visit, VisitState

MAX_ATTEMPTS = 5
"""Comparisons in one go: every further try raises the chance that a stranger passes."""


def check_identity(visit: Visit, command: c.CheckIdentity, now: datetime) -> tuple[e.Event, ...]:
    """Begin a comparison: one at a time, each result answered before the next."""
    owned_by(visit, command.teller)
    _face_in_question(visit)
    if not visit.face_consent:
        raise Refusal("face_consent_missing")
    if visit.state is VisitState.REVERIFY and not visit.face_settled:
        raise Refusal("face_not_yet_compared")
    if visit.document is None or visit.document.portrait is None:
        raise Refusal("portrait_missing")
    if visit.decision is not None:
        raise Refusal("identity_already_decided")
    if visit.check is not None and visit.check.status != "failed":
        raise Refusal("check_running" if visit.check.status == "running" else "decide_first")
    if visit.checks >= MAX_ATTEMPTS:
        raise Refusal("too_many_attempts", attempts=visit.checks)
    live(visit, visit.subject)
    return (e.CheckBegan(now, command.check, visit.checks + 1, command.teller),)


def identity_checked(
    visit: Visit, command: c.IdentityChecked, now: datetime
) -> tuple[e.Event, ...]:
    """The result of the comparison that is running; one that was overtaken is not heard."""
    _running(visit, command.check)
    return (
        e.CheckReported(
            now,
            command.check,
            command.outcome,
            command.score,
            command.second_opinion,
            command.reasons,
            dict(command.digests),
        ),
    )


def identity_check_failed(
    visit: Visit, command: c.IdentityCheckFailed, now: datetime
) -> tuple[e.Event, ...]:
    """No result is not a failed match: the teller may simply try again."""
    _running(visit, command.check)
    return (e.CheckBroke(now, command.check, command.code),)


def decide_identity(visit: Visit, command: c.DecideIdentity, now: datetime) -> tuple[e.Event, ...]:
    """The teller's verdict, within what the machine's outcome leaves open."""
    owned_by(visit, command.teller)
    _face_in_question(visit)
    if visit.decision is not None:
        raise Refusal("identity_already_decided")
    if command.check is not None and (visit.check is None or visit.check.id != command.check):
        raise Refusal("check_superseded")
    return _VERDICTS[command.verdict](visit, command, now)


def reverified(visit: Visit, command: c.Reverified, now: datetime) -> tuple[e.Event, ...]:
    """Recognised by eye: only where no face has been compared, or none may be."""
    owned_by(visit, command.teller)
    in_state(visit, (VisitState.REVERIFY,))
    if visit.face_consent and visit.face_settled:
        raise Refusal("face_match_needed")
    stated(command.reason)
    live(visit, visit.subject)
    return (e.ReverifyEnded(now, command.teller, "by_eye", command.reason),)


def may_decide(visit: Visit) -> tuple[Verdict, ...]:
    """The verdicts that are open to the teller now, for the page to offer."""
    try:
        _face_in_question(visit)
    except Refusal:
        return ()
    if visit.decision is not None or (visit.check and visit.check.status == "running"):
        return ()
    verdicts: list[Verdict] = []
    if visit.check is not None and visit.check.status == "done":
        if visit.check.outcome in ("passed", "referred"):
            verdicts.append("accept")
        if visit.checks < MAX_ATTEMPTS:
            verdicts.append("repeat")
    return (*verdicts, "refuse", "alternative")


def _accept(visit: Visit, command: c.DecideIdentity, now: datetime) -> tuple[e.Event, ...]:
    check = visit.check
    if check is None or check.status != "done":
        raise Refusal("face_consent_missing" if not visit.face_consent else "no_check_result")
    if check.outcome == "failed":
        raise Refusal("failed_match_not_acceptable")
    if check.outcome == "referred":
        stated(command.reason)
    live(visit, visit.subject)
    return _settled(visit, command, "face", now)


def _repeat(visit: Visit, command: c.DecideIdentity, now: datetime) -> tuple[e.Event, ...]:
    if visit.check is None or visit.check.status == "running":
        raise Refusal("no_check_result")
    if visit.checks >= MAX_ATTEMPTS:
        raise Refusal("too_many_attempts", attempts=visit.checks)
    return (_decided(visit, command, now),)


def _refuse(visit: Visit, command: c.DecideIdentity, now: datetime) -> tuple[e.Event, ...]:
    stated(command.reason)
    return _over(visit, command, Outcome.REFUSED_BANK, "identity_refused", now)


def _alternative(visit: Visit, command: c.DecideIdentity, now: datetime) -> tuple[e.Event, ...]:
    """By eye where the face may not be processed; else another channel, where others look."""
    stated(command.reason)
    if visit.face_consent:
        return _over(visit, command, Outcome.OTHER_CHANNEL, "identity_elsewhere", now)
    live(visit, visit.subject)
    return _settled(visit, command, "by_eye", now)


_VERDICTS: dict[Verdict, Callable[[Visit, c.DecideIdentity, datetime], tuple[e.Event, ...]]] = {
    "accept": _accept,
    "repeat": _repeat,
    "refuse": _refuse,
    "alternative": _alternative,
}


def _settled(
    visit: Visit, command: c.DecideIdentity, how: Literal["face", "by_eye"], now: datetime
) -> tuple[e.Event, ...]:
    decided = _decided(visit, command, now)
    if visit.state is not VisitState.REVERIFY:
        return (decided,)
    return (decided, e.ReverifyEnded(now, command.teller, how, command.reason))


def _over(
    visit: Visit, command: c.DecideIdentity, outcome: Outcome, code: str, now: datetime
) -> tuple[e.Event, ...]:
    events: list[e.Event] = [_decided(visit, command, now)]
    step = visit.current
    if step is not None and step.kind is StepKind.FACE_MATCH:
        events.append(e.StepEnded(now, step.id, command.teller, "refused", command.reason))
    events.append(e.ServiceEnded(now, outcome, command.teller, code, command.reason))
    return tuple(events)


def _decided(visit: Visit, command: c.DecideIdentity, now: datetime) -> e.IdentityDecided:
    check = visit.check.id if visit.check else None
    outcome = visit.check.outcome if visit.check else None
    reason = command.reason
    return e.IdentityDecided(now, command.teller, command.verdict, check, outcome, reason)


def _face_in_question(visit: Visit) -> None:
    """Refuse unless the face step is open or a returned customer must be recognised."""
    if visit.state is VisitState.REVERIFY:
        return
    in_service(visit)
    if visit.current is None or visit.current.kind is not StepKind.FACE_MATCH:
        raise Refusal("face_not_in_question")


def _running(visit: Visit, check: str) -> None:
    in_state(visit, SERVING)
    if visit.check is None or visit.check.id != check or visit.check.status != "running":
        raise Refusal("check_not_running", check=check)
