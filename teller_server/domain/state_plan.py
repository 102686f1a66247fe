"""What is fixed for a visit when it opens: its steps as planned, and the rules it stands under."""

from __future__ import annotations

from dataclasses import dataclass

from .registers import Register
from .script import CUSTOMER, OnRefuse, Otherwise, StepKind
from .state_place import NetworkPolicy, PlacePolicy
from .state_words import Answer, OnDisruption


@dataclass(frozen=True, slots=True)
class PackPin:
    """Which rules a visit was opened under: a pack, its version and the digest of its file."""

    id: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class VisitPolicy:
    """What the branch's packs say about this visit as a whole.

    `network`, `place`: None where no pack asks where the customer is.
    """

    packs: tuple[PackPin, ...] = ()
    on_disruption: OnDisruption = "resume"
    objection_days: int = 0
    scope: tuple[str, ...] = ()
    network: NetworkPolicy | None = None
    place: PlacePolicy | None = None


@dataclass(frozen=True, slots=True)
class PlannedQuestion:
    """One question of a pool, as far as the rules need it."""

    id: str
    expect: bool
    otherwise: Otherwise
    attempts: int
    action: str = ""
    digits: int = 0


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step as the script ordered it when the visit opened: all that the rules need of it.

    `seconds`: least time from its start (of a paper: for each page). `asks`: what its party
    answers by tap. `within`: a checker's time in seconds; of a commit, how long limits stay on
    after the field `cools` was changed. `checks`: registers that are asked. `blocking`: flags that
    rule approval out. `types`, `sides` and `features` belong to an identity document, whose `draw`
    counts prompts.
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
    cools: str = ""
    checks: tuple[Register, ...] = ()
    types: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    features: int = 0

    @property
    def challenged(self) -> bool:
        """Whether movements are asked for that the machine judges."""
        return any(question.action for question in self.questions)

    @property
    def spoken(self) -> tuple[str, ...]:
        """The prompt whose digits belong to every challenge, if there is one."""
        return tuple(question.id for question in self.questions if question.digits)[:1]

    @property
    def digits(self) -> int:
        """How many digits it asks for."""
        return next((question.digits for question in self.questions if question.digits), 0)
