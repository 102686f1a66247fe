"""The closed sets of words that a visit's state is written in."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal


class VisitState(StrEnum):
    """Where a visit stands; `closed` is final."""

    CONSENTED = "consented"
    WAITING = "waiting"
    OFFERED = "offered"
    CONNECTING = "connecting"
    IN_SERVICE = "in_service"
    REVERIFY = "reverify"
    ON_HOLD = "on_hold"
    WRAP_UP = "wrap_up"
    IN_REVIEW = "in_review"
    CLOSED = "closed"


QUEUED = frozenset({VisitState.CONSENTED, VisitState.WAITING, VisitState.OFFERED})
SERVING = frozenset({VisitState.IN_SERVICE, VisitState.REVERIFY, VisitState.ON_HOLD})
CALLING = SERVING | {VisitState.CONNECTING}


class Outcome(StrEnum):
    """How a visit ended."""

    DONE = "done"
    DONE_WITH_LIMITS = "done_with_limits"
    PENDING_CHECK = "pending_check"
    SIGN_AT_BRANCH = "sign_at_branch"
    OTHER_CHANNEL = "other_channel"
    REFUSED_CUSTOMER = "refused_customer"
    REFUSED_BANK = "refused_bank"
    ABORTED_TECHNICAL = "aborted_technical"
    ABORTED_SUSPICION = "aborted_suspicion"
    NO_SHOW = "no_show"


COMPLETED = frozenset({Outcome.DONE, Outcome.DONE_WITH_LIMITS})


class Effect(StrEnum):
    """What became of the change in the bank's own systems; a word apart from the state."""

    NONE = "none"
    PENDING = "pending"
    COMMITTED = "committed"
    DEAD_LETTERED = "dead_lettered"
    CANCELLED = "cancelled"


CheckOutcome = Literal["passed", "referred", "failed"]
Verdict = Literal["accept", "repeat", "refuse", "alternative"]
Answer = Literal["agreed", "refused", "seen", "signed"]
StepStatus = Literal["todo", "current", "done", "refused", "skipped"]
TellerVerdict = Literal["approve", "refer", "refuse"]
ReviewVerdict = Literal["approve", "return", "refuse", "disagree"]
RepudiationBy = Literal["link", "hotline"]
RepudiationEnd = Literal["withdrawn", "stopped", "nothing_done", "refused"]
Finding = Literal["noted", "expected", "unexpected", "unclear"]
OnDisruption = Literal["resume", "abort_fresh"]
