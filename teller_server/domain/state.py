"""What a visit is at one moment: frozen values, changed only by `visit.evolve`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from . import conditions, registers
from .script import AFTER_CALL, CUSTOMER, StepKind
from .state_parts import (
    CheckState,
    CodeState,
    ComparedState,
    Decision,
    DocumentState,
    Draft,
    GivenAnswer,
    GuestState,
    LegState,
    ObjectionState,
    Offer,
    PageState,
    PaperState,
    PersonState,
    ProposalState,
    ReadingState,
    RepudiationState,
    ReviewState,
    StepState,
)
from .state_place import NetworkState, PlaceState
from .state_plan import (
    PackPin,
    PlannedQuestion,
    PlannedStep,
    VisitPolicy,
)
from .state_words import (
    CALLING,
    COMPLETED,
    QUEUED,
    SERVING,
    Answer,
    CheckOutcome,
    Effect,
    Finding,
    OnDisruption,
    Outcome,
    ReviewVerdict,
    StepStatus,
    TellerVerdict,
    Verdict,
    VisitState,
)

__all__ = [
    "CALLING",
    "COMPLETED",
    "QUEUED",
    "SERVING",
    "Answer",
    "CheckOutcome",
    "CheckState",
    "CodeState",
    "ComparedState",
    "Decision",
    "DocumentState",
    "Draft",
    "Effect",
    "Finding",
    "GivenAnswer",
    "GuestState",
    "LegState",
    "ObjectionState",
    "Offer",
    "OnDisruption",
    "Outcome",
    "PackPin",
    "PageState",
    "PaperState",
    "PersonState",
    "PlannedQuestion",
    "PlannedStep",
    "ProposalState",
    "ReadingState",
    "RepudiationState",
    "ReviewState",
    "ReviewVerdict",
    "StepState",
    "StepStatus",
    "TellerVerdict",
    "Verdict",
    "Visit",
    "VisitPolicy",
    "VisitState",
]


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
    decided_by: str = ""
    objection: ObjectionState | None = None
    proposal: ProposalState | None = None
    repudiation: RepudiationState | None = None
    network: NetworkState | None = None
    place: PlaceState | None = None
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
        """Whether the party in question allowed their face to be compared and, if asked, kept."""
        kept = self.consents_of(self.subject).get("face_storage", True)
        return kept and self.consented(self.subject, "face")

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

    @property
    def reference(self) -> str:
        """A number that can be said aloud at a branch: day and ticket."""
        return f"{self.opened_at:%m%d}-{self.ticket}" if self.ticket else self.id

    def last(self, kind: StepKind) -> StepState | None:
        """The last step of a kind, or None."""
        return next((step for step in reversed(self.steps) if step.kind is kind), None)

    @property
    def unconfirmed(self) -> bool:
        """Whether a register gave no answer: then a second person decides, whatever the script."""
        return any(registers.unconfirmed(step.registers) for step in self.steps)

    @property
    def contradicted(self) -> bool:
        """Whether a register said no: nothing is approved then."""
        return any(registers.contradicted(step.registers) for step in self.steps)

    def applies(self, step: StepState) -> bool:
        """Whether a step takes place; what isn't known yet leaves no step out."""
        if step.kind is StepKind.CHECKER_DECISION and self.unconfirmed:
            return True
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
        return self.consents_of(party).get(purpose, False)

    def consents_of(self, party: str) -> Mapping[str, bool]:
        """What a party answered before its call, by consent; nothing for a guest not yet here."""
        if party == CUSTOMER:
            return self.consents
        guest = self.guests.get(party)
        return guest.consents if guest else {}

    def here(self, party: str) -> bool:
        """Whether a party is connected and recorded."""
        return party in self.legs and self.legs[party].up and party in self.recorded
