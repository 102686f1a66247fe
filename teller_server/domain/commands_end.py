"""Commands of the end: outcome, wrap-up, seal, review, effect, objection."""

from __future__ import annotations

from dataclasses import dataclass

from .command import Command
from .ids import UNSAID, SealedText
from .state import Outcome, ReviewVerdict


@dataclass(frozen=True, slots=True)
class EndService(Command):
    """The teller ends the call with an outcome; `flags`: what they noticed (`alarms.FLAGS`)."""

    teller: str
    outcome: Outcome
    reason: SealedText = UNSAID
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WrapUp(Command):
    """The teller (or, at the deadline, the branch) has finished the work after the call."""

    teller: str
    disposition: str
    note: SealedText = UNSAID


@dataclass(frozen=True, slots=True)
class CallSealed(Command):
    """The call's evidence is sealed, or couldn't be (`verified` false)."""

    manifest: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Review(Command):
    """A second person's word on a sealed visit; a return asks the teller a question."""

    checker: str
    verdict: ReviewVerdict
    reason: SealedText


@dataclass(frozen=True, slots=True)
class AnswerReview(Command):
    """The teller's answer to what the second person asked."""

    teller: str
    answer: SealedText


@dataclass(frozen=True, slots=True)
class HurryReview(Command):
    """The second person's time has run out: escalated first, lapsed after twice the time."""


@dataclass(frozen=True, slots=True)
class Object(Command):
    """The customer objects to a decision against them; the pack's days are the bank's to answer."""

    reason: SealedText


@dataclass(frozen=True, slots=True)
class AnswerObjection(Command):
    """The bank's answer to an objection."""

    by: str
    answer: SealedText


@dataclass(frozen=True, slots=True)
class Abort(Command):
    """The visit can't go on, or the customer has left it; `reason` is a code."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class EffectCommitted(Command):
    """The bank's own system has taken the change; `receipt` is its word for it."""

    receipt: str


@dataclass(frozen=True, slots=True)
class EffectFailed(Command):
    """The change was given up after its last attempt, or withdrawn; `reason` is a code."""

    reason: str
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class RetryEffect(Command):
    """An administrator has a change tried again that had been given up."""

    by: str


@dataclass(frozen=True, slots=True)
class CancelEffect(Command):
    """An administrator gives a change up for good; `reason` is a code."""

    by: str
    reason: str
