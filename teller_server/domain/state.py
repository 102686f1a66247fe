"""What a visit is at one moment: frozen values, changed only by `visit.evolve`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from . import conditions
from .ids import UNSAID, SealedText
from .script import AFTER_CALL, CUSTOMER, OnRefuse, Otherwise, StepKind


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
ReviewVerdict = Literal["approve", "return", "refuse"]
Finding = Literal["noted", "expected", "unexpected", "unclear"]
OnDisruption = Literal["resume", "abort_fresh"]


@dataclass(frozen=True, slots=True)
class PackPin:
    """Which rules a visit was opened under: a pack, its version and the digest of its file."""

    id: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class VisitPolicy:
    """What the branch's packs say about this visit as a whole."""

    packs: tuple[PackPin, ...] = ()
    on_disruption: OnDisruption = "resume"
    objection_days: int = 0
    scope: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedQuestion:
    """One question of a pool, as far as the rules need it."""

    id: str
    expect: bool
    otherwise: Otherwise
    attempts: int


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step as the script ordered it when the visit opened: all that the rules need of it.

    `seconds`: least time from its start (of a paper: for each page). `asks`: what its party
    answers by tap. `within`: a checker's time in seconds. `blocking`: flags that rule approval out.
    """

    id: str
    kind: StepKind
    live_video: bool = False
    fresh_face: bool = False
    party: str = CUSTOMER
    when: str = ""
    seconds: int = 0
    asks: tuple[Answer, ...] = ()
    on_refuse: OnRefuse = "end"
    purpose: str = ""
    questions: tuple[PlannedQuestion, ...] = ()
    draw: int = 0
    papers: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    blocking: tuple[str, ...] = ()
    outcome: str = ""
    effect: str = ""
    within: int = 0


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """The newest answer to a question: ciphertext, and what it means."""

    sealed: SealedText
    finding: Finding
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class StepState:
    """How far one step has come; `drawn` are the questions or prompts it asks, in order."""

    plan: PlannedStep
    status: StepStatus = "todo"
    started_at: datetime | None = None
    ended_at: datetime | None = None
    answer: Answer | None = None
    drawn: tuple[str, ...] = ()
    answers: Mapping[str, GivenAnswer] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.plan.id

    @property
    def kind(self) -> StepKind:
        return self.plan.kind

    @property
    def live_video(self) -> bool:
        return self.plan.live_video

    @property
    def party(self) -> str:
        return self.plan.party


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
class PersonState:
    """Who one party is, as far as it has been found out. `doubt`: dropped out since then."""

    document: DocumentState | None = None
    check: CheckState | None = None
    checks: int = 0
    decision: Decision | None = None
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class GuestState:
    """A further party: asked in by the teller, then consented by own taps; or gone."""

    guest: str
    status: Literal["invited", "consented", "gone"]
    consents: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaperState:
    """A paper of this visit: the PDF that was shown (SHA-256), and how long each page was read.

    `kept`, `signed` and `sealed` name the sealed objects that hold it as it was then: bare, with
    the signatures of `signers`, with the bank's seal on top. `page` is on the party's screen since
    `since`; 0 is none. `dwell`: milliseconds a page.
    """

    digest: str
    pages: int
    kept: str = ""
    size: int = 0
    places: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    page: int = 0
    teller_page: int = 1
    since: datetime | None = None
    dwell: tuple[int, ...] = ()
    read: bool = False
    signed: str | None = None
    signers: tuple[str, ...] = ()
    sealed: str | None = None


@dataclass(frozen=True, slots=True)
class CodeState:
    """The newest one-time code of a step; `digest` is keyed, `to` is masked."""

    step: str
    to: str
    digest: str
    sent_at: datetime
    expires_at: datetime
    sent: int = 1
    tries: int = 0
    correct: bool = False


@dataclass(frozen=True, slots=True)
class ReviewState:
    """A second person's work: asked at, due at; `question` stands open with the teller."""

    asked_at: datetime
    due_at: datetime
    escalated: bool = False
    question: SealedText = UNSAID
    returned: int = 0


