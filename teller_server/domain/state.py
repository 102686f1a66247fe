"""What a visit is at one moment: frozen values, changed only by `visit.evolve`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from .ids import SealedText
from .script import StepKind


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
Answer = Literal["agreed", "refused", "seen"]
StepStatus = Literal["todo", "current", "done", "refused"]


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step as the script ordered it when the visit opened."""

    id: str
    kind: StepKind
    live_video: bool = False


@dataclass(frozen=True, slots=True)
class StepState:
    """How far one step has come."""

    id: str
    kind: StepKind
    live_video: bool = False
    status: StepStatus = "todo"
    started_at: datetime | None = None
    ended_at: datetime | None = None
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class LegState:
    """The newest leg of one party."""

    leg: str
    up: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """A visit offered to a teller, once."""

    pairing: str
    teller: str
    offered_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentState:
    """The customer's document as photographed; digests name sealed objects."""

    status: Literal["accepted", "rejected"]
    photo: str | None = None
    portrait: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class CheckState:
    """The newest comparison of a face with the portrait; digests name sealed objects."""

    id: str
    attempt: int
    status: Literal["running", "done", "failed"]
    outcome: CheckOutcome | None = None
    score: float | None = None
    second_opinion: str | None = None
    reasons: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the teller decided about who the customer is."""

    check: str | None
    verdict: Verdict
    reason: SealedText


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form would change: ciphertext and the digest of the plain values."""

    step: str
    sealed: SealedText
    digest: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One customer's stay, from the first consent to the close."""

    id: str
    service: str
    skill: str
    script: str
    language: str
    customer: str
    authenticated: bool
    consents: Mapping[str, bool]
    parties: tuple[str, ...]
    steps: tuple[StepState, ...]
    effect_name: str | None
    review: Literal["none", "checker"]
    opened_at: datetime
    state: VisitState = VisitState.CONSENTED
    ticket: str | None = None
    enqueued_at: datetime | None = None
    priority: int = 0
    away: bool = False
    offer: Offer | None = None
    declined: int = 0
    teller: str | None = None
    teller_released: bool = False
    pairing: str | None = None
    recording: str | None = None
    accepted_at: datetime | None = None
    legs: Mapping[str, LegState] = field(default_factory=dict)
    recorded: tuple[str, ...] = ()
    began_at: datetime | None = None
    document: DocumentState | None = None
    check: CheckState | None = None
    checks: int = 0
    decision: Decision | None = None
    draft: Draft | None = None
    reverify: str | None = None
    hold_since: datetime | None = None
    outcome: Outcome | None = None
    reason_code: str | None = None
    ended_at: datetime | None = None
    sealed: bool = False
    seal_verified: bool = False
    manifest: str | None = None
    reviewed: bool = False
    effect: Effect = Effect.NONE
    receipt: str | None = None
    closed_at: datetime | None = None

    @property
    def owner(self) -> str | None:
        """The teller who is bound to this visit now."""
        return None if self.teller_released else self.teller

    @property
    def current(self) -> StepState | None:
        """The step that was started and has not ended."""
        return next((step for step in self.steps if step.status == "current"), None)

    @property
    def upcoming(self) -> StepState | None:
        """The step that may be started next; None while one is current or all have ended."""
        if self.current or any(step.status == "refused" for step in self.steps):
            return None
        return next((step for step in self.steps if step.status == "todo"), None)

    @property
    def face_consent(self) -> bool:
        """Whether the customer allowed their face to be processed."""
        return self.consents.get("face", False)

    @property
    def face_settled(self) -> bool:
        """Whether the face step has been passed, by comparison or by the alternative path."""
        return any(s.kind is StepKind.FACE_MATCH and s.status == "done" for s in self.steps)

    @property
    def connected(self) -> bool:
        """Whether every required party has a leg that is up."""
        return all(party in self.legs and self.legs[party].up for party in self.parties)

    @property
    def fully_recorded(self) -> bool:
        """Whether the first frames of every required party are confirmed on disk."""
        return set(self.parties) <= set(self.recorded)

    def step(self, step: str) -> StepState | None:
        """The step of that id, or None."""
        return next((candidate for candidate in self.steps if candidate.id == step), None)
