"""Events of the end: outcome, wrap-up, seal, review, effect, objection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .event import Event
from .ids import SealedText
from .state import Effect, Outcome


@dataclass(frozen=True, slots=True)
class ServiceEnded(Event):
    """The call is over. `by` is an account, `customer` or `branch`; `code` is a machine's cause.

    `flags`: what a teller noticed who broke it off (`alarms.FLAGS`).
    """

    outcome: Outcome
    by: str
    code: str
    reason: SealedText
    completed: bool = False
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WrappedUp(Event):
    """The work after the call is finished."""

    teller: str
    disposition: str
    note: SealedText


@dataclass(frozen=True, slots=True)
class EvidenceSealed(Event):
    """The call seal, and whether it verified."""

    manifest: str
    verified: bool


@dataclass(frozen=True, slots=True)
class ReviewAsked(Event):
    """A second person has to decide, until `due_at`."""

    due_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewReturned(Event):
    """The second person asks before deciding."""

    checker: str
    question: SealedText


@dataclass(frozen=True, slots=True)
class ReviewAnswered(Event):
    """The teller's answer; the second person goes on, until `due_at`."""

    teller: str
    answer: SealedText
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewRefused(Event):
    """The second person does not approve; it counts once a colleague has confirmed it."""

    checker: str
    reason: SealedText


@dataclass(frozen=True, slots=True)
class RefusalSetAside(Event):
    """A colleague disagrees with the refusal; the review goes on."""

    checker: str
    reason: SealedText


@dataclass(frozen=True, slots=True)
class ReviewEscalated(Event):
    """The time ran out; somebody senior has to look, until `due_at`."""

    due_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewDecided(Event):
    """The second person's word."""

    checker: str
    approved: bool
    outcome: Outcome
    reason: SealedText


@dataclass(frozen=True, slots=True)
class Objected(Event):
    """The customer objects to a decision; the bank has to answer until `due_at`."""

    reason: SealedText
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ObjectionAnswered(Event):
    """The bank's answer to the objection."""

    by: str
    answer: SealedText


@dataclass(frozen=True, slots=True)
class EffectRequested(Event):
    """The bank's own system shall take the change; `key` makes a second attempt harmless."""

    effect: str
    key: str
    manifest: str


@dataclass(frozen=True, slots=True)
class EffectSettled(Event):
    """What became of the change."""

    effect: Effect
    detail: str


@dataclass(frozen=True, slots=True)
class EffectRetried(Event):
    """An administrator has the change tried again that had been given up."""

    by: str


@dataclass(frozen=True, slots=True)
class VisitClosed(Event):
    """The end; nothing but the effect word changes after it."""

    outcome: Outcome
    code: str
