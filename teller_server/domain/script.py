"""A service script: what is said, shown, asked, signed and decided, in which order and language.

A step is what all kinds have in common and one `detail`, a frozen class of its kind. Texts are
templates (`texts`), one per language. `digest` names the very file, parts included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from .conditions import Condition
from .documents import document_type
from .fields import Field
from .registers import Register

Words = Mapping[str, str]
"""One text per language tag (`zh-CN`, `en`)."""

LANGUAGES = ("zh-CN", "en")
CUSTOMER = "customer"


class StepKind(StrEnum):
    """What a step does; each kind has its own rules in the visit."""

    NOTICE = "notice"
    CONSENT = "consent"
    DISCLOSURE = "disclosure"
    QUESTION = "question"
    FORM = "form"
    IDENTITY_DOCUMENT = "identity_document"
    REGISTRY_CHECK = "registry_check"
    FACE_MATCH = "face_match"
    LIVENESS = "liveness"
    ONE_TIME_CODE = "one_time_code"
    DOCUMENT = "document"
    SIGN = "sign"
    TELLER_DECISION = "teller_decision"
    HAND_OVER = "hand_over"
    CHECKER_DECISION = "checker_decision"
    COMMIT = "commit"


AFTER_CALL = frozenset({StepKind.CHECKER_DECISION, StepKind.COMMIT})
"""Steps that happen when the call is over; no teller starts them."""

OnRefuse = Literal["end", "continue"]
"""What a customer's no means: the visit ends, or it goes on without what was refused."""

