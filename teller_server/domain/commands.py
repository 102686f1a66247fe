"""What people and machines may ask of a visit: one frozen class each.

`teller` is always the account that asks; a visit only obeys the teller it belongs to.
Texts typed by people arrive as `SealedText`, customers as keyed digests: no personal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .ids import UNSAID, SealedText
from .script import CUSTOMER, ServiceScript
from .state import (
    Answer,
    CheckOutcome,
    Finding,
    Outcome,
    ReviewVerdict,
    TellerVerdict,
    Verdict,
    VisitPolicy,
)


class Command:
    """Anything that `visit.apply` takes."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class OpenVisit(Command):
    """A customer has tapped the consents of a service. `customer`: keyed digest of who it is.

    `holds`: the script's conditions as far as intake and customer data decide them.
    """

    visit: str
    script: ServiceScript
    language: str
    customer: str
    authenticated: bool
    consents: Mapping[str, bool]
    policy: VisitPolicy = field(default_factory=VisitPolicy)
    holds: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TakeTicket(Command):
    """The visit joins the queue under a number of the day."""

    number: str
    priority: int = 0


@dataclass(frozen=True, slots=True)
class LeaveQueue(Command):
    """The customer gives the place up; `reason` is a code (`customer_left`, `superseded`)."""

    reason: str = "customer_left"


@dataclass(frozen=True, slots=True)
class CustomerAway(Command):
    """The customer's page is gone; the place is kept, but nobody is offered an absent customer."""


@dataclass(frozen=True, slots=True)
class CustomerBack(Command):
    """The customer's page is here again."""


@dataclass(frozen=True, slots=True)
class Offer(Command):
    """A waiting visit is offered to a teller until `expires_at`."""

    pairing: str
    teller: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Accept(Command):
    """The teller takes the visit; `recording` names the evidence that begins with it."""

    pairing: str
    teller: str
    recording: str


@dataclass(frozen=True, slots=True)
class Decline(Command):
    """The teller gives the offer back and says why."""

    pairing: str
    teller: str
    reason: SealedText


@dataclass(frozen=True, slots=True)
class ExpireOffer(Command):
    """The offer ran out, or was withdrawn: `cause` is a code (`expired`, `teller_gone`)."""

    pairing: str
    cause: str = "expired"


@dataclass(frozen=True, slots=True)
class LegUp(Command):
    """A leg of a party carries media."""

    party: str
    leg: str


@dataclass(frozen=True, slots=True)
class LegDown(Command):
    """A leg of a party is dead; `cause` is a code."""

    party: str
    leg: str
    cause: str


@dataclass(frozen=True, slots=True)
class RecordingConfirmed(Command):
    """The first frames of a party are sealed and synced on disk."""

    party: str


@dataclass(frozen=True, slots=True)
class RecordingFailed(Command):
    """A party can't be recorded (any longer); `cause` is a code."""

    party: str
    cause: str


@dataclass(frozen=True, slots=True)
class StartStep(Command):
    """The teller begins the next step. `drawn`: its questions or prompts, chosen by chance."""

    step: str
    teller: str
    drawn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerStep(Command):
    """A party's own tap in its current step."""

    step: str
    answer: Answer
    party: str = CUSTOMER


@dataclass(frozen=True, slots=True)
class CompleteStep(Command):
    """The teller ends the current step. `refused` ends the service.

    `verdict` and `flags` (what was noticed) belong to a teller decision.
    """

    step: str
    teller: str
    result: Literal["passed", "refused"]
    note: SealedText = UNSAID
    verdict: TellerVerdict = "approve"
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordAnswer(Command):
    """The teller writes down what was answered aloud. `holds`: conditions known by now."""

    step: str
    teller: str
    question: str
    sealed: SealedText
    finding: Finding
    holds: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShowPaper(Command):
    """A paper of the current step was made: SHA-256 and size (bytes) of its PDF, its pages.

    `kept` names the sealed object that holds it. `places`: where each party signs (page from 0,
    x0, y0, x1, y1 in points).
    """

    step: str
    paper: str
    digest: str
    pages: int
    kept: str = ""
    size: int = 0
    places: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaperFailed(Command):
    """A paper could not be made; `code` says why."""

    step: str
    paper: str
    code: str


