"""The branch's own words on the wire, and who may say them. See `docs/protocol.md`."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from signaling.messages import GENERIC, Message, Vocabulary
from signaling.messages.base import CUSTOMER, TELLER, Line, Note, Word

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
FieldValue = Annotated[
    str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")
]


class FromCustomer(Message):
    """What only a customer's page says."""

    sender: ClassVar[Literal["page"]] = "page"
    audience: ClassVar[frozenset[str]] = CUSTOMER


class FromTeller(Message):
    """What only a teller's page says."""

    sender: ClassVar[Literal["page"]] = "page"
    audience: ClassVar[frozenset[str]] = TELLER


class TicketTake(FromCustomer):
    """Stand in the queue."""

    type: ClassVar[str] = "ticket.take"


class TicketLeave(FromCustomer):
    """Give the place in the queue up."""

    type: ClassVar[str] = "ticket.leave"


class StepAnswer(FromCustomer):
    """The customer's answer to the current step: `agreed` aloud or by tap, or `seen`."""

    type: ClassVar[str] = "step.answer"

    step: Word
    value: dict[Literal["agreed", "seen"], bool] = Field(min_length=1, max_length=2)


class PaperPage(FromCustomer):
    """The page of a paper that is before the reader's eyes now; 0: none."""

    type: ClassVar[str] = "paper.page"

    paper: Word
    page: int = Field(ge=0, le=60)


class CodeRequest(FromCustomer):
    """Send a one-time code for the current step."""

    type: ClassVar[str] = "code.request"

    step: Word


class CodeEnter(FromCustomer):
    """The code that was received, typed in."""

    type: ClassVar[str] = "code.enter"

    step: Word
    code: Annotated[str, StringConstraints(min_length=4, max_length=12)]


class ChallengeDecline(FromCustomer):
    """ "I can't do this": spoken tasks instead of movements."""

    type: ClassVar[str] = "challenge.decline"

    step: Word


class PlaceTold(FromCustomer):
    """Where the device is: degrees (WGS 84), accuracy in metres, its own clock in milliseconds."""

    type: ClassVar[str] = "place.told"

    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)
    accuracy: float = Field(ge=0, le=50_000_000, allow_inf_nan=False)
    at: int = Field(ge=0, le=2**53)


class PlaceDeclined(FromCustomer):
    """The position is not told: by the person, by the browser, or the device can't."""

    type: ClassVar[str] = "place.declined"

    reason: Literal["chosen", "denied", "unavailable", "timeout"]


class VisitLeave(FromCustomer):
    """The customer ends the visit."""

    type: ClassVar[str] = "visit.leave"

    reason: Line | None = None


class SetTellerState(FromTeller):
    """The teller is ready for customers, on a break, or away."""

    type: ClassVar[str] = "teller.state"

    state: Literal["ready", "break", "away"]
    reason: Line | None = None


class PairingAccept(FromTeller):
    """The teller takes the offered customer."""

    type: ClassVar[str] = "pairing.accept"

    pairing: Word


class PairingDecline(FromTeller):
    """The teller does not take the offered customer, and says why."""

    type: ClassVar[str] = "pairing.decline"

    pairing: Word
    reason: Annotated[Line, Field(min_length=1)]


class StepStart(FromTeller):
    """The next step of the script begins."""

    type: ClassVar[str] = "step.start"

    step: Word


class StepComplete(FromTeller):
    """The current step has passed or was refused."""

    type: ClassVar[str] = "step.complete"

    step: Word
    result: Literal["passed", "refused"]
    note: Note | None = None
    verdict: Literal["approve", "refer", "refuse"] = "approve"
    flags: list[Word] = Field(default_factory=list, max_length=32)


class QuestionRecord(FromTeller):
    """What was answered aloud; `clear` is false when it was neither a yes nor a no."""

    type: ClassVar[str] = "question.record"

    step: Word
    question: Word
    value: FieldValue
    clear: bool = True


class ChallengeBegin(FromTeller):
    """Movements are drawn and asked for, or once more; the machine judges them."""

    type: ClassVar[str] = "challenge.begin"

    step: Word