@dataclass(frozen=True, slots=True)
class ObjectionState:
    """A customer's objection and, once it was given, the bank's answer."""

    reason: SealedText
    due_at: datetime
    answer: SealedText = UNSAID


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
    opened_at: datetime
    policy: VisitPolicy = field(default_factory=VisitPolicy)
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
    may_join: tuple[str, ...] = ()
    people: Mapping[str, PersonState] = field(default_factory=dict)
    guests: Mapping[str, GuestState] = field(default_factory=dict)
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    holds: Mapping[str, bool] = field(default_factory=dict)
    papers: Mapping[str, PaperState] = field(default_factory=dict)
    code: CodeState | None = None
    signing_broke: bool = False
    paper_broke: str | None = None
    flags: tuple[str, ...] = ()
    verdict: TellerVerdict | None = None
    reverify: str | None = None
    reverify_party: str = CUSTOMER
    hold_since: datetime | None = None
    outcome: Outcome | None = None
    reason_code: str | None = None
    ended_at: datetime | None = None
    sealed: bool = False
    seal_verified: bool = False
    manifest: str | None = None
    completed: bool = False
    under_review: ReviewState | None = None
    reviewed: bool = False
    objection: ObjectionState | None = None
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
        return next((step for step in self.remaining if self.applies(step)), None)

    @property
    def remaining(self) -> tuple[StepState, ...]:
        """Steps of the call that have not been started, whether they will take place or not."""
        return tuple(s for s in self.steps if s.status == "todo" and s.kind not in AFTER_CALL)

    @property
    def subject(self) -> str:
        """Whose identity is in question now."""
        if self.reverify is not None:
            return self.reverify_party
        return self.current.party if self.current else CUSTOMER

    @property
    def document(self) -> DocumentState | None:
        return self.person(self.subject).document

    @property
    def check(self) -> CheckState | None:
        return self.person(self.subject).check

    @property
    def checks(self) -> int:
        return self.person(self.subject).checks

    @property
    def decision(self) -> Decision | None:
        return self.person(self.subject).decision

    @property
    def draft(self) -> Draft | None:
        """The newest draft of the current form, or of the last one."""
        if self.current and self.current.id in self.drafts:
            return self.drafts[self.current.id]
        return next(reversed(tuple(self.drafts.values())), None)

    @property
    def face_consent(self) -> bool:
        """Whether the party in question allowed their face to be processed."""
        return self.consented(self.subject, "face")

    @property
    def face_settled(self) -> bool:
        """Whether the face step of the party in question has been passed, by whichever path."""
        return self.recognised(self.subject)

    @property
    def effect_name(self) -> str | None:
        """What the bank's own system is to be asked for, if the visit is completed."""
        commit = self.last(StepKind.COMMIT)
        return commit.plan.effect if commit and self.applies(commit) else None

    @property
    def review(self) -> Literal["none", "checker"]:
        """Whether a second person decides after the call."""
        checker = self.last(StepKind.CHECKER_DECISION)
        return "checker" if checker and self.applies(checker) else "none"

    @property
    def hand_over(self) -> StepState | None:
        """The hand-over that was made, which gives the visit its outcome."""
        made = [s for s in self.steps if s.kind is StepKind.HAND_OVER and s.status == "done"]
        return made[-1] if made else None

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

    @property
    def raised(self) -> tuple[str, ...]:
        """The questions (`step.question`) whose answers raised a red flag."""
        return tuple(
            f"{step.id}.{question.id}"
            for step in self.steps
            for question in step.plan.questions
            if question.otherwise == "flag"
            and question.id in step.answers
            and step.answers[question.id].finding == "unexpected"
        )

    def last(self, kind: StepKind) -> StepState | None:
        """The last step of a kind, or None."""
        return next((step for step in reversed(self.steps) if step.kind is kind), None)

    def applies(self, step: StepState) -> bool:
        """Whether a step takes place; what isn't known yet leaves no step out."""
        return conditions.holds(step.plan.when, self.holds) is not False

    def person(self, party: str) -> PersonState:
        """What is known of a party's identity."""
        return self.people.get(party, PersonState())

    def recognised(self, party: str) -> bool:
        """Whether that party's face step has been passed."""
        faces = (s for s in self.steps if s.kind is StepKind.FACE_MATCH and s.party == party)
        return any(step.status == "done" for step in faces)

    def consented(self, party: str, purpose: str) -> bool:
        """Whether a party gave a consent before its call."""
        if party == CUSTOMER:
            return self.consents.get(purpose, False)
        guest = self.guests.get(party)
        return guest is not None and guest.consents.get(purpose, False)

    def here(self, party: str) -> bool:
        """Whether a party is connected and recorded."""
        return party in self.legs and self.legs[party].up and party in self.recorded