@dataclass(frozen=True, slots=True)
class SealPapers(Command):
    """The bank's own seal is on every signed paper: paper → digest of the PDF."""

    sealed: Mapping[str, str]
    certificate: str


@dataclass(frozen=True, slots=True)
class TurnPage(Command):
    """A page is on the screen of `by` (a party or the teller's account); 0 is none."""

    paper: str
    page: int
    by: str


@dataclass(frozen=True, slots=True)
class SendCode(Command):
    """A one-time code is on its way: keyed digest, masked receiver, and until when it works."""

    step: str
    party: str
    to: str
    digest: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class EnterCode(Command):
    """A code was typed in; the desk has compared it."""

    step: str
    party: str
    correct: bool


@dataclass(frozen=True, slots=True)
class SignPapers(Command):
    """Papers were signed: paper → digest of the signed PDF; the signer's certificate by digest."""

    step: str
    party: str
    signed: Mapping[str, str]
    certificate: str


@dataclass(frozen=True, slots=True)
class SigningFailed(Command):
    """The signature could not be made; `code` says why. It may be tried again."""

    step: str
    code: str


@dataclass(frozen=True, slots=True)
class InviteGuest(Command):
    """The teller asks a further party in; `guest` names the invitation."""

    party: str
    guest: str
    teller: str


@dataclass(frozen=True, slots=True)
class GuestConsents(Command):
    """A further party has tapped own consents and may now join the call."""

    party: str
    guest: str
    consents: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class DismissGuest(Command):
    """The teller lets a further party go; its leg ends."""

    party: str
    teller: str


@dataclass(frozen=True, slots=True)
class DocumentReceived(Command):
    """A readable photograph of the document; digests of the sealed photograph and portrait."""

    photo: str
    portrait: str | None
    party: str = CUSTOMER


@dataclass(frozen=True, slots=True)
class DocumentRejected(Command):
    """A photograph that can't be used; `code` says why (`blurred`, `no_portrait`, …)."""

    code: str
    party: str = CUSTOMER


@dataclass(frozen=True, slots=True)
class CheckIdentity(Command):
    """The teller asks for a comparison of the live face with the portrait."""

    check: str
    teller: str


@dataclass(frozen=True, slots=True)
class IdentityChecked(Command):
    """The comparison's result. `digests`: sealed objects by role (`live`, `portrait`, `report`)."""

    check: str
    outcome: CheckOutcome
    score: float
    second_opinion: str
    reasons: tuple[str, ...]
    digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IdentityCheckFailed(Command):
    """No result came of the comparison; `code` says why (`no_face`, `too_few_frames`, …)."""

    check: str
    code: str


@dataclass(frozen=True, slots=True)
class DecideIdentity(Command):
    """The teller's decision about who the customer is."""

    teller: str
    verdict: Verdict
    check: str | None = None
    reason: SealedText = UNSAID


@dataclass(frozen=True, slots=True)
class DraftForm(Command):
    """What the form would change; `digest` is the keyed digest of the plain values."""

    step: str
    teller: str
    sealed: SealedText
    digest: str
    holds: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reverified(Command):
    """The teller recognised the returned customer by eye: where no face match can be repeated."""

    teller: str
    reason: SealedText


@dataclass(frozen=True, slots=True)
class Hold(Command):
    """Stop (or resume) what the parties see and hear of each other; recording goes on."""

    teller: str
    on: bool


@dataclass(frozen=True, slots=True)
class EndService(Command):
    """The teller ends the call with an outcome."""

    teller: str
    outcome: Outcome
    reason: SealedText = UNSAID


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
    """The customer objects to a decision against them, within the days the pack gives."""

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
