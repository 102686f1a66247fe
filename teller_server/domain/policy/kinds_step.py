"""Rules that hold a step: what must be asked, shown, checked and signed, in which order.

`before`: kinds of step that may only come after it. `every_party`: further parties as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from teller_server.domain.conditions import Condition

from . import parameters as p
from .rules import Guard, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRule(Rule):
    """A rule that asks for a step of the script."""

    guard = Guard.STEP

    before: tuple[str, ...] = p.union()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRule(StepRule):
    """9. A text that everybody sees, in these languages."""

    kind = "notice"
    topic: str = p.key()
    languages: tuple[str, ...] = p.union()
    before_queue: bool = p.demanded()
    seconds: int | None = p.most()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRule(StepRule):
    """10. A consent for one purpose.

    `refusable`: a no must not end the service. `on_refuse` deny: without it there is none.
    """

    kind = "consent"
    purpose: str = p.key()
    separate: bool = p.demanded()
    form: str = p.strictest("click", "spoken", "sign")
    withdraw: bool = p.demanded()
    refusable: bool = p.demanded()
    on_refuse: str = p.strictest("continue_unrecorded", "other_channel", "deny")
    guardian_age: int | None = p.most()
    before_queue: bool = p.demanded()
    others_refusable: bool = p.demanded()


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureRule(StepRule):
    """11. What has to be said about a topic, for how long at least, and how it is acknowledged.

    `condition`: where it has to be; without, always.
    """

    kind = "disclosure"
    topic: str = p.key()
    verbatim: bool = p.demanded()
    mode: str = p.strictest("any", "agent", "popup")
    seconds: int | None = p.most()
    acknowledge: str = p.strictest("none", "seen", "agree")
    condition: Condition | None = p.when()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessibilityRule(StepRule):
    """12. Other ways for those who can't take the usual one; helpers are declared participants."""

    kind = "accessibility"
    alternatives: tuple[str, ...] = p.union()
    interpreter: bool = p.demanded()
    helper: str = p.strictest("any", "declared")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdDocumentRule(StepRule):
    """18. The identity document: which, seen how, and what is checked of it."""

    kind = "id_document"
    types: tuple[str, ...] | None = p.shared()
    sides: int | None = p.most()
    mrz: bool = p.demanded()
    features: int | None = p.most()
    categories: int | None = p.most()
    optically_variable: int | None = p.most()
    random: bool = p.demanded()
    motion: bool = p.demanded()
    occlusion: bool = p.demanded()
    read_serial: bool = p.demanded()
    deny: tuple[str, ...] = p.union()
    every_party: bool = p.demanded()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureStillRule(StepRule):
    """19. Still pictures that have to be kept."""

    kind = "capture_still"
    what: tuple[str, ...] = p.union()
    min_px: int | None = p.most()
    count: int | None = p.most()


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskingRule(StepRule):
    """20. Fields that are hidden on the screen, or before they are first written."""

    kind = "masking"
    fields: tuple[str, ...] = p.union()
    at: str = p.strictest("display", "ingest")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryCheckRule(StepRule):
    """21. An answer of a register outside the bank.

    `check`: the check of a `registry_check` step that asks it. `flag`: what the teller raises, and
    what blocks approval, while the answer is missing. `condition`: where; without, always.
    """

    kind = "registry_check"
    registry: str = p.key()
    fields: tuple[str, ...] = p.union()
    freshness_hours: int | None = p.least()
    on_down: str = p.strictest("note", "stop")
    flag: str = p.label()
    check: str = p.label()
    condition: Condition | None = p.when()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityCheckRule(StepRule):
    """22. Who may act for whom: asked and written down, of a party that is identified itself."""

    kind = "authority_check"
    role: str = p.key()
    sources: tuple[str, ...] = p.union()
    ubo: bool = p.demanded()
    fields: tuple[str, ...] = p.union()
    questions: tuple[str, ...] = p.union()
    party: str = p.label()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRule(StepRule):
    """23. Lists that the customer must not be on: a `registry_check` step asks (`screening`).

    `lists`: what stands in that register, which an attestation vouches for. `every_party`: further
    parties as well. `owners`: a company, and the beneficial owner who is written down.
    """

    kind = "screening"
    lists: tuple[str, ...] = p.union()
    every_party: bool = p.demanded()
    owners: bool = p.demanded()
    prior_rejection: bool = p.demanded()
    existing_customer: bool = p.demanded()


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceMatchRule(StepRule):
    """24. The face beside the portrait. `auxiliary`: never the only way to be recognised.

    `required`: the comparison is the rule, and the alternative needs a reason.
    """

    kind = "face_match"
    required: bool = p.demanded()
    auxiliary: bool = p.demanded()
    threshold_percent: int | None = p.most()
    agent_visual: bool = p.demanded()
    disagree: str = p.strictest("agent", "abort")
    alternative: tuple[str, ...] = p.union()
    every_party: bool = p.demanded()