class ChallengeAlternative(FromTeller):
    """Nobody has to move: spoken tasks instead, and why."""

    type: ClassVar[str] = "challenge.alternative"

    step: Word
    reason: Note


class PaperTurn(FromTeller):
    """The teller turns to a page; the reader's page follows."""

    type: ClassVar[str] = "paper.turn"

    paper: Word
    page: int = Field(ge=1, le=60)


class SignAnew(FromTeller):
    """A signature of the open step is wrong or unreadable: it is made anew, and why."""

    type: ClassVar[str] = "sign.anew"

    step: Word
    reason: Annotated[Note, Field(min_length=1)]


class GuestInvite(FromTeller):
    """Ask a further party in."""

    type: ClassVar[str] = "guest.invite"

    party: Word


class GuestDismiss(FromTeller):
    """Let a further party go."""

    type: ClassVar[str] = "guest.dismiss"

    party: Word


class ReviewAnswer(FromTeller):
    """The answer to what a second person asked about a visit."""

    type: ClassVar[str] = "review.answer"

    visit: Word
    text: Annotated[Note, Field(min_length=1)]


class IdentityCheck(FromTeller):
    """Compare the live face with the document's portrait now."""

    type: ClassVar[str] = "identity.check"


class IdentityDecide(FromTeller):
    """What the teller makes of a finished check."""

    type: ClassVar[str] = "identity.decide"

    check: Word | None = None
    verdict: Literal["accept", "repeat", "refuse", "alternative"]
    reason: Note | None = None


class DocumentCorrect(FromTeller):
    """A field of the document in the open step, put right by its photograph."""

    type: ClassVar[str] = "document.correct"

    step: Word
    side: Literal["front", "back"]
    field: FieldName
    value: FieldValue


class DocumentCompare(FromTeller):
    """Look for the photographed side in the live video now: the document is being held up."""

    type: ClassVar[str] = "document.compare"

    step: Word
    side: Literal["front", "back"]


class RegistryAsk(FromTeller):
    """Ask a register of the open step again, where it gave no answer."""

    type: ClassVar[str] = "registry.ask"

    step: Word
    check: Literal["citizen", "phone", "company", "screening"]


class FormDraft(FromTeller):
    """The fields as the teller has filled them so far; the customer sees before and after."""

    type: ClassVar[str] = "form.draft"

    step: Word
    fields: dict[FieldName, FieldValue] = Field(max_length=32)


class CallHold(FromTeller):
    """Stop or resume forwarding; the recording goes on."""

    type: ClassVar[str] = "call.hold"

    on: bool


class VisitEnd(FromTeller):
    """The teller ends the visit with an outcome of the bank's list; `flags`: what they noticed."""

    type: ClassVar[str] = "visit.end"

    outcome: Word
    reason: Note | None = None
    flags: list[Word] = Field(default_factory=list, max_length=8)


class VisitWrapUp(FromTeller):
    """Notes after the call; the visit goes to review."""

    type: ClassVar[str] = "visit.wrap_up"

    disposition: Word
    note: Note | None = None


BRANCH: tuple[type[Message], ...] = (
    TicketTake,
    TicketLeave,
    StepAnswer,
    PaperPage,
    CodeRequest,
    CodeEnter,
    ChallengeDecline,
    PlaceTold,
    PlaceDeclined,
    VisitLeave,
    SetTellerState,
    PairingAccept,
    PairingDecline,
    StepStart,
    StepComplete,
    QuestionRecord,
    ChallengeBegin,
    ChallengeAlternative,
    PaperTurn,
    SignAnew,
    GuestInvite,
    GuestDismiss,
    ReviewAnswer,
    IdentityCheck,
    IdentityDecide,
    DocumentCorrect,
    DocumentCompare,
    RegistryAsk,
    FormDraft,
    CallHold,
    VisitEnd,
    VisitWrapUp,
)

VOCABULARY = Vocabulary(*GENERIC, *BRANCH)
