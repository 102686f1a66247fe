"""What the bank's programs send and get: typed once, for the code and for OpenAPI."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from teller_server.api.bodies import Body, Typed

Reference = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
Text = Annotated[str, Typed, Field(min_length=1, max_length=80)]
Instant = Annotated[str, Field(description="ISO 8601, UTC", examples=["2026-11-23T08:00:00+00:00"])]
Url = Annotated[str, StringConstraints(min_length=8, max_length=300, pattern=r"^https?://[!-~]+$")]


class Answer(BaseModel):
    """What is answered; closed, so that the description stays true."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Invited(Body):
    """Somebody asked to a service by a link that works once.

    Who it is: the bank's own reference of a customer, or name and number of their document. Where
    both are given they have to agree.
    """

    service: str = Field(min_length=1, max_length=64, examples=["loan_interview"])
    language: Literal["zh-CN", "en"] = "zh-CN"
    customer_reference: Reference | None = Field(
        default=None, description="The bank's own number of a customer.", examples=["C100002"]
    )
    name: Text | None = Field(
        default=None, description="Name as in the identity document.", examples=["韩梅梅"]
    )
    document_number: Annotated[str, Typed, Field(min_length=4, max_length=40)] | None = None
    intake: dict[str, Annotated[str, Typed, Field(max_length=500)]] = Field(
        default_factory=dict,
        max_length=16,
        description="Prefilled, all or part of it; see `intake` of the service.",
    )
    expires_in_hours: int = Field(default=72, ge=1, le=720)


class Invitation(Answer):
    id: str
    url: str = Field(description="To be sent to the customer; the part after # is the secret.")
    expires_at: Instant


class InvitationStatus(Answer):
    id: str
    service: str
    language: str
    created_at: Instant
    expires_at: Instant
    redeemed_at: Instant | None
    visits: list[str] = Field(description="The visits that its holder has opened, newest first.")


class IntakeField(Answer):
    name: str
    type: str
    required: bool
    options: list[str]
    title: str


class Service(Answer):
    id: str
    version: int
    digest: str = Field(description="SHA-256 of the script and its parts.")
    title: str
    languages: list[str]
    minutes: int
    intake: list[IntakeField]


class Services(Answer):
    services: list[Service]


class StepLine(Answer):
    id: str
    kind: str
    party: str
    status: Literal["todo", "current", "done", "refused", "skipped"]
    started_at: Instant | None
    ended_at: Instant | None


class VisitLine(Answer):
    id: str
    ticket: str | None
    service: str
    language: str
    state: str
    outcome: str | None
    effect: Literal["none", "pending", "committed", "dead_lettered", "cancelled"]
    opened_at: Instant
    ended_at: Instant | None


class Visits(Answer):
    visits: list[VisitLine]
    total: int
    page: int


class Visit(VisitLine):
    script: str
    packs: list[str]
    steps: list[StepLine]
    receipt: str | None = Field(description="The core's own word that it took the change.")
    closed_at: Instant | None


class Result(Answer):
    """What the visit came to; personal data, so it has a scope of its own."""

    visit: str
    outcome: str | None
    effect: str
    receipt: str | None
    verdict: Literal["approve", "refer", "refuse"] | None
    flags: list[str]
    reviewed: bool
    intake: dict[str, str]
    forms: dict[str, dict[str, str]]
    answers: dict[str, dict[str, str]]


class Paper(Answer):
    id: str
    title: str
    pages: int
    digest: str = Field(description="SHA-256 of the PDF that was read: the first revision.")
    sha256: str | None = Field(
        description="SHA-256 of the PDF that is handed out now, with the signatures it has; the "
        "order to the core names it once the visit is over. None: its key was destroyed."
    )
    read: bool
    signers: list[str]
    sealed: bool


class Papers(Answer):
    documents: list[Paper]


class Verdict(Answer):
    """What keyless verification of the recording says now."""

    visit: str
    status: Literal["complete", "incomplete", "interrupted", "damaged"]
    evidence_digest: str | None
    stamped_at: str | None
    notes: list[str]


class Repudiation(Body):
    """The customer told the bank that this visit was not theirs."""

    note: Annotated[str, Typed, Field(max_length=500)] = Field(
        default="", description="What was said; sealed with the visit, for the review desk."
    )


class RepudiationHeard(Answer):
    visit: str
    heard_at: Instant
    by: Literal["link", "hotline"]
    end: Literal["withdrawn", "stopped", "nothing_done", "refused"] | None = Field(
        description="What the bank's core did; none until it has answered."
    )
    detail: str = Field(description="The core's receipt, or a code.")


class Webhook(Body):
    url: Url
    title: Text
    types: list[str] = Field(min_length=1, max_length=16, examples=[["visit.closed"]])


class WebhookMade(Answer):
    id: str
    secret: str = Field(description="`whsec_…`, shown this once.")


class WebhookLine(Answer):
    id: str
    url: str
    title: str
    types: list[str]


class Webhooks(Answer):
    webhooks: list[WebhookLine]


class Problem(Answer):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None