@dataclass(frozen=True, slots=True, kw_only=True)
class LivenessRule(StepRule):
    """25. Signs of life, drawn by chance; some must need no movement."""

    kind = "liveness"
    method: str = p.strictest("any", "passive", "active")
    min_actions: int | None = p.most()
    random: bool = p.demanded()
    alternatives: int | None = p.most()
    no_forced_gesture: bool = p.demanded()
    standard: str = p.label()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtpRule(StepRule):
    """27. A one-time code, typed in while the call lasts. `condition`: where; without, always."""

    kind = "otp"
    to: str = p.key()
    digits: int | None = p.most()
    seconds: int | None = p.least()
    in_session: bool = p.demanded()
    single_use: bool = p.demanded()
    condition: Condition | None = p.when()


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomQuestionsRule(StepRule):
    """28. Questions drawn by chance for a purpose; `forbids` rules purposes out everywhere."""

    kind = "random_questions"
    purpose: str = p.key()
    count: int | None = p.most()
    vary: tuple[str, ...] = p.union()
    forbids: tuple[str, ...] = p.union()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRule(StepRule):
    """29. Something that has to be asked, or written down in a form (`field`: `form.field`).

    `on_fail`: what an unexpected answer does at least. `condition`: where; without, always.
    """

    kind = "question"
    id: str = p.key()
    field: str = p.label()
    on_fail: str = p.strictest("note", "flag", "end")
    condition: Condition | None = p.when()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRule(StepRule):
    """30. Words that have to be spoken aloud by one side, as written."""

    kind = "statement"
    topic: str = p.key()
    speaker: str = p.strictest("customer", "agent")
    verbatim: bool = p.demanded()
    variables: tuple[str, ...] = p.union()
    similarity_percent: int | None = p.most()
    subtitle: bool = p.demanded()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentShownRule(StepRule):
    """31. A paper that has to be read: least seconds on each page, and how it is acknowledged.

    `condition`: where it has to be; without, always.
    """

    kind = "document_shown"
    paper: str = p.key()
    view: str = p.strictest("full", "scroll_to_end")
    seconds: int | None = p.most()
    acknowledge: str = p.strictest("seen", "agree")
    condition: Condition | None = p.when()
    needs_fields: tuple[str, ...] = p.union()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRule(StepRule):
    """32. How a paper is signed. `closed_when`: facts under which it may not be, at a distance.

    `instead`: the hand-over that takes its place then. `only_effects`: what alone may be committed
    then (a report, not what the paper would grant). `required`: where nothing closes it, it is
    signed, or handed over (`instead`); `condition`: where that is so; without, always.
    """

    kind = "signature"
    paper: str = p.key()
    required: bool = p.demanded()
    condition: Condition | None = p.when()
    form: str = p.strictest("click", "reliable_esign", "handwritten")
    first_handwritten: bool = p.demanded()
    seal: bool = p.demanded()
    on_camera: bool = p.demanded()
    after_reading: bool = p.demanded()
    known_signer: bool = p.demanded()
    closed_when: tuple[Condition, ...] = p.closing_conditions()
    instead: str = p.label()
    only_effects: tuple[str, ...] | None = p.shared()
