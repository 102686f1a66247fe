"""What the law's words come to in a visit, said without the compiler: a second opinion.

`missing` looks at a visit as it was lived: who was seen, what was asked, read, signed and decided
before the bank's system was asked for anything. It knows nothing of rules, guards or conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from teller_server.domain import events as e
from teller_server.domain.fields import Fact
from teller_server.domain.script import CUSTOMER, Question, Step, StepKind
from teller_server.domain.state import Outcome

from .walker import CHECKER, Walk

Seen = Callable[[Walk], bool]
LIMIT = Decimal(200000)


class Needed(NamedTuple):
    """`where`: facts under which it is needed; none of them: always."""

    clause: str
    service: str
    what: str
    seen: Seen
    where: Callable[[Mapping[str, Fact]], bool] = lambda _: True


def steps(walk: Walk, kind: StepKind, party: str = CUSTOMER) -> Iterator[Step]:
    """The steps of a party that were passed, in the order in which they were."""
    for name in walk.passed():
        step = walk.script.step(name)
        if step.kind is kind and step.party == party:
            yield step


def said(kind: StepKind, name: str, value: str, party: str = CUSTOMER) -> Seen:
    return lambda walk: any(getattr(s.detail, name) == value for s in steps(walk, kind, party))


def told(topic: str) -> Seen:
    return said(StepKind.DISCLOSURE, "topic", topic)


def agreed(purpose: str) -> Seen:
    return said(StepKind.CONSENT, "purpose", purpose)


def coded(to: str) -> Seen:
    return said(StepKind.ONE_TIME_CODE, "to", to)


def asked(question: str, party: str = CUSTOMER) -> Seen:
    def seen(walk: Walk) -> bool:
        pools: list[tuple[Question, ...]] = [
            step.detail.pool  # type: ignore[union-attr]
            for step in steps(walk, StepKind.QUESTION, party)
        ]
        return any(one.id == question for pool in pools for one in pool)

    return seen


def written(field: str, party: str = CUSTOMER) -> Seen:
    def seen(walk: Walk) -> bool:
        return any(one.name == field for s in steps(walk, StepKind.FORM, party) for one in s.fields)

    return seen


def passed(kind: StepKind) -> Seen:
    return lambda walk: any(steps(walk, kind))


def known(party: str) -> Seen:
    """The document was shown and the person compared with it."""
    kinds = (StepKind.IDENTITY_DOCUMENT, StepKind.FACE_MATCH)
    return lambda walk: all(any(steps(walk, kind, party)) for kind in kinds)


def confirmed(check: str) -> Seen:
    """A register was asked about the customer, and said yes."""

    def seen(walk: Walk) -> bool:
        answers = (one for one in walk.events if isinstance(one, e.RegistryAnswered))
        return any(
            one.check == check and one.outcome == "match" and one.party == CUSTOMER
            for one in answers
        )

    return seen


def signed(paper: str) -> Seen:
    return lambda walk: paper in papers(walk)


def papers(walk: Walk) -> set[str]:
    """What was signed by anybody."""
    acts = (one for one in walk.events if isinstance(one, e.PapersSigned))
    return {paper for act in acts for paper in act.signed}


def decided(walk: Walk) -> bool:
    """Somebody who served nobody has approved."""
    words = [one for one in walk.events if isinstance(one, e.ReviewDecided)]
    return [one.checker for one in words] == [CHECKER]


def above(facts: Mapping[str, Fact]) -> bool:
    return any(
        isinstance(amount := facts.get(name), Decimal) and amount > LIMIT
        for name in ("intake.amount", "application.amount")
    )


def at_the_branch(walk: Walk) -> bool:
    """Nothing of the contract is signed, and the visit says where it will be."""
    unsigned = not papers(walk) & {"loan_contract", "guarantee_letter"}
    return unsigned and walk.at.outcome is Outcome.SIGN_AT_BRANCH


def read_by_a_known_signer(walk: Walk) -> bool:
    """For each signature: its party was known, and had read each paper, before."""
    order = walk.passed()
    for place, name in enumerate(order):
        step = walk.script.step(name)
        if step.kind is not StepKind.SIGN:
            continue
        earlier = [s for s in map(walk.script.step, order[:place]) if s.party == step.party]
        kinds = {one.kind for one in earlier}
        read = {getattr(one.detail, "paper", "") for one in earlier}
        if not {StepKind.IDENTITY_DOCUMENT, StepKind.FACE_MATCH} <= kinds:
            return False
        if not read >= set(step.detail.papers):  # type: ignore[union-attr]
            return False
    return True


def is_(name: str, *values: str) -> Callable[[Mapping[str, Fact]], bool]:
    return lambda facts: facts.get(name) in values


CHANGE, LOAN, COMPANY = "change_of_details", "loan_interview", "corporate_account"
PHONE, RISKY = is_("intake.item", "phone"), is_("intake.item", "phone", "document")


def old_number_lives(facts: Mapping[str, Fact]) -> bool:
    return PHONE(facts) and facts.get("number_reason.old_alive") is True


def with_agent(facts: Mapping[str, Fact]) -> bool:
    return facts.get("authority.has_agent") is True


def guaranteed(facts: Mapping[str, Fact]) -> bool:
    return facts.get("application.guarantee") == "guarantor"


def limited(facts: Mapping[str, Fact]) -> bool:
    elsewhere = facts.get("licence.stated_operating") == "elsewhere"
    return elsewhere or facts.get("company.risk") == "high"


NECESSARY = (
    Needed("CN-B-06", "", "consent to the recording", agreed("recording")),
    Needed("CN-A-02", "", "document and person", known(CUSTOMER)),
    Needed("CN-A-02", "", "identity register", confirmed("citizen")),
    Needed("CN-A-08", CHANGE, "holder of the new number", confirmed("phone"), PHONE),
    Needed("CN-A-02", "", "will", said(StepKind.QUESTION, "purpose", "willingness")),
    Needed("CN-A-02", "", "validity of the document", asked("valid_until")),
    Needed("CN-A-07", "", "the teller's word", passed(StepKind.TELLER_DECISION)),
    Needed("CN-A-16", "", "way to object", told("outcome_and_objection")),
    Needed("CN-P-11", "", "read by a known signer", read_by_a_known_signer),
    Needed("CN-A-08", CHANGE, "code to the new number", coded("details_phone.phone"), PHONE),
    Needed("CN-A-08", CHANGE, "whose number", asked("own_number"), PHONE),
    Needed("CN-A-17", CHANGE, "code to the old", coded("customer.phone"), old_number_lives),
    Needed("CN-A-17", CHANGE, "effects of the phone", told("phone_change_effects"), PHONE),
    Needed("CN-A-17", CHANGE, "effects of the document", told("document_renewal_effects"),
           is_("intake.item", "document")),
    Needed("CN-A-17", CHANGE, "second person", decided, RISKY),
    Needed("CN-P-11", CHANGE, "signed form", signed("change_form"), RISKY),
    Needed("CN-L-01", LOAN, "question about housing", asked("housing")),
    Needed("CN-L-03", LOAN, "guarantor known", known("guarantor"), guaranteed),
    Needed("CN-L-03", LOAN, "guarantor registered", written("guest_document", "guarantor"),
           guaranteed),
    Needed("CN-P-02", LOAN, "consent to the report", agreed("credit_report")),
    Needed("CN-P-02", LOAN, "signed authority", signed("credit_authorisation")),
    Needed("CN-L-07", LOAN, "income", written("income")),
    Needed("CN-L-07", LOAN, "term, in own words", asked("months")),
    Needed("CN-L-07", LOAN, "manner of repayment", written("repayment")),
    Needed("CN-L-07", LOAN, "proof of income", asked("income_shown")),
    Needed("CN-L-07", LOAN, "key points", told("contract_key_points")),
    Needed("CN-L-07", LOAN, "second person", decided),
    Needed("CN-L-08", LOAN, "cost said", told("total_cost")),
    Needed("CN-L-09", LOAN, "cost read", said(StepKind.DOCUMENT, "paper", "cost_table")),
    Needed("CN-L-09", LOAN, "cost confirmed", signed("cost_table")),
    Needed("CN-L-10", LOAN, "brokers", asked("broker")),
    Needed("CN-A-19", LOAN, "warnings", told("loan_risks")),
    Needed("CN-L-04", LOAN, "contract", signed("loan_contract"), lambda f: not above(f)),
    Needed("CN-L-04", LOAN, "guarantee", signed("guarantee_letter"),
           lambda f: guaranteed(f) and not above(f)),
    Needed("CN-L-04", LOAN, "contract at the branch", at_the_branch, above),
    Needed("CN-A-10", COMPANY, "will to open", told("account_will")),
    Needed("CN-A-10", COMPANY, "named on the licence", asked("named_on_it")),
    Needed("CN-A-10", COMPANY, "second person", decided),
    Needed("CN-A-11", COMPANY, "filing handed over", passed(StepKind.HAND_OVER)),
    Needed("CN-A-09", COMPANY, "the business", said(StepKind.QUESTION, "purpose", "plausibility")),
    Needed("CN-A-13", COMPANY, "beneficial owner", written("beneficial_owner")),
    Needed("CN-A-13", COMPANY, "who controls it", asked("controls")),
    Needed("CN-A-14", COMPANY, "whether there is an agent", asked("has_agent")),
    Needed("CN-A-01", COMPANY, "agent registered", written("guest_document", "agent"), with_agent),
    Needed("CN-A-14", COMPANY, "agent known", known("agent"), with_agent),
    Needed("CN-A-14", COMPANY, "power of attorney", asked("attorney_shown", "agent"), with_agent),
    Needed("CN-A-19", COMPANY, "warnings", told("no_lending_of_account")),
    Needed("CN-A-12", COMPANY, "duties", told("account_duties")),
    Needed("CN-A-09", COMPANY, "limits", told("account_limits"), limited),
    Needed("CN-P-11", COMPANY, "signed application", signed("account_application")),
    Needed("CN-P-11", COMPANY, "signed agreement", signed("account_agreement")),
)  # fmt: skip


def missing(walk: Walk, clauses: frozenset[str] | None = None) -> list[str]:
    """What these clauses (none given: all) ask for and the visit did without."""
    service = walk.script.service
    return [
        f"{one.clause}: {one.what}"
        for one in NECESSARY
        if one.service in ("", service)
        and (clauses is None or one.clause in clauses)
        and one.where(walk.facts)
        and not one.seen(walk)
    ]