Need = Literal["live_video", "fresh_face"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A text on the screen that is acknowledged as seen, not before `seconds`."""

    seconds: int


@dataclass(frozen=True, slots=True)
class ConsentAsked:
    """One consent, for one `purpose`, by the customer's own voice and tap."""

    purpose: str
    on_refuse: OnRefuse
    if_refused: Words


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What the teller must say about `topic`; it takes `seconds` at least.

    `acknowledge`: `seen` (a tap that it was heard) or `agree` (yes or no; a no ends the visit).
    """

    topic: str
    seconds: int
    acknowledge: Literal["seen", "agree"]


Purpose = Literal[
    "facts", "willingness", "plausibility", "fraud_signal", "liveness", "verification"
]
"""Why a question is asked. An answer is never proof of who somebody is."""

Otherwise = Literal["note", "flag", "end"]
"""What an answer means that isn't the expected one: nothing, a red flag, or the end."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question, answered aloud and written down by the teller.

    `expect` (yes_no and choice): the answer hoped for. An unclear answer is asked again, `attempts`
    times in all; after that it counts as unexpected.
    """

    id: str
    ask: Words
    answer: Field
    expect: str | None
    otherwise: Otherwise
    attempts: int
    flag: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Questions:
    """`draw` questions of the pool (all when 0), in random order when `shuffle`."""

    purpose: Purpose
    pool: tuple[Question, ...]
    draw: int = 0
    shuffle: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """Fields that the teller fills in and the customer checks: before and after."""

    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class IdentityDocument:
    """A document of one of `types` is photographed: the `sides` of these that its kind has.

    `draw` prompts to handle it before the camera, and `features` to look for, are drawn by chance.
    """

    types: tuple[str, ...] = ("resident_id",)
    sides: tuple[str, ...] = ("front",)
    draw: int = 0
    features: int = 0


@dataclass(frozen=True, slots=True)
class RegistryCheck:
    """Registers outside the bank are asked about whose step it is.

    `phone`: the number in question (`customer.phone` or a form's field). `company`: where the
    company is written down, `intake` or a form; then it is the company that is screened, too.
    """

    checks: tuple[Register, ...]
    phone: str = "customer.phone"
    company: str = ""


@dataclass(frozen=True, slots=True)
class FaceMatch:
    """The live face beside the portrait; an aid. `alternative` is what stands beside or instead."""

    alternative: tuple[str, ...] = ("agent_visual",)


ACTIONS = ("turn_left", "turn_right", "nod", "open_mouth", "blink", "come_closer", "cover_face")
"""Movements that the machine can judge; left and right are the party's own."""
TURNS = ("turn_left", "turn_right")
"""What a flat picture can't do, however it is held; every challenge has one of them."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing that is asked for; `motor` ones have an alternative.

    `action`: what the machine judges (one of `ACTIONS`), else the teller watches. `digits`: how
    many random digits are read aloud.
    """

    id: str
    ask: Words
    motor: bool
    action: str = ""
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Liveness:
    """`draw` prompts in random order, watched by the teller; one of them may be non-motor.

    Where prompts have actions it is a challenge: `draw` of those are judged by the machine.
    """

    prompts: tuple[Prompt, ...]
    draw: int


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """A code to the phone number in `to` (`customer.phone` or a form field), typed in here."""

    to: str


@dataclass(frozen=True, slots=True)
class Document:
    """`paper` is made from its template and read page by page, `seconds` each at least."""

    paper: str
    seconds: int
    acknowledge: Literal["seen", "agree"]


@dataclass(frozen=True, slots=True)
class Sign:
    """`papers` are signed by hand, after the `sentence` is agreed to and a code is typed.

    `if_refused`: what follows when somebody won't or can't sign here; empty when nothing is said.
    """

    papers: tuple[str, ...]
    sentence: Words
    on_refuse: OnRefuse
    if_refused: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flag:
    """What a teller may have noticed. A `blocking` one rules approval out."""

    id: str
    label: Words
    blocking: bool


@dataclass(frozen=True, slots=True)
class TellerDecision:
    """Approve, refer or refuse; anything but a plain approval needs its reason."""

    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class HandOver:
    """What remains to be done elsewhere; a service that ends here ends with `outcome`."""

    outcome: str
    items: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class CheckerDecision:
    """A second person decides within `hours`; then it is escalated, after twice that it lapses."""

    hours: int


@dataclass(frozen=True, slots=True)
class CoolingOff:
    """When this field of a form has changed, the bank keeps its limits on for so many hours."""

    field: str
    hours: int


@dataclass(frozen=True, slots=True)
class Commit:
    """The bank's own system is asked for `effect`."""

    effect: str
    cooling_off: CoolingOff | None = None


Detail = (
    Notice
    | ConsentAsked
    | Disclosure
    | Questions
    | Form
    | IdentityDocument
    | RegistryCheck
    | FaceMatch
    | Liveness
    | OneTimeCode
    | Document
    | Sign
    | TellerDecision
    | HandOver
    | CheckerDecision
    | Commit
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a title, what the teller reads aloud, what the party has to do.

    `party` is whose step it is; `when` must not be false for the step to take place.
    """

    id: str
    kind: StepKind
    title: Words
    say: Words
    task: Words
    detail: Detail
    needs: frozenset[Need] = frozenset()
    party: str = CUSTOMER
    when: Condition | None = None
    line: int = 0
    source: str = ""

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of a form; none of any other kind."""
        return self.detail.fields if isinstance(self.detail, Form) else ()

    @property
    def identifies(self) -> bool:
        """Whether whatever is photographed here shows the face of whose it is."""
        kinds = self.detail.types if isinstance(self.detail, IdentityDocument) else ()
        return bool(kinds) and all(document_type(kind).portrait for kind in kinds)


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent asked for by its own tap before the queue."""

    id: str
    required: bool
    title: Words
    body: Words
    if_refused: Words


@dataclass(frozen=True, slots=True)
class Guest:
    """A further party who may be asked in by an own link: `guarantor`, `agent`, …"""

    party: str
    title: Words
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one customer, where the service is open to takeover: so many in so many days."""

    visits: int
    days: int


@dataclass(frozen=True, slots=True)
class ScriptSource:
    """What a script was read from: its file, and the parts it includes by name."""

    name: str
    text: str
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceScript:
    """One service of the branch, exactly as its file and the parts it includes say.

    `intake`: what is asked before the queue, for the legal scope. `conditions`: by name, over
    `intake.…`, `customer.…` and `<step>.<field or question>`. `papers`: id → title.
    """

    service: str
    version: int
    digest: str
    skill: str
    minutes: int
    languages: tuple[str, ...]
    title: Words
    summary: Words
    bring: tuple[Words, ...]
    consents: tuple[Consent, ...]
    steps: tuple[Step, ...]
    intake: tuple[Field, ...] = ()
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    guests: tuple[Guest, ...] = ()
    papers: Mapping[str, Words] = field(default_factory=dict)
    limits: Limits | None = None
    effects: Words = field(default_factory=dict)
    source: ScriptSource | None = field(default=None, compare=False, repr=False)

    def step(self, step: str) -> Step:
        """The step of that id; KeyError when there is none."""
        for candidate in self.steps:
            if candidate.id == step:
                return candidate
        raise KeyError(step)

    def of_kind(self, kind: StepKind) -> tuple[Step, ...]:
        """The steps of one kind, in order."""
        return tuple(step for step in self.steps if step.kind is kind)
